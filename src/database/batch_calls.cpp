// SPDX-License-Identifier: Apache-2.0
//
// Batches of records, with results by position.
#include <dataknobs/database.hpp>

#include "database/batch_write.hpp"

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

void prepare(const Database::State& state, WriteMode mode, const char* operation, Record& record,
             const Dataset& dataset) {
  prepare_record(state, mode, operation, record, dataset);
  if (mode != WriteMode::update || record.id()) return;
  Error(ErrorCode::invalid_argument, "a record without id cannot be updated")
      .operation(operation)
      .store(state.name)
      .raise();
}

// The records that can be written, where others cannot: their places, and they themselves.
class Prepared {
 public:
  std::vector<std::size_t> places;
  std::vector<Record> records;
};

// Nothing if all of them can be written; else what cannot has its item.
std::optional<Prepared> leave_out_refused(const Database::State& state, WriteMode mode, const char* operation,
                                          std::span<Record> records, const Dataset& dataset,
                                          std::vector<WriteItem>& items) {
  Prepared prepared;
  for (std::size_t i = 0; i < records.size(); ++i) {
    try {
      prepare(state, mode, operation, records[i], dataset);
      prepared.places.push_back(i);
    } catch (const Error& error) {
      items[i] = WriteItem(records[i].id().value_or(""), WriteStatus::rejected, {},
                           std::make_shared<const Error>(error));
    }
  }
  if (prepared.places.size() == records.size()) return std::nullopt;
  for (const std::size_t place : prepared.places) prepared.records.push_back(records[place]);
  return prepared;
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

}  // namespace

Task<std::vector<WriteItem>> write_batch(StatePointer state, Context context, WriteMode mode,
                                         const char* operation, std::span<Record> records, bool whole) {
  std::vector<WriteItem> items;
  if (records.empty()) co_return items;
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await ensure_dataset(*state, context, *session, records.front());
  items.assign(records.size(), WriteItem("", WriteStatus::unknown));
  std::optional<Prepared> some;
  if (whole) {
    for (Record& record : records) prepare(*state, mode, operation, record, *dataset);
  } else {
    some = leave_out_refused(*state, mode, operation, records, *dataset, items);
  }
  const bool atomic = whole && state->backend->capabilities().transactions == Support::native;
  const std::span<Record> given = some ? std::span<Record>(some->records) : records;
  WriteRequest request(dataset, mode, given);
  request.set_all_or_nothing(atomic);
  std::vector<ItemResult> results;
  if (!given.empty()) results = co_await session->write(context, request);
  session.done();
  for (std::size_t i = 0; i < results.size(); ++i) {
    items[some ? some->places[i] : i] =
        make_item(results[i], operation, given[i].id().value_or(""), state->name);
  }
  if (atomic) raise_first(results, items);
  co_return items;
}

Task<std::vector<WriteItem>> Database::create_batch(std::span<Record> records) {
  return write_batch(state_, state_->context(), WriteMode::insert, "create", records, true);
}
Task<std::vector<WriteItem>> Database::update_batch(std::span<Record> records) {
  return write_batch(state_, state_->context(), WriteMode::update, "update", records, true);
}
Task<std::vector<WriteItem>> Database::upsert_batch(std::span<Record> records) {
  return write_batch(state_, state_->context(), WriteMode::upsert, "upsert", records, true);
}
Task<std::vector<std::optional<Record>>> Database::read_batch(std::vector<std::string> ids) {
  return read_records(state_, std::move(ids));
}
Task<std::vector<WriteItem>> Database::remove_batch(std::vector<std::string> ids) {
  return remove_records(state_, std::move(ids));
}
}  // namespace dataknobs
