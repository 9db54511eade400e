// SPDX-License-Identifier: Apache-2.0
#include "query/aggregator.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

#include "record/json.hpp"
#include "support/error_of.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

using test::error_of;
using testing::HasSubstr;

std::string answer(std::string_view aggregation, const std::vector<Record>& records,
                   std::string_view query = "", bool exact = false) {
  Aggregator aggregator(Aggregation::parse(aggregation).exact(exact), FieldResolution::document());
  for (const Record& record : records) aggregator.add(record);
  std::string text;
  for (const Record& group : aggregator.take(Query::parse(query))) {
    for (const Field& field : group.fields()) text += to_text(field.value()) + " ";
    text += "| ";
  }
  return text;
}

TEST(AggregationTest, ParsesAndPrints) {
  for (const std::string text :
       {"city, count() as n, sum(price)", "count(a.b[0])", "\"id\", count_distinct(id) as \"two words\"",
        "a.b", "avg(x), min(x), max(x)", "count, sum(count) as \"count()\""}) {
    EXPECT_EQ(Aggregation::parse(text).to_string(), text);
  }
  const Aggregation built =
      Aggregation().by("city").add(Aggregate::count().as("n")).add(Aggregate::sum("price"));
  EXPECT_EQ(built.to_string(), "city, count() as n, sum(price)");
  EXPECT_EQ(built.names(), (std::vector<std::string>{"city", "n", "sum(price)"}));
}

TEST(AggregationTest, SaysWhatIsWrong) {
  const auto error = [](std::string_view text) {
    const Error found = error_of([&] { Aggregation::parse(text); });
    return found.message() + " " + found.hint();
  };
  EXPECT_THAT(error("summ(x)"), HasSubstr("did you mean 'sum'?"));
  EXPECT_THAT(error("a, sum()"), HasSubstr("column 4: sum needs a field"));
  EXPECT_THAT(error("sum(a b)"), HasSubstr("expected ')'"));
  EXPECT_THAT(error("a b"), HasSubstr("expected ','"));
  EXPECT_THAT(error("count() as a.b"), HasSubstr("a name has no parts"));
  EXPECT_THAT(error(""), HasSubstr("expected a name"));
  EXPECT_THAT(error("\"sum\"(a)"), HasSubstr("unknown function"));
}

TEST(AggregatorTest, OfNothing) {
  EXPECT_EQ(answer("count(), count(a), sum(a), avg(a), min(a), max(a), count_distinct(a)", {}),
            "0 0 null null null null 0 | ");
  EXPECT_EQ(answer("a, count()", {}), "");
}

TEST(AggregatorTest, SumsByClass) {
  const std::vector<Record> mixed{Record{{"v", 1}}, Record{{"v", *Decimal::parse("0.50")}},
                                  Record{{"v", nullptr}}};
  EXPECT_EQ(answer("sum(v), avg(v), count(v)", mixed), "1.50 0.75 2 | ");
  const std::vector<Record> floats{Record{{"v", 0.1}}, Record{{"v", 0.2}}, Record{{"v", 1}}};
  EXPECT_EQ(answer("sum(v)", floats, "", true), "1.3 | ");
  const std::vector<Record> endless{Record{{"v", INFINITY}}, Record{{"v", 2}}};
  EXPECT_EQ(answer("sum(v), avg(v)", endless), "Infinity Infinity | ");
  EXPECT_EQ(answer("sum(v), avg(v)", endless, "", true), "Infinity Infinity | ");
  // 1e16 + 1 + 1 is lost by plain addition, one by one.
  const std::vector<Record> large{Record{{"v", 1e16}}, Record{{"v", 1.0}}, Record{{"v", 1.0}}};
  EXPECT_EQ(answer("sum(v)", large), "10000000000000002.0 | ");
}

