// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/write.hpp"

#include <algorithm>
#include <unordered_set>

#include <arrow/api.h>
#include <fmt/format.h>

#include "backends/postgresql/keys.hpp"
#include "backends/postgresql/reader.hpp"
#include "backends/postgresql/select.hpp"
#include "backends/postgresql/session.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "backends/postgresql/write_item.hpp"
#include "database/computed.hpp"
#include "database/write_rules.hpp"

namespace dataknobs::postgresql {
namespace {

// The data are at fault, so the rest may go on without the item.
bool is_of_item(const Error& error) {
  switch (error.code()) {
    case ErrorCode::validation:
    case ErrorCode::duplicate_record:
    case ErrorCode::serialization:
      return !error.drops_connection();
    default:
      return false;
  }
}

std::string array_of_cells(Codec codec, std::size_t count, const std::string& cells) {
  std::string out;
  append_big(out, std::int32_t{1});  // One dimension.
  append_big(out, std::int32_t{1});  // There may be nulls.
  append_big(out, parameter_type(codec));
  append_big(out, static_cast<std::int32_t>(count));
  append_big(out, std::int32_t{1});  // The first index.
  return out + cells;
}

ItemResult rejected(Error error, const std::string& id) {
  if (!id.empty()) error.record_id(id);
  return ItemResult(Outcome::rejected, {}, std::make_shared<const Error>(std::move(error)));
}

}  // namespace

RecordWriter::RecordWriter(Conversation& conversation, const WriteRequest& request)
    : conversation_(conversation),
      dataset_(request.dataset()),
      table_(table_of(dataset_)),
      mode_(request.mode()),
      all_or_nothing_(request.all_or_nothing()),
      records_(request.records()),
      preconditions_(request.preconditions()) {}

RecordWriter::RecordWriter(Conversation& conversation, DatasetPointer dataset,
                           std::span<const std::string> ids, std::span<const Precondition> preconditions)
    : conversation_(conversation),
      dataset_(std::move(dataset)),
      table_(table_of(dataset_)),
      removing_(true),
      ids_(ids),
      preconditions_(preconditions) {}

void RecordWriter::prepare() {
  const std::size_t count = removing_ ? ids_.size() : records_.size();
  results_.assign(count, std::nullopt);
  for (std::size_t i = 0; i < count; ++i) {
    const Precondition* precondition = preconditions_.empty() ? nullptr : &preconditions_[i];
    WriteItem item;
    if (removing_) {
      item = removal_item(table_, ids_[i]);
      if (precondition != nullptr) item.expected = precondition->version();
      if (item.columns.empty()) results_[i] = ItemResult(Outcome::missing);
    } else {
      const bool may_make_key =
          table_.generates_ids() && (mode_ == WriteMode::insert || mode_ == WriteMode::upsert);
      item = table_.layout() == Layout::document ? document_item(table_, records_[i])
                                                 : columns_item(table_, records_[i], may_make_key);
      set_condition(item, mode_, precondition);
      gives_computed_ = gives_computed_ || gives_computed(records_[i], table_.schema());
    }
    item.position = i;
    if (item.problem) results_[i] = rejected(*item.problem, item.id);
    items_.push_back(std::move(item));
  }
}

Task<std::vector<ItemResult>> RecordWriter::run(Context& context) {
  require_key(table_);
  prepare();
  const bool patching = !removing_ && mode_ == WriteMode::patch && table_.layout() == Layout::document;
  const bool scoped = (all_or_nothing_ && items_.size() > 1) || patching || gives_computed_;
  const bool in_transaction = conversation_.mode() != SessionMode::autocommit;
  if (scoped || in_transaction) {
    Scope scope(conversation_);
    co_await scope.begin(context);
    std::exception_ptr failure;
    std::optional<Error> of_item;
    try {
      if (patching) co_await load_patched(context);
      co_await run_all(context, false);
    } catch (const Error& error) {
      failure = std::current_exception();
      if (is_of_item(error)) of_item = error;
      if (error.drops_connection()) throw;
    }
    if (of_item) {
      // Once more, to find the item: each set in a savepoint of its own.
      co_await scope.undo(context);
      co_await scope.begin(context);
      for (WriteItem& item : items_) {
        if (!item.problem && !item.columns.empty()) results_[item.position].reset();
      }
      if (patching) co_await load_patched(context);
      co_await run_all(context, true);
      failure = nullptr;
    }
    if (failure) {
      co_await scope.undo(context);
      std::rethrow_exception(failure);
    }
    if (all_or_nothing_ && !all_written()) {
      co_await scope.undo(context);
      settle_all_or_nothing();
    } else {
      co_await scope.keep(context);
    }
  } else {
    co_await run_all(context, true);
  }
  std::vector<ItemResult> results;
  for (std::optional<ItemResult>& result : results_) results.push_back(std::move(*result));
  co_return results;
}

bool RecordWriter::all_written() const {
  return std::all_of(results_.begin(), results_.end(), [](const std::optional<ItemResult>& result) {
    return result && result->outcome() == Outcome::written;
  });
}

void RecordWriter::settle_all_or_nothing() {
  for (std::optional<ItemResult>& result : results_) {
    if (!result || result->outcome() == Outcome::written) result = ItemResult(Outcome::unchanged);
  }
}

Task<void> RecordWriter::run_all(Context& context, bool with_savepoints) {
  // A set is a run of items that one statement can take: alike, and no id twice.
  std::size_t begin = 0;
  while (begin < items_.size()) {
    if (results_[items_[begin].position]) {
      ++begin;
      continue;
    }
    std::unordered_set<std::string> ids;
    std::size_t end = begin;
    while (end < items_.size() && !results_[items_[end].position] &&
           items_[end].action == items_[begin].action && items_[end].columns == items_[begin].columns) {
      if (!items_[end].id.empty() && !ids.insert(items_[end].id).second) break;
      ++end;
      if (items_[begin].columns.empty()) break;  // A row of defaults alone is a statement of its own.
    }
    const std::span<const WriteItem> set(items_.data() + begin, end - begin);
    co_await run_set(context, set, with_savepoints);
    begin = end;
  }
}

Task<void> RecordWriter::run_set(Context& context, std::span<const WriteItem> items, bool with_savepoint) {
  if (!with_savepoint) {
    co_await execute(context, items);
    co_return;
  }
  const std::optional<Error> failure = co_await try_set(context, items);
  if (!failure) co_return;
  if (items.size() == 1) {
    results_[items.front().position] = rejected(*failure, items.front().id);
    co_return;
  }
  const std::size_t half = items.size() / 2;
  co_await run_set(context, items.first(half), with_savepoint);
  co_await run_set(context, items.subspan(half), with_savepoint);
}

Task<std::optional<Error>> RecordWriter::try_set(Context& context, std::span<const WriteItem> items) {
  // In autocommit mode outside of a scope each statement stands for itself.
  const bool savepoint = conversation_.connection().state() == TransactionState::in_transaction;
  if (savepoint) {
    const std::string statement = "savepoint dataknobs_set";
    co_await conversation_.connection().execute(context, statement);
  }
  std::optional<Error> failure;
  try {
    co_await execute(context, items);
  } catch (const Error& error) {
    if (!is_of_item(error)) throw;
    failure = error;
  }
  if (savepoint) {
    const std::string statement = failure
                                      ? "rollback to savepoint dataknobs_set; release savepoint dataknobs_set"
                                      : "release savepoint dataknobs_set";
    co_await conversation_.connection().execute(context, statement);
  }
  co_return failure;
}

Task<void> RecordWriter::execute(Context& context, std::span<const WriteItem> items) {
  const WriteItem& first = items.front();
  const WriteStatement statement(table_, first.action, first.columns, mode_ != WriteMode::patch);
  Parameters parameters;
  for (std::size_t c = 0; c < first.columns.size(); ++c) {
    std::string cells;
    for (const WriteItem& item : items) cells += item.cells[c];
    const Codec codec = first.columns[c]->codec;
    parameters.add_binary(parameter_array_type(codec), array_of_cells(codec, items.size(), cells));
  }
  std::string expected;
  std::string ordinals;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::optional<std::string>& version = items[i].expected;
    append_big(expected, version ? static_cast<std::int32_t>(version->size()) : -1);
    if (version) expected += *version;
    append_big(ordinals, std::int32_t{8});
    append_big(ordinals, static_cast<std::int64_t>(i));
  }
  parameters.add_binary(parameter_array_type(Codec::text),
                        array_of_cells(Codec::text, items.size(), expected));
  parameters.add_binary(parameter_array_type(Codec::int8),
                        array_of_cells(Codec::int8, items.size(), ordinals));
  const std::string text = statement.text();
  const Result result = co_await conversation_.connection().query(context, text, parameters);
  take_result(result, items, statement.makes_keys());
  if (!gives_computed_) co_return;
  const std::optional<Error> change = co_await find_computed_change(context, items);
  if (!change) co_return;
  for (const WriteItem& item : items) {
    results_[item.position].reset();
    if (statement.makes_keys()) records_[item.position].set_id(std::nullopt);
  }
  change->raise();
}

