// SPDX-License-Identifier: Apache-2.0
#include "record/exact_sum.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

ExactSum sum_of(const std::vector<std::string>& numbers) {
  ExactSum sum;
  for (const std::string& number : numbers) sum.add(number::view(*Decimal::parse(number)));
  return sum;
}

TEST(ExactSumTest, KeepsEveryDigit) {
  EXPECT_EQ(ExactSum().total(), Decimal(0));
  EXPECT_EQ(sum_of({"0.10", "0.20"}).total().to_string(), "0.30");
  EXPECT_EQ(sum_of({"1e30", "1e-30", "-1e30"}).total(), *Decimal::parse("1e-30"));
  EXPECT_EQ(sum_of({"123456789012345678901234567890.5", "-0.5"}).total().to_string(),
            "123456789012345678901234567890.0");
  EXPECT_EQ(sum_of({"-7", "7"}).total(), Decimal(0));
  ExactSum sum;
  for (int i = 0; i < 1000; ++i) sum.add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(sum.total().to_string(), "9223372036854775807000");
  for (int i = 0; i < 1000; ++i) sum.add(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(sum.total().to_string(), "-1000");
}

TEST(ExactSumTest, RefusesWhatHasTooManyDigits) {
  EXPECT_EQ(sum_of({"1e20000", "1e-20000"}).total().exponent(), -20000);
  EXPECT_EQ(sum_of({"1e900000", "1e900000"}).total(), *Decimal::parse("2e900000"));
  EXPECT_THROW(sum_of({"1e900000", "1e-900000"}).total(), Error);
  EXPECT_THROW(sum_of({"9e1000000", "1e1000000"}).total(), Error);
}

TEST(ExactSumTest, DividesToTheNearestDouble) {
  EXPECT_EQ(sum_of({"1"}).divided_by(3), 1.0 / 3);
  EXPECT_EQ(sum_of({"-2"}).divided_by(3), -2.0 / 3);
  EXPECT_EQ(sum_of({"0.3"}).divided_by(2), 0.15);
  EXPECT_EQ(sum_of({"0.1", "0.2", "0.3"}).divided_by(3), 0.2);
  // Between two doubles, a hair above the middle: only what follows the 40th digit says so.
  EXPECT_EQ(sum_of({"9007199254740993", "1e-60"}).divided_by(1), 9007199254740994.0);
  EXPECT_EQ(sum_of({"9007199254740993"}).divided_by(1), 9007199254740992.0);
  EXPECT_EQ(ExactSum().divided_by(5), 0);
}

TEST(FloatSumTest, MakesRoundingGood) {
  FloatSum sum;
  for (int i = 0; i < 1'000'000; ++i) sum.add(0.1);
  EXPECT_EQ(sum.total(), 100000.0);
  FloatSum cancelled;
  for (const double value : {1.0, 1e100, 1.0, -1e100}) cancelled.add(value);
  EXPECT_EQ(cancelled.total(), 2.0);
  FloatSum infinite;
  infinite.add(INFINITY);
  infinite.add(1.0);
  EXPECT_EQ(infinite.total(), INFINITY);
  infinite.add(-INFINITY);
  EXPECT_TRUE(std::isnan(infinite.total()));
}

}  // namespace
}  // namespace dataknobs
