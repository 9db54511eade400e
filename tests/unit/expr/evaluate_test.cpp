// SPDX-License-Identifier: Apache-2.0
#include "expr/evaluate.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Record sample() {
  Record record{
      {"i", 5},
      {"f", 0.1},
      {"d", *Decimal::parse("0.10")},
      {"big", std::int64_t{9007199254740993}},
      {"nan", kNan},
      {"s", "Ada"},
      {"t", true},
      {"n", Value()},
      {"b", Binary{"ab"}},
      {"when", *parse_datetime("2024-02-29T12:00:00Z")},
      {"day", *parse_date("2024-02-29")},
      {"at", *parse_time("12:30:00")},
      {"list", Json(Json::Array{1, "x", Value(), 2.5})},
      {"object", Json(Json::Object{{"a", 1}, {"x.y", Json(Json::Array{10, 20})}, {"none", Value()}})},
      {"v", Vector{1.5F, 2.0F}},
      {"id", "own"},
      {"metadata", "field"},
      {"pattern", "A%"},
      {"five", 5.0},
      {"text5", "5"}};
  record.set_id("42");
  record.set_metadata(Json(Json::Object{{"source", "test"}, {"tags", Json(Json::Array{"a"})}}));
  return record;
}

struct Case {
  std::string_view text;
  bool expected;
};

void check(const std::vector<Case>& cases) {
  Record record = sample();
  for (const Case& entry : cases) {
    EXPECT_EQ(Evaluator(parse_expression(entry.text), FieldResolution::document()).matches(record),
              entry.expected)
        << entry.text;
  }
}

TEST(Evaluate, NumbersCompareByExactValue) {
  check({
      {"i = 5", true},
      {"i = 5.0", true},
      {"i = decimal '5.00'", true},
      {"i != 5", false},
      {"i < 5", false},
      {"i <= 5", true},
      {"i > 4.5", true},
      {"i < 5.5", true},
      {"i <= 4.5", false},
      {"i = 4.5", false},
      {"i != 4.5", true},
      {"i >= 5.5", false},
      {"i > -1e300", true},
      {"i < 1e300", true},
      {"i < 9223372036854775808", true},
      {"i < float 'NaN'", true},
      {"i > float '-Infinity'", true},
      {"f = 0.1", true},
      {"d = 0.1", true},
      {"f = d", true},
      {"f = 0.1000000000000000055511151231257827", false},
      {"f < 0.1000000000000000055511151231257827", true},
      {"big = 9007199254740993", true},
      {"big = 9007199254740992.0", false},
      {"big > 9007199254740992.0", true},
      {"nan = float 'NaN'", true},
      {"nan > 1e308", true},
      {"nan < 1", false},
      {"i between 1 and 10", true},
      {"i between 5 and 5", true},
      {"i between 10 and 1", false},
      {"i not between 10 and 1", true},
      {"i between 4.5 and 5.5", true},
      {"i between 'a' and 10", false},
      {"i not between 'a' and 10", true},
      {"i in (1, 5)", true},
      {"i in (5.0)", true},
      {"five in (5)", true},
      {"f in (0.1)", true},
      {"i not in (1, 2)", true},
      {"i > -9223372036854775808", true},
      {"i < -9223372036854775808", false},
      {"i > 9223372036854775807", false},
  });
}

TEST(Evaluate, AcrossClassesOnlyUnequalHolds) {
  check({
      {"i = '5'", false},
      {"i != '5'", true},
      {"i < '6'", false},
      {"text5 = 5", false},
      {"text5 != 5", true},
      {"t = 1", false},
      {"t != 1", true},
      {"t = true", true},
      {"t != false", true},
      {"t > false", true},
      {"s > 1", false},
      {"s in (1, true)", false},
      {"s not in (1, true)", true},
      {"list = 1", false},
      {"list != 1", true},
      {"s = t", false},
      {"s != t", true},
      {"i = five", true},
      {"i = text5", false},
  });
}