TEST(AggregatorTest, GroupsAreSortedAndCut) {
  const std::vector<Record> records{
      Record{{"g", "b"}, {"n", 1}}, Record{{"g", "a"}, {"n", 5}}, Record{{"n", 3}},
      Record{{"g", "b"}, {"n", 2}}, Record{{"g", 1.0}},           Record{{"g", 1}}};
  EXPECT_EQ(answer("g, sum(n) as s", records), "1 null | a 5 | b 3 | null 3 | ");
  EXPECT_EQ(answer("g, sum(n) as s", records, "order by s desc, g limit 2 offset 1"), "b 3 | null 3 | ");
  EXPECT_EQ(answer("g, sum(n)", records, "order by \"sum(n)\" limit 1"), "b 3 | ");
  EXPECT_EQ(answer("a.b, count()", {Record{{"a", parse_json("{\"b\": 1}")}}}, "order by a.b"), "1 1 | ");
  const Error unknown = error_of([&] { answer("g, sum(n) as total", records, "order by totl"); });
  EXPECT_THAT(std::string(unknown.what()), HasSubstr("total"));
}

// Equal groups and results, whatever form the records come in.
TEST(AggregatorTest, OfColumnsIsThatOfRows) {
  const std::vector<ValueType> types{ValueType::integer, ValueType::floating, ValueType::string,
                                     ValueType::decimal, ValueType::date};
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const bool mixed = seed % 3 == 0;
    test::GeneratorOptions options;
    options.types(types).few_values(seed % 2 == 0).missing_rate(0.1).mixed_rate(mixed ? 0.2 : 0);
    test::RecordGenerator generator(seed, options);
    const std::vector<Record> records = generator.records(300);
    const std::string sums = mixed ? "" : ", sum(integer_0), avg(integer_0), sum(floating_1), avg(decimal_3)";
    for (const std::string groups :
         {"", "string_2, ", "integer_0, ", "date_4, string_2, ", "floating_1, ", "absent, "}) {
      const std::string text = groups +
                               "count() as n, count(string_2), count_distinct(decimal_3), min(floating_1), "
                               "max(string_2), min(date_4), max(absent)" +
                               sums;
      const Aggregation aggregation = Aggregation::parse(text).exact(seed % 5 == 0);
      Aggregator rows(aggregation, FieldResolution::columns());
      Aggregator columns(aggregation, FieldResolution::columns());
      for (const Record& record : records) rows.add(record);
      for (std::size_t at = 0; at < records.size(); at += 100) {
        const auto begin = records.begin() + static_cast<std::ptrdiff_t>(at);
        const Batch part = Batch::from_rows(std::vector<Record>(begin, begin + 100));
        columns.add(Batch::from_columns(part.schema(), part.columns()));
      }
      EXPECT_EQ(columns.take(Query()), rows.take(Query())) << "seed " << seed << ": " << text;
    }
  }
}

TEST(AggregatorTest, NamesWhatIsNoNumber) {
  Record record{{"v", "abc"}};
  record.set_id("r7");
  const Error error = error_of([&] { answer("sum(v)", {record}); });
  EXPECT_EQ(error.code(), ErrorCode::validation);
  EXPECT_EQ(error.record_id(), "r7");
  EXPECT_EQ(error.field_path(), "v");
  EXPECT_THAT(error.message(), HasSubstr("'abc'"));
  // Of columns too, where the caller knows what tells their records apart.
  const Batch rows = Batch::from_rows({Record{{"k", 1}, {"v", 2}}, Record{{"k", 2}, {"v", "x"}}});
  const auto id_of = [](const Record& one) { return std::optional<std::string>(to_text(one["k"])); };
  Aggregator aggregator(Aggregation::parse("sum(v)"), FieldResolution::columns(), id_of);
  const Error of_columns =
      error_of([&] { aggregator.add(Batch::from_columns(rows.schema(), rows.columns())); });
  EXPECT_EQ(of_columns.record_id(), "2");
}

TEST(AggregatorTest, RefusesEqualNamesAndNothing) {
  EXPECT_EQ(error_of([] { answer("a, count() as a", {}); }).code(), ErrorCode::query);
  EXPECT_EQ(error_of([] { Aggregator(Aggregation(), FieldResolution::document()); }).code(),
            ErrorCode::query);
}

}  // namespace
}  // namespace dataknobs
