// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// TaskGroup: several coroutines at once, of which the first failure cancels the others.

#include <cstddef>
#include <exception>
#include <list>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <dataknobs/task.hpp>

#include "runtime/signal.hpp"

namespace dataknobs {

/// Thread safety: all of it on one strand, that of `executor`.
/// Lifetime: `join` has ended before the group does.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void start(Task<void> task);
  /// Waits until all have ended. Errors: that of the first task that failed.
  /// Cancellation: cancels all tasks, and still waits for them.
  Task<void> join();

 private:
  struct Member {
    boost::asio::cancellation_signal cancel;
    bool running = true;
  };
  struct State {
    std::list<Member> members;
    std::size_t running = 0;
    std::exception_ptr failure;
    std::shared_ptr<Signal> idle = std::make_shared<Signal>();
  };
  static void cancel_all(State& state);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace dataknobs
