// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Signal: a one-shot wake-up of one coroutine from any thread. The block from which budgets, channels and
/// pools build their waiting.

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include <dataknobs/task.hpp>

#include "runtime/context.hpp"

namespace dataknobs {

/// Thread safety: `notify` and `notified` from any thread; `wait` by one coroutine, once.
/// Lifetime: held by shared_ptr; whoever notifies may outlive the loop of the waiter.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// Resumes the waiter on its own executor, or lets a later `wait` return at once.
  void notify();
  bool notified() const;
  /// True once notified, false if the deadline came first (a notification in the same moment wins).
  /// Cancellation: throws boost::system::system_error (operation_aborted) unless it was notified before.
  Task<bool> wait(std::optional<TimePoint> deadline = std::nullopt);

 private:
  class TimerGuard;
  mutable std::mutex mutex_;
  bool notified_ = false;
  // Lives while somebody waits: it belongs to the waiter's loop.
  std::optional<boost::asio::steady_timer> timer_;
};

}  // namespace dataknobs
