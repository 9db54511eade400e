// SPDX-License-Identifier: Apache-2.0
//
// What SQL a filter and a sort become. That it answers rightly is for the conformance suite to say.
#include "backends/postgresql/translate.hpp"

#include <gtest/gtest.h>

#include "table_of_types.hpp"

namespace dataknobs::postgresql {
namespace {

struct Case {
  const char* filter;
  /// nullptr: not taken.
  const char* sql;
};

void check(const Table& table, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.filter);
    const PushDown push_down =
        plan(parse_expression(one.filter), resolution(table), PostgresqlTranslator(table));
    if (one.sql == nullptr) {
      EXPECT_EQ(push_down.bound(), Bound::none);
      continue;
    }
    ASSERT_EQ(push_down.bound(), Bound::exact);
    EXPECT_TRUE(push_down.is_exact());
    EXPECT_EQ(filter_sql(table, push_down.taken()), one.sql);
  }
}

TEST(Translate, NumbersAreConstantsOfTheColumnsType) {
  check(table_of_types(),
        {
            {"age >= 18", R"("age" >= 18)"},
            {"age >= 17.5", R"("age" >= 18)"},
            {"age <= 17.5", R"("age" < 18)"},
            {"age = 17.5", "false"},
            {"age = 18.0", R"("age" = 18)"},
            {"18 < age", R"("age" > 18)"},
            {"age = -1", R"("age" = '-1'::bigint)"},
            {"age < 1e30", R"("age" is not null)"},
            {"age > 1e30", "false"},
            {"age > -1e30", R"("age" is not null)"},
            {"age < float 'NaN'", R"("age" is not null)"},
            {"age < 9223372036854775807.5", R"("age" is not null)"},
            {"age > -9223372036854775808.5", R"("age" is not null)"},
            {"age = '18'", "false"},
            {"age != '18'", R"("age" is not null)"},
            {"score = 0.1", R"("score" = '0.1'::float8)"},
            {"score < 0.1000000000000000055511151231257827", R"("score" < '0.10000000000000002'::float8)"},
            {"score = 0.1000000000000000055511151231257827", "false"},
            {"score > 9223372036854775808", R"("score" >= '9223372036854776000.0'::float8)"},
            {"price = 0.1", R"("price" = '0.1'::numeric)"},
            {"price < float 'Infinity'", R"("price" < 'Infinity'::numeric)"},
            {"price < decimal '1e200000'", nullptr},
            {"age < price", R"("age" < "price")"},
            {"score < price", nullptr},
        });
}

TEST(Translate, ComputedValuesThatTheServerHasExactly) {
  check(
      table_of_types(),
      {
          {"age + 1 > 5", R"(("age"::numeric + '1'::numeric) > '5'::numeric)"},
          {"-age * small = id", R"(((-"age"::numeric) * "small"::numeric) = "id")"},
          {"age + 1 is null", R"(("age"::numeric + '1'::numeric) is null)"},
          {"age % 2 = 0",
           R"((case when '2'::numeric <> 0 then mod("age"::numeric, '2'::numeric) end) = '0'::numeric)"},
          {"age * 1.5 > 5", R"(("age"::float8 * '1.5'::float8) > '5.0'::float8)"},
          {"age / 2 = 1.5",
           R"((case when '2'::bigint::float8 <> 0 then ("age"::float8 / '2'::bigint::float8) end) = '1.5'::float8)"},
          {"round(abs(age), -1) = 10", R"(round(abs("age"::numeric), -1) = '10'::numeric)"},
          {"length(name) >= 2", R"(char_length(("name"::text collate "C"))::numeric >= '2'::numeric)"},
          {"left(name, 1) = 'A'", R"((left(("name"::text collate "C"), 1) collate "C") = 'A')"},
          {"coalesce(age, 0) < 1", R"(coalesce("age"::numeric, '0'::numeric) < '1'::numeric)"},
          {"month(day) = 2",
           R"((case when isfinite("day") then extract(month from "day")::numeric end) = '2'::numeric)"},
      });
}

TEST(Translate, ComputedValuesThatTheServerHasOtherwiseStayHere) {
  check(table_of_types(), {{"price + 1 > 5", nullptr},  // It may be infinite, or of too many digits.
                           {"score + 1 > 5", nullptr},  // It may overflow.
                           {"age / small / 2 = 1", nullptr},
                           {"(age + 1) * 1.5 = 3", nullptr},  // A float or, beyond 64 bits, a decimal.
                           {"upper(name) = 'A'", nullptr},
                           {"length(raw) = 1", nullptr},
                           {"year(moment) = 2024", nullptr},
                           {"if(age > 1, 1, 2) = 1", nullptr},
                           {"substring(name, 1, 9999999) = 'x'", nullptr}});
}

