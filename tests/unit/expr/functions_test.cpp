// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic and functions, table by table. What a user is to know of them has its examples in docs/semantics.md.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>
#include <dataknobs/functions.hpp>

#include "expr/case_mapping.hpp"
#include "expr/evaluate.hpp"

namespace dataknobs {
namespace {

struct Case {
  std::string_view operand;
  std::string_view value;
};

// A value of every class.
Record sample() {
  Record record{{"i", 7},
                {"f", 0.5},
                {"d", *Decimal::parse("1.50")},
                {"s", "abc"},
                {"b", true},
                {"x", Binary{"\x01"}},
                {"day", Date{19782}},
                {"t", Time{1}},
                {"l", Json(Json::Array{1, 2})},
                {"o", Json(Json::Object{{"k", 1}})},
                {"v", Vector{1.5F}},
                {"at", DateTime{1'709'210'096'000'001}}};
  return record.set_id("1");
}

std::string value_of(std::string_view operand, const Record& record = sample()) {
  Expression parsed = parse_expression(std::string(operand) + " exists").operands().front();
  return Expression::literal(ValueEvaluator(parsed, FieldResolution::document()).evaluate(record))
      .to_string();
}

void check(const std::vector<Case>& cases) {
  for (const Case& entry : cases) {
    try {
      EXPECT_EQ(value_of(entry.operand), entry.value) << entry.operand;
    } catch (const QueryError& error) {
      ADD_FAILURE() << entry.operand << ": " << error.what();
    }
  }
}

TEST(Functions, ArithmeticOverflowsIntoDecimals) {
  check({{"9223372036854775807 + 1", "9223372036854775808"},
         {"-9223372036854775808 - 1", "-9223372036854775809"},
         {"9223372036854775807 * 9223372036854775807", "85070591730234615847396907784232501249"},
         {"-9223372036854775808 div -1", "9223372036854775808"},
         {"-9223372036854775808 % -1", "0"},
         {"-(-9223372036854775808)", "9223372036854775808"},
         {"9223372036854775807 + 0.0", "9223372036854776000.0"},
         {"9223372036854775807 + decimal '0.5'", "9223372036854775807.5"},
         {"0 - 9223372036854775807 - 1", "-9223372036854775808"}});
}

TEST(Functions, DecimalsAreExact) {
  check({{"d + 0.1", "decimal '1.60'"},
         {"d - 1.5", "decimal '0.00'"},
         {"d * d", "decimal '2.2500'"},
         {"decimal '1' / 3", "0.33333333333333333333333333333333333333"},
         {"decimal '2' / 3", "0.66666666666666666666666666666666666667"},
         {"decimal '-2' / 3", "-0.66666666666666666666666666666666666667"},
         {"decimal '6.00' / 3", "decimal '2'"},
         {"decimal '1e60' / 7", "142857142857142857142857142857142857140000000000000000000000"},
         // Halves go to the even digit.
         {"100000000000000000000000000000000000000.5 / 1", "100000000000000000000000000000000000000"},
         {"200000000000000000000000000000000000002.5 / 2", "100000000000000000000000000000000000000"},
         {"decimal '-7.5' div 2", "decimal '-3'"},
         {"decimal '-7.5' % 2", "decimal '-1.5'"},
         {"decimal '7.5' % -2", "decimal '1.5'"},
         {"decimal '0' / 5", "decimal '0'"},
         {"d / 0", "null"},
         {"d % 0.0", "null"},
         {"d div decimal '0.0'", "null"},
         {"d + float 'Infinity'", "float 'Infinity'"},
         {"d * float 'NaN'", "float 'NaN'"},
         {"decimal '1e900000' * decimal '1e900000'", "null"},
         {"decimal '1e900000' + 1", "null"},
         {"decimal '1e900000' + decimal '0'", "1e+900000"},
         {"decimal '1e-900000' div 3", "decimal '0'"}});
}

TEST(Functions, FloatsFollowIeeeButForNaN) {
  check({{"0.1 + 0.2", "0.30000000000000004"},
         {"i / 2", "3.5"},
         {"1e308 * 10", "float 'Infinity'"},
         {"f / 0", "null"},
         {"f / -0.0", "null"},
         {"7.5 div 2", "3.0"},
         {"-7.5 div 2", "-3.0"},
         {"-7.5 % 2", "-1.5"},
         {"float 'Infinity' - float 'Infinity'", "null"},
         {"float 'Infinity' * 0", "null"},
         {"float 'Infinity' % 2", "null"},
         {"float 'NaN' - float 'NaN'", "float 'NaN'"},
         {"float 'NaN' / 0", "null"},
         {"sqrt(float 'NaN')", "float 'NaN'"},
         {"power(-8, 0.5)", "null"},
         {"power(0, -1)", "null"},
         {"ln(-1)", "null"},
         {"ln(0)", "null"},
         {"exp(1000)", "float 'Infinity'"}});
}

TEST(Functions, RoundingIsOfTheDecimalThatPrints) {
  check({{"round(0.5)", "1.0"},
         {"round(-0.5)", "-1.0"},
         {"round(2.5)", "3.0"},
         {"round(0.285, 2)", "0.29"},
         {"round(1250, -2)", "1300"},
         {"round(1249, -2)", "1200"},
         {"round(49, -2)", "0"},
         {"round(50, -2)", "100"},
         {"round(7, 3)", "7"},
         {"round(9223372036854775807, -1)", "9223372036854775810"},
         {"round(decimal '0.995', 2)", "decimal '1.00'"},
         {"round(decimal '1.5', 5)", "decimal '1.5'"},
         {"round(1.5, 0.5)", "null"},
         {"round(1.5, 9223372036854775807)", "1.5"},
         {"round(1.5, -9223372036854775808)", "0.0"},
         {"floor(-0.1)", "-1.0"},
         {"ceil(0.1)", "1.0"},
         {"ceil(-0.9)", "0.0"},
         {"floor(decimal '-1e-30')", "decimal '-1'"},
         {"ceil(decimal '1e-30')", "decimal '1'"},
         {"trunc(decimal '-9.99')", "decimal '-9'"},
         {"floor(float 'Infinity')", "float 'Infinity'"},
         {"sign(float 'NaN')", "float 'NaN'"},
         {"sign(decimal '-0.1')", "-1"},
         {"abs(decimal '-0.1')", "decimal '0.1'"}});
}

TEST(Functions, AnotherClassGivesNull) {
  // Functions that take numbers, texts, dates: of every other class they have no answer, and of null neither.
  for (std::string_view field : {"s", "b", "x", "day", "t", "l", "o", "v", "at", "none"}) {
    for (std::string_view call :
         {"{} + 1", "1 - {}", "-{}", "{} % 2", "abs({})", "round({})", "round(1.5, {})", "sqrt({})",
          "power(2, {})", "substring('abc', {})", "repeat('a', {})"}) {
      std::string text(call);
      text.replace(text.find("{}"), 2, field);
      EXPECT_EQ(value_of(text), "null") << text;
    }
  }
  for (std::string_view field : {"i", "f", "d", "b", "x", "day", "t", "l", "o", "v", "at", "none"}) {
    for (std::string_view call :
         {"upper({})", "trim({})", "left({}, 1)", "replace('a', 'a', {})", "concat('a', {})",
          "position({}, 'a')", "split_part('a', {}, 1)", "lpad('a', 2, {})"}) {
      std::string text(call);
      text.replace(text.find("{}"), 2, field);
      EXPECT_EQ(value_of(text), "null") << text;
    }
  }
  for (std::string_view field : {"i", "f", "d", "s", "b", "x", "l", "o", "v", "none"}) {
    for (std::string_view call : {"year({})", "hour({})", "date_trunc('day', {})", "date_add('day', 1, {})",
                                  "date_diff('day', day, {})"}) {
      std::string text(call);
      text.replace(text.find("{}"), 2, field);
      EXPECT_EQ(value_of(text), "null") << text;
    }
  }
  check({{"year(t)", "null"},
         {"length(i)", "null"},
         {"length(day)", "null"},
         {"length(v)", "1"},
         {"keys(l)", "null"},
         {"keys(s)", "null"},
         {"length(x)", "1"},
         {"typeof(x)", "'binary'"},
         {"typeof(v)", "'list'"},
         {"typeof(day)", "'datetime'"},
         {"typeof(f)", "'number'"},
         {"typeof(b)", "'boolean'"},
         {"greatest(l, l)", "null"},
         {"least(i, s)", "null"},
         {"greatest(day, at)", "datetime '2024-02-29T12:34:56.000001Z'"}});
}

TEST(Functions, TextsCountCodePoints) {
  check({{"substring('\u00e4bc', 2, 1)", "'b'"},
         {"substring('abc', -5)", "'abc'"},
         {"substring('abc', -1, 3)", "'a'"},
         {"substring('abc', 9)", "''"},
         {"substring('abc', -9223372036854775808, 9223372036854775807)", "''"},
         {"substring('abc', 1, 9223372036854775807)", "'abc'"},
         {"left('\U0001f600x', 1)", "'\U0001f600'"},
         {"left('abc', -9223372036854775808)", "''"},
         {"right('abc', -1)", "'bc'"},
         {"right('abc', 9)", "'abc'"},
         {"right('abc', 0)", "''"},
         {"reverse('a\u00e4\U0001f600')", "'\U0001f600\u00e4a'"},
         {"trim('   ')", "''"},
         {"trim('')", "''"},
         {"ltrim('\u00e4\u00e4b\u00e4', '\u00e4')", "'b\u00e4'"},
         {"trim('\tx')", "'\tx'"},
         {"trim('abc', '')", "'abc'"},
         {"lpad('abc', 5, 'xy')", "'xyabc'"},
         {"lpad('abc', 6, 'xy')", "'xyxabc'"},
         {"lpad('abc', 5, '')", "'abc'"},
         {"lpad('abc', -1)", "''"},
         {"rpad('abc', 99999999999)", "null"},
         {"repeat('ab', 99999999)", "null"},
         {"repeat('', 9223372036854775807)", "''"},
         {"replace('abc', '', 'x')", "'abc'"},
         {"replace('aXbX', 'X', '')", "'ab'"},
         {"position('\u00e4bc', 'c')", "3"},
         {"position('abc', '')", "1"},
         {"split_part('a--b', '-', 2)", "''"},
         {"split_part('abc', '', 1)", "'abc'"},
         {"split_part('a,b', ',', 0)", "null"},
         {"split_part('a,b', ',', -3)", "''"}});
}

TEST(Functions, CaseMapsCodePointByCodePoint) {
  EXPECT_EQ(to_upper("stra\u00dfe \u00e4 \u0149 \u1f80 \ufb01"), "STRA\u00dfE \u00c4 \u0149 \u1f88 \ufb01");
  EXPECT_EQ(to_lower("\u0130 \u03a3 \u1e9e \U00010400"), "i \u03c3 \u00df \U00010428");
  EXPECT_EQ(to_upper("\x80 a"), "\x80 A");
}

TEST(Functions, DatesReachTheirLimits) {
  check({{"date_trunc('week', date '2024-03-03')", "date '2024-02-26'"},
         {"date_trunc('week', date '1969-12-31')", "date '1969-12-29'"},
         {"date_trunc('millisecond', at)", "datetime '2024-02-29T12:34:56Z'"},
         {"date_trunc('day', datetime '1969-12-31T23:59:59.999999Z')", "datetime '1969-12-31T00:00:00Z'"},
         {"date_trunc('year', datetime '-0001-07-01T00:00:00Z')", "datetime '-0001-01-01T00:00:00Z'"},
         {"date_add('month', -1, date '2024-03-31')", "date '2024-02-29'"},
         {"date_add('year', 1, date '2024-02-29')", "date '2025-02-28'"},
         {"date_add('quarter', 2, date '2023-08-31')", "date '2024-02-29'"},
         {"date_add('day', 1, datetime 'infinity')", "datetime 'infinity'"},
         {"date_add('day', 9223372036854775807, at)", "null"},
         {"date_add('microsecond', 9223372036854775807, at)", "null"},
         {"date_add('microsecond', -9223372036854775808, date_add('day', 106751992, date '1970-01-01'))",
          "datetime '1970-01-01T19:59:05.224192Z'"},
         {"date_add('month', 9223372036854775807, at)", "null"},
         {"date_add('day', 0.5, at)", "null"},
         {"date_add('microsecond', -1, date '1970-01-01')", "datetime '1969-12-31T23:59:59.999999Z'"},
         {"date_add('hour', 24, date '1970-01-01')", "datetime '1970-01-02T00:00:00Z'"},
         {"date_diff('month', date '2024-01-31', date '2024-02-01')", "1"},
         {"date_diff('week', date '2024-03-03', date '2024-03-04')", "1"},
         {"date_diff('hour', datetime '1969-12-31T23:59:00Z', datetime '1970-01-01T00:01:00Z')", "1"},
         {"date_diff('second', at, datetime '2024-02-29T12:34:55.9Z')", "-1"},
         {"date_diff('day', datetime '-infinity', at)", "null"},
         {"date_diff('microsecond', date '-5000000-01-01', date '+5000000-01-01')", "null"},
         {"year(date '-0044-03-15')", "-44"},
         {"minute(time '23:59:59')", "59"},
         {"to_datetime(date '+5000000-01-01')", "null"},
         {"to_date(datetime '1969-12-31T23:00:00Z')", "date '1969-12-31'"},
         {"to_date(datetime 'infinity')", "date 'infinity'"},
         {"to_time(datetime '1969-12-31T23:00:00Z')", "time '23:00:00'"},
         {"to_time(day)", "null"},
         {"to_date('2024-02-30')", "null"}});
}

TEST(Functions, ConversionsAreExactOrNull) {
  check({{"to_integer('9223372036854775808')", "null"},
         {"to_integer('1e3')", "1000"},
         {"to_integer(' 1')", "null"},
         {"to_integer(1e300)", "null"},
         {"to_integer(true)", "1"},
         {"to_float('NaN')", "float 'NaN'"},
         {"to_float('-Infinity')", "float '-Infinity'"},
         {"to_float(decimal '1e400')", "null"},
         {"to_float(b)", "null"},
         {"to_decimal(float 'NaN')", "null"},
         {"to_decimal('x')", "null"},
         {"to_string(1e21)", "'1000000000000000000000'"},
         {"to_string(float 'NaN')", "'NaN'"},
         {"to_string(x)", "'01'"},
         {"to_string(day)", "'2024-02-29'"},
         {"to_string(l)", "null"}});
}

TEST(Functions, ChoicesLookOnlyAtWhatTheyChoose) {
  check({{"if(none = 1, 'a', 'b')", "'b'"},
         {"if(not none = 1, 'a', 'b')", "'a'"},
         {"if(i > 5 and (s like 'a%' or b = false), i, 0)", "7"},
         {"if(i > 5, null, 1)", "null"},
         {"coalesce(null, none, s)", "'abc'"},
         {"coalesce(none)", "null"},
         {"coalesce(none, if(i in (7), upper(s), 'no'))", "'ABC'"},
         {"nullif(at, '2024-02-29T12:34:56.000001Z')", "null"},
         {"case when i = 1 then 'one' when i = 7 then 'seven' else 'many' end", "'seven'"},
         {"if(id = 1, 'mine', 'other')", "'mine'"}});
}

TEST(Functions, BuiltInCppEqualParsed) {
  EXPECT_EQ(field("price") * 1.2 > 10, parse_expression("price * 1.2 > 10"));
  EXPECT_EQ(10 < -field("a") + field("b") % 3 - 1, parse_expression("10 < -a + b % 3 - 1"));
  EXPECT_EQ(upper(field("name")) == "ADA", parse_expression("upper(name) = 'ADA'"));
  EXPECT_EQ(field("a") == field("b"), parse_expression("a = b"));
  EXPECT_EQ(length(field("tags")) >= 2 && trim(field("x")).like("a%"),
            parse_expression("length(tags) >= 2 and trim(x) like 'a%'"));
  EXPECT_EQ(choose(field("a") > 1, "x", nullptr) == "x", parse_expression("if(a > 1, 'x', null) = 'x'"));
  EXPECT_EQ(call("split_part", {field("a"), ",", 1}) == "x", parse_expression("split_part(a, ',', 1) = 'x'"));
  EXPECT_EQ(date_add("day", 1, field("at")) > DateTime{0},
            parse_expression("date_add('day', 1, at) > datetime '1970-01-01T00:00:00Z'"));
  EXPECT_THROW(call("no_such", {}), QueryError);
  EXPECT_THROW(upper(5), QueryError);
  EXPECT_THROW(field("a") + nullptr, QueryError);
}

}  // namespace
}  // namespace dataknobs