TEST(Evaluate, NullIsNeverTrueAndNegationsNeedValues) {
  check({
      {"n = 1", false},
      {"n != 1", false},
      {"n not in (1)", false},
      {"n not in ()", false},
      {"n in ()", false},
      {"i in ()", false},
      {"i not in ()", true},
      {"i not in (null)", true},
      {"i in (null)", false},
      {"i not in (null, 5)", false},
      {"n not like 'x'", false},
      {"n not ilike 'x'", false},
      {"n not between 1 and 2", false},
      {"i not between n and 2", false},
      {"i not between 6 and n", false},
      {"i != n", false},
      {"n = n", false},
      {"missing != 1", false},
      {"i in (n, 5)", true},
      {"i not in (n, 6)", true},
      {"s like n", false},
      {"s not like n", false},
      {"n exists", false},
      {"n is null", true},
      {"missing not exists", true},
      {"i exists", true},
      {"not n = 1", true},
      {"not missing > 1", true},
      {"not (n = 1 or i = 6)", true},
      {"true", true},
      {"false", false},
      {"not false and i = 5", true},
  });
}

TEST(Evaluate, Text) {
  check({
      {"s = 'Ada'", true},
      {"s < 'Ae'", true},
      {"s > 'AdA'", true},
      {"s between 'A' and 'B'", true},
      {"s not between 'A' and 'B'", false},
      {"s like 'A%'", true},
      {"s like 'a%'", false},
      {"s not like 'a%'", true},
      {"s ilike 'a%'", true},
      {"s not ilike 'a%'", false},
      {"s like pattern", true},
      {"s not like pattern", false},
      {"'Ab' like pattern", true},
      {"s regex '^A.a$'", true},
      {"s regex 'd'", true},
      {"s starts with 'Ad'", true},
      {"s starts with 'ad'", false},
      {"s starts with ''", true},
      {"s contains 'd'", true},
      {"s contains ''", true},
      {"s contains 'D'", false},
      {"s contains 1", false},
      {"i like '5'", false},
      {"i not like '5'", true},
      {"i regex '5'", false},
      {"i starts with '5'", false},
      {"when like '2024%'", false},
      {"'Ada' = s", true},
      {"'B' > s", true},
      {"s in ('Bob', 'Ada')", true},
      {"s not in ('Bob', 'Ada')", false},
      {"'Ada' in (i, s)", true},
      {"'Bob' not in (i, s, n)", true},
  });
}

TEST(Evaluate, LiteralsAdaptToTheValue) {
  check({
      {"when = '2024-02-29T12:00:00Z'", true},
      {"when = '2024-02-29 13:00:00+01:00'", true},
      {"when > '2024-02-29'", true},
      {"when = datetime '2024-02-29T12:00:00Z'", true},
      {"when > date '2024-02-29'", true},
      {"'2024-02-29' < when", true},
      {"when between '2024-01-01' and '2025-01-01'", true},
      {"when in ('x', '2024-02-29T12:00:00Z')", true},
      {"when != 'no date'", true},
      {"when = 'no date'", false},
      {"when < 'zzz'", false},
      {"day = '2024-02-29'", true},
      {"day = '2024-02-29T00:00:00Z'", true},
      {"day < '2024-02-29T00:00:01Z'", true},
      {"day < '300000-01-01'", false},
      {"day < '+300000-01-01'", true},
      {"day = when", false},
      {"day < when", true},
      {"at = '12:30:00'", true},
      {"at < '12:31:00'", true},
      {"at = 'noon'", false},
      {"at != 'noon'", true},
      {"b = '\\x6162'", true},
      {"b = 'YWI='", true},
      {"b = 'ab'", false},
      {"b != 'ab'", true},
      {"b < '\\x6163'", true},
      {"'\\x6162' = b", true},
      {"s = '2024-02-29'", false},
      {"'2024-02-29T12:00:00Z' in (s, when)", true},
      {"'2024-02-29' between day and when", true},
      {"'2024-03-29' not between day and when", true},
      {"'2024-03-29' not between day and n", false},
  });
}

TEST(Evaluate, PathsListsAndObjects) {
  check({
      {"object.a = 1", true},
      {"object.\"x.y\"[1] = 20", true},
      {"object.\"x.y\"[2] exists", false},
      {"object.none exists", false},
      {"object.b.c exists", false},
      {"object[0] exists", false},
      {"list[0] = 1", true},
      {"list[2] exists", false},
      {"list.a exists", false},
      {"i.a exists", false},
      {"list contains 1", true},
      {"list contains 1.0", true},
      {"list contains 2.5", true},
      {"list contains 'x'", true},
      {"list contains 'y'", false},
      {"list contains i", false},
      {"object contains 1", false},
      {"i contains 5", false},
      {"list = json '[1,\"x\",null,2.5]'", true},
      {"list != json '[1]'", true},
      {"list < json '[9]'", false},
      {"object = json '{\"x.y\":[10,20],\"a\":1.0}'", true},
      {"v = json '[1.5,2]'", true},
      {"v = vector '[1.5,2]'", true},
      {"v contains 2", true},
      {"v[0] = 1.5", true},
      {"v[2] exists", false},
      {"metadata.source = 'test'", true},
      {"metadata.tags[0] = 'a'", true},
      {"metadata.x exists", false},
      {"metadata exists", true},
      {"metadata = json '{\"source\":\"test\",\"tags\":[\"a\"]}'", true},
      {"\"metadata\" = 'field'", true},
  });
}

