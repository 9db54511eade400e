// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include <stdexcept>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/channel.hpp"

namespace dataknobs {
namespace {

struct Log {
  int ended = 0;
  int cancelled = 0;
};

Task<void> wait_forever(std::shared_ptr<Log> log) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
  try {
    co_await timer.async_wait(boost::asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    ++log->cancelled;
    throw;
  }
}

Task<void> step(std::shared_ptr<Log> log) {
  co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
  ++log->ended;
}

Task<void> fail_after(std::shared_ptr<Log> log, const char* what) {
  co_await step(log);
  throw std::runtime_error(what);
}

Task<void> run_steps(std::shared_ptr<Log> log) {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  for (int i = 0; i < 3; ++i) group.start(step(log));
  co_await group.join();
  EXPECT_EQ(log->ended, 3);
}

Task<void> run_nothing() {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  co_await group.join();
}

Task<void> run_failure(std::shared_ptr<Log> log) {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  group.start(wait_forever(log));
  group.start(fail_after(log, "first"));
  group.start(wait_forever(log));
  co_await group.join();
}

Task<void> run_forever(std::shared_ptr<Log> log) {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  group.start(wait_forever(log));
  group.start(wait_forever(log));
  co_await group.join();
}

// Runs the task to its end and gives the text of its error, "" if there was none.
std::string run(Task<void> task) {
  boost::asio::io_context context;
  std::string failure;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& caught) {
      failure = caught.what();
    }
  });
  context.run();
  return failure;
}

TEST(TaskGroup, WaitsForAll) {
  EXPECT_EQ(run(run_steps(std::make_shared<Log>())), "");
  EXPECT_EQ(run(run_nothing()), "");
}

TEST(TaskGroup, TheFirstFailureCancelsTheOthers) {
  const auto log = std::make_shared<Log>();
  EXPECT_EQ(run(run_failure(log)), "first");
  EXPECT_EQ(log->cancelled, 2);
}

TEST(TaskGroup, CancellingTheJoinCancelsAllAndWaits) {
  const auto log = std::make_shared<Log>();
  boost::asio::io_context context;
  boost::asio::cancellation_signal signal;
  bool failed = false;
  auto ended = [&](std::exception_ptr error) { failed = error != nullptr; };
  boost::asio::co_spawn(context, run_forever(log), boost::asio::bind_cancellation_slot(signal.slot(), ended));
  boost::asio::steady_timer timer(context, std::chrono::milliseconds(1));
  timer.async_wait([&](boost::system::error_code) { signal.emit(boost::asio::cancellation_type::all); });
  context.run();
  EXPECT_TRUE(failed);
  EXPECT_EQ(log->cancelled, 2);
}

TEST(TaskGroup, MayBeDestroyedWithItsLoop) {
  const auto log = std::make_shared<Log>();
  {
    boost::asio::io_context context;
    boost::asio::co_spawn(context, run_forever(log), [](std::exception_ptr) {});
    context.poll();
  }
  EXPECT_EQ(log.use_count(), 1);
}

}  // namespace
}  // namespace dataknobs
