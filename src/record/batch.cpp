// SPDX-License-Identifier: Apache-2.0
#include "record/batch.hpp"

#include <atomic>
#include <mutex>

#include <arrow/array.h>

#include <dataknobs/error.hpp>

#include "record/batch_convert.hpp"

namespace dataknobs {

namespace {

struct Wire {
  WireBytes bytes;
  WireDecoder decode;
};

}  // namespace

std::string_view WireBytes::of_rows(std::uint64_t offset, std::uint64_t count) const {
  const std::size_t begin = offset < rows.size() ? rows[offset] : bytes.size();
  const std::size_t end = offset + count < rows.size() ? rows[offset + count] : bytes.size();
  return std::string_view(bytes).substr(begin, end - begin);
}

// Either rows, columns or wire bytes are there from the start. The flags are set once, after what they speak
// of is complete; the once-flags guard the first conversion.
struct Batch::State {
  std::uint64_t size = 0;
  bool made_from_rows = false;
  std::shared_ptr<const Wire> wire;
  std::uint64_t first_wire_row = 0;
  std::vector<Record> rows;
  ColumnSet columns;
  std::atomic<bool> has_rows{false};
  std::atomic<bool> has_columns{false};
  std::once_flag rows_once;
  std::once_flag columns_once;

  void set_rows(std::vector<Record> records) {
    size = records.size();
    rows = std::move(records);
    made_from_rows = true;
    has_rows.store(true, std::memory_order_release);
  }
  void set_columns(ColumnSet set, std::uint64_t count) {
    size = count;
    columns = std::move(set);
    has_columns.store(true, std::memory_order_release);
  }

  void need_rows() {
    if (has_rows.load(std::memory_order_acquire)) return;
    need_columns();
    std::call_once(rows_once, [this] {
      rows = rows_from_columns(columns, size);
      has_rows.store(true, std::memory_order_release);
    });
  }
  void need_columns() {
    if (has_columns.load(std::memory_order_acquire)) return;
    std::call_once(columns_once, [this] {
      columns = wire ? decode() : columns_from_rows(rows);
      has_columns.store(true, std::memory_order_release);
    });
  }

 private:
  ColumnSet decode() const {
    const Batch decoded = wire->decode(wire->bytes.of_rows(first_wire_row, size), size);
    if (decoded.size() != size)
      Error(ErrorCode::serialization, "wire bytes of another number of rows").raise();
    return {decoded.schema(), decoded.columns(), decoded.ids()};
  }
};

Batch::Batch() : state_(std::make_shared<State>()) {
  state_->set_rows({});
}

Batch Batch::from_rows(std::vector<Record> rows) {
  Batch batch;
  batch.state_->set_rows(std::move(rows));
  return batch;
}

Batch Batch::from_columns(Schema schema, std::vector<Column> columns, std::shared_ptr<arrow::Array> ids) {
  ColumnSet set{std::move(schema), std::move(columns), std::move(ids)};
  std::int64_t size = !set.columns.empty() ? set.columns.front().size() : set.ids ? set.ids->length() : 0;
  check_columns(set, size);
  Batch batch;
  batch.state_ = std::make_shared<State>();
  batch.state_->set_columns(std::move(set), static_cast<std::uint64_t>(size));
  return batch;
}

Batch Batch::from_wire(WireBytes bytes, WireDecoder decode) {
  Batch batch;
  batch.state_ = std::make_shared<State>();
  batch.state_->size = bytes.rows.size();
  batch.state_->wire = std::make_shared<const Wire>(Wire{std::move(bytes), std::move(decode)});
  return batch;
}

std::uint64_t Batch::size() const noexcept {
  return state_->size;
}

std::uint64_t Batch::memory() const {
  std::uint64_t sum = sizeof(State);
  if (const WireBytes* bytes = wire()) {
    sum += bytes->bytes.capacity() + bytes->rows.capacity() * sizeof(std::uint32_t);
  } else if (state_->wire) {
    sum += state_->wire->bytes.of_rows(state_->first_wire_row, state_->size).size();
  }
  if (has_rows()) sum += memory_of(state_->rows);
  if (state_->has_columns.load(std::memory_order_acquire)) sum += memory_of(state_->columns);
  return sum;
}

bool Batch::has_rows() const noexcept {
  return state_->has_rows.load(std::memory_order_acquire);
}
bool Batch::has_columns() const noexcept {
  return state_->wire != nullptr || state_->has_columns.load(std::memory_order_acquire);
}
const WireBytes* Batch::wire() const noexcept {
  const bool whole = state_->wire != nullptr && state_->wire->bytes.rows.size() == state_->size;
  return whole ? &state_->wire->bytes : nullptr;
}

const std::vector<Record>& Batch::rows() const {
  state_->need_rows();
  return state_->rows;
}

const Schema& Batch::schema() const {
  state_->need_columns();
  return state_->columns.schema;
}

const std::vector<Column>& Batch::columns() const {
  state_->need_columns();
  return state_->columns.columns;
}

const std::shared_ptr<arrow::Array>& Batch::ids() const {
  state_->need_columns();
  return state_->columns.ids;
}

std::vector<Record> Batch::take_rows() && {
  state_->need_rows();
  if (state_.use_count() > 1) return state_->rows;
  std::vector<Record> rows = std::move(state_->rows);
  *this = Batch();
  return rows;
}

Batch Batch::with_schema(const Schema& schema) const {
  if (has_columns()) state_->need_columns();
  ColumnSet set = has_columns() ? columns_with_schema(state_->columns, size(), schema)
                                : columns_from_rows(state_->rows, schema);
  Batch batch;
  batch.state_ = std::make_shared<State>();
  batch.state_->set_columns(std::move(set), size());
  return batch;
}

// Rows that were made from the columns are not carried over: they can be made again. Those that came first
// are, since columns know nothing of metadata and versions.
Batch Batch::slice(std::uint64_t offset, std::uint64_t count) const {
  offset = std::min(offset, size());
  count = std::min(count, size() - offset);
  Batch batch;
  batch.state_ = std::make_shared<State>();
  if (state_->wire) {
    batch.state_->size = count;
    batch.state_->wire = state_->wire;
    batch.state_->first_wire_row = state_->first_wire_row + offset;
    return batch;
  }
  if (state_->made_from_rows) {
    auto begin = state_->rows.begin() + static_cast<std::ptrdiff_t>(offset);
    batch.state_->set_rows({begin, begin + static_cast<std::ptrdiff_t>(count)});
  }
  if (has_columns()) {
    batch.state_->set_columns(
        slice_columns(state_->columns, static_cast<std::int64_t>(offset), static_cast<std::int64_t>(count)),
        count);
  }
  return batch;
}

Batch Batch::select(const std::vector<bool>& selection) const {
  if (has_columns()) state_->need_columns();
  auto count = static_cast<std::uint64_t>(std::count(selection.begin(), selection.end(), true));
  Batch batch;
  batch.state_ = std::make_shared<State>();
  if (state_->made_from_rows) {
    std::vector<Record> rows;
    rows.reserve(count);
    for (std::size_t i = 0; i < selection.size(); ++i) {
      if (selection[i]) rows.push_back(state_->rows[i]);
    }
    batch.state_->set_rows(std::move(rows));
  }
  if (has_columns()) batch.state_->set_columns(select_columns(state_->columns, selection), count);
  return batch;
}

}  // namespace dataknobs
