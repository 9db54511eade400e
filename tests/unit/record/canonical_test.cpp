// SPDX-License-Identifier: Apache-2.0
#include "record/canonical.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

#include "record/batch.hpp"
#include "record/json.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

using test::GeneratorOptions;
using test::RecordGenerator;

std::string canonical(const Value& value, std::string_view logical = {}) {
  std::string bytes;
  append_canonical(bytes, value, logical);
  return bytes;
}

std::string hex(const Value& value, std::string_view logical = {}) {
  return to_hex(Binary{canonical(value, logical)});
}

TEST(Canonical, BytesOfEachClass) {
  struct Case {
    Value value;
    const char* bytes;
  } cases[] = {
      {true, "6201"},
      {1, "690000000000000001"},
      {1.0, "690000000000000001"},
      {*Decimal::parse("1.00"), "690000000000000001"},
      {-0.0, "690000000000000000"},
      {-1, "69ffffffffffffffff"},
      {0.5, "663fe0000000000000"},
      {*Decimal::parse("0.50"), "663fe0000000000000"},
      {-std::nan("7"), "667ff8000000000000"},
      {9223372036854775808.0, "6643e0000000000000"},
      {9223372036854775808UL, "642b0000000039323233333732303336383534373735383038"},
      {*Decimal::parse("-1.230e-400"), "642dfffffe6e313233"},
      {"a\xc3\xa9", "7361c3a9"},
      {"", "73"},
      {Binary{std::string("\0\1", 2)}, "780001"},
      {DateTime{1}, "740000000000000001"},
      {Date{-1}, "44ffffffff"},
      {Time{2}, "540000000000000002"},
      {parse_json("[]"), "5b"},
      {parse_json("{}"), "7b"},
      {parse_json("[null,\"x\"]"), "5b00000000000000027378"},
      {parse_json(R"({"b":true,"a":null,"":false})"), "7b000000000000000262000000000162000000026201"},
      {Vector{0.5F}, "5b00000009663fe0000000000000"},
  };
  for (const Case& test : cases) EXPECT_EQ(hex(test.value), test.bytes) << to_text(test.value);
}

TEST(Canonical, LogicalTypesOfText) {
  EXPECT_EQ(canonical("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "uuid"),
            "sa0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(canonical("no uuid", "uuid"), "sno uuid");
  EXPECT_EQ(canonical("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), "sA0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11");
  EXPECT_EQ(hex("P1Y2M3DT4H5M6.7S", "interval"), "760000000e00000003000000036c966ee0");
  EXPECT_EQ(hex("P14M3DT14706.7S", "interval"), hex("P1Y2M3DT4H5M6.7S", "interval"));
  EXPECT_EQ(hex("P-1M-2DT-0.000001S", "interval"), "76fffffffffffffffeffffffffffffffff");
  for (const char* text :
       {"", "P", "PT", "1Y", "P1", "P1.5Y", "P1H", "PT1D", "P1DT", "P99999999999Y", "PT1S1"}) {
    EXPECT_EQ(canonical(text, "interval"), std::string("s") + text);
  }
}

TEST(Canonical, EqualExactlyWhenTheBytesAre) {
  std::size_t equal_pairs = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    RecordGenerator generator(seed, GeneratorOptions()
                                        .special_floats(true)
                                        .decimal_digits(seed % 3 == 0 ? 1000 : 25)
                                        .few_values(seed % 2 == 0)
                                        .nesting(2));
    std::vector<Value> values;
    for (int i = 0; i < 150; ++i) {
      values.push_back(generator.value());
      values.push_back(generator.disguise(values.back()));
      ASSERT_EQ(values[values.size() - 2], values.back())
          << "seed " << seed << ": " << to_text(values.back());
    }
    std::vector<std::string> bytes;
    for (const Value& value : values) bytes.push_back(canonical(value));
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t k = 0; k < values.size(); ++k) {
        bool is_moment = values[i].type() == ValueType::datetime || values[i].type() == ValueType::date;
        if (is_moment && values[i].type() != values[k].type()) continue;
        ASSERT_EQ(values[i] == values[k], bytes[i] == bytes[k])
            << "seed " << seed << ": " << to_text(values[i]) << " and " << to_text(values[k]);
        equal_pairs += i < k && values[i] == values[k] ? 1 : 0;
      }
    }
  }
  EXPECT_GT(equal_pairs, 30U * 150U);
}

TEST(Canonical, SortingAgreesWithEquality) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    RecordGenerator generator(
        seed,
        GeneratorOptions().special_floats(true).few_values(seed % 2 == 0).nesting(2).temporal_extremes(true));
    std::vector<Value> values;
    for (int i = 0; i < 60; ++i) values.push_back(generator.value());
    values.emplace_back();
    for (const Value& a : values) {
      for (const Value& b : values) {
        std::strong_ordering order = sort_order(a, b);
        ASSERT_EQ(order == 0, a == b) << "seed " << seed << ": " << to_text(a) << " and " << to_text(b);
        ASSERT_EQ(0 <=> order, sort_order(b, a))
            << "seed " << seed << ": " << to_text(a) << " and " << to_text(b);
        if (order >= 0) continue;
        for (const Value& c : values) {
          if (sort_order(b, c) < 0) {
            ASSERT_EQ(sort_order(a, c), std::strong_ordering::less)
                << "seed " << seed << ": " << to_text(a) << ", " << to_text(b) << ", " << to_text(c);
          }
        }
      }
    }
  }
}

