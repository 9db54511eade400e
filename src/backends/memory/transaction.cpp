// SPDX-License-Identifier: Apache-2.0
//
// The end of a transaction, its savepoints, and the state with its locks.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "backends/memory/session.hpp"

namespace dataknobs::memory {

Task<void> MemorySession::savepoint(Context&, const std::string& name) {
  require_open();
  savepoints_.emplace_back(name, changes_);
  co_return;
}

Task<void> MemorySession::rollback_to(Context&, const std::string& name) {
  require_open();
  const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                  [&](const auto& savepoint) { return savepoint.first == name; });
  if (found == savepoints_.rend()) {
    Error(ErrorCode::invalid_argument, fmt::format("there is no savepoint '{}'", name)).raise();
  }
  changes_ = found->second;  // The savepoint itself stays, later ones go.
  savepoints_.erase(found.base(), savepoints_.end());
  co_return;
}

Task<CommitOutcome> MemorySession::commit(Context&) {
  require_open();
  std::optional<Error> conflict;
  {
    const std::unique_lock lock(store_->mutex());
    for (const auto& [name, table] : changes_.created) {
      if (store_->find_table(name) != nullptr) {
        conflict = Error(ErrorCode::concurrency, fmt::format("somebody else has made the table '{}'", name));
      }
    }
    for (const auto& [table, overlay] : changes_.overlays) {
      const std::string* id = overlay.find_conflict();
      if (id == nullptr) {
        const std::shared_ptr<const TableIndex> index = overlay.find_late_duplicate();
        if (!index) continue;
        conflict =
            Error(ErrorCode::concurrency,
                  fmt::format(
                      "somebody else has written a record with the same value of {}: the index {} is unique",
                      fmt::join(index->definition().fields(), ", "), index->definition().name()));
        continue;
      }
      conflict =
          Error(ErrorCode::concurrency, "somebody else has changed the record since the transaction began");
      if (!table->is_keyless()) conflict->record_id(*id);
    }
    if (!conflict) {
      const Sequence sequence = store_->begin_commit();
      for (const auto& [name, table] : changes_.created) store_->add_table(table);
      for (auto& [table, overlay] : changes_.overlays) overlay.apply(sequence, store_->keeps_versions());
      for (auto& [key, value] : changes_.state) {
        if (value) {
          store_->state().values[key] = std::move(*value);
        } else {
          store_->state().values.erase(key);
        }
      }
      store_->finish_commit();
    }
  }
  end();
  if (conflict) conflict->retryable(true).hint("run the transaction again").raise();
  co_return CommitOutcome::committed;
}

Task<void> MemorySession::rollback(Context&) {
  require_open();
  end();
  co_return;
}

void MemorySession::abandon() noexcept {
  if (mode_ != SessionMode::autocommit && !ended_) end();
}

void MemorySession::end() noexcept {
  ended_ = true;
  changes_ = Changes();
  savepoints_.clear();
  unlock_state();
  snapshot_.reset();
}

bool MemorySession::try_lock_state(const std::string& key, const std::shared_ptr<Signal>& signal) {
  const std::unique_lock lock(store_->mutex());
  StateTable& state = store_->state();
  state.waits_for.erase(this);
  const auto found = state.locks.find(key);
  if (found == state.locks.end()) {
    state.locks[key].owner = this;
    locked_.push_back(key);
    return true;
  }
  if (found->second.owner == this) return true;
  // Waiting for somebody who waits for us would never end.
  for (auto next = state.waits_for.find(found->second.owner); next != state.waits_for.end();
       next = state.waits_for.find(next->second)) {
    if (next->second != this) continue;
    Error(ErrorCode::concurrency, "two transactions wait for each other").retryable(true).raise();
  }
  state.waits_for[this] = found->second.owner;
  found->second.waiting.push_back(signal);
  return false;
}

