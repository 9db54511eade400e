// SPDX-License-Identifier: Apache-2.0
#include "runtime/retry_policy.hpp"

#include <algorithm>

namespace dataknobs {

std::optional<RetryPolicy::Duration> RetryPolicy::next(const Error& error, std::uint32_t attempt,
                                                       std::uint32_t random, TimePoint now,
                                                       std::optional<TimePoint> deadline,
                                                       std::optional<Duration> asked) const {
  if (!error.retryable() || attempt >= attempts_) return std::nullopt;
  std::int64_t ceiling = std::min(base_, cap_).count();
  for (std::uint32_t i = 1; i < attempt && ceiling < cap_.count(); ++i) {
    ceiling = ceiling > cap_.count() / 2 ? cap_.count() : ceiling * 2;
  }
  // The product stays below 2^63 as long as the cap is below 2^31 ms (24 days).
  ceiling = std::min<std::int64_t>(ceiling, INT32_MAX);
  Duration wait(ceiling * static_cast<std::int64_t>(random) / UINT32_MAX);
  if (asked) wait = std::max(wait, *asked);
  if (deadline && now + wait >= *deadline) return std::nullopt;
  return wait;
}

}  // namespace dataknobs