TEST(Digest, ColumnsAndRowsAgree) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RecordGenerator generator(seed, GeneratorOptions()
                                        .missing_rate(0.1)
                                        .mixed_rate(seed % 2 == 0 ? 0 : 0.1)
                                        .null_rate(seed % 3 == 0 ? 0 : 0.2)
                                        .special_floats(true)
                                        .temporal_extremes(true)
                                        .decimal_digits(seed % 5 == 0 ? 1000 : 18));
    std::vector<Record> rows = generator.records(seed < 3 ? 2500 : generator.below(60));
    for (Record& row : rows) {
      if (generator.chance(0.9)) row.set_id(generator.text());
    }
    Batch by_rows = Batch::from_rows(rows);
    Batch source = Batch::from_rows(rows);
    Batch by_columns = Batch::from_columns(source.schema(), source.columns(), source.ids());
    ASSERT_EQ(digest_rows(by_rows), digest_rows(by_columns)) << "seed " << seed;
    ASSERT_EQ(digest_batch(by_rows, "id"), digest_batch(by_columns, "id")) << "seed " << seed;
    for (const char* field :
         {"integer_1", "string_4"}) {  // Fields that some rows have, at times with exceptions.
      ASSERT_EQ(digest_batch(by_rows, field), digest_batch(by_columns, field)) << "seed " << seed;
    }
    ASSERT_FALSE(by_columns.has_rows());
    DigestTotal total;
    for (const Record& row : rows) total += DigestTotal{1, digest_record(row)};
    ASSERT_EQ(total, digest_batch(by_columns)) << "seed " << seed;
  }
}

// Decimals of every length: those of up to 15 digits take a way of their own in columns.
TEST(Digest, DecimalTextsOfColumnsAreExact) {
  RecordGenerator generator(5,
                            GeneratorOptions().types({ValueType::decimal}).decimal_digits(20).null_rate(0));
  std::vector<Record> rows = generator.records(20'000);
  for (const char* text : {"0",
                           "0.00",
                           "-0.0",
                           "1e3",
                           "999999999999999",
                           "0.999999999999999",
                           "9999999999999999",
                           "0.000000000000001",
                           "-0.000000000000001",
                           "123456789.012345",
                           "1e-400",
                           "0.00800000000000000000",
                           "-100.50000000000000000000",
                           "1000.000",
                           "0.000000000000000000000100",
                           "0.0000000000000000000001",
                           "0.00000000000000000000001",
                           "123456789012345.0",
                           "999999999999999.90",
                           "1234567890123450000"}) {
    rows.push_back(Record{{"decimal_0", *Decimal::parse(text)}});
  }
  Batch by_rows = Batch::from_rows(rows);
  Batch source = Batch::from_rows(rows);
  Batch by_columns = Batch::from_columns(source.schema(), source.columns());
  auto left = digest_rows(by_rows);
  auto right = digest_rows(by_columns);
  for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(left[i], right[i]) << to_text(rows[i]["decimal_0"]);
}

TEST(Digest, TextsThatAreNoDecimalsAreErrors) {
  for (const char* text : {"", "-", ".", "1.2.0", "1..0", "0x1", "1.0e", "--1", "1-0"}) {
    ColumnBuilder builder{FieldType(ValueType::decimal)};
    builder.append_text(text);
    std::vector<Column> columns;
    columns.push_back(builder.finish());
    Schema schema({FieldDescription("price", FieldType(ValueType::decimal))});
    const Batch batch = Batch::from_columns(std::move(schema), std::move(columns));
    EXPECT_THROW(digest_batch(batch), SerializationError) << text;
  }
}

TEST(Digest, FindsWhatMatters) {
  Record ada{{"name", "Ada"}, {"age", 36}};
  Record bob{{"name", "Bob"}, {"age", 41}};
  auto total = [](std::vector<Record> rows) { return digest_batch(Batch::from_rows(std::move(rows))); };
  DigestTotal base = total({ada, bob});
  EXPECT_EQ(base, total({bob, ada})) << "the order of records";
  EXPECT_EQ(base, total({Record{{"age", 36.0}, {"name", "Ada"}, {"gone", nullptr}}, bob}))
      << "fields, types, nulls";
  EXPECT_NE(base, total({Record{{"name", "Ada"}, {"age", 41}}, Record{{"name", "Bob"}, {"age", 36}}}))
      << "a swap";
  EXPECT_NE(base, total({ada, bob, bob})) << "a doubled record";
  EXPECT_NE(total({ada, ada}), total({bob, bob})) << "pairs do not cancel out";
  EXPECT_NE(total({Record{{"a", 1}, {"b", 2}}}), total({Record{{"a", 2}, {"b", 1}}}))
      << "values of other fields";
  EXPECT_NE(total({Record{}}), total({})) << "an empty record counts";
}

TEST(Digest, AddsWithCarry) {
  Digest128 digest{UINT64_MAX, 1};
  digest += Digest128{1, 2};
  EXPECT_EQ(digest, (Digest128{0, 4}));
  EXPECT_EQ(digest.to_string(), "00000000000000040000000000000000");
  DigestTotal total{2, digest};
  EXPECT_EQ(total.to_string(), "dk1:2:00000000000000040000000000000000");
}

TEST(Digest, IdCountsOnceWhereItIsAFieldToo) {
  const auto batch_of = [](Record record) { return Batch::from_rows({std::move(record.set_id("a"))}); };
  const Batch with_field = batch_of(Record{{"id", "a"}, {"n", 1}});
  const Batch without_field = batch_of(Record{{"n", 1}});
  const Batch with_null = batch_of(Record{{"id", nullptr}, {"n", 1}});
  const DigestTotal expected = digest_batch(with_field);
  for (const Batch& batch : {with_field, without_field, with_null}) {
    EXPECT_EQ(digest_batch(batch, "id"), expected);
    EXPECT_EQ(digest_batch(batch.with_schema(batch.schema()), "id"), expected);
  }
  EXPECT_NE(digest_batch(without_field), expected);
}

}  // namespace
}  // namespace dataknobs
