// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Context: what accompanies a call through layers and backends. Cancellation travels by the coroutine's own
/// slot.

#include <chrono>
#include <optional>

namespace dataknobs {

class MemoryBudget;

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// Lives on the caller's frame for the length of the call.
class Context {
 public:
  Context() = default;
  /// The moment at which the call gives up with TimeoutError; none by default.
  const std::optional<TimePoint>& deadline() const noexcept { return deadline_; }
  Context& set_deadline(std::optional<TimePoint> deadline) { return deadline_ = deadline, *this; }
  /// Where batches in flight are accounted, or nullptr.
  MemoryBudget* memory() const noexcept { return memory_; }
  Context& set_memory(MemoryBudget* memory) { return memory_ = memory, *this; }

 private:
  std::optional<TimePoint> deadline_;
  MemoryBudget* memory_ = nullptr;
};

}  // namespace dataknobs