Task<std::optional<Error>> RecordWriter::find_computed_change(Context& context,
                                                              std::span<const WriteItem> items) {
  std::vector<std::string> ids;
  for (const WriteItem& item : items) ids.push_back(records_[item.position].id().value_or(""));
  const std::vector<std::optional<Record>> stored =
      co_await read_records(context, conversation_.connection(), dataset_, ids);
  std::optional<Error> change;
  for (std::size_t i = 0; i < items.size() && !change; ++i) {
    const std::size_t position = items[i].position;
    if (!stored[i] || results_[position]->outcome() != Outcome::written) continue;
    change = dataknobs::find_computed_change(records_[position], *stored[i], table_.schema());
    if (change && !items[i].id.empty()) change->record_id(items[i].id);
  }
  co_return change;
}

void RecordWriter::take_result(const Result& result, std::span<const WriteItem> items, bool makes_keys) {
  const auto version_at = [&](std::size_t row, std::size_t column) {
    return result.is_null(row, column) ? std::optional<Version>() : result.text(row, column);
  };
  if (makes_keys) {
    // The server returns the rows in the order in which they were given.
    const std::vector<const TableColumn*> key = table_.key_columns();
    for (std::size_t row = 0; row < items.size() && row < result.rows(); ++row) {
      std::vector<Value> values;
      for (std::size_t c = 0; c < key.size(); ++c) {
        const Cell cell = result.cell(row, c);
        values.push_back(decode_column(key[c]->wire(), &cell, 1, 1).value(0));
      }
      records_[items[row].position].set_id(key_to_id(values));
      results_[items[row].position] = ItemResult(Outcome::written, version_at(row, key.size()));
    }
    return;
  }
  for (std::size_t row = 0; row < result.rows(); ++row) {
    const WriteItem& item = items[static_cast<std::size_t>(result.integer(row, 0))];
    const bool present = result.boolean(row, 3);
    if (result.boolean(row, 1)) {
      results_[item.position] = ItemResult(Outcome::written, version_at(row, 2));
      if (!removing_ && !records_[item.position].id()) records_[item.position].set_id(item.id);
    } else if (item.action == WriteAction::insert || present) {
      results_[item.position] = ItemResult(Outcome::conflict);
    } else {
      results_[item.position] = ItemResult(Outcome::missing);
    }
  }
}

