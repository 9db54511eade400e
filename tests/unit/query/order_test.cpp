// SPDX-License-Identifier: Apache-2.0
#include "query/order.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

#include "support/expression_generator.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

Record named(std::string_view id, Value value) {
  Record record{{"v", std::move(value)}};
  record.set_id(std::string(id));
  return record;
}

std::vector<SortKey> keys_of(std::string_view text) {
  return Query::parse(text).sort();
}

std::string ids_of(const std::vector<Record>& records) {
  std::string ids;
  for (const Record& record : records) ids += record.id().value_or("-") + " ";
  return ids;
}

std::string sorted(std::vector<Record> records, std::string_view keys, IdOrder ids = IdOrder::text()) {
  sort_records(records, RecordOrder(keys_of(keys), FieldResolution::document(), std::move(ids)));
  return ids_of(records);
}

TEST(Order, ClassesAreInTheOrderOfTheirListAndNullsLastInBothDirections) {
  std::vector<Record> records = {
      named("null", Value()),
      named("vector", Vector{1.0F}),
      named("time", Time{1}),
      named("datetime", DateTime{1}),
      named("date", Date{0}),
      named("binary", Binary{"a"}),
      named("string", "a"),
      named("nan", std::numeric_limits<double>::quiet_NaN()),
      named("float", 1.5),
      named("integer", 1),
      named("decimal", *Decimal::parse("1.25")),
      named("true", true),
      named("false", false),
  };
  EXPECT_EQ(sorted(records, "order by v"),
            "false true integer decimal float nan string binary date datetime time vector null ");
  EXPECT_EQ(sorted(records, "order by v desc"),
            "vector time datetime date binary string nan float decimal integer true false null ");
}

TEST(Order, TiesAreBrokenByIdAscending) {
  std::vector<Record> records = {named("10", 1), named("9", 1), named("b", 1.0), named("a", 2),
                                 named("c", Value())};
  EXPECT_EQ(sorted(records, "order by v"), "10 9 b a c ");
  EXPECT_EQ(sorted(records, "order by v desc"), "a 10 9 b c ");
  EXPECT_EQ(sorted(records, "order by v desc", IdOrder::integer()), "a 9 10 b c ");
  EXPECT_EQ(sorted(records, ""), "10 9 a b c ");
  EXPECT_EQ(sorted(records, "order by id desc"), "c b a 9 10 ");
  EXPECT_EQ(sorted(records, "order by id", IdOrder::integer()), "9 10 a b c ");
  EXPECT_EQ(sorted(records, "order by id desc", IdOrder::integer()), "c b a 10 9 ");
}

TEST(Order, RecordsWithoutIdComeLastInBothDirections) {
  std::vector<Record> records = {Record{{"v", 1}}, named("a", 1), named("b", 2)};
  EXPECT_EQ(sorted(records, ""), "a b - ");
  EXPECT_EQ(sorted(records, "order by id desc"), "b a - ");
  EXPECT_EQ(sorted(records, "order by v"), "a - b ");
}

TEST(Order, KeyColumnsKeepTheirClass) {
  std::vector<Record> records;
  for (auto [number, text] :
       std::vector<std::pair<int, std::string_view>>{{10, "a"}, {9, "b"}, {9, "B"}, {-1, "z"}}) {
    Record record{{"k", number}, {"l", text}};
    record.set_id(std::to_string(number) + std::string(text));
    records.push_back(record);
  }
  EXPECT_EQ(sorted(records, "", IdOrder::key({"k", "l"})), "-1z 9B 9b 10a ");
  EXPECT_EQ(sorted(records, "", IdOrder::key({"l"})), "9B 10a 9b -1z ");
}

TEST(Order, WithoutAKeyCanonicalBytesDecide) {
  Record first{{"a", 1}, {"b", "x"}};
  Record same{{"b", "x"}, {"a", 1.0}, {"c", Value()}};
  Record second{{"a", 1}, {"b", "y"}};
  RecordOrder order({}, FieldResolution::document(), IdOrder::none());
  EXPECT_TRUE(order.compare(first, same) == 0);
  EXPECT_TRUE(order.compare(first, second) < 0);
  EXPECT_TRUE(order.compare(second, same) > 0);
}

TEST(Order, SeveralKeysAndPaths) {
  auto record = [](std::string_view id, int a, std::string_view b) {
    Record made{{"o", Json(Json::Object{{"a", a}, {"b", b}})}};
    made.set_id(std::string(id));
    return made;
  };
  std::vector<Record> records = {record("1", 1, "x"), record("2", 2, "x"), record("3", 1, "y"),
                                 record("4", 2, "y")};
  EXPECT_EQ(sorted(records, "order by o.a desc, o.b"), "2 4 1 3 ");
  EXPECT_EQ(sorted(records, "order by o.b desc, o.a"), "3 4 1 2 ");
}

TEST(Order, UnknownColumnsAreErrors) {
  Schema schema({FieldDescription("v", ValueType::integer)});
  EXPECT_THROW(RecordOrder(keys_of("order by w"), FieldResolution::columns(schema), IdOrder::none()),
               QueryError);
}

TEST(TopRecords, GivesWhatASortOfAllGives) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    test::RecordGenerator values(seed, test::GeneratorOptions().few_values(true).mixed_rate(0.2));
    std::vector<Record> records = values.records(50);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].set_id(std::to_string(i * 7 % 50));
    test::ExpressionGenerator queries(seed, records, test::ExpressionOptions().ordered_rate(1));
    for (int i = 0; i < 20; ++i) {
      Query query = queries.query();
      RecordOrder order(query.sort(), FieldResolution::document(), IdOrder::text());
      TopRecords top(order, query.limit(), query.offset());
      for (const Record& record : records) {
        top.add(record);
        if (query.limit()) {
          ASSERT_LE(top.size(), *query.limit() + query.offset());
        }
      }
      std::vector<Record> expected = records;
      sort_records(expected, order);
      cut_records(expected, query.limit(), query.offset());
      ASSERT_EQ(ids_of(top.take()), ids_of(expected)) << "seed " << seed << ": " << query.to_string();
    }
  }
}

TEST(TopRecords, LimitsAndOffsetsAtTheirEnds) {
  RecordOrder order({}, FieldResolution::document(), IdOrder::text());
  auto taken = [&](std::optional<std::uint64_t> limit, std::uint64_t offset) {
    TopRecords top(order, limit, offset);
    for (std::string_view id : {"c", "a", "b"}) top.add(named(id, 1));
    return ids_of(top.take());
  };
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(taken(0, 0), "");
  EXPECT_EQ(taken(0, 2), "");
  EXPECT_EQ(taken(1, 1), "b ");
  EXPECT_EQ(taken(kMost, 1), "b c ");
  EXPECT_EQ(taken(kMost, kMost), "");
  EXPECT_EQ(taken(std::nullopt, 2), "c ");
  EXPECT_EQ(taken(std::nullopt, 3), "");
  EXPECT_EQ(taken(3, 0), "a b c ");
}

}  // namespace
}  // namespace dataknobs
