// SPDX-License-Identifier: Apache-2.0
#include "runtime/signal.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include "support/run_task.hpp"

namespace dataknobs {
namespace {

TEST(Signal, NotifiedBeforeTheWaitReturnsAtOnce) {
  auto signal = std::make_shared<Signal>();
  signal->notify();
  EXPECT_TRUE(test::run_task(signal->wait()));
}

TEST(Signal, NotifiedBeforeADeadlineThatHasPassedWins) {
  auto signal = std::make_shared<Signal>();
  signal->notify();
  EXPECT_TRUE(test::run_task(signal->wait(TimePoint::min())));
}

TEST(Signal, DeadlineGivesFalse) {
  auto signal = std::make_shared<Signal>();
  EXPECT_FALSE(test::run_task(signal->wait(Clock::now())));
  EXPECT_FALSE(signal->notified());
}

TEST(Signal, WokenFromAnotherThread) {
  for (int round = 0; round < 2000; ++round) {
    auto signal = std::make_shared<Signal>();
    std::thread other([signal] { signal->notify(); });
    EXPECT_TRUE(test::run_task(signal->wait()));
    other.join();
  }
}

TEST(Signal, CancelledWaitThrows) {
  boost::asio::io_context loop;
  boost::asio::cancellation_signal cancel;
  auto signal = std::make_shared<Signal>();
  std::exception_ptr failure;
  auto done = [&](std::exception_ptr error, bool) { failure = error; };
  boost::asio::co_spawn(loop, signal->wait(), boost::asio::bind_cancellation_slot(cancel.slot(), done));
  boost::asio::post(loop, [&] { cancel.emit(boost::asio::cancellation_type::terminal); });
  loop.run();
  ASSERT_TRUE(failure);
  EXPECT_THROW(std::rethrow_exception(failure), boost::system::system_error);
}

TEST(Signal, OutlivesTheLoopOfItsWaiter) {
  auto signal = std::make_shared<Signal>();
  {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, signal->wait(), boost::asio::detached);
    loop.poll();
  }
  signal->notify();
  EXPECT_TRUE(signal->notified());
}

}  // namespace
}  // namespace dataknobs
