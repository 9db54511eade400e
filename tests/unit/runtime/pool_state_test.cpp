// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool_state.hpp"

#include <random>

#include <gtest/gtest.h>

namespace dataknobs {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Step = PoolState::Step;

class PoolStateTest : public testing::Test {
 protected:
  // Two at most, checked after 30 s, closed after 10 min idle or 60 min of life.
  PoolState state_{PoolLimits().set_maximum(2).set_waiters(3)};
  TimePoint now_ = Clock::now();

  PoolState::Slot open() {
    const PoolState::Acquisition taken = state_.acquire(now_);
    EXPECT_EQ(taken.step(), Step::open);
    state_.opened(taken.slot(), now_);
    return taken.slot();
  }
};

TEST_F(PoolStateTest, OpensUpToTheMaximumThenWaits) {
  open();
  open();
  EXPECT_EQ(state_.acquire(now_).step(), Step::wait);
  EXPECT_EQ(state_.statistics().in_use, 2U);
  EXPECT_EQ(state_.statistics().waiting, 1U);
}

TEST_F(PoolStateTest, ReusesTheOneUsedLast) {
  const auto first = open();
  const auto second = open();
  EXPECT_TRUE(state_.released(second, now_));
  EXPECT_TRUE(state_.released(first, now_ + seconds(1)));
  const auto taken = state_.acquire(now_ + seconds(2));
  EXPECT_EQ(taken.step(), Step::use);
  EXPECT_EQ(taken.slot(), first);
}

TEST_F(PoolStateTest, ChecksWhatLayIdle) {
  const auto slot = open();
  state_.released(slot, now_);
  EXPECT_EQ(state_.acquire(now_ + seconds(30)).step(), Step::check);
  state_.checked_dead(slot);
  state_.opened(slot, now_ + seconds(31));
  EXPECT_EQ(state_.statistics().opened, 2U);
  EXPECT_EQ(state_.statistics().closed, 1U);
  EXPECT_EQ(state_.statistics().in_use, 1U);
}

TEST_F(PoolStateTest, WaitersAreServedInTheirOrder) {
  const auto first = open();
  const auto second = open();
  const auto one = state_.acquire(now_).ticket();
  const auto two = state_.acquire(now_).ticket();
  EXPECT_FALSE(state_.next_grant(now_));
  state_.released(second, now_);
  auto grant = state_.next_grant(now_);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket(), one);
  EXPECT_EQ(grant->acquisition().slot(), second);
  EXPECT_EQ(grant->acquisition().step(), Step::use);
  EXPECT_FALSE(state_.next_grant(now_));
  state_.dropped(first);
  grant = state_.next_grant(now_);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket(), two);
  EXPECT_EQ(grant->acquisition().step(), Step::open);
}

TEST_F(PoolStateTest, NewcomerDoesNotOvertakeAWaiter) {
  const auto first = open();
  open();
  const auto waiter = state_.acquire(now_).ticket();
  state_.released(first, now_);
  EXPECT_EQ(state_.acquire(now_).step(), Step::wait);
  EXPECT_EQ(state_.next_grant(now_)->ticket(), waiter);
}

TEST_F(PoolStateTest, FailedOpenPassesTheTurnOn) {
  const auto first = state_.acquire(now_);
  const auto second = state_.acquire(now_);
  const auto waiter = state_.acquire(now_).ticket();
  EXPECT_FALSE(state_.next_grant(now_));
  state_.dropped(first.slot(), true);
  const auto grant = state_.next_grant(now_);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket(), waiter);
  EXPECT_EQ(grant->acquisition().step(), Step::open);
  EXPECT_NE(grant->acquisition().slot(), second.slot());
  EXPECT_EQ(state_.statistics().open_failures, 1U);
  EXPECT_EQ(state_.statistics().closed, 0U);
}

TEST_F(PoolStateTest, OneWhoGivesUpLeavesTheQueue) {
  const auto slot = open();
  open();
  const auto one = state_.acquire(now_).ticket();
  const auto two = state_.acquire(now_).ticket();
  state_.gave_up(one);
  state_.released(slot, now_);
  EXPECT_EQ(state_.next_grant(now_)->ticket(), two);
  EXPECT_EQ(state_.statistics().timed_out, 1U);
}

TEST_F(PoolStateTest, RefusesTooManyWaiters) {
  open();
  open();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(state_.acquire(now_).step(), Step::wait);
  EXPECT_EQ(state_.acquire(now_).step(), Step::full);
}

