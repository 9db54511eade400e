// SPDX-License-Identifier: Apache-2.0
#include "runtime/channel.hpp"

#include <atomic>
#include <stdexcept>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include "support/run_task.hpp"

namespace dataknobs {
namespace {

using Numbers = Channel<int>;

Task<void> produce(Numbers& channel, int first, int count) {
  for (int i = 0; i < count; ++i) {
    const bool sent = co_await channel.send(first + i);
    if (!sent) co_return;
  }
}

Task<void> consume(Numbers& channel, std::vector<int>& received) {
  while (std::optional<int> item = co_await channel.receive()) received.push_back(*item);
}

TEST(Channel, KeepsOrderAndEndsWhenClosed) {
  Numbers channel(2);
  boost::asio::io_context loop;
  std::vector<int> received;
  auto producer = [&]() -> Task<void> {
    co_await produce(channel, 0, 100);
    channel.close();
  };
  boost::asio::co_spawn(loop, producer(), boost::asio::detached);
  boost::asio::co_spawn(loop, consume(channel, received), boost::asio::detached);
  loop.run();
  ASSERT_EQ(received.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
}

TEST(Channel, NeverHoldsMoreThanItsCapacity) {
  Numbers channel(3);
  boost::asio::io_context loop;
  boost::asio::co_spawn(loop, produce(channel, 0, 10), boost::asio::detached);
  loop.poll();
  EXPECT_EQ(channel.size(), 3U);
}

TEST(Channel, SendAfterCloseIsRefused) {
  Numbers channel(1);
  channel.close();
  EXPECT_FALSE(test::run_task(channel.send(1)));
  EXPECT_FALSE(test::run_task(channel.receive()).has_value());
}

TEST(Channel, CloseWakesWaitingSenders) {
  Numbers channel(1);
  boost::asio::io_context loop;
  int refused = 0;
  auto sender = [&]() -> Task<void> {
    const bool sent = co_await channel.send(1);
    if (!sent) ++refused;
  };
  for (int i = 0; i < 3; ++i) boost::asio::co_spawn(loop, sender(), boost::asio::detached);
  loop.poll();
  channel.close();
  loop.restart();
  loop.run();
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(test::run_task(channel.receive()), 1);
}

TEST(Channel, FailReachesBothSidesAndDropsWhatIsQueued) {
  Channel<std::shared_ptr<int>> channel(1);
  boost::asio::io_context loop;
  auto item = std::make_shared<int>(1);
  int failures = 0;
  auto sender = [&]() -> Task<void> {
    try {
      co_await channel.send(item);
      co_await channel.send(item);
    } catch (const std::runtime_error&) {
      ++failures;
    }
  };
  boost::asio::co_spawn(loop, sender(), boost::asio::detached);
  loop.poll();
  channel.fail(std::make_exception_ptr(std::runtime_error("first")));
  channel.fail(std::make_exception_ptr(std::logic_error("second")));
  loop.restart();
  loop.run();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_THROW(test::run_task(channel.receive()), std::runtime_error);
}

TEST(Channel, CancelledReceiverLosesNoItem) {
  Numbers channel(4);
  boost::asio::io_context loop;
  boost::asio::cancellation_signal cancel;
  std::vector<int> first;
  std::vector<int> second;
  bool cancelled = false;
  auto done = [&](std::exception_ptr error) { cancelled = error != nullptr; };
  boost::asio::co_spawn(loop, consume(channel, first),
                        boost::asio::bind_cancellation_slot(cancel.slot(), done));
  boost::asio::co_spawn(loop, consume(channel, second), boost::asio::detached);
  loop.poll();
  cancel.emit(boost::asio::cancellation_type::terminal);
  auto producer = [&]() -> Task<void> {
    co_await produce(channel, 0, 10);
    channel.close();
  };
  boost::asio::co_spawn(loop, producer(), boost::asio::detached);
  loop.restart();
  loop.run();
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(first.size() + second.size(), 10U);
}

// The wake-up and the cancellation come in the same turn of the loop.
TEST(Channel, WakeUpOfACancelledReceiverGoesToTheNext) {
  for (bool cancel_first : {false, true}) {
    Numbers channel(4);
    boost::asio::io_context loop;
    boost::asio::cancellation_signal cancel;
    std::vector<int> first;
    std::vector<int> second;
    boost::asio::co_spawn(loop, consume(channel, first),
                          boost::asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    boost::asio::co_spawn(loop, consume(channel, second), boost::asio::detached);
    loop.poll();
    if (cancel_first) cancel.emit(boost::asio::cancellation_type::terminal);
    boost::asio::io_context other;
    test::run_task(other, produce(channel, 7, 1));
    if (!cancel_first) cancel.emit(boost::asio::cancellation_type::terminal);
    channel.close();
    loop.restart();
    loop.run();
    EXPECT_EQ(first.size() + second.size(), 1U) << cancel_first;
  }
}

TEST(Channel, WaiterWhoseLoopEndsLeavesTheLine) {
  Numbers channel(1);
  std::vector<int> lost;
  std::vector<int> received;
  {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, consume(channel, lost), boost::asio::detached);
    loop.poll();
  }
  boost::asio::io_context loop;
  boost::asio::co_spawn(loop, consume(channel, received), boost::asio::detached);
  auto producer = [&]() -> Task<void> {
    co_await produce(channel, 0, 5);
    channel.close();
  };
  boost::asio::co_spawn(loop, producer(), boost::asio::detached);
  loop.run();
  EXPECT_EQ(received.size(), 5U);
}

TEST(Channel, ManyThreadsGiveEachItemOnce) {
  Numbers channel(8);
  boost::asio::io_context loop;
  std::atomic<int> producers = 8;
  std::atomic<std::int64_t> sum = 0;
  std::atomic<int> count = 0;
  auto producer = [&](int first) -> Task<void> {
    co_await produce(channel, first, 500);
    if (--producers == 0) channel.close();
  };
  auto consumer = [&]() -> Task<void> {
    while (std::optional<int> item = co_await channel.receive()) {
      sum += *item;
      ++count;
    }
  };
  for (int i = 0; i < 8; ++i) boost::asio::co_spawn(loop, producer(i * 500), boost::asio::detached);
  for (int i = 0; i < 5; ++i) boost::asio::co_spawn(loop, consumer(), boost::asio::detached);
  test::run_on_threads(loop, 4);
  EXPECT_EQ(count, 4000);
  EXPECT_EQ(sum, 4000LL * 3999 / 2);
}

}  // namespace
}  // namespace dataknobs
