// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Conversation: what a session and the readers and writers made by it share, a leased connection.

#include <memory>
#include <string>

#include "backends/postgresql/connection.hpp"
#include "backends/postgresql/settings.hpp"
#include "database/backend.hpp"
#include "runtime/pool.hpp"

namespace dataknobs::postgresql {

/// Opens, checks and cleans connections for the pool.
class ConnectionDriver : public PoolDriver<Connection> {
 public:
  explicit ConnectionDriver(std::shared_ptr<const Settings> settings) : settings_(std::move(settings)) {}
  Task<std::shared_ptr<Connection>> open(Context& context) override;
  Task<bool> validate(Connection& connection) override;
  Task<bool> reset(Connection& connection) override;
  void shutdown(Connection& connection) noexcept override { connection.shutdown(); }

 private:
  std::shared_ptr<const Settings> settings_;
};

/// Lifetime: shared; its end gives the connection back to the pool, cleaned by it where that is needed.
class Conversation {
 public:
  Conversation(Lease<Connection> lease, SessionMode mode) : lease_(std::move(lease)), mode_(mode) {}
  ~Conversation() { end(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  SessionMode mode() const noexcept { return mode_; }
  /// The connection, after a reader or writer that was abandoned has ended. Errors: InvalidArgumentError if the session
  /// is over, or one is still open.
  Task<Connection*> ready(Context& context);
  /// The connection as it is. REQUIRES: not ended.
  Connection& connection() noexcept { return *lease_; }
  bool ended() const noexcept { return !lease_; }
  /// A reader or writer that uses the connection gives up in the middle.
  void set_abandoned() noexcept { abandoned_ = true; }
  void set_streaming(bool value) noexcept { streaming_ = value; }
  void end() noexcept;

  bool state_table_known = false;

 private:
  Lease<Connection> lease_;
  SessionMode mode_;
  bool streaming_ = false;
  bool abandoned_ = false;
};

/// A transaction within a call: begin ... commit where the session is in autocommit mode, a savepoint within a
/// transaction.
class Scope {
 public:
  explicit Scope(Conversation& conversation) : conversation_(conversation) {}
  Task<void> begin(Context& context);
  Task<void> keep(Context& context);
  Task<void> undo(Context& context);

 private:
  Conversation& conversation_;
};

}  // namespace dataknobs::postgresql
