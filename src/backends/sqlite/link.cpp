// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/link.hpp"

namespace dataknobs::sqlite {

namespace {

class ConnectionDriver : public PoolDriver<Connection> {
 public:
  explicit ConnectionDriver(Settings settings) : settings_(std::move(settings)) {}

  Task<std::shared_ptr<Connection>> open(Context&) override {
    auto work = [this] { return std::make_shared<Connection>(settings_); };
    co_return co_await offload(work);
  }
  Task<bool> validate(Connection&) override { co_return true; }
  Task<bool> reset(Connection& connection) override {
    auto work = [&connection] {
      if (connection.in_transaction()) connection.execute("ROLLBACK");
      return !connection.in_transaction();
    };
    co_return co_await offload(work);
  }
  void shutdown(Connection&) noexcept override {}

 private:
  Settings settings_;
};

// False if the connection is of no more use.
bool roll_back_if_needed(Connection& connection) noexcept {
  if (!connection.in_transaction()) return true;
  try {
    connection.begin_call(Context());
    connection.execute("ROLLBACK");
  } catch (const std::exception&) {
    return false;
  }
  return !connection.in_transaction();
}

[[noreturn]] void raise_read_only(const Settings& settings) {
  Error(ErrorCode::permission, "the store was opened to be read only")
      .store(settings.display())
      .hint("leave mode=ro out")
      .raise();
}

}  // namespace

Store::Store(Settings settings)
    : settings_(std::move(settings)),
      pool_(settings_.pool_limits(), std::make_shared<ConnectionDriver>(settings_)),
      gate_(settings_.in_memory() ? std::make_shared<WriterGate>() : WriterGate::of_file(settings_.path())) {
  if (settings_.in_memory()) anchor_ = std::make_unique<Connection>(settings_);
}

Task<bool> Link::open(Context& context) {
  if (!lease_ && !ended_) {
    if (!store_->exists()) co_return false;
    lease_ = co_await store_->pool().acquire(context);
  }
  require_open();
  co_await begin(context, false);
  co_return true;
}

void Link::require_open() const {
  if (ended_ || !lease_) Error(ErrorCode::invalid_argument, "the session has ended").raise();
}

Task<void> Link::open_for_write(Context& context) {
  if (mode_ == SessionMode::snapshot) {
    Error(ErrorCode::unsupported, "a snapshot can only be read").hint("use a transaction").raise();
  }
  if (settings().read_only()) raise_read_only(settings());
  if (!lease_ && !ended_) {
    auto create = [this] { Connection::create_file(settings()); };
    if (!store_->exists()) co_await offload(create);
    lease_ = co_await store_->pool().acquire(context);
  }
  require_open();
  if (!hold_) hold_ = co_await store_->gate()->enter(context, settings().busy_timeout(), connection().file());
  co_await begin(context, true);
}

void Link::end_write() noexcept {
  if (mode_ == SessionMode::autocommit) hold_.release();
}

// A transaction that begins with a write takes the right to write at once, and waits for it. One that has read
// gets it with its first write, if nobody else has written since: SQLite tells (BUSY_SNAPSHOT).
Task<void> Link::begin(Context& context, bool writes) {
  if (mode_ == SessionMode::autocommit || begun_) co_return;
  auto work = [this, writes] {
    connection().execute(writes ? "BEGIN IMMEDIATE" : "BEGIN");
    // A snapshot is taken by the first read.
    if (!writes) connection().query_integer("SELECT count(*) FROM main.sqlite_schema");
  };
  co_await run(context, work);
  begun_ = true;
}

Task<CommitOutcome> Link::commit(Context& context) {
  if (begun_) {
    auto work = [this] { connection().execute("COMMIT"); };
    co_await run(context, work);
  }
  begun_ = false;
  abandon();
  co_return CommitOutcome::committed;
}

Task<void> Link::rollback(Context& context) {
  if (begun_) {
    auto work = [this] {
      if (connection().in_transaction()) connection().execute("ROLLBACK");
    };
    co_await run(context, work);
  }
  begun_ = false;
  abandon();
}

void Link::undo() noexcept {
  // A connection that cannot roll back is dropped when the session ends.
  if (lease_) roll_back_if_needed(connection());
}

// Rolling back blocks, but shortly, and the next writer finds the database free.
void Link::abandon() noexcept {
  ended_ = true;
  if (cursor_ != nullptr) std::exchange(cursor_, nullptr)->give_back();
  if (lease_) {
    if (roll_back_if_needed(connection())) {
      lease_.give_back();
    } else {
      lease_.drop();
    }
  }
  hold_.release();
}

}  // namespace dataknobs::sqlite
