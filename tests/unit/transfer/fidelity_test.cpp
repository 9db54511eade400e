// SPDX-License-Identifier: Apache-2.0
#include "transfer/fidelity.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "record/json.hpp"

namespace dataknobs {
namespace {

FieldType integer_of(int width) {
  return FieldType(ValueType::integer).set_width(width);
}
FieldType floating_of(int width) {
  return FieldType(ValueType::floating).set_width(width);
}
FieldType decimal_of(int precision, int scale) {
  return FieldType(ValueType::decimal).set_precision(precision, scale);
}
FieldType text(int length) {
  return FieldType(ValueType::string).set_length(length);
}
FieldType logical(ValueType kind, const char* name) {
  return FieldType(kind).set_logical(name);
}

TEST(Fidelity, OfTypes) {
  struct Case {
    FieldType source;
    FieldType target;
    Exactness expected;
  };
  using enum ValueType;
  const std::vector<Case> cases = {
      {integer_of(64), integer_of(64), Exactness::exact},
      {integer_of(16), integer_of(32), Exactness::exact},
      {integer_of(64), integer_of(32), Exactness::exact_if},
      {integer_of(32), floating_of(64), Exactness::exact},
      {integer_of(64), floating_of(64), Exactness::exact_if},
      {integer_of(32), floating_of(32), Exactness::exact_if},
      {integer_of(16), floating_of(32), Exactness::exact},
      {integer_of(64), decimal, Exactness::exact},
      {integer_of(64), decimal_of(5, 0), Exactness::exact_if},
      {floating, integer_of(64), Exactness::exact_if},
      {floating_of(32), floating_of(64), Exactness::exact},
      {floating_of(64), floating_of(32), Exactness::exact_if},
      {decimal, decimal, Exactness::exact},
      {decimal_of(10, 2), decimal, Exactness::exact},
      {decimal, decimal_of(10, 2), Exactness::exact_if},
      {decimal_of(10, 2), decimal_of(12, 2), Exactness::exact},
      {decimal_of(10, 2), decimal_of(11, 4), Exactness::exact_if},
      {decimal_of(10, 4), decimal_of(20, 2), Exactness::exact_if},
      {string, string, Exactness::exact},
      {string, text(5), Exactness::exact_if},
      {text(4), text(5), Exactness::exact},
      {string, logical(string, "uuid"), Exactness::exact_if},
      {logical(string, "uuid"), string, Exactness::exact},
      {string, integer_of(64), Exactness::exact_if},
      {integer_of(64), string, Exactness::encoded},
      {binary, string, Exactness::encoded},
      {string, binary, Exactness::impossible},
      {json, string, Exactness::encoded},
      {vector, json, Exactness::exact},
      {json, vector, Exactness::impossible},
      {boolean, integer_of(64), Exactness::impossible},
      {integer_of(64), boolean, Exactness::impossible},
      {date, datetime, Exactness::encoded},
      {datetime, date, Exactness::exact_if},
      {datetime, time, Exactness::impossible},
      {logical(datetime, "naive"), datetime, Exactness::lossy},
      {logical(datetime, "naive"), logical(datetime, "naive"), Exactness::exact},
      {datetime, logical(datetime, "naive"), Exactness::encoded},
      {json, FieldType(), Exactness::exact},
      {FieldType(), integer_of(64), Exactness::exact_if},
      {FieldType(), FieldType(), Exactness::exact},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(classify(c.source, c.target).exactness(), c.expected)
        << c.source.to_string() << " to " << c.target.to_string();
  }
}

TEST(Fidelity, OfValues) {
  using enum ValueType;
  struct Case {
    Value value;
    FieldType target;
    std::optional<Value> expected;
  };
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  const std::optional<Value> none;
  const std::vector<Case> cases = {
      {Value(), integer_of(16), Value()},
      {Value(32767), integer_of(16), Value(32767)},
      {Value(32768), integer_of(16), none},
      {Value(-32768), integer_of(16), Value(-32768)},
      {Value(-32769), integer_of(16), none},
      {Value(INT64_MIN), integer_of(64), Value(INT64_MIN)},
      {Value(beyond), floating, none},
      {Value(beyond - 1), floating, Value(static_cast<double>(beyond - 1))},
      {Value(1.5), integer_of(64), none},
      {Value(2.0), integer_of(64), Value(2)},
      {Value(1e300), integer_of(64), none},
      {Value(std::nan("")), integer_of(64), none},
      {Value(0.1), decimal, Value(*Decimal::parse("0.1"))},
      {Value(*Decimal::parse("0.1")), floating, Value(0.1)},
      {Value(*Decimal::parse("0.12345678901234567890")), floating, none},
      {Value(0.1), floating_of(32), none},
      {Value(0.5), floating_of(32), Value(0.5)},
      {Value(*Decimal::parse("12345678.90")), decimal_of(10, 2), Value(*Decimal::parse("12345678.9"))},
      {Value(*Decimal::parse("123456789.0")), decimal_of(10, 2), none},
      {Value(*Decimal::parse("0.005")), decimal_of(10, 2), none},
      {Value(*Decimal::parse("0.0500")), decimal_of(10, 2), Value(*Decimal::parse("0.05"))},
      {Value(*Decimal::parse("1e7")), decimal_of(10, 2), Value(10'000'000)},
      {Value(*Decimal::parse("1e8")), decimal_of(10, 2), none},
      {Value("007"), integer_of(64), none},
      {Value("7"), integer_of(64), Value(7)},
      {Value("+7"), integer_of(64), none},
      {Value("true"), boolean, Value(true)},
      {Value("True"), boolean, none},
      {Value("2024-02-29"), date, Value(*parse_date("2024-02-29"))},
      {Value("2024-02-30"), date, none},
      {Value(17), string, Value("17")},
      {Value("\u00e4\u00f6\u00fc"), text(3), Value("\u00e4\u00f6\u00fc")},
      {Value("\u00e4\u00f6\u00fcx"), text(3), none},
      {Value("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), logical(string, "uuid"), none},
      {Value("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), logical(string, "uuid"),
       Value("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
      {Value(Date{1}), datetime, Value(DateTime{86'400'000'000})},
      {Value(DateTime{86'400'000'001}), date, none},
      {Value(DateTime{-86'400'000'000}), date, Value(Date{-1})},
      {Value(Date::infinity()), datetime, Value(DateTime::infinity())},
      {Value(true), integer_of(64), none},
      {Value("x"), FieldType(), Value("x")},
      {Value("{\"a\":1}"), json, parse_json("{\"a\":1}")},
      {Value("1"), json, none},
      {Value("{"), json, none},
      {Value(Vector{1.0F, 2.5F}), json, parse_json("[1.0,2.5]")},
  };
  for (const Case& c : cases) {
    const std::optional<Value> result = convert_value(c.value, c.target);
    ASSERT_EQ(result.has_value(), c.expected.has_value())
        << to_text(c.value) << " as " << c.target.to_string();
    if (!result) continue;
    EXPECT_EQ(*result, *c.expected) << to_text(c.value) << " as " << c.target.to_string();
    if (c.target.is_any() || result->is_null()) continue;
    EXPECT_EQ(result->type(), c.target.kind()) << to_text(c.value);
  }
}

TEST(Fidelity, NonFiniteNumbersStayWhatTheyAreBesideDecimals) {
  const Value infinity(std::numeric_limits<double>::infinity());
  EXPECT_EQ(convert_value(infinity, FieldType(ValueType::decimal)), infinity);
}

}  // namespace
}  // namespace dataknobs