TEST(Evaluate, IdIsTheRecordsIdInDocumentsAndAColumnElsewhere) {
  check({
      {"id = '42'", true},
      {"id = 42", true},
      {"id != 42", false},
      {"id in (41, 42)", true},
      {"id not in (41)", true},
      {"42 = id", true},
      {"42 in (i, id)", true},
      {"id > 41", false},
      {"id > '41'", true},
      {"id like '4%'", true},
      {"id exists", true},
      {"\"id\" = 'own'", true},
      {"id = text5", false},
  });
  Record record = sample();
  EXPECT_TRUE(Evaluator(field("id") == "own", FieldResolution::columns()).matches(record));
  EXPECT_FALSE(Evaluator(field("id") == 42, FieldResolution::columns()).matches(record));
  Record nameless{{"a", 1}};
  EXPECT_TRUE(Evaluator(field("id").not_exists(), FieldResolution::document()).matches(nameless));
  EXPECT_FALSE(Evaluator(field("id") != "x", FieldResolution::document()).matches(nameless));
  EXPECT_TRUE(Evaluator(field("metadata.a").not_exists(), FieldResolution::document()).matches(nameless));
}

TEST(Evaluate, KnownColumnsAreChecked) {
  Schema schema({FieldDescription("age", ValueType::integer), FieldDescription("name", ValueType::string)});
  FieldResolution fields = FieldResolution::columns(schema);
  EXPECT_NO_THROW(Evaluator(parse_expression("age = 1 and name.x exists and metadata.y exists"), fields));
  for (std::string_view text :
       {"agee = 1", "not (name = 'x' or id = 1)", "5 in (age, agee)", "\"metadata\" = 1"}) {
    EXPECT_THROW(Evaluator(parse_expression(text), fields), QueryError) << text;
  }
  try {
    Evaluator(parse_expression("agee = 1"), fields);
  } catch (const QueryError& error) {
    EXPECT_EQ(error.message(), "unknown field agee");
    EXPECT_EQ(error.field_path(), "agee");
    EXPECT_EQ(error.hint(), "did you mean age?");
  }
}

TEST(Evaluate, LiteralsAdaptToColumnsOfUuids) {
  Schema schema({FieldDescription("u", FieldType(ValueType::string).set_logical("uuid"))});
  FieldResolution fields = FieldResolution::columns(schema);
  Record record{{"u", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}};
  const std::vector<Case> cases = {
      {"u = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", true},
      {"u = '{a0eebc999c0b4ef8bb6d6bb9bd380a11}'", true},
      {"u in ('x', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')", true},
      {"u < 'zzz'", false},
      {"u != 'zzz'", true},
      {"u = 'a0eebc99'", false},
      {"'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12' > u", true},
      {"u starts with 'a0ee'", true},
  };
  for (const Case& entry : cases) {
    EXPECT_EQ(Evaluator(parse_expression(entry.text), fields).matches(record), entry.expected) << entry.text;
  }
}

TEST(Evaluate, FieldsAreFoundWhateverTheirOrder) {
  Evaluator evaluator(parse_expression("b = 2"), FieldResolution::columns());
  EXPECT_TRUE(evaluator.matches(Record{{"a", 1}, {"b", 2}}));
  EXPECT_TRUE(evaluator.matches(Record{{"b", 2}, {"a", 1}}));
  EXPECT_FALSE(evaluator.matches(Record{{"a", 2}}));
  EXPECT_FALSE(evaluator.matches(Record{}));
  EXPECT_TRUE(evaluator.matches(Record{{"x", 0}, {"y", 0}, {"b", 2}}));
}

}  // namespace
}  // namespace dataknobs
