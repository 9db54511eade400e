// SPDX-License-Identifier: Apache-2.0
#include "runtime/offload.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/detached.hpp>

#include "support/run_task.hpp"

namespace dataknobs {
namespace {

TEST(Offload, RunsElsewhereAndResumesHere) {
  const std::thread::id here = std::this_thread::get_id();
  auto task = [&]() -> Task<void> {
    auto work = [] { return std::this_thread::get_id(); };
    const std::thread::id there = co_await offload(work);
    EXPECT_NE(there, here);
    EXPECT_EQ(std::this_thread::get_id(), here);
  };
  test::run_task(task());
}

TEST(Offload, InlineStaysHere) {
  const InlineOffload scope;
  auto task = [&]() -> Task<void> {
    auto work = [] { return std::this_thread::get_id(); };
    EXPECT_EQ(co_await offload(work), std::this_thread::get_id());
  };
  test::run_task(task());
}

TEST(Offload, InlineEndsWithItsScope) {
  {
    const InlineOffload outer;
    {
      const InlineOffload inner;
    }
    EXPECT_TRUE(InlineOffload::active());
  }
  EXPECT_FALSE(InlineOffload::active());
}

TEST(Offload, PassesOnWhatTheWorkThrows) {
  auto task = [&]() -> Task<void> {
    auto work = []() -> int { throw std::runtime_error("no disk"); };
    co_await offload(work);
  };
  EXPECT_THROW(test::run_task(task()), std::runtime_error);
}

TEST(Offload, VoidWork) {
  int done = 0;
  auto task = [&]() -> Task<void> {
    auto work = [&] { ++done; };
    co_await offload(work);
    co_await offload(work);
  };
  test::run_task(task());
  EXPECT_EQ(done, 2);
}

TEST(Offload, ManyAtOnceFromSeveralThreads) {
  boost::asio::io_context loop;
  std::atomic<int> sum = 0;
  auto task = [&](int number) -> Task<void> {
    auto work = [number] { return number; };
    sum += co_await offload(work);
  };
  for (int i = 1; i <= 1000; ++i) boost::asio::co_spawn(loop, task(i), boost::asio::detached);
  test::run_on_threads(loop, 3);
  EXPECT_EQ(sum, 500500);
}

// The loop ends while work is still running: it waits, and the frames end after the work.
TEST(Offload, LoopEndsBeforeTheWork) {
  std::atomic<bool> started = false;
  std::atomic<bool> ended = false;
  bool resumed = false;
  {
    boost::asio::io_context loop;
    auto task = [&]() -> Task<void> {
      std::string local = "a local of the frame that is long enough to live on the heap";
      auto work = [&] {
        started = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        local += "!";
        ended = true;
      };
      co_await offload(work);
      resumed = true;
    };
    boost::asio::co_spawn(loop, task(), boost::asio::detached);
    loop.poll();
    while (!started) std::this_thread::yield();
  }
  EXPECT_TRUE(ended);
  EXPECT_FALSE(resumed);
}

}  // namespace
}  // namespace dataknobs
