// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What lies behind Database, Transaction and Store.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <forward_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <dataknobs/database.hpp>

#include "database/backend.hpp"
#include "runtime/retry_policy.hpp"

namespace dataknobs {

class BackendDriver;

struct Transaction::State {
  std::shared_ptr<Backend> backend;
  std::unique_ptr<Session> session;
  std::string name;
  /// Commit, rollback or a failed commit: no more calls.
  bool ended = false;
  /// A call is on its way: a session does one thing at a time.
  std::atomic<bool> busy = false;
};

struct Database::State {
  State(std::shared_ptr<Backend> opened, DatasetOptions wanted, std::string display_name)
      : backend(std::move(opened)), options(std::move(wanted)), name(std::move(display_name)) {}
  ~State() { delete spare.load(); }

  std::shared_ptr<Backend> backend;
  DatasetOptions options;
  std::string name;
  std::optional<std::chrono::milliseconds> timeout;
  /// Of what a call may hold of an answer, in bytes.
  std::optional<std::uint64_t> memory;
  /// Calls go to its session, where there is one.
  std::shared_ptr<Transaction::State> transaction;

  /// What was found out of the dataset; nullptr: nothing yet. Valid as long as the state.
  const DatasetPointer& known() const noexcept;
  void remember(DatasetPointer dataset);
  Context context() const;
  /// The same database, by calls of its own.
  std::shared_ptr<State> copy() const;

  /// A session between two calls (where the store's are light).
  std::atomic<Session*> spare = nullptr;

 private:
  // Every call asks for the dataset, and it hardly ever changes: so it is read without a lock, and what was known
  // before stays where it is.
  std::mutex mutex_;
  std::forward_list<DatasetPointer> remembered_;
  std::atomic<const DatasetPointer*> known_ = nullptr;
};

struct Store::State {
  std::shared_ptr<Backend> backend;
  const BackendDriver* driver = nullptr;
  DatasetOptions options;
  std::string name;
};

using StatePointer = std::shared_ptr<Database::State>;

/// The session of one call: the transaction's, a spare one, or one that is opened. A call that fails gives its own one
/// up.
class SessionLease {
 public:
  /// Takes what is there at once; else `open` must be awaited.
  explicit SessionLease(Database::State& state);
  SessionLease(const SessionLease&) = delete;
  SessionLease& operator=(const SessionLease&) = delete;
  ~SessionLease();

  bool is_open() const noexcept { return session_ != nullptr; }
  Task<void> open(Context& context);
  /// For work of several steps that is to happen as a whole: a transaction, where the store has them and none runs.
  Task<void> open_transaction(Context& context);
  /// Commits what `open_transaction` began. Errors: ConnectionError if the outcome is unknown.
  Task<void> commit(Context& context);

  Session& operator*() const noexcept { return *session_; }
  Session* operator->() const noexcept { return session_; }
  /// The call went well: the session may be used again.
  void done() noexcept { done_ = true; }

 private:
  Database::State& state_;
  Session* session_ = nullptr;
  std::unique_ptr<Session> owned_;
  bool own_transaction_ = false;
  bool done_ = false;
};

/// The attempts to do some work in a transaction.
class TransactionAttempts {
 public:
  /// Keeps what is being thrown. REQUIRES: called in a handler.
  void fail() noexcept {
    failure_ = std::current_exception();
    ++count_;
  }
  /// Rolls back, then waits if the failure was a conflict that may be gone the next time. Throws it otherwise.
  Task<void> settle(Transaction& transaction);

 private:
  std::optional<RetryPolicy::Duration> next_wait() const;
  RetryPolicy policy_;
  std::exception_ptr failure_;
  std::uint32_t count_ = 0;
};

/// The dataset, or nullptr if there is none.
Task<DatasetPointer> find_dataset(Database::State& state, Context& context);
/// Errors: NotFoundError with the nearest known name.
Task<DatasetPointer> require_dataset(Database::State& state, Context& context);
/// The dataset; made, to hold a record like `sample`, if there is none.
Task<DatasetPointer> ensure_dataset(Database::State& state, Context& context, Session& session,
                                    const Record& sample);

/// Gives a record what it must have to be stored: the key fields of its id or the id of its key fields, and a new one
/// an id. Errors: SerializationError, with the operation and the store, if it has no key or one of another type.
void prepare_record(const Database::State& state, WriteMode mode, const char* operation, Record& record,
                    const Dataset& dataset);

/// The error for an item that was not written.
Error item_error(const ItemResult& result, const char* operation, const std::string& id,
                 const std::string& store, bool conditional);

}  // namespace dataknobs
