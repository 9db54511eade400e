// SPDX-License-Identifier: Apache-2.0
#include "record/batch.hpp"

#include <thread>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

#include "record/canonical.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

using test::GeneratorOptions;
using test::RecordGenerator;

// Equal in names, order, types and values, ids too: stricter than Record's equality.
void expect_same(const Record& left, const Record& right, const std::string& where) {
  ASSERT_EQ(left.id(), right.id()) << where;
  for (const Field& field : left.fields()) {
    const Value* other = right.find(field.name());
    ASSERT_NE(other, nullptr) << where << ' ' << field.name();
    ASSERT_EQ(field.value().type(), other->type()) << where << ' ' << field.name();
    ASSERT_EQ(field.value(), *other) << where << ' ' << field.name() << ": " << to_text(*other);
  }
  ASSERT_EQ(left.size(), right.size()) << where;
}

void expect_same(const std::vector<Record>& left, const std::vector<Record>& right,
                 const std::string& where) {
  ASSERT_EQ(left.size(), right.size()) << where;
  for (std::size_t i = 0; i < left.size(); ++i)
    expect_same(left[i], right[i], where + " row " + std::to_string(i));
}

GeneratorOptions wild() {
  return GeneratorOptions()
      .null_rate(0.2)
      .missing_rate(0.2)
      .mixed_rate(0.1)
      .special_floats(true)
      .temporal_extremes(true)
      .zero_characters(true)
      .decimal_digits(1000);
}

// The records of the batch, once they went through columns.
std::vector<Record> through_columns(const Batch& batch) {
  return Batch::from_columns(batch.schema(), batch.columns(), batch.ids()).rows();
}

TEST(Batch, RowsSurviveColumns) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RecordGenerator generator(seed, wild());
    std::vector<Record> rows = generator.records(generator.below(40));
    for (Record& row : rows) {
      if (generator.chance(0.5)) row.set_id(generator.text());
    }
    Batch batch = Batch::from_rows(rows);
    expect_same(rows, through_columns(batch), "seed " + std::to_string(seed));
    expect_same(rows, batch.rows(), "seed " + std::to_string(seed));
  }
}

TEST(Batch, SlicesAndSelectionsKeepTheirRows) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::string where = "seed " + std::to_string(seed);
    RecordGenerator generator(seed, wild());
    std::vector<Record> rows = generator.records(1 + generator.below(40));
    rows.front().set_id("first");
    Batch source = Batch::from_rows(rows);
    Batch columns = Batch::from_columns(source.schema(), source.columns(), source.ids());
    std::uint64_t offset = generator.below(rows.size());
    std::uint64_t count = generator.below(rows.size() - offset + 5);
    auto begin = rows.begin() + static_cast<std::ptrdiff_t>(offset);
    auto end = begin + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count, rows.size() - offset));
    std::vector<Record> expected(begin, end);
    Batch slice = columns.slice(offset, count);
    expect_same(expected, slice.rows(), where);
    expect_same(expected, Batch::from_rows(rows).slice(offset, count).rows(), where);
    // A slice of a slice, through columns once more: offsets add up.
    expect_same(expected, through_columns(slice.slice(0, expected.size())), where);
    EXPECT_EQ(digest_rows(slice), digest_rows(Batch::from_rows(expected))) << where;

    std::vector<bool> selection;
    std::vector<Record> selected;
    for (const Record& row : expected) {
      selection.push_back(generator.below(3) != 0);
      if (selection.back()) selected.push_back(row);
    }
    expect_same(selected, slice.select(selection).rows(), where);
    expect_same(selected, Batch::from_rows(expected).select(selection).rows(), where);
    EXPECT_EQ(digest_rows(slice.select(selection)), digest_rows(Batch::from_rows(selected))) << where;
  }
}

TEST(Batch, AGivenSchemaLosesNothing) {
  RecordGenerator generator(11, wild());
  std::vector<Record> rows = generator.records(50);
  // Every column gets another type than its values have: all become exceptions.
  std::vector<FieldDescription> fields{{"extra", ValueType::integer}};
  Batch source = Batch::from_rows(rows);
  for (const FieldDescription& field : source.schema().fields()) {
    bool is_text = field.type().kind() == ValueType::string;
    fields.emplace_back(field.name(), FieldType(is_text ? ValueType::date : ValueType::string));
  }
  Schema schema(fields);
  expect_same(rows, Batch::from_rows(rows).with_schema(schema).rows(), "from rows");
  Batch columns = Batch::from_columns(source.schema(), source.columns(), source.ids());
  expect_same(rows, columns.with_schema(schema).rows(), "from columns");
  expect_same(rows, columns.with_schema(schema).with_schema(source.schema()).rows(), "and back");
  EXPECT_EQ(columns.with_schema(schema).schema(), schema);
}

