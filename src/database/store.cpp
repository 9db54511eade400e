// SPDX-License-Identifier: Apache-2.0
//
// Stores and transactions.
#include <random>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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

Task<void> transact_work(StorePointer store, std::function<Task<void>(Transaction&)> work) {
  TransactionAttempts attempts;
  while (true) {
    Transaction transaction = co_await begin_transaction(store);
    try {
      co_await work(transaction);
      co_await transaction.commit();
      co_return;
    } catch (...) {
      attempts.fail();
    }
    co_await attempts.settle(transaction);
  }
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

Task<void> TransactionAttempts::settle(Transaction& transaction) {
  if (!transaction.state().ended) {
    try {
      co_await transaction.rollback();
    } catch (
        const Error&) {  // The failure itself is more to the point; the session goes with the transaction.
    }
  }
  const std::optional<RetryPolicy::Duration> wait = next_wait();
  if (!wait) std::rethrow_exception(failure_);
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, *wait);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

std::optional<RetryPolicy::Duration> TransactionAttempts::next_wait() const {
  try {
    std::rethrow_exception(failure_);
  } catch (const ConcurrencyError& error) {
    return policy_.next(error, count_, std::random_device{}(), Clock::now(), std::nullopt);
  } catch (...) {
    return std::nullopt;
  }
}

Database Transaction::in(const Database& database) const {
  const Database::State& outside = database.state();
  if (outside.backend->display_name() != state_->backend->display_name()) {
    Error(ErrorCode::invalid_argument, "the database belongs to another store than the transaction")
        .store(outside.name)
        .raise();
  }
  std::shared_ptr<Database::State> inside = outside.copy();
  inside->backend = state_->backend;
  inside->transaction = state_;
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
Task<void> Store::transact(std::function<Task<void>(Transaction&)> work) {
  return transact_work(state_, std::move(work));
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
