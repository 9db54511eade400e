// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backends/sqlite/functions.hpp"

namespace dataknobs::sqlite {
namespace {

std::vector<Value> values() {
  std::vector<Value> result{Value(false),
                            Value(true),
                            Value(INT64_MIN),
                            Value(INT64_MAX),
                            Value(0),
                            Value(1),
                            Value(-1),
                            Value(10),
                            Value(9),
                            Value(100),
                            Value(-10),
                            Value(0.5),
                            Value(-0.5),
                            Value(0.05),
                            Value(-0.0),
                            Value(1.0),
                            Value(1e300),
                            Value(-1e300),
                            Value(5e-324),
                            Value(9223372036854775808.0),
                            Value(-9223372036854775808.0),
                            Value(std::numeric_limits<double>::infinity()),
                            Value(-std::numeric_limits<double>::infinity()),
                            Value(std::numeric_limits<double>::quiet_NaN()),
                            Value(9007199254740993),
                            Value(9007199254740992.0),
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
}  // namespace dataknobs::sqlite
