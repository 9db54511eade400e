// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool.hpp"

#include <atomic>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <dataknobs/error.hpp>

#include "support/run_task.hpp"

namespace dataknobs {
namespace {

// A resource that belongs to a loop, as a socket does.
class Line {
 public:
  Line(std::atomic<int>& alive, boost::asio::any_io_executor executor)
      : alive_(alive), timer_(std::in_place, executor) {
    ++alive_;
  }
  ~Line() { --alive_; }
  std::optional<boost::asio::steady_timer>& timer() { return timer_; }
  bool dead = false;
  bool dirty = false;

 private:
  std::atomic<int>& alive_;
  std::optional<boost::asio::steady_timer> timer_;
};

class LineDriver : public PoolDriver<Line> {
 public:
  Task<std::shared_ptr<Line>> open(Context&) override {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer pause(executor, std::chrono::microseconds(10));
    co_await pause.async_wait(boost::asio::use_awaitable);
    if (refuse) Error(ErrorCode::connection, "refused").raise();
    ++opened;
    co_return std::make_shared<Line>(alive, executor);
  }
  Task<bool> validate(Line& line) override {
    ++validated;
    if (line.dead) Error(ErrorCode::connection, "gone").raise();
    co_return true;
  }
  Task<bool> reset(Line& line) override {
    const bool clean = !line.dead;
    line.dirty = false;
    co_return clean;
  }
  void shutdown(Line& line) noexcept override {
    line.timer().reset();
    ++shut_down;
  }
  std::atomic<int> alive = 0;
  std::atomic<int> opened = 0;
  std::atomic<int> validated = 0;
  std::atomic<int> shut_down = 0;
  std::atomic<bool> refuse = false;
};

class PoolTest : public testing::Test {
 protected:
  std::shared_ptr<LineDriver> driver_ = std::make_shared<LineDriver>();
  std::optional<Pool<Line>> pool_{std::in_place, PoolLimits().set_maximum(2), driver_};
  Context context_;

