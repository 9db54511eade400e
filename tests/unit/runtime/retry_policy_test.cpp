// SPDX-License-Identifier: Apache-2.0
#include "runtime/retry_policy.hpp"

#include <gtest/gtest.h>

namespace dataknobs {
namespace {

using std::chrono::milliseconds;

class Case {
 public:
  std::string name;
  bool retryable;
  std::uint32_t attempt;
  std::uint32_t random;
  std::optional<int> deadline_in_ms;
  std::optional<int> asked_ms;
  std::optional<int> expected_ms;
};

TEST(RetryPolicy, Table) {
  const RetryPolicy policy =
      RetryPolicy().set_attempts(5).set_base(milliseconds(100)).set_cap(milliseconds(500));
  const std::vector<Case> cases{
      {"final error", false, 1, UINT32_MAX, {}, {}, {}},
      {"first retry, full jitter", true, 1, UINT32_MAX, {}, {}, 100},
      {"first retry, no jitter", true, 1, 0, {}, {}, 0},
      {"half jitter", true, 1, UINT32_MAX / 2, {}, {}, 49},
      {"second doubles", true, 2, UINT32_MAX, {}, {}, 200},
      {"third doubles again", true, 3, UINT32_MAX, {}, {}, 400},
      {"capped", true, 4, UINT32_MAX, {}, {}, 500},
      {"attempts used up", true, 5, 0, {}, {}, {}},
      {"beyond the attempts", true, 50, 0, {}, {}, {}},
      {"store asks for more", true, 1, 0, {}, 2000, 2000},
      {"store asks for less", true, 2, UINT32_MAX, {}, 10, 200},
      {"deadline behind the wait", true, 1, UINT32_MAX, 101, {}, 100},
      {"deadline at the end of the wait", true, 1, UINT32_MAX, 100, {}, {}},
      {"deadline before what the store asks", true, 1, 0, 1000, 2000, {}},
      {"deadline has passed", true, 1, 0, -1, {}, {}},
  };
  const TimePoint now = Clock::now();
  for (const Case& item : cases) {
    Error error(ErrorCode::connection, "gone");
    error.retryable(item.retryable);
    std::optional<TimePoint> deadline;
    if (item.deadline_in_ms) deadline = now + milliseconds(*item.deadline_in_ms);
    std::optional<milliseconds> asked;
    if (item.asked_ms) asked = milliseconds(*item.asked_ms);
    std::optional<milliseconds> expected;
    if (item.expected_ms) expected = milliseconds(*item.expected_ms);
    EXPECT_EQ(policy.next(error, item.attempt, item.random, now, deadline, asked), expected) << item.name;
  }
}

TEST(RetryPolicy, ExtremesDoNotOverflow) {
  Error error(ErrorCode::connection, "gone");
  error.retryable(true);
  const RetryPolicy policy =
      RetryPolicy().set_attempts(UINT32_MAX).set_base(milliseconds::max()).set_cap(milliseconds::max());
  const auto wait = policy.next(error, 1000, UINT32_MAX, Clock::now(), {});
  ASSERT_TRUE(wait);
  EXPECT_EQ(*wait, milliseconds(INT32_MAX));
}

TEST(RetryPolicy, OneAttemptNeverRetries) {
  Error error(ErrorCode::connection, "gone");
  error.retryable(true);
  EXPECT_FALSE(RetryPolicy().set_attempts(1).next(error, 1, 0, Clock::now(), {}));
}

}  // namespace
}  // namespace dataknobs
