// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// ProgressMeter: collects what the parts of a transfer did and tells the caller now and then.

#include <chrono>

#include <dataknobs/progress.hpp>

#include "runtime/context.hpp"

namespace dataknobs {

/// Thread safety: all of it on one strand.
class ProgressMeter {
 public:
  explicit ProgressMeter(ProgressCallback callback) : callback_(std::move(callback)) {}

  /// Tells the end of the stage before, then begins a stage: its counts start at nothing.
  void begin(TransferStage stage, std::optional<std::uint64_t> total_records, bool exact);
  /// The numbers to be told next.
  Progress& now() noexcept { return progress_; }
  /// Tells the caller, unless that was a moment ago.
  void tick();

 private:
  /// Tells the last state of a stage; nothing before the first one.
  void end();
  void tell();

  ProgressCallback callback_;
  Progress progress_;
  TimePoint started_ = Clock::now();
  TimePoint stage_started_ = started_;
  TimePoint told_{};
};

}  // namespace dataknobs