TEST_F(PoolStateTest, OldOnesAreNotKept) {
  const auto slot = open();
  EXPECT_FALSE(state_.released(slot, now_ + minutes(60)));
  EXPECT_EQ(state_.statistics().closed, 1U);
  EXPECT_EQ(state_.acquire(now_ + minutes(60)).step(), Step::open);
}

TEST_F(PoolStateTest, ReleasedTwiceIsNotKeptTwice) {
  const auto slot = open();
  state_.dropped(slot);
  EXPECT_FALSE(state_.released(slot, now_));
  EXPECT_EQ(state_.statistics().idle, 0U);
}

TEST_F(PoolStateTest, IdleOnesExpireDownToTheMinimum) {
  PoolState state(PoolLimits().set_minimum(1).set_maximum(3));
  std::vector<PoolState::Slot> slots;
  for (int i = 0; i < 3; ++i) {
    slots.push_back(state.acquire(now_).slot());
    state.opened(slots.back(), now_);
  }
  for (const auto slot : slots) state.released(slot, now_);
  EXPECT_TRUE(state.expired(now_ + minutes(9)).empty());
  EXPECT_EQ(state.expired(now_ + minutes(10)), (std::vector<PoolState::Slot>{slots[0], slots[1]}));
  EXPECT_TRUE(state.expired(now_ + minutes(59)).empty());
  EXPECT_EQ(state.expired(now_ + minutes(60)), (std::vector<PoolState::Slot>{slots[2]}));
}

TEST_F(PoolStateTest, WarmUpOpensTheMinimumAndNoMore) {
  PoolState state(PoolLimits().set_minimum(2).set_maximum(3));
  EXPECT_EQ(state.acquire(now_).step(), Step::open);
  EXPECT_TRUE(state.wanted());
  EXPECT_FALSE(state.wanted());
}

TEST_F(PoolStateTest, ClosedGivesNothing) {
  const auto idle = open();
  const auto out = open();
  const auto waiter = state_.acquire(now_).ticket();
  state_.released(idle, now_);
  EXPECT_EQ(state_.close(), (std::vector<PoolState::Slot>{idle}));
  const auto grant = state_.next_grant(now_);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket(), waiter);
  EXPECT_EQ(grant->acquisition().step(), Step::closed);
  EXPECT_EQ(state_.acquire(now_).step(), Step::closed);
  EXPECT_FALSE(state_.released(out, now_));
  EXPECT_FALSE(state_.wanted());
  EXPECT_EQ(state_.statistics().in_use, 0U);
}

// A random walk: never more than the maximum, no slot for two, nobody waits beside something free.
TEST_F(PoolStateTest, RandomWalkKeepsTheInvariants) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  PoolState state(PoolLimits().set_maximum(4).set_waiters(10));
  TimePoint now = now_;
  std::set<PoolState::Slot> held;
  std::set<PoolState::Ticket> waiting;
  const auto take = [&](PoolState::Acquisition acquisition) {
    EXPECT_TRUE(held.insert(acquisition.slot()).second);
    state.opened(acquisition.slot(), now);
  };
  for (int step = 0; step < 100'000; ++step) {
    now += seconds(random() % 60);
    const std::uint64_t choice = random() % 10;
    if (choice < 4) {
      const auto acquisition = state.acquire(now);
      if (acquisition.step() == Step::wait) waiting.insert(acquisition.ticket());
      if (acquisition.step() < Step::wait) take(acquisition);
    } else if (choice < 9 && !held.empty()) {
      auto slot = held.begin();
      std::advance(slot, static_cast<std::ptrdiff_t>(random() % held.size()));
      choice == 4 ? state.dropped(*slot) : static_cast<void>(state.released(*slot, now));
      held.erase(slot);
    } else if (!waiting.empty()) {
      state.gave_up(*waiting.begin());
      waiting.erase(waiting.begin());
    }
    while (const auto grant = state.next_grant(now)) {
      EXPECT_EQ(waiting.erase(grant->ticket()), 1U);
      take(grant->acquisition());
    }
    state.expired(now);
    const PoolStatistics statistics = state.statistics();
    ASSERT_EQ(statistics.in_use, held.size());
    ASSERT_EQ(statistics.waiting, waiting.size());
    ASSERT_LE(statistics.in_use + statistics.idle, 4U);
    if (!waiting.empty()) {
      ASSERT_EQ(held.size(), 4U);
    }
  }
}

}  // namespace
}  // namespace dataknobs
