// SPDX-License-Identifier: Apache-2.0
//
// The text of computed operands.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>
#include <dataknobs/functions.hpp>

#include "expr/operators.hpp"
#include "unit/expr/parse_errors.hpp"

namespace dataknobs {
namespace {

struct Spelling {
  std::string_view text;
  std::string_view printed;
};

TEST(ParseOperand, PrintsInItsPlainSpelling) {
  const std::vector<Spelling> cases = {
      {"a+b*c = 1", "a + b * c = 1"},
      {"(a + b) * c = 1", "(a + b) * c = 1"},
      {"a - (b - c) = 1", "a - (b - c) = 1"},
      {"(a - b) - c = 1", "a - b - c = 1"},
      {"a / b div c % d = 1", "a / b div c % d = 1"},
      {"a -1 = 2", "a - 1 = 2"},
      {"a-1 = 2", "a - 1 = 2"},
      {"a +1 = 2", "a + 1 = 2"},
      {"a -1 * 3 = 2", "a - 1 * 3 = 2"},
      {"a - -1 = 2", "a - -1 = 2"},
      {"2 -3 = a", "2 - 3 = a"},
      {"a = -1", "a = -1"},
      {"a = - 1", "a = -(1)"},
      {"-a = 1", "-a = 1"},
      {"- -a = 1", "-(-a) = 1"},
      {"-a * b = 1", "-a * b = 1"},
      {"-(a * b) = 1", "-(a * b) = 1"},
      {"-UPPER(a) = 1", "-upper(a) = 1"},
      {"((a)) = (1)", "a = 1"},
      {"(a + 1) > 2 and (b = 1)", "a + 1 > 2 and b = 1"},
      {"(a) in (1, b + 2, (3))", "a in (1, b + 2, 3)"},
      {"a between b - 1 and (b + 1) * 2", "a between b - 1 and (b + 1) * 2"},
      {"not (a) = 1", "not (a = 1)"},
      {"(a) is null", "a not exists"},
      {"a + b exists", "a + b exists"},
      {"substring(a, 1, 2) like 'x%'", "substring(a, 1, 2) like 'x%'"},
      {"a like upper(b)", "a like upper(b)"},
      {"a contains (b)", "a contains b"},
      {"upper = 1 and left != 2", "upper = 1 and left != 2"},
      {"div div div = div", "div div div = div"},
      {"case = 1", "case = 1"},
      {"if(a = 1 or b = 2, c, null) = 3", "if(a = 1 or b = 2, c, null) = 3"},
      {"if((a) = 1, (b), -c) = 3", "if(a = 1, b, -c) = 3"},
      {"CASE WHEN a = 1 THEN b WHEN c = 2 THEN d END = 3", "if(a = 1, b, if(c = 2, d, null)) = 3"},
      {"case when a = 1 then b else c + 1 end > 3", "if(a = 1, b, c + 1) > 3"},
      {"nullif(a, 0) = 1", "if(a = 0, null, a) = 1"},
      {"date_trunc('month', date) = date '2024-01-01'", "date_trunc('month', date) = date '2024-01-01'"},
  };
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

TEST(ParseOperand, SaysWhereAndWhatIsWrong) {
  expect_refused({
      {"uper(a) = 1", "line 1, column 1: unknown function 'uper'", "did you mean 'upper'?"},
      {"a = nulif(b, 1)", "line 1, column 5: unknown function 'nulif'", "did you mean 'nullif'?"},
      {"upper() = 1", "line 1, column 1: 'upper' takes 1 argument, not 0", ""},
      {"round(a, 1, 2) = 1", "line 1, column 1: 'round' takes 1 or 2 arguments, not 3", ""},
      {"concat() = 'x'", "line 1, column 1: 'concat' takes 1 or more arguments, not 0", ""},
      {"nullif(a) = 'x'", "line 1, column 1: 'nullif' takes 2 arguments, not 1", ""},
      {"upper(5) = 'x'", "line 1, column 1: 'upper' takes strings here, not 5", ""},
      {"a = b + 'x'", "line 1, column 5: '+' takes numbers here, not 'x'", ""},
      {"year('2024-01-01') = 1", "line 1, column 1: 'year' takes dates here, not '2024-01-01'",
       "write date '2024-01-01'"},
      {"a = b + null", "line 1, column 9: null can be no operand", "write x is null, or x is not null"},
      {"date_trunc('mont', a) = 1",
       "line 1, column 1: 'date_trunc' takes a unit of time ('microsecond', 'millisecond', 'second', "
       "'minute', "
       "'hour', 'day', 'week', 'month', 'quarter', 'year'), not 'mont'",
       "did you mean 'month'?"},
      {"upper(a = 1) = 'x'", "line 1, column 9: expected an operator, ',' or ')', found '='", ""},
      {"upper(a", "line 1, column 8: expected an operator, ',' or ')', found the end", ""},
      {"(a + 1 > 2", "line 1, column 11: expected 'and', 'or' or ')', found the end", ""},
      {"if(a, 1, 2) = 1", "line 1, column 5: expected an operator ('=', '<', 'like', 'in' ...), found ','",
       ""},
      {"if(a = 1, 2) = 1", "line 1, column 1: 'if' takes 3 arguments, not 2", ""},
      {"case when a = 1 the 2 end = 1", "line 1, column 17: expected 'then', found 'the'",
       "did you mean 'then'?"},
      {"case when a = 1 then 2",
       "line 1, column 23: expected an operator, 'when', 'else' or 'end', found the end", ""},
      {"a + b", "line 1, column 6: expected an operator ('=', '<', 'like', 'in' ...), found the end", ""},
      {"a + = 1", "line 1, column 5: expected a field or a literal, found '='", ""},
      {"a = * 2", "line 1, column 5: expected a field or a literal, found '*'", ""},
      {"a regex upper(b)", "line 1, column 1: the pattern of 'regex' must be a string literal, not computed",
       ""},
      {"upper(a) = null", "line 1, column 12: '=' with null is never true", "write upper(a) is null"},
  });
}

TEST(ParseOperand, DepthIsBounded) {
  const auto nested = [](std::string_view open, std::string_view close, std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += "a";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text + " = 1";
  };
  EXPECT_EQ(parse_expression(nested("(", ")", 400)), field("a") == 1);
  for (std::string_view open : {"(", "abs(", "- ", "if(a = 1, 1, ", "case when a = 1 then "}) {
    EXPECT_THROW(parse_expression(nested(open, "", 100'000)), QueryError) << open;
  }
  EXPECT_THROW(parse_expression(nested("1 + ", "", 1000)), QueryError);

  // The deepest expressions print to texts that parse.
  const std::size_t most = kMaximumDepth - 2;
  Operand calls = field("a");
  Operand choices = field("a");
  Operand differences = field("a");
  Operand negations = field("a");
  for (std::size_t depth = 1; depth <= most; ++depth) {
    calls = abs(calls);
    differences = field("b") - differences;
    negations = -negations;
    if (depth % 2 == 0) choices = choose(choices == 1, 2, 3);
  }
  for (const Operand& operand : {calls, choices, differences, negations}) {
    Expression deepest = operand == 1;
    EXPECT_EQ(parse_expression(deepest.to_string()), deepest);
  }
}

}  // namespace
}  // namespace dataknobs
