// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "conformance/generator.hpp"

namespace dataknobs::conformance {
namespace {

Value decimal(std::string_view text) {
  return Value(*Decimal::parse(text));
}
Value object(Json::Object members) {
  return Value(Json(std::move(members)));
}
Value array(Json::Array elements) {
  return Value(Json(std::move(elements)));
}

std::vector<Value> integers() {
  constexpr std::int64_t kTwo53 = 9007199254740992;
  std::vector<Value> values = {std::numeric_limits<std::int64_t>::min(),
                               std::numeric_limits<std::int64_t>::max(),
                               kTwo53,
                               kTwo53 + 1,
                               -kTwo53 - 1,
                               1'000'000,
                               2'147'483'648};
  for (int small = -3; small <= 10; ++small) values.emplace_back(small);
  return values;
}

std::vector<Value> floats() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {0.1,
          0.3,
          0.1 + 0.2,
          0.5,
          1.0,
          -0.0,
          2.0,
          -1.5,
          3.25,
          1e300,
          -1e300,
          5e-324,
          1e-7,
          9007199254740992.0,
          1e15,
          1e16,
          1e22,
          1e21,
          1e17,
          1234.5678,
          100.0,
          kInfinity,
          -kInfinity,
          std::nan(""),
          9223372036854775808.0,
          -9223372036854775808.0,
          static_cast<double>(0.1F),
          7.0};
}

std::vector<Value> decimals() {
  return {decimal("0.1"),
          decimal("1.00"),
          decimal("0.10"),
          decimal("1e-20"),
          decimal("9007199254740993"),
          decimal("9223372036854775808"),
          decimal("123456789012345678901234567890.123456789"),
          decimal("-0.5"),
          decimal("0.30000000000000004"),
          decimal("0"),
          decimal("7"),
          decimal("-3.000"),
          decimal("12.34"),
          decimal("0.1000000000000000055511151231257827"),
          decimal("1e30"),
          decimal("99999999999999999999.99")};
}

std::vector<Value> strings() {
  return {"",
          "a",
          "A",
          "abc",
          "ABC",
          "aBc",
          "ab%",
          "a_b",
          "a.c",
          "a\\b",
          "it's",
          "\"quoted\"",
          "b",
          "bc",
          "abcabc",
          "\u00e4",
          "\u00c4",
          "\u00df",
          "\u1e9e",
          "\u03c3",
          "\u03a3",
          "\u03c2",
          "\u212a",
          "k",
          "K",
          "\u017f",
          "S",
          "e\u0301",
          "\u00e9",
          "\u65e5\u672c\u8a9e",
          "\U0001f600",
          "\uffff",
          "007",
          "7",
          "1",
          "1.0",
          "true",
          "null",
          "2024-02-29",
          "2024-02-29T12:30:00Z",
          "12:30:00",
          "a\nb",
          "a ",
          " a",
          "\t",
          "--",
          "'; drop table x; --",
          "$1",
          "?",
          "{}",
          "[1]",
          "NaN",
          "Infinity",
          "00ff",
          std::string(300, 'x')};
}

std::vector<Value> binaries() {
  return {Binary{""},
          Binary{std::string("\0", 1)},
          Binary{"\xff"},
          Binary{std::string("\0\xff", 2)},
          Binary{"abc"},
          Binary{"\xde\xad\xbe\xef"},
          Binary{std::string(100, '\x7f')}};
}

std::vector<Value> datetimes() {
  return {DateTime{0},
          *parse_datetime("2024-02-29T12:30:00.123456Z"),
          *parse_datetime("2024-02-29"),
          *parse_datetime("2024-02-29T12:30:00Z"),
          *parse_datetime("1969-12-31T23:59:59.999999Z"),
          *parse_datetime("0001-01-01"),
          *parse_datetime("9999-12-31T23:59:59.999999Z"),
          DateTime::infinity(),
          DateTime::negative_infinity(),
          *parse_datetime("2024-03-01T00:00:00.001Z")};
}

std::vector<Value> dates() {
  return {Date{0},
          *parse_date("2024-02-29"),
          *parse_date("2024-03-01"),
          *parse_date("1969-12-31"),
          *parse_date("0001-01-01"),
          *parse_date("9999-12-31"),
          Date::infinity(),
          Date::negative_infinity()};
}

std::vector<Value> times() {
  return {Time{0}, *parse_time("12:30:00"), *parse_time("23:59:59.999999"), Time{86'400'000'000},
          *parse_time("00:00:00.000001")};
}

std::vector<Value> jsons() {
  return {object({}),
          array({}),
          object({{"a", 1}}),
          object({{"a", 1.0}, {"b", nullptr}}),
          object({{"a", "x"}}),
          object({{"a", object({{"b", array({1, 2.5, "x"})}})}}),
          object({{"b", 2}, {"a", 1}}),
          object({{"a", 1}, {"b", 2}}),
          array({"x", 1, nullptr}),
          array({"x", 1}),
          array({array({1}), object({})}),
          object({{"list", array({"a", "b", "7", 7, true})}}),
          object({{"a", nullptr}}),
          array({1, 2, 3}),
          object({{"it's", "q"}, {"x.y", 1}, {"$z", true}}),
          object({{"a", "\u00e4"}}),
          array({0.1, decimal("0.10")}),
          object({{"a", decimal("123456789012345678901234567890.5")}}),
          array({true, false}),
          array({nullptr})};
}

std::vector<Value> vectors() {
  return {Vector{}, Vector{1.0F, 2.0F, 3.0F}, Vector{0.5F, -0.25F}, Vector{0.1F}};
}

std::vector<Value> make(ValueType type) {
  switch (type) {
    case ValueType::null:
      return {nullptr};
    case ValueType::boolean:
      return {true, false};
    case ValueType::integer:
      return integers();
    case ValueType::floating:
      return floats();
    case ValueType::decimal:
      return decimals();
    case ValueType::string:
      return strings();
    case ValueType::binary:
      return binaries();
    case ValueType::datetime:
      return datetimes();
    case ValueType::date:
      return dates();
    case ValueType::time:
      return times();
    case ValueType::json:
      return jsons();
    case ValueType::vector:
      return vectors();
  }
  return {};
}

}  // namespace

const std::vector<Value>& pool(ValueType type) {
  static const std::vector<std::vector<Value>> pools = [] {
    std::vector<std::vector<Value>> all;
    for (int at = 0; at <= static_cast<int>(ValueType::vector); ++at)
      all.push_back(make(static_cast<ValueType>(at)));
    return all;
  }();
  return pools[static_cast<std::size_t>(type)];
}

}  // namespace dataknobs::conformance
