// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// PoolState: who holds what in a pool and who waits for it, without I/O, clocks or threads. Pool is the
/// shell that opens, checks and closes what this decides.

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "runtime/context.hpp"

namespace dataknobs {

/// How many a pool holds, and for how long.
class PoolLimits {
 public:
  std::size_t minimum() const noexcept { return minimum_; }
  std::size_t maximum() const noexcept { return maximum_; }
  std::size_t waiters() const noexcept { return waiters_; }
  Clock::duration idle_time() const noexcept { return idle_time_; }
  Clock::duration lifetime() const noexcept { return lifetime_; }
  Clock::duration validate_after() const noexcept { return validate_after_; }
  bool warm_up() const noexcept { return warm_up_; }

  /// Idle ones are kept down to this number however long they were not used; `warm_up` opens them. 0 by
  /// default.
  PoolLimits& set_minimum(std::size_t value) { return minimum_ = value, *this; }
  /// Greatest number open at a time. 8 by default; at least 1.
  PoolLimits& set_maximum(std::size_t value) { return maximum_ = value == 0 ? 1 : value, *this; }
  /// Greatest number of callers that wait; one more is refused. 100'000 by default.
  PoolLimits& set_waiters(std::size_t value) { return waiters_ = value, *this; }
  /// One that was not used for that long is closed. 10 minutes by default.
  PoolLimits& set_idle_time(Clock::duration value) { return idle_time_ = value, *this; }
  /// One that is open for that long is closed instead of being used again. 1 hour by default.
  PoolLimits& set_lifetime(Clock::duration value) { return lifetime_ = value, *this; }
  /// One that was not used for that long is checked before it is used again. 30 seconds by default.
  PoolLimits& set_validate_after(Clock::duration value) { return validate_after_ = value, *this; }
  /// The first call on a loop opens the minimum. False by default.
  PoolLimits& set_warm_up(bool value) { return warm_up_ = value, *this; }

 private:
  std::size_t minimum_ = 0;
  std::size_t maximum_ = 8;
  std::size_t waiters_ = 100'000;
  Clock::duration idle_time_ = std::chrono::minutes(10);
  Clock::duration lifetime_ = std::chrono::hours(1);
  Clock::duration validate_after_ = std::chrono::seconds(30);
  bool warm_up_ = false;
};

class PoolStatistics {
 public:
  std::size_t idle = 0;
  std::size_t in_use = 0;  ///< Being opened or checked included.
  std::size_t waiting = 0;
  std::uint64_t opened = 0;
  std::uint64_t open_failures = 0;
  std::uint64_t closed = 0;
  std::uint64_t acquired = 0;
  std::uint64_t timed_out = 0;  ///< Or cancelled while waiting.
};

/// Thread safety: none; the shell guards it.
class PoolState {
 public:
  using Slot = std::uint64_t;
  using Ticket = std::uint64_t;

  enum class Step : std::uint8_t {
    use,    ///< The slot is the caller's.
    check,  ///< As `use`, but it lay idle for long: validate it first (then `opened`, or `checked_dead` and
            ///< open it).
    open,   ///< The slot is the caller's to open: then `opened` or `dropped`.
    wait,   ///< Until a grant for the ticket.
    full,   ///< Too many wait already.
    closed,
  };
  class Acquisition {
   public:
    Acquisition(Step step, std::uint64_t number) : step_(step), number_(number) {}
    Step step() const noexcept { return step_; }
    Slot slot() const noexcept { return number_; }
    Ticket ticket() const noexcept { return number_; }

   private:
    Step step_;
    std::uint64_t number_;
  };
  /// A waiter's turn: `use`, `check` or `open`; or `closed`.
  class Grant {
   public:
    Grant(Ticket ticket, Acquisition acquisition) : ticket_(ticket), acquisition_(acquisition) {}
    Ticket ticket() const noexcept { return ticket_; }
    const Acquisition& acquisition() const noexcept { return acquisition_; }

   private:
    Ticket ticket_;
    Acquisition acquisition_;
  };

  explicit PoolState(PoolLimits limits) : limits_(limits) {}

  Acquisition acquire(TimePoint now);
  /// The slot was opened, or found alive.
  void opened(Slot slot, TimePoint now);
  /// Checked and found dead: the same caller opens it anew.
  void checked_dead(Slot slot);
  /// The slot is free again. True if it is kept; else it is to be closed, and counts as dropped.
  /// The next waiter, if any, gets its grant from `next_grant`.
  bool released(Slot slot, TimePoint now);
  /// The slot is no more: closed by its holder, or never opened (`failed`).
  void dropped(Slot slot, bool failed = false);
  /// The waiter gives up. If it had its grant by then, the slot was its own: give that back instead.
  void gave_up(Ticket ticket);
  /// The grant of the next waiter, if there is something for it. Call until there is none, after each of the
  /// above.
  std::optional<Grant> next_grant(TimePoint now);
  /// Idle slots that are to be closed now: too old, or too long idle. They count as dropped.
  std::vector<Slot> expired(TimePoint now);
  /// A slot for `warm_up` to open, while fewer than the minimum are.
  std::optional<Slot> wanted();
  /// No more of anything: gives the idle slots, to be closed. Waiters get `closed` from `next_grant`.
  std::vector<Slot> close();

  bool is_closed() const noexcept { return closed_; }
  PoolStatistics statistics() const;

 private:
  struct Entry {
    bool idle = false;
    bool open = false;
    TimePoint opened;
    TimePoint used;
  };
  Acquisition take(TimePoint now);
  bool too_old(const Entry& entry, TimePoint now) const;

  PoolLimits limits_;
  std::map<Slot, Entry> entries_;
  std::vector<Slot> idle_;  // The last one used comes last and is used first: the others get old and go.
  std::list<Ticket> waiting_;
  std::uint64_t next_number_ = 1;
  bool closed_ = false;
  PoolStatistics totals_;
};

}  // namespace dataknobs
