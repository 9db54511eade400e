// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The time of day, which a test may set. Deadlines are measured by Clock (context.hpp) instead.

#include <chrono>
#include <optional>

namespace dataknobs {

/// Thread safety: any thread.
std::chrono::system_clock::time_point wall_clock_now() noexcept;
/// The moment that it is from now on; nothing: the system's time.
void set_wall_clock(std::optional<std::chrono::system_clock::time_point> moment) noexcept;

}  // namespace dataknobs