TEST(Batch, AFieldBeyondTheSchemaIsAnError) {
  std::vector<Record> rows{Record{{"a", 1}}, Record{{"a", 1}, {"b", 2}}.set_id("second")};
  Schema schema({{"a", ValueType::integer}});
  Batch source = Batch::from_rows(rows);
  Batch columns = Batch::from_columns(source.schema(), source.columns(), source.ids());
  for (const Batch& batch : {Batch::from_rows(rows), columns}) {
    try {
      batch.with_schema(schema);
      ADD_FAILURE() << "the field was dropped";
    } catch (const SerializationError& error) {
      EXPECT_EQ(error.field_path(), "b");
      EXPECT_EQ(error.record_id(), "second");
    }
    EXPECT_EQ(batch.slice(0, 1).with_schema(schema).size(), 1U);
  }
}

TEST(Batch, TypesAreThoseOfTheValues) {
  Batch batch = Batch::from_rows({
      Record{{"integer", 1}, {"mixed", nullptr}, {"none", nullptr}},
      Record{{"integer", nullptr}, {"mixed", 1.5}, {"late", Date{1}}},
      Record{{"integer", 2}, {"mixed", 2}},
  });
  EXPECT_EQ(batch.schema(), Schema({{"integer", ValueType::integer},
                                    {"mixed", ValueType::floating},
                                    {"none", ValueType::null},
                                    {"late", ValueType::date}}));
  EXPECT_EQ(batch.columns()[1].exceptions().size(), 1U);
  EXPECT_EQ(batch.columns()[1].exceptions().at(2), Value(2));
  EXPECT_EQ(batch.columns()[3].missing(), std::vector<bool>({true, false, true}));
  EXPECT_TRUE(batch.columns()[0].missing().empty());
  EXPECT_EQ(batch.ids(), nullptr);
}

TEST(Batch, RefusesColumnsThatDoNotFit) {
  ColumnBuilder integers{FieldType(ValueType::integer)};
  integers.append_integer(1);
  Column one = integers.finish();
  ColumnBuilder more{FieldType(ValueType::integer)};
  more.append_integer(1);
  more.append_null();
  Column two = more.finish();
  Schema schema({{"a", ValueType::integer}, {"b", ValueType::integer}});
  EXPECT_THROW(Batch::from_columns(schema, {one, two}), SerializationError);
  EXPECT_THROW(Batch::from_columns(schema, {one}), SerializationError);
  EXPECT_THROW(
      Batch::from_columns(Schema({{"a", ValueType::string}}), {Column(ValueType::string, one.array())}),
      SerializationError);
  EXPECT_THROW(Batch::from_columns(Schema({{"a", ValueType::integer}}), {one}, one.array()),
               SerializationError);
}

TEST(Batch, KeepsRowsItWasMadeOf) {
  Record row{{"a", 1}};
  row.set_id("7").set_version("v1").set_metadata(Json(Json::Object{{"source", "x"}}));
  Batch batch = Batch::from_rows({row, row});
  EXPECT_EQ(batch.columns().size(), 1U);
  Batch slice = batch.slice(1, 1);
  EXPECT_TRUE(slice.has_columns());
  EXPECT_EQ(slice.rows()[0].version(), "v1");
  Batch shared = batch;
  EXPECT_EQ(std::move(shared).take_rows().size(), 2U);
  EXPECT_EQ(batch.rows().size(), 2U);
  EXPECT_EQ(std::move(batch).take_rows()[0].metadata()->find("source")->get<std::string>(), "x");
}

