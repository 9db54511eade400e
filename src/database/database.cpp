// SPDX-License-Identifier: Apache-2.0
//
// Single records. Every call runs in a coroutine that shares the state, so the Database may go before the call ends.
#include <dataknobs/database.hpp>

#include "database/state.hpp"

namespace dataknobs {

namespace {

constexpr int kLookUps = 5;

[[noreturn]] void raise_item(const Database::State& state, const ItemResult& result, const char* operation,
                             const std::string& id, bool conditional) {
  item_error(result, operation, id, state.name, conditional).raise();
}

Task<ItemResult> write_one(Context& context, SessionLease& session, WriteMode mode, Record& record,
                           const DatasetPointer& dataset, const WriteOptions& options, Existence existence) {
  const Precondition precondition(existence, options.expected_version());
  WriteRequest request(dataset, mode, std::span<Record>(&record, 1));
  if (options.expected_version()) request.set_preconditions(std::span<const Precondition>(&precondition, 1));
  std::vector<ItemResult> results = co_await session->write(context, request);
  session.done();
  co_return std::move(results.front());
}

Task<std::string> create_record(StatePointer state, Record& record) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  DatasetPointer found;
  if (!state->known()) found = co_await ensure_dataset(*state, context, *session, record);
  const DatasetPointer& dataset = found ? found : state->known();  // Not copied: every call passes here.
  prepare_record(*state, WriteMode::insert, "create", record, *dataset);
  const WriteRequest request(dataset, WriteMode::insert, std::span<Record>(&record, 1));
  std::vector<ItemResult> results = co_await session->write(context, request);
  session.done();
  std::string id = record.id().value_or("");
  if (results.front().outcome() != Outcome::written) raise_item(*state, results.front(), "create", id, false);
  co_return id;
}

Task<std::string> create_own(StatePointer state, Record record) {
  co_return co_await create_record(state, record);
}

Task<std::optional<Record>> read_record(StatePointer state, std::string id) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  DatasetPointer found;
  if (!state->known()) found = co_await find_dataset(*state, context);
  const DatasetPointer& dataset = found ? found : state->known();
  if (!dataset) co_return std::nullopt;
  std::vector<std::optional<Record>> records =
      co_await session->read(context, dataset, std::span<const std::string>(&id, 1));
  session.done();
  co_return std::move(records.front());
}

// Gives the record the id under which it is to be written.
void name_record(Record& record, const std::string& id, const char* operation, const std::string& store) {
  if (record.id() && *record.id() != id) {
    Error(ErrorCode::invalid_argument, "the record has the id '" + *record.id() + "'")
        .operation(operation)
        .store(store)
        .record_id(id)
        .hint("an id cannot be changed: create the record anew and remove the old one")
        .raise();
  }
  record.set_id(id);
}

Task<bool> replace_record(StatePointer state, WriteMode mode, std::string id, Record record,
                          WriteOptions options) {
  const char* const operation = mode == WriteMode::patch ? "patch" : "update";
  name_record(record, id, operation, state->name);
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await find_dataset(*state, context);
  if (!dataset) co_return false;
  if (mode == WriteMode::update || dataset->layout() == Layout::columns) {
    prepare_record(*state, mode, operation, record, *dataset);
  }
  const ItemResult result =
      co_await write_one(context, session, mode, record, dataset, options, Existence::present);
  if (result.outcome() == Outcome::missing) co_return false;
  if (result.outcome() != Outcome::written && result.outcome() != Outcome::unchanged) {
    raise_item(*state, result, operation, id, options.expected_version().has_value());
  }
  co_return true;
}

Task<std::string> upsert_record(StatePointer state, Record& record, WriteOptions options) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await ensure_dataset(*state, context, *session, record);
  prepare_record(*state, WriteMode::upsert, "upsert", record, *dataset);
  const bool conditional = options.expected_version().has_value();
  const WriteMode mode = record.id() || !dataset->generates_ids() ? WriteMode::upsert : WriteMode::insert;
  const Existence existence = conditional ? Existence::present : Existence::any;
  const ItemResult result = co_await write_one(context, session, mode, record, dataset, options, existence);
  std::string id = record.id().value_or("");
  if (conditional && result.outcome() == Outcome::missing) {
    Error(ErrorCode::concurrency, "there is no record of that id any more")
        .operation("upsert")
        .store(state->name)
        .record_id(id)
        .raise();
  }
  if (result.outcome() != Outcome::written && result.outcome() != Outcome::unchanged) {
    raise_item(*state, result, "upsert", id, conditional);
  }
  co_return id;
}

