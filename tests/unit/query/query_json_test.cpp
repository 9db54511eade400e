// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <dataknobs/error.hpp>
#include <dataknobs/query.hpp>

#include "support/expression_generator.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

TEST(QueryJson, FiltersAreAllMeant) {
  const Query query = Query::from_json(R"({
    "filters": [{"field": "age", "operator": ">=", "value": 18},
                {"field": "name", "operator": "not_like", "value": "a%"},
                {"field": "city", "operator": "IN", "value": ["Oslo", "Lima"]},
                {"field": "n", "operator": "NOT BETWEEN", "value": [1, 2.5]},
                {"field": "address.zip", "operator": "exists", "value": null}],
    "sort": [{"field": "name", "order": "desc"}, {"field": "age"}],
    "limit": 10, "offset": 20, "fields": ["name", "address.city"]})");
  EXPECT_EQ(query.to_string(),
            "age >= 18 and name not like 'a%' and city in ('Oslo', 'Lima') and n not between 1 and 2.5 and "
            "address.zip exists order by name desc, age limit 10 offset 20");
  ASSERT_EQ(query.select().size(), 2U);
  EXPECT_EQ(query.select()[1].to_string(), "address.city");
}

TEST(QueryJson, ConditionsNest) {
  const Query query = Query::from_json(R"({"condition": {"type": "logic", "operator": "or", "conditions": [
      {"type": "logic", "operator": "and", "conditions": [
        {"type": "filter", "filter": {"field": "a", "operator": "=", "value": 1}},
        {"type": "filter", "filter": {"field": "b", "operator": "=", "value": true}}]},
      {"type": "logic", "operator": "not", "conditions": [
        {"type": "filter", "filter": {"field": "c", "operator": "starts_with", "value": "x"}}]},
      {"type": "expression", "expression": "upper(d) = 'D'"}]}})");
  EXPECT_EQ(query.filter(),
            parse_expression("(a = 1 and b = true) or not c starts with 'x' or upper(d) = 'D'"));
}

TEST(QueryJson, NothingIsEverything) {
  EXPECT_TRUE(Query::from_json("{}").filter().is_always_true());
  EXPECT_TRUE(Query::from_json(R"({"filters": [], "sort": [], "limit": null})").filter().is_always_true());
  EXPECT_EQ(Query().to_json(), "{}");
}

TEST(QueryJson, WhatIsWrongIsNamedWithItsPlace) {
  const struct {
    const char* text;
    const char* message;
    const char* hint;
  } cases[] = {
      {R"({"filter": []})", "the query: unknown member 'filter'", "filters"},
      {R"({"filters": [{"field": "a", "operator": "like"}]})", "filters[0]", ""},
      {R"({"filters": [{"field": "a", "operator": "lik", "value": "x"}]})",
       "filters[0].operator: unknown operator", "'like'"},
      {R"({"filters": [{"field": "a", "operator": "=", "value": null}]})", "filters[0]", "is null"},
      {R"({"filters": [{"field": "a", "operator": "between", "value": [1]}]})", "filters[0]", ""},
      {R"({"filters": [{"field": "a", "operator": "in", "value": "abc"}]})", "filters[0].value: a list", ""},
      {R"({"filters": [{"field": "a", "operator": "exists", "value": 1}]})", "filters[0].value", ""},
      {R"({"filters": [{"field": "a b", "operator": "exists"}]})", "filters[0].field", ""},
      {R"({"filters": [{"operator": "exists"}]})", "filters[0]: 'field' is missing", ""},
      {R"({"condition": {"type": "logik"}})", "condition.type: unknown type 'logik'", "'logic'"},
      {R"({"condition": {"type": "logic", "operator": "not", "conditions": []}})", "condition", ""},
      {R"({"condition": {"type": "expression", "expression": "a ="}})", "condition.expression", ""},
      {R"({"filters": [], "condition": {}})", "'filters' and 'condition'", ""},
      {R"({"sort": [{"field": "a", "order": "down"}]})", "sort[0].order: unknown order 'down'", ""},
      {R"({"limit": "3"})", "limit: a whole number", ""},
      {R"({"limit": -1})", "limit", ""},
      {R"([])", "an object", ""},
      {R"({)", "no JSON", ""},
  };
  for (const auto& one : cases) {
    try {
      Query::from_json(one.text);
      ADD_FAILURE() << one.text;
    } catch (const QueryError& error) {
      EXPECT_NE(error.message().find(one.message), std::string::npos) << one.text << ": " << error.what();
      const std::string said = error.message() + error.hint();
      EXPECT_NE(said.find(one.hint), std::string::npos) << one.text << ": " << error.what();
    }
  }
  EXPECT_THROW(Query::from_json(R"({"vector_query": {"vector": [1]}})"), UnsupportedError);
}

TEST(QueryJson, ComesBackAsItWas) {
  constexpr std::uint64_t kSeed = 20261121;
  test::RecordGenerator values(kSeed);
  const std::vector<Record> records = values.records(20);
  test::ExpressionGenerator expressions(kSeed, records, test::ExpressionOptions().metadata(true));
  for (int i = 0; i < 2000; ++i) {
    Query query = Query::where(expressions.filter());
    query.sort("a", i % 2 == 0).limit(i).offset(i / 2).select({Path::parse("x.y"), Path::of_field("id")});
    const Query again = Query::from_json(query.to_json());
    ASSERT_EQ(again.filter(), query.filter()) << query.to_json();
    EXPECT_EQ(again.sort(), query.sort());
    EXPECT_EQ(again.limit(), query.limit());
    EXPECT_EQ(again.offset(), query.offset());
    EXPECT_EQ(again.select(), query.select());
  }
}

}  // namespace
}  // namespace dataknobs