TEST(Batch, ConvertsOnceForManyThreads) {
  RecordGenerator generator(3, wild());
  Batch source = Batch::from_rows(generator.records(200));
  for (int round = 0; round < 20; ++round) {
    Batch rows = Batch::from_rows(source.rows());
    Batch columns = Batch::from_columns(source.schema(), source.columns());
    std::vector<const void*> seen(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      threads.emplace_back([&, i] {
        seen[i] = i % 2 == 0 ? static_cast<const void*>(rows.columns().data()) : columns.rows().data();
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 2; i < seen.size(); ++i) EXPECT_EQ(seen[i], seen[i - 2]);
  }
}

// Rows of a wire format of the test's own: a letter each, which is the text of the one column. Counts what it decodes.
class Letters {
 public:
  Batch batch(std::string letters) const {
    WireBytes bytes;
    bytes.encoding = "letters";
    for (std::uint32_t row = 0; row < letters.size(); ++row) bytes.rows.push_back(row);
    bytes.bytes = std::move(letters);
    return Batch::from_wire(std::move(bytes),
                            [decoded = decoded_](std::string_view rows, std::uint64_t count) {
                              *decoded += count;
                              ColumnBuilder builder{FieldType(ValueType::string)};
                              for (const char& letter : rows) builder.append_text({&letter, 1});
                              Schema schema({FieldDescription("letter", FieldType(ValueType::string))});
                              std::vector<Column> columns;
                              columns.push_back(builder.finish());
                              return Batch::from_columns(std::move(schema), std::move(columns));
                            });
  }
  std::uint64_t decoded() const { return *decoded_; }

 private:
  std::shared_ptr<std::uint64_t> decoded_ = std::make_shared<std::uint64_t>(0);
};

TEST(Batch, WireBytesAreDecodedWhenSomebodyAsks) {
  const Letters letters;
  const Batch batch = letters.batch("abcd");
  EXPECT_EQ(batch.size(), 4U);
  EXPECT_TRUE(batch.has_columns());
  EXPECT_FALSE(batch.has_rows());
  ASSERT_NE(batch.wire(), nullptr);
  EXPECT_EQ(batch.wire()->of_rows(1, 2), "bc");
  const std::uint64_t undecoded = batch.memory();
  EXPECT_EQ(letters.decoded(), 0U);
  EXPECT_EQ(batch.columns().front().value(2), Value("c"));
  EXPECT_EQ(batch.rows().back()["letter"], Value("d"));
  EXPECT_EQ(letters.decoded(), 4U);
  // It holds both now, and says so.
  EXPECT_NE(batch.wire(), nullptr);
  EXPECT_GT(batch.memory(), undecoded);
}

TEST(Batch, PartsOfWireBytesAreDecodedAlone) {
  const Letters letters;
  const Batch batch = letters.batch("abcdef");
  const Batch part = batch.slice(1, 4).slice(1, 2);
  EXPECT_EQ(part.size(), 2U);
  EXPECT_EQ(part.wire(), nullptr);
  EXPECT_EQ(part.columns().front().value(0), Value("c"));
  EXPECT_EQ(part.rows()[1]["letter"], Value("d"));
  EXPECT_EQ(letters.decoded(), 2U);
  EXPECT_TRUE(batch.slice(6, 1).empty());
  EXPECT_NE(batch.slice(0, 9).wire(), nullptr);

  DigestTotal parts;
  for (std::uint64_t row = 0; row < 6; row += 4) parts += digest_batch(batch.slice(row, 4));
  EXPECT_EQ(parts, digest_batch(batch));
  EXPECT_EQ(parts, digest_batch(Batch::from_rows(batch.rows())));
  const Batch picked = batch.select({true, false, false, false, false, true});
  EXPECT_EQ(picked.wire(), nullptr);
  EXPECT_EQ(picked.rows()[1]["letter"], Value("f"));
  EXPECT_EQ(batch.with_schema(batch.schema()).rows()[2]["letter"], Value("c"));
}

TEST(Batch, WireBytesOfAnotherNumberOfRowsAreAnError) {
  WireBytes bytes;
  bytes.rows = {0, 0};
  const Batch batch =
      Batch::from_wire(std::move(bytes), [](std::string_view, std::uint64_t) { return Batch(); });
  EXPECT_THROW(batch.columns(), SerializationError);
  EXPECT_THROW(batch.rows(), SerializationError);
}

TEST(Batch, MemoryGrowsWithTheData) {
  Batch small = Batch::from_rows({Record{{"a", std::string(10, 'x')}}});
  Batch large = Batch::from_rows({Record{{"a", std::string(100'000, 'x')}}});
  EXPECT_GT(large.memory(), small.memory() + 99'000);
  EXPECT_LT(large.memory(), 110'000U);
  Batch columns = Batch::from_columns(large.schema(), large.columns());
  EXPECT_GT(columns.memory(), 100'000U);
  EXPECT_LT(columns.memory(), 110'000U);
  EXPECT_TRUE(Batch().empty());
}

}  // namespace
}  // namespace dataknobs