TEST(Translate, NumericsOfAPrecisionAreComputed) {
  Table table = table_of_types();
  std::vector<TableColumn> columns = table.columns();
  for (TableColumn& column : columns) {
    if (column.name == "price") column.type.modifier = (10 << 16 | 2) + 4;
  }
  table.set_columns(std::move(columns));
  check(table,
        {{"price * 1.2 > 10", R"(("price" * '1.2'::numeric) > '10'::numeric)"}, {"price / 3 > 10", nullptr}});
}

TEST(Translate, TextsCompareByCodePoint) {
  check(table_of_types(), {
                              {"name = 'A''da'", R"("name" = 'A''da')"},
                              {"name < 'b'", R"("name" collate "C" < 'b')"},
                              {"name != 'a'", R"(("name" is not null and ("name" = 'a') is not true))"},
                              {"name = 'a\\b'", R"("name" =  E'a\\b')"},
                              {"code = 'ab'", R"("code" = 'ab'::bpchar)"},
                              {"code = 'ab '", "false"},
                              {"code < 'ab'", R"("code"::text collate "C" < 'ab')"},
                              {"ref = '{00000000-0000-0000-0000-00000000000A}'",
                               R"("ref" = '00000000-0000-0000-0000-00000000000a'::uuid)"},
                              {"ref = 'no uuid'", "false"},
                              {"address = '10.0.0.1'", R"(pg_catalog.abbrev("address") = '10.0.0.1')"},
                              {"name like 'A%'", R"("name" collate "C" like 'A%')"},
                              {"name starts with 'A%'", R"("name" collate "C" like  E'A\\%%')"},
                              {"name contains 'x'", R"("name" collate "C" like '%x%')"},
                          });
  Table latin = table_of_types();
  latin.set_utf8(false);
  check(latin,
        {{"name = 'a'", nullptr}, {"name exists", R"("name" is not null)"}, {"age = 1", R"("age" = 1)"}});
}

TEST(Translate, TextsBeforeAndAfterTheCharacterThatNoTextHolds) {
  const Table table = table_of_types();
  const auto sql = [&](const Expression& filter) { return filter_sql(table, filter); };
  const Value text(std::string("a\0b", 3));
  EXPECT_EQ(sql(field("name") == text), "false");
  EXPECT_EQ(sql(field("name") < text), R"("name" collate "C" <= 'a')");
  EXPECT_EQ(sql(field("name") >= text), R"("name" collate "C" > 'a')");
}

TEST(Translate, WhatIsNoTextStaysHere) {
  const Table table = table_of_types();
  const PostgresqlTranslator translator(table);
  EXPECT_EQ(translator.translate(field("name") == Value("\xff"), false).bound(), Bound::none);
  EXPECT_EQ(translator.translate(field("j") == Value(Json(Json::Array{Value("\xff")})), false).bound(),
            Bound::none);
  const Expression path = Expression::path(Path({Path::Step("j"), Path::Step("\xff")}, false));
  EXPECT_EQ(translator.translate(Expression::make(Operator::exists, {path}), false).bound(), Bound::none);
}

TEST(Translate, LiteralsAdaptToColumnsOfMoments) {
  // Beyond what DateTime can say there are texts, "+294276-12-31T23:59:59Z", which compare as texts.
  const std::string near =
      R"(("moment" <= '294247-01-10 04:00:54.775806+00'::timestamptz or "moment" = 'infinity'::timestamptz))";
  const std::string far =
      R"(("moment" > '294247-01-10 04:00:54.775806+00'::timestamptz and "moment" < 'infinity'::timestamptz))";
  const std::string constant = "'2024-02-29 00:00:00+00'::timestamptz";
  const std::string later = R"(("moment" > )" + constant + " and " + near + ")";
  const std::string earlier = "(" + far + R"( or "moment" < )" + constant + ")";
  check(table_of_types(),
        {
            {"moment = '2024-02-29'", R"("moment" = '2024-02-29 00:00:00+00'::timestamptz)"},
            {"moment < '2024-02-29T01:00:00+01:00'", earlier.c_str()},
            {"moment > '2024-02-29'", later.c_str()},
            {"moment = 'no moment'", "false"},
            {"naive = '2024-02-29'", R"("naive" = '2024-02-29 00:00:00'::timestamp)"},
            {"day = '2024-02-29'", R"("day" = '2024-02-29'::date)"},
            {"day <= '2024-02-29T12:00:00Z'", R"("day" < '2024-03-01'::date)"},
            {"day = '2024-02-29T12:00:00Z'", "false"},
            {"day < '-9999-01-01'", R"("day" = '-infinity'::date)"},
            {"clock >= '12:30:00'", R"("clock" >= '12:30:00'::time)"},
            {"raw = '\\xff'", R"("raw" = '\xff'::bytea)"},
            {"raw = '?'", "false"},
            {"ok = true", R"("ok" = true)"},
        });
}

