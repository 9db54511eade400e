// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <dataknobs/decimal.hpp>

namespace dataknobs {
namespace {

Decimal decimal(std::string_view text) {
  std::optional<Decimal> parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Decimal());
}

TEST(Decimal, PrintsWhatItWasGiven) {
  const std::string zeros(60, '0');
  struct Case {
    std::string text;
    std::string printed;
  } cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"0.00", "0.00"},
      {"0e5", "0"},
      {"1.50", "1.50"},
      {"+1.50", "1.50"},
      {"-12.5", "-12.5"},
      {"007", "7"},
      {"0.001", "0.001"},
      {"00.0010", "0.0010"},
      {"1e3", "1000"},
      {"1E+3", "1000"},
      {"15e-1", "1.5"},
      {"1.5e-3", "0.0015"},
      {"1e60", "1" + zeros},
      {"1e61", "1e+61"},
      {"1.25e400", "1.25e+400"},
      {"1e-60", "0." + zeros.substr(1) + "1"},
      {"1e-62", "1e-62"},
      {"-1.50e-300", "-1.50e-300"},
      {"1e1000000", "1e+1000000"},
      {"123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(decimal(test.text).to_string(), test.printed) << test.text;
    EXPECT_EQ(decimal(test.printed), decimal(test.text)) << test.text;
  }
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text : {"",      "-",     "+",         ".",          ".5",
                           "5.",    "1e",    "1e+",       "--1",        "1 ",
                           " 1",    "1_000", "0x10",      "NaN",        "inf",
                           "1.2.3", "1e1.5", "1e1000001", "1e-1000001", "1e99999999999999999999",
                           "1,5"}) {
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
  }
  EXPECT_EQ(decimal("0e99999999999999999999"), Decimal());
  EXPECT_EQ(decimal("0e-99999999999999999999"), Decimal());
}

TEST(Decimal, ComparesByValue) {
  // Ascending; equal ones in one line.
  const std::vector<std::vector<std::string>> order = {
      {"-1e400"},
      {"-10.5", "-10.50", "-105e-1"},
      {"-10"},
      {"-1e-400"},
      {"0", "0.00", "-0", "0e7"},
      {"1e-1000000"},
      {"0.1", "0.10", "1e-1"},
      {"0.100000000000000000000000000000001"},
      {"0.2"},
      {"9.99"},
      {"10", "1e1", "10.0", "1000e-2"},
      {"10.0000000000000000001"},
      {"99999999999999999999"},
      {"100000000000000000000", "1e20"},
      {"1e1000000"},
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      for (const std::string& left : order[i]) {
        for (const std::string& right : order[k]) {
          EXPECT_EQ(decimal(left) <=> decimal(right), i <=> k) << left << " and " << right;
        }
      }
    }
  }
}

TEST(Decimal, TakesTheShortestFormOfADouble) {
  struct Case {
    double value;
    const char* text;
  } cases[] = {
      {0.1, "0.1"},
      {-0.0, "0"},
      {1e22, "10000000000000000000000"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {4611686018427387904.0, "4611686018427387904"},    // 2^62: the exact integer
      {9223372036854774784.0, "9223372036854774784"},    // the last one below 2^63
      {9223372036854775808.0, "9223372036854776000"},    // 2^63: the shortest form
      {-9223372036854775808.0, "-9223372036854776000"},  // the same with a sign
      {0.30000000000000004, "0.30000000000000004"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Decimal::from_double(test.value).to_string(), test.text);
    EXPECT_EQ(Decimal::from_double(test.value).to_double(), test.value);
  }
}

TEST(Decimal, ConvertsToDoubleAndInteger) {
  EXPECT_EQ(decimal("1e400").to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(decimal("-1e400").to_double(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(decimal("1e-400").to_double(), 0.0);
  EXPECT_EQ(decimal("9007199254740993").to_double(), 9007199254740992.0);  // a tie, to even
  EXPECT_EQ(decimal("0.1000000000000000055511151231257827").to_double(), 0.1);
  struct Case {
    const char* text;
    std::optional<std::int64_t> integer;
  } cases[] = {
      {"0", 0},
      {"0.00", 0},
      {"1.50", std::nullopt},
      {"1.00", 1},
      {"12e3", 12000},
      {"9223372036854775807", INT64_MAX},
      {"9223372036854775807.000", INT64_MAX},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775808", INT64_MIN},
      {"-9223372036854775809", std::nullopt},
      {"1e18", 1'000'000'000'000'000'000},
      {"1e19", std::nullopt},
      {"1e1000000", std::nullopt},
      {"100e-2", 1},
  };
  for (const Case& test : cases) EXPECT_EQ(decimal(test.text).to_int64(), test.integer) << test.text;
  for (std::int64_t value :
       {INT64_MIN, INT64_MIN + 1, std::int64_t{-1}, std::int64_t{0}, std::int64_t{10}, INT64_MAX}) {
    EXPECT_EQ(Decimal(value).to_int64(), value);
    EXPECT_EQ(Decimal(value).to_string(), std::to_string(value));
  }
}

TEST(Decimal, NormalizedHasNoTrailingZeros) {
  EXPECT_EQ(decimal("1.500").normalized().to_string(), "1.5");
  EXPECT_EQ(decimal("1500").normalized().digits(), "15");
  EXPECT_EQ(decimal("1500").normalized().exponent(), 2);
  EXPECT_EQ(decimal("0.000").normalized().exponent(), 0);
  EXPECT_FALSE(decimal("-0.0").negative());
}

}  // namespace
}  // namespace dataknobs