  void use_pool(PoolLimits limits) { pool_.emplace(limits, driver_); }
};

TEST_F(PoolTest, GivesTheSameOneAgain) {
  auto task = [&]() -> Task<void> {
    const Line* first = nullptr;
    {
      Lease<Line> lease = co_await pool_->acquire(context_);
      first = &*lease;
    }
    Lease<Line> lease = co_await pool_->acquire(context_);
    EXPECT_EQ(&*lease, first);
    EXPECT_EQ(driver_->opened, 1);
    EXPECT_EQ(driver_->validated, 0);
  };
  test::run_task(task());
  EXPECT_EQ(driver_->alive, 0) << "the pool ends with its loop";
}

TEST_F(PoolTest, DroppedOnesAreClosed) {
  auto task = [&]() -> Task<void> {
    Lease<Line> lease = co_await pool_->acquire(context_);
    lease.drop();
    EXPECT_FALSE(lease);
    EXPECT_EQ(driver_->alive, 0);
    Lease<Line> next = co_await pool_->acquire(context_);
    EXPECT_EQ(driver_->opened, 2);
  };
  test::run_task(task());
}

TEST_F(PoolTest, ChecksAndReplacesDeadOnes) {
  use_pool(PoolLimits().set_maximum(1).set_validate_after(std::chrono::seconds(0)));
  auto task = [&]() -> Task<void> {
    {
      Lease<Line> lease = co_await pool_->acquire(context_);
      lease->dead = true;
    }
    Lease<Line> lease = co_await pool_->acquire(context_);
    EXPECT_FALSE(lease->dead);
    EXPECT_EQ(driver_->validated, 1);
    EXPECT_EQ(driver_->opened, 2);
    EXPECT_EQ(driver_->alive, 1);
  };
  test::run_task(task());
}

TEST_F(PoolTest, ResetsWhatWasAbandoned) {
  use_pool(PoolLimits().set_maximum(1));
  auto task = [&]() -> Task<void> {
    Lease<Line> lease = co_await pool_->acquire(context_);
    lease->dirty = true;
    lease.reset_and_give_back();
    lease = co_await pool_->acquire(context_);
    EXPECT_FALSE(lease->dirty);
    EXPECT_EQ(driver_->opened, 1);
    lease->dead = true;
    lease.reset_and_give_back();
    lease = co_await pool_->acquire(context_);
    EXPECT_EQ(driver_->opened, 2);
    EXPECT_EQ(driver_->alive, 1);
  };
  test::run_task(task());
}

TEST_F(PoolTest, DeadlineOfAWaiter) {
  use_pool(PoolLimits().set_maximum(1));
  auto task = [&]() -> Task<void> {
    Lease<Line> held = co_await pool_->acquire(context_);
    Context hurried;
    hurried.set_deadline(Clock::now() + std::chrono::milliseconds(1));
    bool timed_out = false;
    try {
      co_await pool_->acquire(hurried);
    } catch (const TimeoutError& error) {
      timed_out = error.retryable();
    }
    EXPECT_TRUE(timed_out);
    const PoolStatistics statistics = co_await pool_->statistics();
    EXPECT_EQ(statistics.timed_out, 1U);
    EXPECT_EQ(statistics.waiting, 0U);
  };
  test::run_task(task());
}

TEST_F(PoolTest, FailureToOpenReachesTheCallerAndLeavesRoom) {
  use_pool(PoolLimits().set_maximum(1));
  driver_->refuse = true;
  auto task = [&]() -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      bool refused = false;
      try {
        co_await pool_->acquire(context_);
      } catch (const ConnectionError&) {
        refused = true;
      }
      EXPECT_TRUE(refused);
    }
    driver_->refuse = false;
    Lease<Line> lease = co_await pool_->acquire(context_);
    const PoolStatistics statistics = co_await pool_->statistics();
    EXPECT_EQ(statistics.open_failures, 3U);
    EXPECT_EQ(statistics.in_use, 1U);
  };
  test::run_task(task());
}