Task<void> RecordWriter::load_patched(Context& context) {
  std::vector<std::string> ids;
  for (const WriteItem& item : items_) ids.push_back(item.id);
  const KeyParameters keys(table_, ids);
  const std::string statement = fmt::format(
      "select dataknobs_keys.ordinal, r.* from unnest({}) as dataknobs_keys({}, ordinal) join lateral "
      "(select id, data, metadata, types, version from {} where {} for update) r on true",
      keys.unnest_arguments(), keys.names(), table_.sql_name(), keys.match(table_));
  const Result result = co_await conversation_.connection().query(context, statement, keys.parameters());
  std::vector<std::optional<Record>> found(items_.size());
  for (std::size_t row = 0; row < result.rows(); ++row) {
    std::vector<Cell> cells;
    for (std::size_t column = 1; column < result.columns(); ++column)
      cells.push_back(result.cell(row, column));
    found[static_cast<std::size_t>(result.integer(row, 0))] = document_record(cells.data());
  }
  // Several patches of one record follow each other.
  std::map<std::string, Record> merged;
  for (WriteItem& item : items_) {
    if (item.problem) continue;
    // The condition is the caller's, also where this is the second attempt.
    WriteItem condition;
    set_condition(condition, mode_, preconditions_.empty() ? nullptr : &preconditions_[item.position]);
    std::optional<Record>& current = found[item.position];
    if (!current) {
      results_[item.position] = ItemResult(Outcome::missing);
      continue;
    }
    const auto known = merged.try_emplace(item.id, *current).first;
    Record& record = known->second;
    if (condition.expected && condition.expected != record.version()) {
      results_[item.position] = ItemResult(Outcome::conflict);
      continue;
    }
    merge_patch(record, records_[item.position]);
    WriteItem written = document_item(table_, record);
    record.set_version(written.new_version);
    written.position = item.position;
    written.action = WriteAction::update;
    written.problem = item.problem;
    item = std::move(written);
  }
}

Task<std::vector<ItemResult>> PostgresqlSession::remove(Context& context, const DatasetPointer& dataset,
                                                        std::span<const std::string> ids,
                                                        std::span<const Precondition> preconditions) {
  co_await conversation_->ready(context);
  RecordWriter writer(*conversation_, dataset, ids, preconditions);
  co_return co_await writer.run(context);
}

}  // namespace dataknobs::postgresql
