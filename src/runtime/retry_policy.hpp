// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// RetryPolicy: whether to try again and after how long. Pure: it has neither clock nor randomness of its
/// own.

#include <chrono>
#include <cstdint>
#include <optional>

#include <dataknobs/error.hpp>

#include "runtime/context.hpp"

namespace dataknobs {

/// Exponential back-off with full jitter: the wait before attempt n + 1 is random(0 ... min(cap, base x
/// 2^(n-1))), at least what the store asked for.
class RetryPolicy {
 public:
  using Duration = std::chrono::milliseconds;

  std::uint32_t attempts() const noexcept { return attempts_; }
  Duration base() const noexcept { return base_; }
  Duration cap() const noexcept { return cap_; }
  /// Attempts in all, the first included. 5 by default; 1 means no retry.
  RetryPolicy& set_attempts(std::uint32_t value) { return attempts_ = value, *this; }
  /// 50 ms by default.
  RetryPolicy& set_base(Duration value) { return base_ = value, *this; }
  /// 10 s by default.
  RetryPolicy& set_cap(Duration value) { return cap_ = value, *this; }

  /// The wait before the next attempt, or nothing: the error is final, the attempts are used up, or the wait
  /// would end behind the deadline. `attempt`: how many were made, at least 1. `random`: uniform over its
  /// whole range. `asked`: what the store asked for (Retry-After).
  std::optional<Duration> next(const Error& error, std::uint32_t attempt, std::uint32_t random, TimePoint now,
                               std::optional<TimePoint> deadline, std::optional<Duration> asked = {}) const;

 private:
  std::uint32_t attempts_ = 5;
  Duration base_{50};
  Duration cap_{10'000};
};

}  // namespace dataknobs
