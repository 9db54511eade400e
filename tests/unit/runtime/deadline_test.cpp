// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/deadline.hpp>

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <dataknobs/error.hpp>

#include "support/error_of.hpp"
#include "support/run_task.hpp"

namespace dataknobs {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::error_of;
using test::run_task;

// Waits for good, and is cancelled as any operation of Asio is.
Task<void> wait_for_good() {
  boost::asio::steady_timer never(co_await boost::asio::this_coro::executor, hours(24 * 365));
  co_await never.async_wait(boost::asio::use_awaitable);
}

// As a store's call is cancelled.
Task<int> call_that_waits() {
  bool cancelled = false;
  try {
    co_await wait_for_good();
  } catch (const boost::system::system_error&) {
    cancelled = true;
  }
  if (cancelled) {
    Error(ErrorCode::cancelled, "the call was cancelled")
        .operation("scan")
        .store("memory:")
        .record_id("7")
        .raise();
  }
  co_return 1;
}

Task<std::unique_ptr<int>> number(int value) {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
  co_return std::make_unique<int>(value);
}

Task<void> fail() {
  const std::unique_ptr<int> one = co_await number(1);
  if (*one == 1) throw std::runtime_error("as it should");
}

TEST(DeadlineTest, ATaskInTimeGivesItsResult) {
  EXPECT_EQ(*run_task(with_deadline(number(3), hours(24))), 3);  // And nothing waits for the deadline.
}

TEST(DeadlineTest, ATaskThatFailsInTimeThrowsItsOwnError) {
  EXPECT_THROW(run_task(with_deadline(fail(), hours(24))), std::runtime_error);
}

TEST(DeadlineTest, ALateTaskIsATimeout) {
  const Error error = error_of([] { run_task(with_deadline(wait_for_good(), milliseconds(1))); });
  EXPECT_EQ(error.code(), ErrorCode::timeout);
  EXPECT_EQ(error.message(), "it did not end within 1 ms");
}

TEST(DeadlineTest, ALateCallIsNamed) {
  const Error error = error_of([] { run_task(with_deadline(call_that_waits(), milliseconds(1))); });
  EXPECT_EQ(error.code(), ErrorCode::timeout);
  EXPECT_EQ(error.operation(), "scan");
  EXPECT_EQ(error.store(), "memory:");
  EXPECT_EQ(error.record_id(), "7");
  ASSERT_TRUE(error.cause());
  EXPECT_EQ(error.cause()->code(), ErrorCode::cancelled);
}

TEST(DeadlineTest, WhatEndsAllTheSameGivesItsResult) {
  auto stubborn = []() -> Task<std::string> {
    try {
      co_await wait_for_good();
    } catch (const boost::system::system_error&) {  // There was enough.
    }
    co_return "done";
  };
  EXPECT_EQ(run_task(with_deadline(stubborn(), milliseconds(1))), "done");
}

TEST(DeadlineTest, ACancellationFromOutsideIsNone) {
  boost::asio::io_context loop;
  boost::asio::cancellation_signal signal;
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, with_deadline(call_that_waits(), hours(24)),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](std::exception_ptr error, int) { failure = error; }));
  while (loop.poll_one() > 0) {
  }
  signal.emit(boost::asio::cancellation_type::terminal);
  loop.run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(error_of([&] { std::rethrow_exception(failure); }).code(), ErrorCode::cancelled);
}

}  // namespace
}  // namespace dataknobs
