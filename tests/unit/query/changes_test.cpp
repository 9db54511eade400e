// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/changes.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/functions.hpp>

#include "expr/evaluate.hpp"

namespace dataknobs {
namespace {

TEST(Changes, TextsAndCallsSayTheSame) {
  const Changes parsed =
      Changes::parse("price=price * 1.1, name = upper(name), \"a b\" = null, \"id\" = 5 -1");
  const Changes made = Changes()
                           .set("price", field("price") * 1.1)
                           .set("name", upper(field("name")))
                           .set("a b", nullptr)
                           .set("id", Operand(5) - 1);
  EXPECT_EQ(parsed.fields(), made.fields());
  EXPECT_EQ(parsed.to_string(), "price = price * 1.1, name = upper(name), \"a b\" = null, \"id\" = 5 - 1");
  EXPECT_EQ(Changes::parse(parsed.to_string()).fields(), made.fields());
}

TEST(Changes, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  const std::vector<Case> cases = {
      {"", "line 1, column 1: expected a name, found the end"},
      {"a", "line 1, column 2: expected '=' and a value, found the end"},
      {"a.b = 1", "line 1, column 1: a field is wanted, not a path into its value"},
      {"id = 1", "line 1, column 1: id cannot be changed so"},
      {"metadata = 1", "line 1, column 1: metadata cannot be changed so"},
      {"a = 1, a = 2", "line 1, column 8: 'a' is given two values"},
      {"a = b = 1", "line 1, column 7: expected an operator, ',' or the end, found '='"},
      {"a = uper(b)", "line 1, column 5: unknown function 'uper'"},
  };
  for (const Case& entry : cases) {
    try {
      ADD_FAILURE() << entry.text << " was taken as " << Changes::parse(entry.text).to_string();
    } catch (const QueryError& error) {
      EXPECT_EQ(error.message(), entry.message);
    }
  }
}

TEST(Changes, WhatHasNoResultIsAnError) {
  const Record record{{"a", 1}, {"s", "x"}, {"z", 0}};
  const auto evaluate = [&](std::string_view text) {
    const Changes changes = Changes::parse("v = " + std::string(text));
    return ValueEvaluator(changes.fields().front().second, FieldResolution::document())
        .evaluate_strictly(record);
  };
  EXPECT_EQ(evaluate("a + 1"), Value(2));
  EXPECT_TRUE(evaluate("a + missing").is_null());
  EXPECT_TRUE(evaluate("upper(missing)").is_null());
  EXPECT_EQ(evaluate("if(z = 0, null, a / z)"), Value());
  EXPECT_EQ(evaluate("coalesce(a, a / z)"), Value(1));
  for (std::string_view text : {"a / z", "coalesce(a / z, 1)", "upper(a)", "to_integer(s)", "1 + sqrt(-a)"}) {
    EXPECT_THROW(evaluate(text), ValidationError) << text;
  }
}

}  // namespace
}  // namespace dataknobs
