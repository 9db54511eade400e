// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <dataknobs/progress.hpp>

#include "transfer/progress_meter.hpp"

namespace dataknobs {
namespace {

using namespace std::chrono_literals;

Progress at(TransferStage stage, std::uint64_t read, std::chrono::nanoseconds stage_elapsed) {
  Progress progress;
  progress.stage = stage;
  progress.read = read;
  progress.stage_elapsed = stage_elapsed;
  progress.resumed = 400;
  return progress;
}

TEST(Progress, RateIsThatOfThisCallAndThisStage) {
  EXPECT_DOUBLE_EQ(at(TransferStage::copying, 1400, 2s).rate(), 500);
  EXPECT_DOUBLE_EQ(at(TransferStage::proving, 1000, 2s).rate(), 500);
  EXPECT_DOUBLE_EQ(at(TransferStage::comparing, 1000, 4s).rate(), 250);
}

TEST(Progress, RateIsNotToldBeforeItIsKnown) {
  EXPECT_EQ(at(TransferStage::copying, 400, 2s).rate(), 0);
  EXPECT_EQ(at(TransferStage::copying, 0, 2s).rate(), 0);
  EXPECT_EQ(at(TransferStage::proving, 0, 2s).rate(), 0);
  EXPECT_EQ(at(TransferStage::copying, 5000, 1ms).rate(), 0);
  EXPECT_EQ(at(TransferStage::publishing, 5000, 2s).rate(), 0);
}

TEST(Progress, FractionOfAnEstimateNeverClaimsTheEnd) {
  Progress progress = at(TransferStage::copying, 1000, 2s);
  EXPECT_FALSE(progress.fraction().has_value());
  progress.total_records = 500;
  EXPECT_DOUBLE_EQ(*progress.fraction(), 0.99);
  progress.total_exact = true;
  EXPECT_DOUBLE_EQ(*progress.fraction(), 1);
}

TEST(ProgressMeter, TellsTheEndOfAStageBeforeTheNextOneBegins) {
  std::vector<Progress> seen;
  ProgressMeter meter([&seen](const Progress& progress) { seen.push_back(progress); });
  meter.begin(TransferStage::copying, 1000, false);
  // Too soon after the beginning to be told by itself.
  meter.now().read = 880;
  meter.tick();
  meter.begin(TransferStage::proving, std::nullopt, true);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].stage, TransferStage::copying);
  EXPECT_EQ(seen[1].read, 880U);
  EXPECT_EQ(seen[1].fraction(), 1.0);
  EXPECT_EQ(seen[2].stage, TransferStage::proving);
  EXPECT_EQ(seen[2].read, 0U);
}

}  // namespace
}  // namespace dataknobs
