// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// with_deadline: a task that gives up after some time.

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include <dataknobs/task.hpp>

namespace dataknobs {

namespace detail {

Task<void> end_in_time(Task<void> task, std::chrono::milliseconds time);

}  // namespace detail

/// The task, which is cancelled unless it ends within that time. Once it has ended, TimeoutError is thrown, which names
/// the store and the operation that was on its way.
///
/// ```cpp
/// Task<std::uint64_t> count_soon(Database people) {
///   co_return co_await with_deadline(people.count(), std::chrono::seconds(2));
/// }
/// ```
/// Behavior: a task is cancelled where it waits. What it did before stays done; stores, pools and transactions stay
/// usable, and a task that ends all the same in that moment gives its result. For single calls
/// `Database::with_timeout` costs less, and ends those that compute without waiting too.
/// Errors: TimeoutError, and what the task throws.
template <class T>
Task<T> with_deadline(Task<T> task, std::chrono::milliseconds time) {
  if constexpr (std::is_void_v<T>) {
    co_await detail::end_in_time(std::move(task), time);
  } else {
    std::optional<T> result;
    Task<void> kept = detail::keep_result(std::move(task), result);
    co_await detail::end_in_time(std::move(kept), time);
    co_return std::move(*result);
  }
}

}  // namespace dataknobs
