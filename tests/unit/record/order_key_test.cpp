// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "record/order_key.hpp"

namespace dataknobs {
namespace {

std::vector<Value> values() {
  std::vector<Value> result{Value(false),
                            Value(true),
                            Value(""),
                            Value("a"),
                            Value("ab"),
                            Value("b"),
                            Value("B"),
                            Value(std::string("a\0", 2)),
                            Value("\xf0\x9f\xa6\x86"),
                            Value("\xef\xbf\xbd"),
                            Value("10"),
                            Value("9"),
                            Value(Binary{""}),
                            Value(Binary{"a"}),
                            Value(Binary{std::string("\0", 1)}),
                            Value(Binary{"\xff"}),
                            Value(DateTime{0}),
                            Value(DateTime{-1}),
                            Value(DateTime{1}),
                            Value(DateTime::infinity()),
                            Value(DateTime::negative_infinity()),
                            Value(DateTime{86'400'000'000}),
                            Value(Date{0}),
                            Value(Date{1}),
                            Value(Date{-1}),
                            Value(Date::infinity()),
                            Value(Date::negative_infinity()),
                            Value(Date{INT32_MAX - 1}),
                            Value(Date{INT32_MIN + 1}),
                            Value(DateTime{INT64_MAX - 1}),
                            Value(DateTime{INT64_MIN + 1}),
                            Value(Time{0}),
                            Value(Time{1}),
                            Value(Time{86'400'000'000}),
                            Value(Json()),
                            Value(Json(Json::Array{Value(1)})),
                            Value(Json(Json::Array{Value(2)})),
                            Value(Vector{1.0F}),
                            Value(Vector{})};
  for (const std::int64_t number :
       {INT64_MIN, INT64_MAX, std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{10},
        std::int64_t{9}, std::int64_t{100}, std::int64_t{-10}, std::int64_t{9007199254740993}}) {
    result.emplace_back(number);
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double number :
       {0.5, -0.5, 0.05, -0.0, 1.0, 1e300, -1e300, 5e-324, 9223372036854775808.0, -9223372036854775808.0,
        kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN(), 9007199254740992.0}) {
    result.emplace_back(number);
  }
  for (const char* text :
       {"0.1", "0.10", "0.01", "-0.1", "-0.11", "123.456", "1e400", "-1e400", "1e-400", "1.5", "15",
        "9223372036854775807.5", "-9223372036854775808.5", "9007199254740992.5", "0.00", "1.000"}) {
    result.emplace_back(*Decimal::parse(text));
  }
  return result;
}

TEST(OrderKey, SortsAsTheValuesDo) {
  for (const Value& left : values()) {
    for (const Value& right : values()) {
      std::string left_key;
      std::string right_key;
      append_order_key(left_key, left);
      append_order_key(right_key, right);
      EXPECT_EQ(left_key <=> right_key, sort_order(left, right))
          << to_text(left) << " (" << to_string(left.type()) << ") and " << to_text(right) << " ("
          << to_string(right.type()) << ")";
    }
  }
}

}  // namespace
}  // namespace dataknobs