TEST(Translate, LogicIsTwoValued) {
  check(
      table_of_types(),
      {
          {"not age = 1", R"(("age" = 1) is not true)"},
          {"age = 1 and (name = 'a' or ok = true)", R"(("age" = 1 and ("name" = 'a' or "ok" = true)))"},
          {"age not exists", R"("age" is null)"},
          {"age in (1, 2.0, null, 'x')", R"("age" in (1, 2))"},
          {"age in ()", "false"},
          {"age not in (1)", R"(("age" is not null and ("age" = 1) is not true))"},
          {"age between 1 and 9.5", R"(("age" >= 1 and "age" < 10))"},
          {"age not between 1 and small",
           R"(("age" is not null and "small" is not null and (("age" >= 1 and "age" <= "small")) is not true))"},
          {"age in (1, small)", R"(("age" = 1 or "age" = "small"))"},
          {"metadata.x = 1", "false"},
          {"1 = 1", "true"},
      });
}

TEST(Translate, MembersOfJsonAreComparedByTheirClass) {
  check(
      table_of_types(),
      {
          {"j.a > 1",
           R"((case when jsonb_typeof(("j" -> 'a')) = 'number' then ("j" -> 'a')::numeric end) > '1'::numeric)"},
          {"j = json '{\"a\": 1}'",
           R"(jsonb_strip_nulls((case when jsonb_typeof("j") in ('object', 'array') then "j" end)))"
           R"( = jsonb_strip_nulls('{"a":1}'::jsonb))"},
          {"j[0] exists",
           R"(coalesce(jsonb_typeof(jsonb_path_query_first("j", 'strict $[0]', '{}', true)) <> 'null', false))"},
          {"plain.a = 1", nullptr},
          {"plain.a not exists", nullptr},
          {"age.a = 1", "false"},
      });
}

TEST(Translate, FieldsOfDocumentsHaveTheClassThatTheirTypesSay) {
  const Table table(DatasetOptions("t"), Layout::document);
  check(
      table,
      {
          {"id = 5", "id = '5'"},
          {"id < 'b'", R"(id collate "C" < 'b')"},
          {"name = 'Ada'", R"(data @> '{"name":"Ada"}'::jsonb)"},
          // Base64 too: equal, whether it is noted as binary or not.
          {"name = 'John'", R"(data @> '{"name":"John"}'::jsonb)"},
          {"a.b = '12:30:00'", R"(data @> '{"a":{"b":"12:30:00"}}'::jsonb)"},
          {"a.b = 'NaN'",
           R"((data @> '{"a":{"b":"NaN"}}'::jsonb and ((types ->> 'a.b') in ('float')) is not true))"},
          {"age = 5", R"(data @> '{"age":5}'::jsonb)"},
          {"age > 5",
           R"((case jsonb_typeof((data -> 'age')) when 'number' then (data -> 'age')::numeric when 'string' then )"
           R"(case when ((types ->> 'age') = 'float' and (data ->> 'age') in ('NaN', 'Infinity', '-Infinity')) )"
           R"(then (data ->> 'age')::numeric end end) > '5'::numeric)"},
          {"name exists", "coalesce(jsonb_typeof((data -> 'name')) <> 'null', false)"},
          {"metadata.source = 'a'", R"(metadata @> '{"source":"a"}'::jsonb)"},
          {R"(any = json '["NaN"]')", nullptr},
      });
}

TEST(Translate, SortsEndWithTheKey) {
  const Table table = table_of_types();
  const auto order = [&](const char* query) {
    const std::vector<SortKey> keys = Query::parse(query).sort();
    return can_sort(table, keys) ? order_sql(order_keys(table, keys)) : "none";
  };
  EXPECT_EQ(order("limit 1"), R"("id")");
  EXPECT_EQ(order("order by age, name desc"), R"("age", "name" collate "C" desc nulls last, "id")");
  EXPECT_EQ(order("order by id desc"), R"("id" desc, "id")");
  EXPECT_EQ(order("order by j"), "none");
  EXPECT_EQ(order("order by plain"), "none");
}

TEST(Translate, SortsInPartsWhereNoIndexHasTheWholeOrder) {
  const Table table = table_of_types();
  const auto parts = [&](const char* query) {
    std::vector<std::string> texts;
    for (const OrderPart& part : order_parts(table, Query::parse(query).sort()))
      texts.push_back(part.condition + ": " + order_sql(part.order));
    return texts;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(parts("order by age"), Texts());
  EXPECT_EQ(parts("order by id desc"), Texts());
  EXPECT_EQ(parts("order by age desc, name"),
            (Texts{R"("age" is not null: "age" desc, "name" collate "C", "id")",
                   R"("age" is null: "name" collate "C", "id")"}));
  const Texts moments = parts("order by moment");
  ASSERT_EQ(moments.size(), 3U);
  EXPECT_TRUE(moments[0].ends_with(R"(: "moment", "id")")) << moments[0];
  EXPECT_EQ(moments[2], R"("moment" is null: "id")");
}

}  // namespace
}  // namespace dataknobs::postgresql
