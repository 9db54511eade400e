// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/query.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

TEST(Query, ParsesItsClausesAndPrintsThem) {
  struct Case {
    std::string_view text;
    std::string_view printed;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"age >= 30", "age >= 30"},
      {"age >= 30 order by name desc, age limit 10 offset 20",
       "age >= 30 order by name desc, age limit 10 offset 20"},
      {"ORDER BY a.b[0] ASC, \"order\" DESC", "order by a.b[0], \"order\" desc"},
      {"limit 0", "limit 0"},
      {"offset 3", "offset 3"},
      {"offset 3 limit 1 order by x", "order by x limit 1 offset 3"},
      {"a = 1 offset 0", "a = 1"},
      {"a = 1 or b = 2 limit 9223372036854775807", "a = 1 or b = 2 limit 9223372036854775807"},
  };
  for (const Case& entry : cases) {
    Query query = Query::parse(entry.text);
    EXPECT_EQ(query.to_string(), entry.printed);
    EXPECT_EQ(Query::parse(query.to_string()).to_string(), entry.printed);
  }
}

TEST(Query, KeepsWhatWasParsed) {
  Query query = Query::parse("age >= 30 order by name desc, age limit 10 offset 20");
  EXPECT_EQ(query.filter(), field("age") >= 30);
  EXPECT_EQ(query.sort(),
            (std::vector<SortKey>{SortKey(Path::parse("name"), true), SortKey(Path::parse("age"))}));
  EXPECT_EQ(query.limit(), 10U);
  EXPECT_EQ(query.offset(), 20U);
  EXPECT_TRUE(query.is_ordered());
  EXPECT_FALSE(Query::parse("a = 1").is_ordered());
  EXPECT_TRUE(Query::parse("limit 0").is_ordered());
}

TEST(Query, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::string_view message;
    std::string_view hint;
  };
  const std::vector<Case> cases = {
      {"a = 1 limt 3",
       "line 1, column 7: expected 'and', 'or', 'order by', 'limit', 'offset' or the end, found 'limt'",
       "did you mean 'limit'?"},
      {"a = 1 order name", "line 1, column 13: expected 'by', found 'name'", ""},
      {"order by name dsc",
       "line 1, column 15: expected 'and', 'or', 'order by', 'limit', 'offset' or the end, found 'dsc'",
       "did you mean 'desc'?"},
      {"limit -1", "line 1, column 7: limit must be an integer from 0 on, not -1", ""},
      {"limit 1.5", "line 1, column 7: limit must be an integer from 0 on, not 1.5", ""},
      {"limit x", "line 1, column 7: expected a number after 'limit', found 'x'", ""},
      {"offset", "line 1, column 7: expected a number after 'offset', found the end", ""},
      {"limit 1 limit 2", "line 1, column 9: 'limit' is given twice", ""},
      {"order by a order by b", "line 1, column 12: 'order by' is given twice", ""},
      {"order by 5", "line 1, column 10: expected a name, found '5'", ""},
      {"a = 1\nlimit", "line 2, column 6: expected a number after 'limit', found the end", ""},
  };
  for (const Case& entry : cases) {
    try {
      Query::parse(entry.text);
      ADD_FAILURE() << entry.text << " was taken";
    } catch (const QueryError& error) {
      EXPECT_EQ(error.message(), entry.message);
      EXPECT_EQ(error.hint(), entry.hint) << entry.text;
    }
  }
}

TEST(Query, IsBuiltInSteps) {
  Query query = Query::where(field("a") == 1).filter(field("b") == 2).sort("c", true).limit(5).offset(0);
  EXPECT_EQ(query.to_string(), "a = 1 and b = 2 order by c desc limit 5");
  EXPECT_EQ(Query().filter(field("a") == 1).filter(), field("a") == 1);
  EXPECT_THROW(Query().limit(-1), QueryError);
  EXPECT_THROW(Query().offset(-1), QueryError);
  EXPECT_THROW(Query().sort("a b"), QueryError);
  EXPECT_EQ(Query().select({Path::parse("a.b")}).select().size(), 1U);
}

}  // namespace
}  // namespace dataknobs
