// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/deadline.hpp>

#include <exception>
#include <memory>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <dataknobs/error.hpp>

namespace dataknobs::detail {

namespace {

// A cancellation was the deadline's doing; other failures stay what they are.
[[noreturn]] void raise_late(const std::exception_ptr& failure, std::chrono::milliseconds time) {
  Error late(ErrorCode::timeout, fmt::format("it did not end within {} ms", time.count()));
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) throw;
    late.operation(error.operation()).store(error.store()).record_id(error.record_id());
    late.cause(std::make_shared<const Error>(error)).drops_connection(error.drops_connection());
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::asio::error::operation_aborted) throw;
  }
  late.raise();
}

}  // namespace

Task<void> end_in_time(Task<void> task, std::chrono::milliseconds time) {
  namespace experimental = boost::asio::experimental;
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, time);
  auto work = boost::asio::co_spawn(executor, std::move(task), boost::asio::deferred);
  auto group = experimental::make_parallel_group(std::move(work), timer.async_wait(boost::asio::deferred));
  const auto [order, failure, stopped] =
      co_await group.async_wait(experimental::wait_for_one(), boost::asio::use_awaitable);
  // The timer came first by itself: not because the whole was cancelled from outside.
  const bool late = order.front() == 1 && !stopped;
  if (failure && late) raise_late(failure, time);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace dataknobs::detail
