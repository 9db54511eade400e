// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Channel<T>: a bounded queue between coroutines, be they on one loop or on several threads.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <dataknobs/task.hpp>

#include "runtime/signal.hpp"

namespace dataknobs {

/// The waiting of a channel, which does not depend on what it carries.
class ChannelWaiters {
 public:
  using Waiting = std::list<std::shared_ptr<Signal>>;

  /// Waits in `line` until somebody wakes it or the coroutine ends; REQUIRES: the lock of the channel is not
  /// held.
  class Place {
   public:
    Place(std::mutex& mutex, Waiting& line, std::shared_ptr<Signal> signal)
        : mutex_(mutex), line_(line), signal_(std::move(signal)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    /// A wake-up that came too late for this one is for the next in line.
    ~Place() {
      if (!signal_) return;
      const std::lock_guard lock(mutex_);
      const auto found = std::find(line_.begin(), line_.end(), signal_);
      if (found != line_.end()) {
        line_.erase(found);
      } else {
        wake_one(line_);
      }
    }
    void woken() noexcept { signal_.reset(); }

   private:
    std::mutex& mutex_;
    Waiting& line_;
    std::shared_ptr<Signal> signal_;
  };

  static void wake_one(Waiting& line) {
    if (line.empty()) return;
    line.front()->notify();
    line.pop_front();
  }
  static void wake_all(Waiting& line) {
    while (!line.empty()) wake_one(line);
  }
};

/// Thread safety: all members may be called from any thread; each waiter is resumed on its own executor.
/// Cancellation: a cancelled `send` has not sent, a cancelled `receive` has taken nothing.
/// Lifetime: outlives every call.
template <class T>
class Channel {
 public:
  /// REQUIRES: capacity > 0
  explicit Channel(std::size_t capacity) : capacity_(capacity) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Waits for room. False if the channel is closed: then the item was not taken.
  /// Errors: what `fail` was given.
  Task<bool> send(T item) {
    while (true) {
      std::shared_ptr<Signal> signal;
      {
        const std::lock_guard lock(mutex_);
        if (failure_) std::rethrow_exception(failure_);
        if (closed_) co_return false;
        if (items_.size() < capacity_) {
          items_.push_back(std::move(item));
          ChannelWaiters::wake_one(receivers_);
          co_return true;
        }
        signal = std::make_shared<Signal>();
        senders_.push_back(signal);
      }
      ChannelWaiters::Place place(mutex_, senders_, signal);
      co_await signal->wait();
      place.woken();
    }
  }

  /// Waits for an item. Nothing once the channel is closed and empty.
  /// Errors: what `fail` was given, at once: items that are still queued are not given any more.
  Task<std::optional<T>> receive() {
    while (true) {
      std::shared_ptr<Signal> signal;
      {
        const std::lock_guard lock(mutex_);
        if (failure_) std::rethrow_exception(failure_);
        if (!items_.empty()) {
          std::optional<T> item(std::move(items_.front()));
          items_.pop_front();
          ChannelWaiters::wake_one(senders_);
          co_return item;
        }
        if (closed_) co_return std::nullopt;
        signal = std::make_shared<Signal>();
        receivers_.push_back(signal);
      }
      ChannelWaiters::Place place(mutex_, receivers_, signal);
      co_await signal->wait();
      place.woken();
    }
  }

  /// No more items: receivers get what is queued, then nothing; senders get false.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake_everybody();
  }

  /// Something went wrong on one side: everybody gets that error, the first one given. Queued items are
  /// dropped.
  void fail(std::exception_ptr failure) {
    std::deque<T> dropped;  // Dies outside the lock: an item may hold a share of a budget.
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    dropped.swap(items_);
    wake_everybody();
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  void wake_everybody() {
    ChannelWaiters::wake_all(senders_);
    ChannelWaiters::wake_all(receivers_);
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<T> items_;
  bool closed_ = false;
  std::exception_ptr failure_;
  ChannelWaiters::Waiting senders_;
  ChannelWaiters::Waiting receivers_;
};

}  // namespace dataknobs
