// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/value.hpp>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "record/json.hpp"

namespace dataknobs {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Value decimal(std::string_view text) {
  return Value(*Decimal::parse(text));
}

// Ascending by sort_order; the values of one line are equal.
std::vector<std::vector<Value>> ordered_values() {
  return {
      {false},
      {true},
      {-kInfinity},
      {decimal("-1e400")},
      {-9223372036854775808.0, decimal("-9223372036854776000")},
      {INT64_MIN, decimal("-9223372036854775808")},
      {-1.5, decimal("-1.50")},
      {0, 0.0, -0.0, decimal("0.000")},
      {5e-324, decimal("5e-324")},
      {0.1, decimal("0.1"), decimal("0.10")},
      {decimal("0.1000000000000000055511151231257827")},
      {0.10000000000000002},
      {1, 1.0, decimal("1.00"), decimal("100e-2")},
      {decimal("1.00000000000000000000001")},
      {9007199254740992, 9007199254740992.0},
      {9007199254740993, decimal("9007199254740993")},
      {4611686018427387904, 4611686018427387904.0, decimal("4611686018427387904")},
      {decimal("4611686018427388000")},
      {9223372036854774784.0, decimal("9223372036854774784")},
      {INT64_MAX, decimal("9223372036854775807"), 9223372036854775807UL},
      {9223372036854775808UL, decimal("9223372036854775808")},
      {9223372036854775808.0, decimal("9223372036854776000")},
      {1e19, decimal("1e19")},
      {1e300, decimal("1e300")},
      {decimal("1e400")},
      {kInfinity},
      {std::nan(""), -std::nan("1")},
      {""},
      {"10"},
      {"9"},
      {"a"},
      {"a\x7f"},
      {"\xc3\xa9"},
      {"\xef\xbf\xbf"},
      {"\xf0\x90\x80\x80"},
      {Binary{""}},
      {Binary{std::string("\0", 1)}},
      {Binary{"\xff"}},
      {DateTime::negative_infinity(), Date::negative_infinity()},
      {Date{INT32_MIN + 1}},
      {DateTime{INT64_MIN + 1}},
      {DateTime{-1}},
      {DateTime{0}, Date{0}},
      {DateTime{1}},
      {DateTime{86'400'000'000}, Date{1}},
      {DateTime{INT64_MAX - 1}},
      {Date{INT32_MAX - 1}},
      {DateTime::infinity(), Date::infinity()},
      {Time{0}},
      {Time{86'400'000'000}},
      {Value(), nullptr},
  };
}

TEST(Value, SortsByOneOrder) {
  auto order = ordered_values();
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      for (const Value& left : order[i]) {
        for (const Value& right : order[k]) {
          ASSERT_EQ(sort_order(left, right), i <=> k) << to_text(left) << " and " << to_text(right);
          ASSERT_EQ(left == right, i == k) << to_text(left) << " and " << to_text(right);
        }
      }
    }
  }
}

TEST(Value, ComparesOnlyWithinAClass) {
  auto order = ordered_values();
  auto class_of = [](const Value& value) {
    if (value.is_number()) return ValueType::integer;
    return value.type() == ValueType::date ? ValueType::datetime : value.type();
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      const Value& left = order[i].front();
      const Value& right = order[k].front();
      auto result = compare(left, right);
      if (left.is_null() || class_of(left) != class_of(right)) {
        EXPECT_FALSE(result.has_value()) << to_text(left) << " and " << to_text(right);
      } else {
        EXPECT_EQ(result, std::optional<std::strong_ordering>(i <=> k))
            << to_text(left) << " and " << to_text(right);
      }
    }
  }
}

TEST(Value, AcrossClassesNothingIsEqual) {
  EXPECT_NE(Value(1), Value(true));
  EXPECT_NE(Value(1), Value("1"));
  EXPECT_NE(Value("a"), Value(Binary{"a"}));
  EXPECT_NE(Value(0), Value());
  EXPECT_NE(Value(Date{0}), Value(0));
  EXPECT_NE(Value("1970-01-01"), Value(Date{0}));
}

TEST(Value, JsonIsDeeplyEqual) {
  struct Case {
    const char* left;
    const char* right;
    bool equal;
  } cases[] = {
      {"{}", "{}", true},
      {"{}", "[]", false},
      {R"({"a":1,"b":2})", R"({"b":2.0,"a":1})", true},
      {R"({"a":1,"b":null})", R"({"a":1})", true},
      {R"({"a":{"b":null}})", R"({"a":{}})", true},
      {R"({"a":null})", R"({"b":null})", true},
      {R"({"a":{}})", "{}", false},
      {"[null]", "[]", false},
      {"[1,2]", "[2,1]", false},
      {"[null,1]", "[null,1.0]", true},
      {R"(["1"])", "[1]", false},
      {R"({"a":1,"b":2})", R"({"a":1,"c":2})", false},
  };
  for (const Case& test : cases) {
    Value left = parse_json(test.left);
    Value right = parse_json(test.right);
    EXPECT_EQ(left == right, test.equal) << test.left << " and " << test.right;
    EXPECT_EQ(right == left, test.equal) << test.left << " and " << test.right;
    EXPECT_EQ(compare(left, right).has_value(), test.equal) << test.left << " and " << test.right;
    EXPECT_EQ(sort_order(left, right) == std::strong_ordering::equal, test.equal)
        << test.left << " and " << test.right;
  }
}

TEST(Value, AVectorIsTheArrayOfItsNumbers) {
  Value vector(Vector{1.0F, 0.5F});
  EXPECT_EQ(vector, parse_json("[1,0.50]"));
  EXPECT_EQ(parse_json("[1,0.5]"), vector);
  EXPECT_NE(vector, parse_json("[1]"));
  EXPECT_NE(vector, parse_json(R"([1,"0.5"])"));
  EXPECT_NE(Value(Vector{0.1F}), parse_json("[0.1]"));
  EXPECT_EQ(Value(Vector{0.1F}), parse_json("[0.10000000149011612]"));
  EXPECT_EQ(Value(Vector{std::nanf("")}), Value(Vector{std::nanf("")}));
  EXPECT_EQ(Value(Vector{0.0F}), Value(Vector{-0.0F}));
  EXPECT_EQ(Value(Vector{}), parse_json("[]"));
}

TEST(Value, NamesAndText) {
  for (int i = 0; i < 12; ++i) {
    auto type = static_cast<ValueType>(i);
    EXPECT_EQ(value_type_from_string(to_string(type)), type);
  }
  EXPECT_EQ(value_type_from_string("text"), ValueType::string);
  EXPECT_FALSE(value_type_from_string("colour").has_value());
  EXPECT_EQ(to_text(Value()), "null");
  EXPECT_EQ(to_text(Value("a\"b")), "a\"b");
  EXPECT_EQ(to_text(Value(1.0)), "1.0");
  EXPECT_EQ(to_text(Value(-kInfinity)), "-Infinity");
  EXPECT_EQ(to_text(Value(Binary{"\x01\xff"})), "01ff");
  EXPECT_EQ(to_text(Value(Date{0})), "1970-01-01");
  EXPECT_EQ(to_text(parse_json("{\"a\": [1]}")), "{\"a\":[1]}");
}

}  // namespace
}  // namespace dataknobs
