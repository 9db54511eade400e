// SPDX-License-Identifier: Apache-2.0
#include "query/unmatchable.hpp"

#include <gtest/gtest.h>

namespace dataknobs {
namespace {

std::size_t found(std::string_view condition) {
  const Schema schema({{"n", ValueType::integer},
                       {"price", ValueType::decimal},
                       {"name", ValueType::string},
                       {"day", ValueType::date},
                       {"at", ValueType::datetime},
                       {"flag", ValueType::boolean},
                       {"json", ValueType::json},
                       {"any", FieldType()}});
  return unmatchable_literals(parse_expression(condition), schema).size();
}

TEST(Unmatchable, NamesLiteralsOfAnotherClass) {
  for (const char* condition : {"n = 'abc'", "n != '7'", "name = 7", "7 < name", "flag = 1", "flag = 'true'",
                                "day > 'tomorrow'", "at = 5", "n in (1, 'a')", "n between 1 and 'z'",
                                "n like '1%'", "not (n = 'x')", "name = 'a' and price < 'b'"}) {
    EXPECT_EQ(found(condition), 1U) << condition;
  }
  EXPECT_EQ(found("n = 'a' or name = 1"), 2U);
}

TEST(Unmatchable, SaysNothingOfTheOthers) {
  for (const char* condition :
       {"n = 7.5", "price = 7", "name like 'a%'", "day >= '2024-02-29'", "at < '2024-02-29T10:00:00Z'",
        "day = datetime '2024-02-29T00:00:00Z'", "flag = true", "json = 5", "any = 'x'", "any like 'x'",
        "n exists", "other = 5", "json.a = 5", "name contains 'a'", ""}) {
    EXPECT_EQ(found(condition), 0U) << condition;
  }
}

}  // namespace
}  // namespace dataknobs
