// SPDX-License-Identifier: Apache-2.0
//
// Batches of records, with results by position.
#include <dataknobs/database.hpp>

#include "database/state.hpp"

namespace dataknobs {

namespace {

WriteStatus status_of(const ItemResult& result) {
  switch (result.outcome()) {
    case Outcome::written:
      return WriteStatus::written;
    case Outcome::missing:
      return WriteStatus::missing;
    case Outcome::conflict:
      return WriteStatus::duplicate;
    case Outcome::unknown:
      return WriteStatus::unknown;
    case Outcome::unchanged:
    case Outcome::rejected:
      return WriteStatus::rejected;
  }
  return WriteStatus::unknown;
}

WriteItem make_item(const ItemResult& result, const char* operation, const std::string& id,
                    const std::string& store) {
  std::shared_ptr<const Error> error;
  if (result.outcome() != Outcome::written) {
    error = std::make_shared<const Error>(item_error(result, operation, id, store, false));
  }
  return WriteItem(id, status_of(result), result.version(), std::move(error));
}

// The item that stopped an all-or-nothing batch is the first that failed by itself.
void raise_first(const std::vector<ItemResult>& results, const std::vector<WriteItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Outcome outcome = results[i].outcome();
    if (outcome != Outcome::written && outcome != Outcome::unchanged) items[i].error()->raise();
  }
}

Task<std::vector<WriteItem>> write_batch(StatePointer state, WriteMode mode, const char* operation,
                                         std::span<Record> records, bool all_or_nothing) {
  std::vector<WriteItem> items;
  if (records.empty()) co_return items;
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await ensure_dataset(*state, context, *session, records.front());
  for (Record& record : records) {
    prepare_record(*state, mode, operation, record, *dataset);
    if (mode == WriteMode::update && !record.id()) {
      Error(ErrorCode::invalid_argument, "a record without id cannot be updated")
          .operation(operation)
          .store(state->name)
          .raise();
    }
  }
  const bool whole = all_or_nothing && state->backend->capabilities().transactions == Support::native;
  WriteRequest request(dataset, mode, records);
  request.set_all_or_nothing(whole);
  const std::vector<ItemResult> results = co_await session->write(context, request);
  session.done();
  items.reserve(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    items.push_back(make_item(results[i], operation, records[i].id().value_or(""), state->name));
  }
  if (whole) raise_first(results, items);
  co_return items;
}

Task<std::vector<std::optional<Record>>> read_records(StatePointer state, std::vector<std::string> ids) {
  std::vector<std::optional<Record>> records(ids.size());
  if (ids.empty()) co_return records;
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await find_dataset(*state, context);
  if (!dataset) co_return records;
  records = co_await session->read(context, dataset, ids);
  session.done();
  co_return records;
}

Task<std::vector<WriteItem>> remove_records(StatePointer state, std::vector<std::string> ids) {
  std::vector<WriteItem> items;
  if (ids.empty()) co_return items;
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await find_dataset(*state, context);
  std::vector<ItemResult> results(ids.size(), ItemResult(Outcome::missing));
  if (dataset) results = co_await session->remove(context, dataset, ids, {});
  session.done();
  for (std::size_t i = 0; i < results.size(); ++i) {
    items.push_back(make_item(results[i], "remove", ids[i], state->name));
  }
  co_return items;
}

// Writes one batch of a stream, record by record where one of them fails.
Task<void> write_part(const StatePointer& state, std::span<Record> records, StreamResult& result) {
  const std::vector<WriteItem> items =
      co_await write_batch(state, WriteMode::insert, "create", records, false);
  for (const WriteItem& item : items) {
    ++result.processed;
    if (item.ok()) {
      ++result.successful;
    } else {
      ++result.failed;
      result.errors.push_back(item);
    }
  }
}

Task<StreamResult> write_stream(StatePointer state, std::function<Task<std::optional<Records>>()> source,
                                StreamOptions options) {
  StreamResult result;
  const std::size_t size = std::max<std::size_t>(options.batch_size(), 1);
  while (std::optional<Records> records = co_await source()) {
    for (std::size_t begin = 0; begin < records->size(); begin += size) {
      const std::span<Record> part(records->data() + begin, std::min(size, records->size() - begin));
      co_await write_part(state, part, result);
    }
  }
  co_return result;
}

}  // namespace

Task<std::vector<WriteItem>> Database::create_batch(std::span<Record> records) {
  return write_batch(state_, WriteMode::insert, "create", records, true);
}
Task<std::vector<WriteItem>> Database::update_batch(std::span<Record> records) {
  return write_batch(state_, WriteMode::update, "update", records, true);
}
Task<std::vector<WriteItem>> Database::upsert_batch(std::span<Record> records) {
  return write_batch(state_, WriteMode::upsert, "upsert", records, true);
}
Task<std::vector<std::optional<Record>>> Database::read_batch(std::vector<std::string> ids) {
  return read_records(state_, std::move(ids));
}
Task<std::vector<WriteItem>> Database::remove_batch(std::vector<std::string> ids) {
  return remove_records(state_, std::move(ids));
}
Task<StreamResult> Database::stream_write(std::function<Task<std::optional<Records>>()> source,
                                          StreamOptions options) {
  return write_stream(state_, std::move(source), options);
}

}  // namespace dataknobs
