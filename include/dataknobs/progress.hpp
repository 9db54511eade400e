// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Progress: what a running copy or verification tells its caller.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace dataknobs {

/// What a copy or a verification is doing.
enum class TransferStage : std::uint8_t {
  planning,
  copying,
  publishing,  ///< The target becomes visible under its name (files).
  proving,     ///< The digest is recomputed from the target.
  comparing,   ///< verify: digests of both sides.
  locating,    ///< verify: the differing records are looked for.
  done,
};
/// "planning", "copying" ...
std::string_view to_string(TransferStage stage) noexcept;

/// A moment of a running copy or verification. Numbers count from the start of the run, a resumed part
/// included.
class Progress {
 public:
  Progress() = default;
  TransferStage stage = TransferStage::planning;
  std::uint64_t read = 0;     ///< Records read in this stage.
  std::uint64_t written = 0;  ///< Records committed in the target or on their way to it.
  std::uint64_t filtered = 0;
  std::uint64_t bytes = 0;    ///< Memory of the batches read, the size of what passed through.
  std::uint64_t resumed = 0;  ///< Of `read`: what an earlier, interrupted call had done.
  std::optional<std::uint64_t>
      total_records;  ///< Of this stage, where known; an estimate unless `total_exact`.
  bool total_exact = false;
  std::uint32_t chunks_done = 0;
  std::uint32_t chunks = 0;
  std::chrono::nanoseconds elapsed{};        ///< Since the run began.
  std::chrono::nanoseconds stage_elapsed{};  ///< Since this stage began.
  /// The share of this stage that is done, 0 ... 1, where it is known.
  std::optional<double> fraction() const noexcept;
  /// Records a second that this call itself reads in this stage; what an earlier call did does not count. 0 where
  /// nothing is known yet.
  double rate() const noexcept;
};

/// Called on the copy's own executor, at most about ten times a second, and at the beginning and the end of
/// each stage. What it throws ends the copy.
using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace dataknobs
