// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>
#include <dataknobs/expression.hpp>

#include "expr/operators.hpp"
#include "unit/expr/parse_errors.hpp"

namespace dataknobs {
namespace {

struct Spelling {
  std::string_view text;
  std::string_view printed;
};

void check(const std::vector<Spelling>& cases) {
  for (const Spelling& entry : cases) {
    try {
      Expression parsed = parse_expression(entry.text);
      EXPECT_EQ(parsed.to_string(), entry.printed);
      EXPECT_EQ(parse_expression(parsed.to_string()), parsed) << entry.text;
    } catch (const QueryError& error) {
      ADD_FAILURE() << entry.text << ": " << error.what();
    }
  }
}

TEST(Parse, ComparisonsPrintInTheirPlainSpelling) {
  check({
      {"age >= 30", "age >= 30"},
      {"a == 1", "a = 1"},
      {"a <> 1", "a != 1"},
      {"a<1 AND b<=2 And c>3", "a < 1 and b <= 2 and c > 3"},
      {"18 <= age", "18 <= age"},
      {"a = b", "a = b"},
      {"v in (1, 'a', true, null)", "v in (1, 'a', true, null)"},
      {"v in ()", "v in ()"},
      {"v not in (1)", "v not in (1)"},
      {"v in (a, \"b c\")", "v in (a, \"b c\")"},
      {"name like 'A%'", "name like 'A%'"},
      {"name NOT LIKE 'A%'", "name not like 'A%'"},
      {"name ilike 'a_'", "name ilike 'a_'"},
      {"name not ilike 'a_'", "name not ilike 'a_'"},
      {"name regex '^A'", "name regex '^A'"},
      {"name starts  with 'A'", "name starts with 'A'"},
      {"tags contains 'x'", "tags contains 'x'"},
      {"v between 1 and 10 and w = 1", "v between 1 and 10 and w = 1"},
      {"v not between 1 and 10", "v not between 1 and 10"},
      {"v exists", "v exists"},
      {"v not exists", "v not exists"},
      {"v is null", "v not exists"},
      {"v is not null", "v exists"},
  });
}

TEST(Parse, ConditionsPathsAndLiteralsPrintInTheirPlainSpelling) {
  check({
      {"not (a = 1 or b = 2)", "not (a = 1 or b = 2)"},
      {"not a = 1 and b = 2", "not (a = 1) and b = 2"},
      {"not not a = 1", "not not (a = 1)"},
      {"a = 1 and b = 2 or c = 3", "(a = 1 and b = 2) or c = 3"},
      {"a = 1 and (b = 2 or c = 3)", "a = 1 and (b = 2 or c = 3)"},
      {"((a = 1))", "a = 1"},
      {"(a = 1 and b = 2) and c = 3", "(a = 1 and b = 2) and c = 3"},
      {"true", "true"},
      {"false or a = 1", "false or a = 1"},
      {"not true", "not true"},
      {"true = a", "true = a"},
      {"", "true"},
      {"a.b.c[0].\"x.y\"[12] = 1", "a.b.c[0].\"x.y\"[12] = 1"},
      {"\"say \"\"hi\"\"\" = 1", "\"say \"\"hi\"\"\" = 1"},
      {"\"age\" = 1", "age = 1"},
      {"\"id\" = 1", "\"id\" = 1"},
      {"id = 'x'", "id = 'x'"},
      {"\"limit\" = 1", "\"limit\" = 1"},
      {"a.limit = 1", "a.limit = 1"},
      {"$types = 1", "$types = 1"},
      {"gr\u00f6\u00dfe > 1", "gr\u00f6\u00dfe > 1"},
      {"contains contains 'x'", "contains contains 'x'"},
      {"date = '2024-01-01'", "date = '2024-01-01'"},
      {"when = date '2024-01-01'", "when = date '2024-01-01'"},
      {"when = DATETIME '2024-01-01T00:00:00Z'", "when = datetime '2024-01-01T00:00:00Z'"},
      {"a = time '12:30:00'", "a = time '12:30:00'"},
      {"a = binary '\\xff'", "a = binary '\\xff'"},
      {"a contains json '{\"b\":1}'", "a contains json '{\"b\":1}'"},
      {"a = 'it''s'", "a = 'it''s'"},
      {"a = ''", "a = ''"},
      {"a = 'two\nlines'", "a = 'two\nlines'"},
      {"a = -5", "a = -5"},
      {"a = +5", "a = 5"},
      {"a=1", "a = 1"},
  });
}

TEST(Parse, PrecedenceIsNotThenAndThenOr) {
  Expression a = field("a") == 1;
  Expression b = field("b") == 2;
  Expression c = field("c") == 3;
  EXPECT_EQ(parse_expression("a = 1 or b = 2 and c = 3"),
            Expression::make(Operator::logical_or, {a, Expression::make(Operator::logical_and, {b, c})}));
  EXPECT_EQ(parse_expression("not a = 1 or b = 2"), Expression::make(Operator::logical_or, {!a, b}));
  EXPECT_EQ(parse_expression("a = 1 and b = 2 and c = 3"), a && b && c);
  EXPECT_EQ(a && (b && c), a && b && c);
}

TEST(Parse, NumbersKeepTheirExactValue) {
  struct Case {
    std::string_view text;
    ValueType type;
    Value value;
  };
  auto decimal = [](std::string_view text) { return Value(*Decimal::parse(text)); };
  const std::vector<Case> cases = {
      {"0", ValueType::integer, 0},
      {"-0", ValueType::integer, 0},
      {"9223372036854775807", ValueType::integer, INT64_MAX},
      {"-9223372036854775808", ValueType::integer, INT64_MIN},
      {"9223372036854775808", ValueType::decimal, decimal("9223372036854775808")},
      {"1.5", ValueType::floating, 1.5},
      {"0.1", ValueType::floating, 0.1},
      {"1.0", ValueType::floating, 1.0},
      {"1e3", ValueType::floating, 1000.0},
      {"1E-3", ValueType::floating, 0.001},
      {"1e30", ValueType::floating, 1e30},
      {"1e400", ValueType::decimal, decimal("1e400")},
      {"0.10000000000000000555", ValueType::decimal, decimal("0.10000000000000000555")},
      {"4611686018427387904.0", ValueType::floating, 4611686018427387904.0},
      {"123456789012345678.5", ValueType::decimal, decimal("123456789012345678.5")},
  };
  for (const Case& entry : cases) {
    Expression parsed = parse_expression("a = " + std::string(entry.text));
    const Value& value = parsed.operands()[1].value();
    EXPECT_EQ(value.type(), entry.type) << entry.text;
    EXPECT_EQ(value, entry.value) << entry.text;
    EXPECT_EQ(parse_expression(parsed.to_string()), parsed) << parsed.to_string();
  }
}

TEST(Print, EveryClassOfLiteralReadsBack) {
  const std::vector<Value> values = {
      true,
      INT64_MIN,
      0.1,
      -0.0,
      1e300,
      5e-324,
      9007199254740993.0,
      4611686018427387904.0,
      std::numeric_limits<double>::quiet_NaN(),
      std::numeric_limits<double>::infinity(),
      -std::numeric_limits<double>::infinity(),
      *Decimal::parse("1.50"),
      *Decimal::parse("5"),
      *Decimal::parse("-1e-500"),
      *Decimal::parse("123456789012345678901234567890.123"),
      "it's \"quoted\" \\ \n",
      Binary{std::string("\0\xff", 2)},
      DateTime{1},
      DateTime::infinity(),
      DateTime::negative_infinity(),
      Date{-1},
      Date{4000000},
      Date::infinity(),
      Time{86'400'000'000},
      Json(Json::Array{1, "it's", Value(), Json(Json::Object{{"a", 1.5}})}),
      Vector{1.5F, -0.25F, 0.1F},
  };
  for (const Value& value : values) {
    Expression made = field("x") == value;
    Expression listed = field("x").in({value, Value()});
    EXPECT_EQ(parse_expression(made.to_string()), made) << made.to_string();
    EXPECT_EQ(parse_expression(listed.to_string()), listed) << listed.to_string();
  }
}

TEST(Parse, SaysWhereAndWhatIsWrong) {
  expect_refused({
      {"age", "line 1, column 4: expected an operator ('=', '<', 'like', 'in' ...), found the end", ""},
      {"name liek 'A'", "line 1, column 6: expected an operator, found 'liek'", "did you mean 'like'?"},
      {"name startswith 'A'", "line 1, column 6: expected an operator, found 'startswith'",
       "did you mean 'starts with'?"},
      {"name starts wiht 'A'", "line 1, column 13: expected 'with', found 'wiht'", "did you mean 'with'?"},
      {"a = 1 adn b = 2", "line 1, column 7: expected 'and', 'or' or the end, found 'adn'",
       "did you mean 'and'?"},
      {"a =", "line 1, column 4: expected a field or a literal, found the end", ""},
      {"a = null", "line 1, column 5: '=' with null is never true", "write a is null"},
      {"a != null", "line 1, column 6: '!=' with null is never true", "write a is not null"},
      {"a.b not like null", "line 1, column 14: 'not like' with null is never true", "write a.b is not null"},
      {"null = a", "line 1, column 1: null can be no operand", "write x is null, or x is not null"},
      {"a is 5", "line 1, column 6: expected 'null' or 'not null', found '5'", ""},
      {"a is nul", "line 1, column 6: expected 'null' or 'not null', found 'nul'", "did you mean 'null'?"},
      {"a not = 1", "line 1, column 7: there is no 'not ='", "put 'not' before the whole comparison"},
      {"a not regex 'x'", "line 1, column 7: there is no 'not regex'",
       "put 'not' before the whole comparison"},
      {"a not inn (1)",
       "line 1, column 7: expected 'in', 'like', 'ilike', 'between' or 'exists' after 'not', found 'inn'",
       "did you mean 'in'?"},
      {"a in 1", "line 1, column 6: expected '(' and a list after 'in', found '1'", ""},
      {"a in (1", "line 1, column 8: expected ',' or ')', found the end", ""},
      {"a in (1,)", "line 1, column 9: expected a field or a literal, found ')'", ""},
      {"(a = 1", "line 1, column 7: expected 'and', 'or' or ')', found the end", ""},
      {"a = 1)", "line 1, column 6: expected 'and', 'or' or the end, found ')'", ""},
      {"a = 1 = 2", "line 1, column 7: expected 'and', 'or' or the end, found '='", ""},
      {"a between 1 or 2", "line 1, column 13: expected 'and', found 'or'", ""},
      {"a = 'open", "line 1, column 5: the string that starts here has no end", ""},
      {"\"open = 1", "line 1, column 1: the name that starts here has no end", ""},
      {"a && b", "line 1, column 3: '&&' is not part of the language", "did you mean and?"},
      {"a # b", "line 1, column 3: unexpected character '#'", ""},
      {"limit = 1", "line 1, column 1: expected a field or a literal, found the keyword 'limit'",
       "a field of that name is written \"limit\""},
      {"12abc = 1", "line 1, column 1: '12abc' is neither a number nor a name",
       "a field of that name is written \"12abc\""},
      {"a = date 'x'", "line 1, column 5: 'x' is not a valid date", ""},
      {"a[-1] = 1", "line 1, column 3: expected the index of an element (0, 1 ...), found '-1'", ""},
      {"a[1.5] = 1", "line 1, column 3: expected the index of an element (0, 1 ...), found '1.5'", ""},
      {"a[4294967296] = 1",
       "line 1, column 3: expected the index of an element (0, 1 ...), found '4294967296'", ""},
      {"a. = 1", "line 1, column 4: expected a name, found '='", ""},
      {"a regex '('", "line 1, column 1: the regular expression is not valid: missing ): (",
       "the syntax is RE2's"},
      {"a regex b", "line 1, column 1: the pattern of 'regex' must be a string literal, not a field", ""},
      {"a like 5", "line 1, column 1: 'like' takes a string, not 5", ""},
      {"a like 'x\\'", "line 1, column 1: the pattern of 'like' ends in the middle of an escape",
       "a backslash itself is written \\\\"},
      {"5 exists", "line 1, column 1: 'exists' asks for a field, not for a literal", ""},
      {"a = 1 and\n  gr\u00f6\u00dfe >< 2", "line 2, column 10: expected a field or a literal, found '<'",
       ""},
      {"a = 1e9999999999", "line 1, column 5: the number 1e9999999999 is out of range", ""},
      {"a = '\xff'", "line 1, column 6: the text is not UTF-8 here", ""},
  });
}

TEST(Parse, NamesTheClassThatALiteralMeans) {
  for (const auto& [text, hint] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"a = dat '2024-02-29'", "did you mean 'date'?"},
           {"a in (dattime '2024-02-29')", "did you mean 'datetime'?"},
           {"name 'x'", ""}}) {
    try {
      ADD_FAILURE() << text << " was taken as " << parse_expression(text).to_string();
    } catch (const QueryError& error) {
      EXPECT_NE(error.message().find("found the string '"), std::string::npos) << error.message();
      EXPECT_EQ(error.hint(), hint) << text;
    }
  }
}

TEST(Parse, DepthIsBounded) {
  auto nested = [](std::size_t depth) { return std::string(depth, '(') + "a = 1" + std::string(depth, ')'); };
  EXPECT_EQ(parse_expression(nested(400)), field("a") == 1);
  EXPECT_THROW(parse_expression(nested(100'000)), QueryError);
  std::string nots;
  for (int i = 0; i < 100'000; ++i) nots += "not ";
  EXPECT_THROW(parse_expression(nots + "a = 1"), QueryError);

  Expression deepest = field("a") == 1;
  for (std::size_t depth = 2; depth < kMaximumDepth; ++depth) {
    deepest = depth % 2 == 0 ? deepest && field("b") == 1 : deepest || field("c") == 1;
  }
  EXPECT_EQ(parse_expression(deepest.to_string()), deepest);
  EXPECT_THROW(!!!deepest, QueryError);
}

TEST(Expression, BuiltInCppEqualsParsed) {
  EXPECT_EQ(field("age") >= 18 && field("name").like("A%"), parse_expression("age >= 18 and name like 'A%'"));
  EXPECT_EQ(!(field("a.b[2]").in({1, "x", Value()})), parse_expression("not a.b[2] in (1, 'x', null)"));
  EXPECT_EQ(field("v").between(1, 2) || field("w").not_exists(),
            parse_expression("v between 1 and 2 or w is null"));
  EXPECT_FALSE((field("a") == 1) == (field("a") == 1.0));
  EXPECT_TRUE(Expression().is_always_true());
  EXPECT_EQ(Expression(), parse_expression(" \n "));
}

TEST(Expression, RefusesWhatNoTextCouldSay) {
  EXPECT_THROW(field("a") == Value(), QueryError);
  EXPECT_THROW(field("a").between(1, Value()), QueryError);
  EXPECT_THROW(Expression::make(Operator::logical_and, {Expression(field("a")), Expression()}), QueryError);
  EXPECT_THROW(Expression::make(Operator::equal, {Expression(field("a"))}), QueryError);
  EXPECT_THROW(Expression::make(Operator::equal, {Expression(field("a")), field("b") == 1}), QueryError);
  EXPECT_THROW(Expression::make(Operator::literal, {}), QueryError);
  EXPECT_THROW(field("a").regex("["), QueryError);
}

TEST(Path, PrintsAndParses) {
  EXPECT_EQ(Path::of_field("a.b").to_string(), "\"a.b\"");
  EXPECT_EQ(Path::parse("\"a.b\""), Path::of_field("a.b"));
  EXPECT_EQ(Path::of_field("age"), Path::parse("age"));
  EXPECT_EQ(Path::of_field("").to_string(), "\"\"");
  EXPECT_FALSE(Path::of_field("id") == Path::parse("id"));
  EXPECT_TRUE(Path::parse("id").is_id());
  EXPECT_FALSE(Path::parse("\"id\"").is_id());
  EXPECT_FALSE(Path::parse("id.x").is_id());
  EXPECT_TRUE(Path::parse("metadata.source").is_metadata());
  EXPECT_FALSE(Path::parse("\"metadata\".source").is_metadata());
  EXPECT_EQ(Path::parse("limit"), Path::of_field("limit"));
  for (std::string_view wrong : {"", "a b", "a..b", "5", "a[", "'a'", "first-name", "a."}) {
    EXPECT_THROW(Path::parse(wrong), QueryError) << wrong;
  }
}

}  // namespace
}  // namespace dataknobs
