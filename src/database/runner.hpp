// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Runner: runs tasks to their end on the calling thread. One coroutine lives as long as the runner and waits for jobs:
/// giving it one resumes it by a plain call, so that a task which never waits costs neither a turn of the loop nor a
/// new stack of coroutines.

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <dataknobs/sync.hpp>
#include <dataknobs/task.hpp>

#include "runtime/offload.hpp"

namespace dataknobs::sync {

class Runner {
 public:
  Runner();
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  template <class T>
  T run(Task<T> task) {
    Outcome<T> outcome;
    execute(carry(std::move(task), outcome));
    if (outcome.failure) std::rethrow_exception(std::move(outcome.failure));
    if constexpr (!std::is_void_v<T>) return std::move(*outcome.value);
  }

 private:
  template <class T>
  struct Outcome {
    std::optional<T> value;
    std::exception_ptr failure;
  };

  template <class T>
  static Task<void> carry(Task<T> task, Outcome<T>& outcome) {
    try {
      outcome.value.emplace(co_await std::move(task));
    } catch (...) {
      outcome.failure = std::current_exception();
    }
  }
  static Task<void> carry(Task<void> task, Outcome<void>& outcome);

  Task<void> work();
  void execute(Task<void> job);

  using Token = boost::asio::use_awaitable_t<>;
  using Handler = boost::asio::async_result<Token, void()>::handler_type;

  boost::asio::io_context loop_;
  std::optional<Task<void>> job_;
  std::optional<Handler> idle_;  ///< The waiting worker; it owns the worker's frames.
};

template <>
struct Runner::Outcome<void> {
  std::exception_ptr failure;
};

}  // namespace dataknobs::sync
