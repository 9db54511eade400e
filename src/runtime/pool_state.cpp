// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool_state.hpp"

#include <algorithm>

namespace dataknobs {

bool PoolState::too_old(const Entry& entry, TimePoint now) const {
  return now - entry.opened >= limits_.lifetime();
}

// REQUIRES: something is idle, or there is room to open.
PoolState::Acquisition PoolState::take(TimePoint now) {
  ++totals_.acquired;
  if (idle_.empty()) {
    const Slot slot = next_number_++;
    entries_.emplace(slot, Entry());
    return {Step::open, slot};
  }
  const Slot slot = idle_.back();
  idle_.pop_back();
  Entry& entry = entries_.at(slot);
  entry.idle = false;
  const bool check = now - entry.used >= limits_.validate_after();
  return {check ? Step::check : Step::use, slot};
}

PoolState::Acquisition PoolState::acquire(TimePoint now) {
  if (closed_) return {Step::closed, 0};
  // Those who wait already come first: their grants were handed out before, so a free slot is free for all.
  if (waiting_.empty() && (!idle_.empty() || entries_.size() < limits_.maximum())) return take(now);
  if (waiting_.size() >= limits_.waiters()) return {Step::full, 0};
  const Ticket ticket = next_number_++;
  waiting_.push_back(ticket);
  return {Step::wait, ticket};
}

void PoolState::opened(Slot slot, TimePoint now) {
  Entry& entry = entries_.at(slot);
  if (!entry.open) {
    entry.open = true;
    entry.opened = now;
    ++totals_.opened;
  }
  entry.used = now;
}

void PoolState::checked_dead(Slot slot) {
  entries_.at(slot).open = false;
  ++totals_.closed;
}

bool PoolState::released(Slot slot, TimePoint now) {
  const auto found = entries_.find(slot);
  if (found == entries_.end()) return false;
  Entry& entry = found->second;
  if (closed_ || too_old(entry, now)) {
    dropped(slot);
    return false;
  }
  entry.idle = true;
  entry.used = now;
  idle_.push_back(slot);
  return true;
}

void PoolState::dropped(Slot slot, bool failed) {
  const auto found = entries_.find(slot);
  if (found == entries_.end()) return;
  if (failed) ++totals_.open_failures;
  if (found->second.open) ++totals_.closed;
  entries_.erase(found);
}

void PoolState::gave_up(Ticket ticket) {
  ++totals_.timed_out;
  waiting_.remove(ticket);
}

std::optional<PoolState::Grant> PoolState::next_grant(TimePoint now) {
  if (waiting_.empty()) return std::nullopt;
  if (!closed_ && idle_.empty() && entries_.size() >= limits_.maximum()) return std::nullopt;
  const Ticket ticket = waiting_.front();
  waiting_.pop_front();
  if (closed_) return Grant(ticket, Acquisition(Step::closed, 0));
  return Grant(ticket, take(now));
}

std::vector<PoolState::Slot> PoolState::expired(TimePoint now) {
  std::vector<Slot> result;
  std::size_t open = entries_.size();
  // The one that was idle longest comes first.
  for (const Slot slot : idle_) {
    const Entry& entry = entries_.at(slot);
    const bool spare = open > limits_.minimum() && now - entry.used >= limits_.idle_time();
    if (!spare && !too_old(entry, now)) continue;
    result.push_back(slot);
    --open;
  }
  for (const Slot slot : result) {
    std::erase(idle_, slot);
    dropped(slot);
  }
  return result;
}

std::optional<PoolState::Slot> PoolState::wanted() {
  if (closed_ || entries_.size() >= std::min(limits_.minimum(), limits_.maximum())) return std::nullopt;
  const Slot slot = next_number_++;
  entries_.emplace(slot, Entry());
  return slot;
}

std::vector<PoolState::Slot> PoolState::close() {
  closed_ = true;
  std::vector<Slot> result;
  result.swap(idle_);
  for (const Slot slot : result) dropped(slot);
  return result;
}

PoolStatistics PoolState::statistics() const {
  PoolStatistics result = totals_;
  result.idle = idle_.size();
  result.in_use = entries_.size() - idle_.size();
  result.waiting = waiting_.size();
  return result;
}

}  // namespace dataknobs
