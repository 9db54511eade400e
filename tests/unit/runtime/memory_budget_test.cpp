// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_budget.hpp"

#include <atomic>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include "support/run_task.hpp"

namespace dataknobs {
namespace {

using Share = MemoryBudget::Share;

TEST(MemoryBudget, SharesCountAndComeBack) {
  MemoryBudget budget(100);
  auto task = [&]() -> Task<void> {
    Share first = co_await budget.acquire(60);
    Share second = co_await budget.acquire(40);
    EXPECT_EQ(budget.used(), 100U);
    first.release();
    EXPECT_EQ(budget.used(), 40U);
    second = Share();
    EXPECT_EQ(budget.used(), 0U);
    EXPECT_EQ(budget.peak(), 100U);
  };
  test::run_task(task());
}

TEST(MemoryBudget, ResizeGrowsAndShrinks) {
  MemoryBudget budget(100);
  auto task = [&]() -> Task<void> {
    Share share = co_await budget.acquire(10);
    share.resize(150);
    EXPECT_EQ(budget.used(), 150U);
    share.resize(20);
    EXPECT_EQ(budget.used(), 20U);
    Share moved = std::move(share);
    EXPECT_EQ(moved.bytes(), 20U);
    EXPECT_EQ(budget.used(), 20U);
  };
  test::run_task(task());
  EXPECT_EQ(budget.used(), 0U);
  EXPECT_EQ(budget.peak(), 150U);
}

TEST(MemoryBudget, FirstComeFirstServed) {
  MemoryBudget budget(100);
  boost::asio::io_context loop;
  std::string order;
  std::optional<Share> held;
  auto hold = [&]() -> Task<void> { held = co_await budget.acquire(90); };
  test::run_task(loop, hold());
  auto wait = [&](std::uint64_t bytes, char name) -> Task<void> {
    Share share = co_await budget.acquire(bytes);
    order += name;
  };
  boost::asio::co_spawn(loop, wait(80, 'a'), boost::asio::detached);
  boost::asio::co_spawn(loop, wait(5, 'b'), boost::asio::detached);  // Would fit, but came later.
  loop.restart();
  loop.poll();
  EXPECT_EQ(order, "");
  held.reset();
  loop.restart();
  loop.run();
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, MoreThanTheLimitPassesAlone) {
  MemoryBudget budget(100);
  boost::asio::io_context loop;
  std::optional<Share> held;
  bool granted = false;
  auto hold = [&]() -> Task<void> { held = co_await budget.acquire(1); };
  auto large = [&]() -> Task<void> {
    Share share = co_await budget.acquire(UINT64_MAX - 5);
    granted = true;
  };
  test::run_task(loop, hold());
  boost::asio::co_spawn(loop, large(), boost::asio::detached);
  loop.restart();
  loop.poll();
  EXPECT_FALSE(granted);
  held.reset();
  loop.restart();
  loop.run();
  EXPECT_TRUE(granted);
}

TEST(MemoryBudget, CancelledWaiterTakesNothingAndLetsOthersPass) {
  MemoryBudget budget(100);
  boost::asio::io_context loop;
  boost::asio::cancellation_signal cancel;
  std::optional<Share> held;
  bool cancelled = false;
  bool granted = false;
  auto hold = [&]() -> Task<void> { held = co_await budget.acquire(90); };
  auto large = [&]() -> Task<void> { Share share = co_await budget.acquire(50); };
  auto small = [&]() -> Task<void> {
    Share share = co_await budget.acquire(10);
    granted = true;
  };
  test::run_task(loop, hold());
  auto done = [&](std::exception_ptr error) { cancelled = error != nullptr; };
  boost::asio::co_spawn(loop, large(), boost::asio::bind_cancellation_slot(cancel.slot(), done));
  boost::asio::co_spawn(loop, small(), boost::asio::detached);
  loop.restart();
  loop.poll();
  EXPECT_FALSE(granted);
  cancel.emit(boost::asio::cancellation_type::terminal);
  loop.restart();
  loop.run();
  EXPECT_TRUE(cancelled);
  EXPECT_TRUE(granted);
  EXPECT_EQ(budget.used(), 90U);
}

TEST(MemoryBudget, WaiterWhoseLoopEndsLeavesTheQueue) {
  MemoryBudget budget(100);
  auto hold = [&]() -> Task<Share> { co_return co_await budget.acquire(100); };
  Share held = test::run_task(hold());
  {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, hold(), boost::asio::detached);
    loop.poll();
  }
  held.release();
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, NeverAboveTheLimitOnManyThreads) {
  MemoryBudget budget(1000);
  boost::asio::io_context loop;
  std::atomic<int> granted = 0;
  auto task = [&](std::uint64_t bytes) -> Task<void> {
    for (int i = 0; i < 20; ++i) {
      Share share = co_await budget.acquire(bytes);
      EXPECT_LE(budget.used(), 1000U);
      ++granted;
    }
  };
  for (std::uint64_t i = 1; i <= 50; ++i) boost::asio::co_spawn(loop, task(i * 20), boost::asio::detached);
  test::run_on_threads(loop, 4);
  EXPECT_EQ(granted, 1000);
  EXPECT_EQ(budget.used(), 0U);
  EXPECT_LE(budget.peak(), 1000U);
}

}  // namespace
}  // namespace dataknobs
