// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// run: a task from a thread that has no loop, such as `main`.

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/task.hpp>

namespace dataknobs {

/// Runs a task to its end on a loop of its own and returns its result. What else the task has started on that loop is
/// run to its end too.
///
/// ```cpp
/// Task<int> program() {
///   Database people = co_await Database::open("sqlite:app.db?table=people");
///   co_return static_cast<int>(co_await people.count());
/// }
/// int main() { return dataknobs::run(program()); }
/// ```
/// A program that has a loop starts tasks there, with any completion token of Asio: a callback, `use_future`,
/// `deferred`, `detached` ... What a task gives to others or is cancelled by is Asio's as well:
/// ```cpp
/// boost::asio::io_context loop;
/// std::future<Database> opened = boost::asio::co_spawn(loop, Database::open("memory:"), boost::asio::use_future);
/// ```
/// Errors: what the task throws.
template <class T>
T run(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    boost::asio::io_context loop(1);
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) { failure = error; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<T> result;
    run(detail::keep_result(std::move(task), result));
    return std::move(*result);
  }
}

}  // namespace dataknobs
