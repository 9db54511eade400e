// SPDX-License-Identifier: Apache-2.0
#include "database/state.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/keys.hpp"
#include "database/missing_dataset.hpp"
#include "database/uuid.hpp"

namespace dataknobs {

const DatasetPointer& Database::State::known() const noexcept {
  static const DatasetPointer none;
  const DatasetPointer* const known = known_.load(std::memory_order_acquire);
  return known == nullptr ? none : *known;
}

void Database::State::remember(DatasetPointer dataset) {
  const std::lock_guard lock(mutex_);
  known_.store(&remembered_.emplace_front(std::move(dataset)), std::memory_order_release);
}

std::shared_ptr<Database::State> Database::State::copy() const {
  auto made = std::make_shared<State>(backend, options, name);
  made->timeout = timeout;
  made->memory = memory;
  made->transaction = transaction;
  made->remember(known());
  return made;
}

Context Database::State::context() const {
  Context context;
  if (timeout) context.set_deadline(Clock::now() + *timeout);
  return context;
}

SessionLease::SessionLease(Database::State& state) : state_(state) {
  if (state.transaction) {
    if (state.transaction->ended) {
      Error(ErrorCode::invalid_argument, "the transaction has ended").store(state.name).raise();
    }
    if (state.transaction->busy.exchange(true)) {
      Error(ErrorCode::invalid_argument, "another call of the transaction has not ended yet")
          .store(state.name)
          .hint("a transaction does one thing at a time")
          .raise();
    }
    session_ = state.transaction->session.get();
    return;
  }
  owned_.reset(state.spare.exchange(nullptr, std::memory_order_acquire));
  session_ = owned_.get();
}

SessionLease::~SessionLease() {
  if (state_.transaction) {
    if (session_ != nullptr) state_.transaction->busy = false;
    return;
  }
  if (!owned_ || !done_ || own_transaction_ || !state_.backend->capabilities().light_sessions) return;
  Session* expected = nullptr;
  if (state_.spare.compare_exchange_strong(expected, owned_.get(), std::memory_order_release))
    owned_.release();
}

Task<void> SessionLease::open(Context& context) {
  if (session_ != nullptr) co_return;
  owned_ = co_await state_.backend->session(context, SessionMode::autocommit);
  session_ = owned_.get();
}

Task<void> SessionLease::open_transaction(Context& context) {
  const bool possible = state_.backend->capabilities().transactions == Support::native;
  if (state_.transaction || !possible) {
    co_await open(context);
    co_return;
  }
  owned_ = co_await state_.backend->session(context, SessionMode::transaction);
  session_ = owned_.get();
  own_transaction_ = true;
}

Task<void> SessionLease::commit(Context& context) {
  done();
  if (!own_transaction_) co_return;
  const CommitOutcome outcome = co_await session_->commit(context);
  if (outcome == CommitOutcome::unknown) {
    Error(ErrorCode::connection, "the connection was lost while committing: whether it happened is not known")
        .operation("commit")
        .store(state_.name)
        .raise();
  }
}

Task<DatasetPointer> find_dataset(Database::State& state, Context& context) {
  if (const DatasetPointer& known = state.known()) co_return known;
  DatasetPointer dataset = co_await state.backend->describe(context, state.options, false);
  if (dataset) state.remember(dataset);
  co_return dataset;
}

Task<DatasetPointer> require_dataset(Database::State& state, Context& context) {
  DatasetPointer dataset = co_await find_dataset(state, context);
  if (dataset) co_return dataset;
  const Error error = co_await missing_dataset(*state.backend, context, state.options, state.name);
  error.raise();
}

namespace {

// Columns for a record: a key column `id` where no key is named and the record has no field of that name.
CreateRequest creation_request(const DatasetOptions& options, Layout layout, const Record& sample) {
  CreateRequest request(options, layout);
  if (layout == Layout::document) return request;
  std::vector<std::string> key = options.key();
  if (key.empty()) key.emplace_back("id");
  std::vector<FieldDescription> columns;
  for (const std::string& name : key) {
    if (sample[name].is_null()) columns.emplace_back(name, FieldType(ValueType::string), false);
  }
  for (const Field& field : sample.fields()) {
    const bool is_key = std::find(key.begin(), key.end(), field.name()) != key.end();
    if (is_key && field.value().is_null()) continue;
    const ValueType type = field.value().is_null() ? ValueType::string : field.value().type();
    columns.emplace_back(field.name(), FieldType(type), !is_key);
  }
  return request.set_schema(Schema(std::move(columns))).set_key(std::move(key));
}

Task<DatasetPointer> make_dataset(Backend& backend, Context& context, Session& session,
                                  const CreateRequest& request) {
  if (!backend.capabilities().publishes) co_return co_await session.create_dataset(context, request);
  // Nobody sees it before it is published, and a transaction cannot do that.
  const std::unique_ptr<Session> own = co_await backend.session(context, SessionMode::autocommit);
  const DatasetPointer made = co_await own->create_dataset(context, request);
  co_await own->publish(context, made);
  co_return nullptr;
}

}  // namespace

Task<DatasetPointer> ensure_dataset(Database::State& state, Context& context, Session& session,
                                    const Record& sample) {
  DatasetPointer dataset = co_await find_dataset(state, context);
  if (dataset) co_return dataset;
  const Layout layout = state.backend->creation_layout(state.options, Layout::document);
  const CreateRequest request = creation_request(state.options, layout, sample);
  std::optional<Error> failure;
  try {
    dataset = co_await make_dataset(*state.backend, context, session, request);
  } catch (const DuplicateRecordError& error) {
    failure = error;  // Somebody else was quicker, which is as good.
  }
  if (!dataset) dataset = co_await state.backend->describe(context, state.options, false);
  if (!dataset) failure->raise();
  state.remember(dataset);
  co_return dataset;
}

namespace {

[[noreturn]] void raise_no_key(const Record& record, const Dataset& dataset) {
  std::vector<std::string_view> missing;
  for (const std::string& column : dataset.key()) {
    if (record[column].is_null()) missing.push_back(column);
  }
  Error(ErrorCode::serialization,
        fmt::format("the record has no key: no value is given for {}", fmt::join(missing, ", ")))
      .field_path(missing.front())
      .hint("set the key fields")
      .raise();
}

void prepare_new(Record& record, const Dataset& dataset) {
  reconcile_key(record, dataset);
  if (record.id() || dataset.generates_ids() || !has_key(dataset)) return;
  if (dataset.layout() == Layout::columns) {
    const std::vector<FieldType> types = key_types(dataset);
    const bool takes_uuid = types.size() == 1 && types.front().kind() == ValueType::string;
    if (!takes_uuid) raise_no_key(record, dataset);
  }
  record.set_id(make_record_id());
  reconcile_key(record, dataset);
}

}  // namespace

void prepare_record(const Database::State& state, WriteMode mode, const char* operation, Record& record,
                    const Dataset& dataset) {
  try {
    if (mode == WriteMode::insert || mode == WriteMode::upsert) {
      prepare_new(record, dataset);
    } else {
      reconcile_key(record, dataset);
    }
  } catch (const Error& error) {
    Error located = error;
    if (record.id()) located.record_id(*record.id());
    located.operation(operation).store(state.name).raise();
  }
}

Error item_error(const ItemResult& result, const char* operation, const std::string& id,
                 const std::string& store, bool conditional) {
  Error error(ErrorCode::internal, "the record was not written");
  if (result.error()) {
    error = *result.error();
  } else if (result.outcome() == Outcome::conflict && conditional) {
    error = Error(ErrorCode::concurrency, "the record has another version");
    error.hint("read it again");
  } else if (result.outcome() == Outcome::conflict) {
    error = Error(ErrorCode::duplicate_record, "there is a record of that id already");
    error.hint("use update or upsert to replace it");
  } else if (result.outcome() == Outcome::missing) {
    error = Error(ErrorCode::not_found, "there is no record of that id");
  } else if (result.outcome() == Outcome::unknown) {
    error = Error(ErrorCode::connection, "the reply was lost: whether the record was written is not known");
    error.hint("read the record");
  } else if (result.outcome() == Outcome::unchanged) {
    error = Error(ErrorCode::concurrency, "not written, because another record of the batch was not");
  }
  error.operation(operation).store(store).record_id(id);
  return error;
}

}  // namespace dataknobs