// Outside a transaction a lock is held for one call; and whoever gives up waiting, waits for nobody.
class MemorySession::StateLocks {
 public:
  explicit StateLocks(MemorySession& session) : session_(session) {}
  StateLocks(const StateLocks&) = delete;
  StateLocks& operator=(const StateLocks&) = delete;
  ~StateLocks() {
    if (!session_.in_transaction()) {
      session_.unlock_state();
      return;
    }
    const std::unique_lock lock(session_.store_->mutex());
    session_.store_->state().waits_for.erase(&session_);
  }

 private:
  MemorySession& session_;
};

Task<void> MemorySession::lock_state(Context& context, const std::string& key) {
  while (true) {
    const auto signal = std::make_shared<Signal>();
    if (try_lock_state(key, signal)) co_return;
    const bool woken = co_await signal->wait(context.deadline());
    if (!woken) {
      Error(ErrorCode::timeout, "another transaction holds the state entry").retryable(true).raise();
    }
  }
}

void MemorySession::unlock_state() noexcept {
  const std::unique_lock lock(store_->mutex());
  StateTable& state = store_->state();
  state.waits_for.erase(this);
  for (const std::string& key : locked_) {
    auto node = state.locks.extract(key);
    if (node.empty()) continue;
    for (const std::shared_ptr<Signal>& signal : node.mapped().waiting) signal->notify();
  }
  locked_.clear();
}

// REQUIRES: the lock of the store.
std::optional<std::string> MemorySession::state_value(const std::string& key) const {
  const auto changed = changes_.state.find(key);
  if (changed != changes_.state.end()) return changed->second;
  const auto found = store_->state().values.find(key);
  if (found == store_->state().values.end()) return std::nullopt;
  return found->second;
}

// REQUIRES: the lock of the store, exclusively.
void MemorySession::set_state(const std::string& key, std::optional<std::string> value) {
  if (in_transaction()) {
    changes_.state[key] = std::move(value);
  } else if (value) {
    store_->state().values[key] = std::move(*value);
  } else {
    store_->state().values.erase(key);
  }
}

// REQUIRES: the lock of the store.
std::map<std::string, std::string> MemorySession::visible_state(const std::string& prefix) const {
  std::map<std::string, std::string> result;
  const auto& values = store_->state().values;
  for (auto entry = values.lower_bound(prefix); entry != values.end() && entry->first.starts_with(prefix);
       ++entry) {
    result.insert(*entry);
  }
  const StateChanges& changes = changes_.state;
  for (auto entry = changes.lower_bound(prefix); entry != changes.end() && entry->first.starts_with(prefix);
       ++entry) {
    if (entry->second) {
      result[entry->first] = *entry->second;
    } else {
      result.erase(entry->first);
    }
  }
  return result;
}

Task<std::optional<std::string>> MemorySession::get_state(Context&, const std::string& key) {
  require_open();
  const std::shared_lock lock(store_->mutex());
  co_return state_value(key);
}

Task<bool> MemorySession::put_state(Context& context, const std::string& key, const std::string& value,
                                    Existence existence, const std::optional<std::string>& expected) {
  require_writable();
  const StateLocks locks(*this);
  co_await lock_state(context, key);
  const std::unique_lock lock(store_->mutex());
  const std::optional<std::string> present = state_value(key);
  if (existence == Existence::absent && present) co_return false;
  if (existence == Existence::present && !present) co_return false;
  if (expected && present != expected) co_return false;
  set_state(key, value);
  co_return true;
}

Task<void> MemorySession::remove_state(Context& context, const std::string& prefix) {
  require_writable();
  const StateLocks locks(*this);
  std::map<std::string, std::string> found;
  {
    const std::shared_lock lock(store_->mutex());
    found = visible_state(prefix);
  }
  for (const auto& [key, value] : found) {
    co_await lock_state(context, key);
    const std::unique_lock lock(store_->mutex());
    set_state(key, std::nullopt);
  }
}

Task<std::vector<std::pair<std::string, std::string>>> MemorySession::list_state(Context&,
                                                                                 const std::string& prefix) {
  require_open();
  const std::shared_lock lock(store_->mutex());
  const std::map<std::string, std::string> found = visible_state(prefix);
  co_return std::vector<std::pair<std::string, std::string>>(found.begin(), found.end());
}

}  // namespace dataknobs::memory
