// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/conversation.hpp"

namespace dataknobs::postgresql {

Task<std::shared_ptr<Connection>> ConnectionDriver::open(Context& context) {
  return Connection::open(context, settings_);
}

Task<bool> ConnectionDriver::validate(Connection& connection) {
  if (!connection.is_clean() || !connection.is_open()) co_return false;
  // A network may lose a connection without a word; the server is asked only where that had the time to happen.
  constexpr auto trusted = std::chrono::seconds(30);
  if (Clock::now() - connection.last_used() < trusted) co_return true;
  Context context;
  context.set_deadline(Clock::now() + std::chrono::seconds(5));
  const std::string nothing = ";";
  co_await connection.execute(context, nothing);
  co_return true;
}

Task<bool> ConnectionDriver::reset(Connection& connection) {
  return connection.reset();
}

Task<Connection*> Conversation::ready(Context& context) {
  if (!lease_) Error(ErrorCode::invalid_argument, "the session is over").raise();
  if (streaming_) {
    Error(ErrorCode::invalid_argument, "a reader or writer of this session is still open")
        .hint("end or abandon it first, or use another session")
        .raise();
  }
  if (abandoned_) {
    abandoned_ = false;
    // To cancel would spoil a transaction, so there the rest is read and thrown away.
    if (mode_ == SessionMode::autocommit) {
      const bool saved = co_await lease_->reset();
      if (!saved) lease_->set_broken();
    } else {
      co_await lease_->drain(context);
    }
  }
  co_return &*lease_;
}

void Conversation::end() noexcept {
  if (!lease_) return;
  // A pool of connections is not to hold what a few large records once took: a copy's memory is a promise.
  if (lease_->is_broken() || lease_->has_large_buffer()) {
    lease_.drop();
  } else if (lease_->is_clean()) {
    lease_.give_back();
  } else {
    lease_.reset_and_give_back();
  }
}

Task<void> Scope::begin(Context& context) {
  const std::string statement =
      conversation_.mode() == SessionMode::autocommit ? "begin" : "savepoint dataknobs_call";
  co_await conversation_.connection().execute(context, statement);
}

Task<void> Scope::keep(Context& context) {
  const std::string statement =
      conversation_.mode() == SessionMode::autocommit ? "commit" : "release savepoint dataknobs_call";
  co_await conversation_.connection().execute(context, statement);
}

Task<void> Scope::undo(Context& context) {
  const std::string statement =
      conversation_.mode() == SessionMode::autocommit
          ? "rollback"
          : "rollback to savepoint dataknobs_call; release savepoint dataknobs_call";
  co_await conversation_.connection().execute(context, statement);
}

}  // namespace dataknobs::postgresql