// Cancels at each moment: while waiting, while opening, while holding.
TEST_F(PoolTest, CancelledAcquireTakesNothing) {
  use_pool(PoolLimits().set_maximum(1));
  for (int polls = 0; polls < 6; ++polls) {
    boost::asio::io_context loop;
    boost::asio::cancellation_signal cancel;
    auto victim = [&]() -> Task<void> {
      Lease<Line> lease = co_await pool_->acquire(context_);
      boost::asio::steady_timer forever(co_await boost::asio::this_coro::executor, TimePoint::max());
      co_await forever.async_wait(boost::asio::use_awaitable);
    };
    auto next = [&]() -> Task<void> {
      Lease<Line> lease = co_await pool_->acquire(context_);
      const PoolStatistics statistics = co_await pool_->statistics();
      EXPECT_EQ(statistics.in_use, 1U);
      EXPECT_EQ(statistics.waiting, 0U);
    };
    boost::asio::co_spawn(loop, victim(),
                          boost::asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    boost::asio::co_spawn(loop, next(), boost::asio::detached);
    for (int i = 0; i < polls; ++i) loop.run_one_for(std::chrono::milliseconds(1));
    cancel.emit(boost::asio::cancellation_type::terminal);
    loop.restart();
    loop.run();
  }
  EXPECT_EQ(driver_->alive, 0);
}

TEST_F(PoolTest, LoopEndsUnderALeaseThatIsStillHeld) {
  Lease<Line> kept;
  {
    boost::asio::io_context loop;
    auto task = [&]() -> Task<void> { kept = co_await pool_->acquire(context_); };
    test::run_task(loop, task());
    EXPECT_EQ(driver_->shut_down, 0);
  }
  EXPECT_EQ(driver_->shut_down, 1);
  EXPECT_EQ(driver_->alive, 1);
  kept.give_back();
  EXPECT_EQ(driver_->alive, 0);
}

TEST_F(PoolTest, LoopEndsUnderWaiters) {
  use_pool(PoolLimits().set_maximum(1));
  {
    boost::asio::io_context loop;
    auto forever = [&]() -> Task<void> {
      Lease<Line> lease = co_await pool_->acquire(context_);
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, TimePoint::max());
      co_await timer.async_wait(boost::asio::use_awaitable);
    };
    for (int i = 0; i < 5; ++i) boost::asio::co_spawn(loop, forever(), boost::asio::detached);
    for (int i = 0; i < 20; ++i) loop.run_one_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(driver_->alive, 0);
}

TEST_F(PoolTest, PoolEndsBeforeItsLoop) {
  boost::asio::io_context loop;
  Lease<Line> kept;
  auto task = [&]() -> Task<void> {
    Lease<Line> other = co_await pool_->acquire(context_);
    kept = co_await pool_->acquire(context_);
  };
  test::run_task(loop, task());
  pool_.reset();
  EXPECT_EQ(driver_->alive, 1);
  kept.give_back();
  EXPECT_EQ(driver_->alive, 0);
}

TEST_F(PoolTest, CloseAndBeginAnew) {
  auto task = [&]() -> Task<void> {
    {
      Lease<Line> lease = co_await pool_->acquire(context_);
    }
    co_await pool_->close();
    EXPECT_EQ(driver_->alive, 0);
    Lease<Line> lease = co_await pool_->acquire(context_);
    EXPECT_EQ(driver_->alive, 1);
  };
  test::run_task(task());
}

TEST_F(PoolTest, WarmUpOpensTheMinimum) {
  use_pool(PoolLimits().set_minimum(3).set_maximum(5));
  auto task = [&]() -> Task<void> {
    co_await pool_->warm_up(context_);
    const PoolStatistics statistics = co_await pool_->statistics();
    EXPECT_EQ(statistics.idle, 3U);
  };
  test::run_task(task());
}

TEST_F(PoolTest, TheFirstCallWarmsUpWhereItIsWanted) {
  use_pool(PoolLimits().set_minimum(3).set_maximum(5).set_warm_up(true));
  auto task = [&]() -> Task<void> {
    Lease<Line> lease = co_await pool_->acquire(context_);
    const PoolStatistics statistics = co_await pool_->statistics();
    EXPECT_EQ(statistics.idle, 2U);
    EXPECT_EQ(statistics.in_use, 1U);
  };
  test::run_task(task());
}

TEST_F(PoolTest, OnePoolPerLoop) {
  boost::asio::io_context first;
  boost::asio::io_context second;
  auto task = [&]() -> Task<void> {
    Lease<Line> lease = co_await pool_->acquire(context_);
    const PoolStatistics statistics = co_await pool_->statistics();
    EXPECT_EQ(statistics.opened, 1U);
  };
  test::run_task(first, task());
  test::run_task(second, task());
  EXPECT_EQ(driver_->alive, 2);
}

TEST_F(PoolTest, ManyTasksOnManyThreads) {
  use_pool(PoolLimits().set_maximum(4));
  {
    boost::asio::io_context loop;
    std::atomic<int> holders = 0;
    auto task = [&](int number) -> Task<void> {
      Context context;
      for (int i = 0; i < 50; ++i) {
        Lease<Line> lease = co_await pool_->acquire(context);
        EXPECT_LE(++holders, 4);
        co_await boost::asio::post(boost::asio::use_awaitable);
        --holders;
        if ((number + i) % 7 == 0) lease.drop();
        if ((number + i) % 5 == 0) lease.reset_and_give_back();
      }
    };
    for (int i = 0; i < 40; ++i) boost::asio::co_spawn(loop, task(i), boost::asio::detached);
    test::run_on_threads(loop, 4);
  }
  EXPECT_EQ(driver_->alive, 0);
}

}  // namespace
}  // namespace dataknobs
