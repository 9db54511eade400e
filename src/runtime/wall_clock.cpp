// SPDX-License-Identifier: Apache-2.0
#include "runtime/wall_clock.hpp"

#include <atomic>
#include <cstdint>
#include <limits>

namespace dataknobs {

namespace {

using Ticks = std::chrono::system_clock::duration::rep;
constexpr Ticks kSystem = std::numeric_limits<Ticks>::min();

std::atomic<Ticks> fixed = kSystem;

}  // namespace

std::chrono::system_clock::time_point wall_clock_now() noexcept {
  const Ticks ticks = fixed.load(std::memory_order_relaxed);
  if (ticks == kSystem) return std::chrono::system_clock::now();
  return std::chrono::system_clock::time_point(std::chrono::system_clock::duration(ticks));
}

void set_wall_clock(std::optional<std::chrono::system_clock::time_point> moment) noexcept {
  fixed = moment ? moment->time_since_epoch().count() : kSystem;
}

}  // namespace dataknobs
