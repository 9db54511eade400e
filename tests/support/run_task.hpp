// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Runs a task to its end on a loop of its own.

#include <exception>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/task.hpp>

namespace dataknobs::test {

inline void run_task(boost::asio::io_context& loop, Task<void> task) {
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) { failure = error; });
  loop.restart();
  loop.run();
  if (failure) std::rethrow_exception(failure);
}

inline void run_task(Task<void> task) {
  boost::asio::io_context loop;
  run_task(loop, std::move(task));
}

/// The result of a task.
template <class T>
T run_task(Task<T> task) {
  boost::asio::io_context loop;
  std::exception_ptr failure;
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

/// Runs the loop on several threads until it has nothing to do.
inline void run_on_threads(boost::asio::io_context& loop, std::size_t count) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&] { loop.run(); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace dataknobs::test
