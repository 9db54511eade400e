// SPDX-License-Identifier: Apache-2.0
//
// Stores and transactions.
#include <dataknobs/database.hpp>

#include "database/registry.hpp"
#include "database/state.hpp"

namespace dataknobs {

namespace {

using TransactionPointer = std::shared_ptr<Transaction::State>;
using StorePointer = std::shared_ptr<Store::State>;

void require_open(const Transaction::State& state) {
  if (state.ended) Error(ErrorCode::invalid_argument, "the transaction has ended").store(state.name).raise();
  if (state.busy) {
    Error(ErrorCode::invalid_argument, "a call of the transaction has not ended yet")
        .store(state.name)
        .raise();
  }
}

Task<void> commit_transaction(TransactionPointer state) {
  require_open(*state);
  state->ended = true;
  Context context;
  const CommitOutcome outcome = co_await state->session->commit(context);
  state->session.reset();
  if (outcome == CommitOutcome::unknown) {
    Error(ErrorCode::connection, "the connection was lost while committing: whether it happened is not known")
        .operation("commit")
        .store(state->name)
        .hint("read what the transaction would have written")
        .raise();
  }
}

Task<void> rollback_transaction(TransactionPointer state) {
  require_open(*state);
  state->ended = true;
  Context context;
  co_await state->session->rollback(context);
  state->session.reset();
}

Task<Transaction> begin_transaction(StorePointer store) {
  auto state = std::make_shared<Transaction::State>();
  state->backend = store->backend;
  state->name = store->name;
  Context context;
  state->session = co_await store->backend->session(context, SessionMode::transaction);
  co_return Transaction(std::move(state));
}

Task<std::vector<std::string>> list_datasets(StorePointer store) {
  Context context;
  co_return co_await store->backend->list(context);
}

Task<void> close_store(StorePointer store) {
  Context context;
  co_await store->backend->close(context);
}

}  // namespace

Database Transaction::in(const Database& database) const {
  const Database::State& outside = database.state();
  if (outside.backend->display_name() != state_->backend->display_name()) {
    Error(ErrorCode::invalid_argument, "the database belongs to another store than the transaction")
        .store(outside.name)
        .raise();
  }
  auto inside = std::make_shared<Database::State>(state_->backend, outside.options, outside.name);
  inside->timeout = outside.timeout;
  inside->transaction = state_;
  inside->remember(outside.known());
  return Database(std::move(inside));
}

Task<void> Transaction::commit() {
  return commit_transaction(state_);
}
Task<void> Transaction::rollback() {
  return rollback_transaction(state_);
}

Task<std::vector<std::string>> Store::list() {
  return list_datasets(state_);
}
Task<Transaction> Store::begin() {
  return begin_transaction(state_);
}
std::string Store::name() const {
  return state_->name;
}
Task<void> Store::close() {
  return close_store(state_);
}

Database Store::database(std::string_view name) const {
  DatasetOptions options = state_->options;
  options.set_name(std::string(name));
  std::string display = state_->name + " (" + std::string(name) + ")";
  return Database(std::make_shared<Database::State>(state_->backend, std::move(options), std::move(display)));
}

}  // namespace dataknobs
