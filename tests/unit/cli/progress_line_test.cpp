// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "progress.hpp"

namespace dataknobs::cli {
namespace {

using namespace std::chrono_literals;

Progress copying(std::uint64_t read, std::optional<std::uint64_t> total, bool exact) {
  Progress progress;
  progress.stage = TransferStage::copying;
  progress.read = read;
  progress.total_records = total;
  progress.total_exact = exact;
  progress.stage_elapsed = 2s;
  return progress;
}

TEST(ProgressLine, HasABarTheRateAndTheTimeThatIsLeft) {
  EXPECT_EQ(progress_line(copying(250, 1000, true), true, 200),
            "copying     [######                  ]   25 %  250 records  125/s  6 s left");
  EXPECT_EQ(progress_line(copying(250, 1000, true), false, 200),
            "copying      25 %  250 records  125/s  6 s left");
}

TEST(ProgressLine, SaysThatAnEstimateIsOne) {
  EXPECT_EQ(progress_line(copying(20'000, 20'000'000, false), false, 200),
            "copying       0 %  20 K records  10 K/s  about 33 min left");
}

TEST(ProgressLine, TellsNoTimeThatIsNotKnown) {
  EXPECT_EQ(progress_line(copying(250, std::nullopt, false), true, 200), "copying     250 records  125/s");
  EXPECT_EQ(progress_line(copying(0, 1000, true), false, 200), "copying       0 %  0 records");
  EXPECT_EQ(progress_line(copying(1000, 1000, true), false, 200), "copying     100 %  1000 records  500/s");
  EXPECT_EQ(progress_line(Progress(), true, 200), "planning");
}

TEST(ProgressLine, IsCutToTheTerminal) {
  EXPECT_EQ(progress_line(copying(250, 1000, true), true, 12), "copying     ");
}

}  // namespace
}  // namespace dataknobs::cli
