// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Link: a session's connection, taken from the pool when it is first needed, with the transaction that is
/// open on it. A session and the readers and writers that it made share it; the last of them gives the
/// connection back.

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/writer_gate.hpp"
#include "database/backend.hpp"
#include "runtime/offload.hpp"
#include "runtime/pool.hpp"

namespace dataknobs::sqlite {

/// What the sessions of a backend share.
class Store {
 public:
  explicit Store(Settings settings);
  const Settings& settings() const noexcept { return settings_; }
  Pool<Connection>& pool() noexcept { return pool_; }
  const std::shared_ptr<WriterGate>& gate() const noexcept { return gate_; }
  /// Whether there is a database at all.
  bool exists() const { return Connection::file_exists(settings_); }

 private:
  Settings settings_;
  Pool<Connection> pool_;
  std::shared_ptr<WriterGate> gate_;
  // Keeps a database in memory alive.
  std::unique_ptr<Connection> anchor_;
};

class Link {
 public:
  Link(std::shared_ptr<Store> store, SessionMode mode) : store_(std::move(store)), mode_(mode) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { abandon(); }

  SessionMode mode() const noexcept { return mode_; }
  const Settings& settings() const noexcept { return store_->settings(); }
  Connection& connection() const noexcept { return *lease_; }

  /// Ready to read; false if there is no database. Begins the session's transaction, which does not keep others
  /// from writing before it writes itself.
  Task<bool> open(Context& context);
  /// Ready to write: makes the database if there is none, and waits for the right to write. Errors:
  /// UnsupportedError in a snapshot. Outside a transaction the right is given up by `end_write`.
  Task<void> open_for_write(Context& context);
  void end_write() noexcept;

  /// Runs blocking work with the connection, off the loop; a cancellation interrupts it. REQUIRES: open
  template <class Work>
  Task<std::invoke_result_t<Work&>> run(Context& context, Work& work) {
    require_open();
    if (InlineOffload::active()) {
      const Call call(connection(), context);
      co_return work();
    }
    const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
    const Call call(connection(), context);
    const Interruption interruption(connection(), state.slot());
    co_return co_await offload(work);
  }

  Task<CommitOutcome> commit(Context& context);
  Task<void> rollback(Context& context);
  /// Rolls back what is open on the connection, without waiting for anything but the disk.
  void undo() noexcept;
  /// Gives the connection back; what is open on it is rolled back first.
  void abandon() noexcept;
  /// The statement of an open reader: it is given back before the connection is. nullptr: there is none.
  void set_cursor(Statement* cursor) noexcept { cursor_ = cursor; }

 private:
  class Call {
   public:
    Call(Connection& connection, const Context& context) : connection_(connection) {
      connection.begin_call(context);
    }
    ~Call() { connection_.end_call(); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Connection& connection_;
  };
  class Interruption {
   public:
    Interruption(Connection& connection, boost::asio::cancellation_slot slot) : slot_(slot) {
      if (slot_.is_connected()) {
        slot_.assign([&connection](boost::asio::cancellation_type) { connection.interrupt(); });
      }
    }
    ~Interruption() {
      if (slot_.is_connected()) slot_.clear();
    }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

   private:
    boost::asio::cancellation_slot slot_;
  };

  Task<void> begin(Context& context, bool writes);
  void require_open() const;

  std::shared_ptr<Store> store_;
  const SessionMode mode_;
  Lease<Connection> lease_;
  WriterGate::Hold hold_;
  bool begun_ = false;
  bool ended_ = false;
  Statement* cursor_ = nullptr;
};

/// Begins a transaction that writes, and commits it unless an exception passes: then it is rolled back.
/// Blocking.
template <class Work>
auto in_write_transaction(Connection& connection, Work&& work) {
  connection.execute("BEGIN IMMEDIATE");
  try {
    auto result = work();
    connection.execute("COMMIT");
    return result;
  } catch (...) {
    // SQLite has rolled back by itself after some errors.
    if (connection.in_transaction()) connection.execute("ROLLBACK");
    throw;
  }
}

}  // namespace dataknobs::sqlite