Task<std::string> upsert_own(StatePointer state, Record record, WriteOptions options) {
  co_return co_await upsert_record(state, record, std::move(options));
}

Task<bool> remove_record(StatePointer state, std::string id, WriteOptions options) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await find_dataset(*state, context);
  if (!dataset) co_return false;
  std::vector<Precondition> preconditions;
  if (options.expected_version()) preconditions.emplace_back(Existence::present, options.expected_version());
  const std::vector<ItemResult> results =
      co_await session->remove(context, dataset, std::span<const std::string>(&id, 1), preconditions);
  session.done();
  const ItemResult& result = results.front();
  if (result.outcome() == Outcome::missing) co_return false;
  if (result.outcome() != Outcome::written) raise_item(*state, result, "remove", id, !preconditions.empty());
  co_return true;
}

Task<std::pair<Record, bool>> get_or_create_record(StatePointer state, Record record) {
  Context context = state->context();
  const DatasetPointer dataset = co_await find_dataset(*state, context);
  if (dataset) prepare_record(*state, WriteMode::update, "get or create", record, *dataset);
  if (!record.id()) {
    Error(ErrorCode::invalid_argument, "a record without id cannot be looked up")
        .operation("get or create")
        .store(state->name)
        .hint("set an id, or the fields of the key")
        .raise();
  }
  const std::string id = *record.id();
  // Between the two steps somebody else may create it, or remove it again.
  for (int attempt = 0; attempt < kLookUps; ++attempt) {
    std::optional<Record> existing = co_await read_record(state, id);
    if (existing) co_return std::pair(std::move(*existing), false);
    try {
      co_await create_record(state, record);
      co_return std::pair(std::move(record), true);
    } catch (const DuplicateRecordError&) {  // Then it is there to be read.
    }
  }
  Error(ErrorCode::concurrency, "the record was created and removed by others again and again")
      .operation("get or create")
      .store(state->name)
      .record_id(id)
      .retryable(true)
      .raise();
}

Task<bool> record_exists(StatePointer state, std::string id) {
  const std::optional<Record> record = co_await read_record(std::move(state), std::move(id));
  co_return record.has_value();
}

Task<std::optional<Version>> record_version(StatePointer state, std::string id) {
  const std::optional<Record> record = co_await read_record(std::move(state), std::move(id));
  std::optional<Version> version;
  if (record) version = record->version();
  co_return version;
}

Task<void> close_backend(StatePointer state) {
  Context context = state->context();
  co_await state->backend->close(context);
}

}  // namespace

Task<std::string> Database::create(Record& record) {
  return create_record(state_, record);
}
Task<std::string> Database::create(Record&& record) {
  return create_own(state_, std::move(record));
}
Task<std::optional<Record>> Database::read(std::string id) {
  return read_record(state_, std::move(id));
}
Task<bool> Database::update(std::string id, Record record, WriteOptions options) {
  return replace_record(state_, WriteMode::update, std::move(id), std::move(record), std::move(options));
}
Task<bool> Database::patch(std::string id, Record changes, WriteOptions options) {
  return replace_record(state_, WriteMode::patch, std::move(id), std::move(changes), std::move(options));
}
Task<std::string> Database::upsert(Record& record, WriteOptions options) {
  return upsert_record(state_, record, std::move(options));
}
Task<std::string> Database::upsert(Record&& record, WriteOptions options) {
  return upsert_own(state_, std::move(record), std::move(options));
}
Task<bool> Database::remove(std::string id, WriteOptions options) {
  return remove_record(state_, std::move(id), std::move(options));
}
Task<std::pair<Record, bool>> Database::get_or_create(Record record) {
  return get_or_create_record(state_, std::move(record));
}
Task<bool> Database::exists(std::string id) {
  return record_exists(state_, std::move(id));
}
Task<std::optional<Version>> Database::get_version(std::string id) {
  return record_version(state_, std::move(id));
}
Database Database::with_timeout(std::chrono::milliseconds timeout) const {
  std::shared_ptr<State> state = state_->copy();
  state->timeout = timeout;
  return Database(std::move(state));
}
Database Database::with_memory(std::uint64_t bytes) const {
  std::shared_ptr<State> state = state_->copy();
  state->memory = bytes;
  return Database(std::move(state));
}
std::string Database::name() const {
  return state_->name;
}
Task<void> Database::close() {
  return close_backend(state_);
}

}  // namespace dataknobs
