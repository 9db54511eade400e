// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Task<T>: the coroutine type of every asynchronous call. It is Boost.Asio's awaitable: it runs under any executor,
/// is cancelled through its slot, and completes any completion token by `boost::asio::co_spawn`.

#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>

namespace dataknobs {

/// What every asynchronous call gives: it begins when it is awaited or spawned, once.
template <class T>
using Task = boost::asio::awaitable<T>;

namespace detail {

template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>& result) {
  T value = co_await std::move(task);
  result.emplace(std::move(value));
}

}  // namespace detail

}  // namespace dataknobs
