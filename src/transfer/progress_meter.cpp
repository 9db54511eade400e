// SPDX-License-Identifier: Apache-2.0
#include "transfer/progress_meter.hpp"

#include <algorithm>

namespace dataknobs {

namespace {
constexpr std::chrono::milliseconds kInterval{100};
}

std::string_view to_string(TransferStage stage) noexcept {
  switch (stage) {
    case TransferStage::planning:
      return "planning";
    case TransferStage::copying:
      return "copying";
    case TransferStage::publishing:
      return "publishing";
    case TransferStage::proving:
      return "proving";
    case TransferStage::comparing:
      return "comparing";
    case TransferStage::locating:
      return "locating";
    case TransferStage::done:
      return "done";
  }
  return "done";
}

std::optional<double> Progress::fraction() const noexcept {
  if (stage == TransferStage::done) return 1.0;
  if (!total_records || *total_records == 0) return std::nullopt;
  const double share = static_cast<double>(read) / static_cast<double>(*total_records);
  // An estimate that was too low must not claim the end before it is there.
  return std::min(share, total_exact ? 1.0 : 0.99);
}

double Progress::rate() const noexcept {
  // A rate over a shorter time than this tells more of the clock than of the store.
  constexpr double kLeastSeconds = 0.05;
  const double seconds = std::chrono::duration<double>(stage_elapsed).count();
  const std::uint64_t earlier = stage == TransferStage::copying ? resumed : 0;
  if (stage == TransferStage::publishing || read <= earlier || seconds < kLeastSeconds) return 0;
  return static_cast<double>(read - earlier) / seconds;
}

void ProgressMeter::begin(TransferStage stage, std::optional<std::uint64_t> total_records, bool exact) {
  end();
  progress_.stage = stage;
  stage_started_ = Clock::now();
  progress_.total_records = total_records;
  progress_.total_exact = exact;
  if (stage != TransferStage::publishing && stage != TransferStage::done) {
    progress_.read = 0;
    progress_.bytes = 0;
  }
  tell();
}

void ProgressMeter::end() {
  if (told_ == TimePoint{}) return;
  // What was read is all there was, whatever had been estimated.
  if (progress_.total_records) progress_.total_records = progress_.read;
  progress_.total_exact = true;
  tell();
}

void ProgressMeter::tick() {
  if (callback_ && Clock::now() - told_ >= kInterval) tell();
}

void ProgressMeter::tell() {
  told_ = Clock::now();
  progress_.elapsed = told_ - started_;
  progress_.stage_elapsed = told_ - stage_started_;
  if (callback_) callback_(progress_);
}

}  // namespace dataknobs
