// SPDX-License-Identifier: Apache-2.0
#include "record/batch.hpp"

#include <atomic>
#include <mutex>

#include <arrow/array.h>

#include <dataknobs/error.hpp>

#include "record/batch_convert.hpp"

namespace dataknobs {

// Either rows, columns or wire bytes are there from the start. The flags are set once, after what they speak
// of is complete; the once-flags guard the first conversion.
struct Batch::State {
  std::uint64_t size = 0;
  bool made_from_rows = false;
  std::optional<WireBytes> wire;
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

  void need_records() const {
    if (wire) {
      Error(ErrorCode::internal, "a batch of wire bytes has no records")
          .native("", wire->encoding)
          .hint("read without this wire format")
          .raise();
    }
  }
  void need_rows() {
    if (has_rows.load(std::memory_order_acquire)) return;
    need_records();
    std::call_once(rows_once, [this] {
      rows = rows_from_columns(columns, size);
      has_rows.store(true, std::memory_order_release);
    });
  }
  void need_columns() {
    if (has_columns.load(std::memory_order_acquire)) return;
    need_records();
    std::call_once(columns_once, [this] {
      columns = columns_from_rows(rows);
      has_columns.store(true, std::memory_order_release);
    });
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

Batch Batch::from_wire(WireBytes bytes) {
  Batch batch;
  batch.state_ = std::make_shared<State>();
  batch.state_->size = bytes.rows;
  batch.state_->wire = std::move(bytes);
  return batch;
}

std::uint64_t Batch::size() const noexcept {
  return state_->size;
}

std::uint64_t Batch::memory() const {
  std::uint64_t sum = sizeof(State);
  if (state_->wire) sum += state_->wire->bytes.capacity();
  if (has_rows()) sum += memory_of(state_->rows);
  if (has_columns()) sum += memory_of(state_->columns);
  return sum;
}

bool Batch::has_rows() const noexcept {
  return state_->has_rows.load(std::memory_order_acquire);
}
bool Batch::has_columns() const noexcept {
  return state_->has_columns.load(std::memory_order_acquire);
}
const WireBytes* Batch::wire() const noexcept {
  return state_->wire ? &*state_->wire : nullptr;
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
  state_->need_records();
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
  state_->need_records();
  offset = std::min(offset, size());
  count = std::min(count, size() - offset);
  Batch batch;
  batch.state_ = std::make_shared<State>();
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
  state_->need_records();
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
