// SPDX-License-Identifier: Apache-2.0
#include "transfer/convert.hpp"

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

#include "transfer/fidelity.hpp"
#include "transfer/schema_inference.hpp"

namespace dataknobs {
namespace {

FieldMapping mapping(const char* source, FieldType from, const char* target, FieldType to) {
  return FieldMapping(source, from, target, classify(from, to));
}

TransferPlan columns_plan(std::vector<FieldMapping> fields, std::vector<std::string> key = {}) {
  TransferPlan plan;
  plan.fields = std::move(fields);
  plan.view.key = std::move(key);
  return plan;
}

Batch integers(std::vector<Value> ids, std::vector<Value> values) {
  const Schema schema({{"id", ValueType::integer}, {"n", ValueType::integer}});
  ColumnBuilder id(ValueType::integer);
  ColumnBuilder n(ValueType::integer);
  for (const Value& value : ids) id.append(value);
  for (const Value& value : values) n.append(value);
  std::vector<Column> columns;
  columns.push_back(id.finish());
  columns.push_back(n.finish());
  return Batch::from_columns(schema, std::move(columns));
}

const FieldType kInteger(ValueType::integer);
const FieldType kSmall = FieldType(ValueType::integer).set_width(16).set_native("smallint");

TEST(Convert, PassesThroughWhatNeedsNothing) {
  const Batch batch = integers({1, 2}, {3, 4});
  const TransferPlan plan =
      columns_plan({mapping("id", kInteger, "id", kInteger), mapping("n", kInteger, "n", kInteger)});
  const Batch result = BatchConverter(plan, "run").convert(batch, 0, 0);
  EXPECT_EQ(result.columns()[1].array(), batch.columns()[1].array());
  EXPECT_EQ(result.columns()[0].array(), batch.columns()[0].array());
}

TEST(Convert, OrdersAndRenamesColumns) {
  const Batch batch = integers({1, 2}, {3, 4});
  const TransferPlan plan = columns_plan({mapping("n", kInteger, "m", kInteger)});
  const Batch result = BatchConverter(plan, "run").convert(batch, 0, 0);
  ASSERT_EQ(result.schema().size(), 1U);
  EXPECT_EQ(result.rows()[1], Record({{"m", 4}}));
}

TEST(Convert, NamesTheValueThatDoesNotFit) {
  const Batch batch = integers({7, 8, 9}, {32767, Value(), 32768});
  const TransferPlan plan =
      columns_plan({mapping("id", kInteger, "id", kInteger), mapping("n", kInteger, "n", kSmall)}, {"id"});
  try {
    BatchConverter(plan, "run").convert(batch, 0, 0);
    FAIL() << "a value beyond 16 bits was taken";
  } catch (const ValidationError& error) {
    EXPECT_EQ(error.record_id(), "9");
    EXPECT_EQ(error.field_path(), "n");
    EXPECT_NE(error.message().find("32768"), std::string::npos) << error.what();
    EXPECT_NE(error.message().find("smallint"), std::string::npos) << error.what();
  }
}

const FieldType kMoment(ValueType::datetime);
const FieldType kClock = FieldType(ValueType::datetime).set_logical("naive");

Batch clocks(const std::vector<const char*>& times) {
  ColumnBuilder builder(kClock);
  for (const char* time : times) builder.append(time == nullptr ? Value() : Value(*parse_datetime(time)));
  std::vector<Column> columns;
  columns.push_back(builder.finish());
  return Batch::from_columns(Schema({{"at", kClock}}), std::move(columns));
}

TransferPlan clock_plan(Exactness exactness) {
  TransferPlan plan = columns_plan({FieldMapping("at", kClock, "at", TypeMapping(kMoment, exactness))});
  plan.timezone = "Europe/Vienna";
  return plan;
}

TEST(Convert, TimesOfAZoneBecomeMoments) {
  const Batch batch = clocks({"2024-01-01T12:00:00Z", nullptr, "2024-07-01T12:00:00.000001Z", "infinity"});
  const Batch result = BatchConverter(clock_plan(Exactness::exact_if), "run").convert(batch, 0, 0);
  EXPECT_EQ(to_text(result.rows()[0]["at"]), "2024-01-01T11:00:00Z");
  EXPECT_TRUE(result.rows()[1]["at"].is_null());
  EXPECT_EQ(to_text(result.rows()[2]["at"]), "2024-07-01T10:00:00.000001Z");
  EXPECT_EQ(result.rows()[3]["at"], Value(DateTime::infinity()));
  EXPECT_EQ(result.schema().fields()[0].type().logical(), "");
}

TEST(Convert, NamesATimeThatAZoneHasTwiceOrNever) {
  for (const char* unclear : {"2024-10-27T02:30:00Z", "2024-03-31T02:30:00Z"}) {
    const Batch batch =
        clocks({"2024-01-01T12:00:00Z", "2024-01-02T12:00:00Z", unclear, "2024-01-02T12:00:00Z"});
    try {
      BatchConverter(clock_plan(Exactness::exact_if), "run").convert(batch, 0, 10);
      FAIL() << unclear;
    } catch (const ValidationError& error) {
      EXPECT_EQ(error.record_id(), "number 13");
      EXPECT_EQ(error.field_path(), "at");
      EXPECT_NE(error.message().find(unclear), std::string::npos) << error.what();
    }
  }
}

TEST(Convert, TakesTheEarlierOfTwoMomentsWhereLossIsAccepted) {
  const Batch batch = clocks({"2024-10-27T02:30:00Z", "2024-03-31T02:30:00Z"});
  const Batch result = BatchConverter(clock_plan(Exactness::lossy), "run").convert(batch, 0, 0);
  EXPECT_EQ(to_text(result.rows()[0]["at"]), "2024-10-27T00:30:00Z");
  EXPECT_EQ(to_text(result.rows()[1]["at"]), "2024-03-31T01:00:00Z");
}

TEST(Convert, NamesThePositionOfARecordWithoutKey) {
  const Batch batch = integers({7, 8}, {1, 40'000});
  const TransferPlan plan = columns_plan({mapping("n", kInteger, "n", kSmall)});
  try {
    BatchConverter(plan, "run").convert(batch, 0, 1000);
    FAIL();
  } catch (const ValidationError& error) {
    EXPECT_EQ(error.record_id(), "number 1002");
  }
}

TEST(Convert, NullsAndMaskedValuesFit) {
  const Batch batch = integers({1, 2}, {Value(), 5});
  const TransferPlan plan = columns_plan({mapping("n", kInteger, "n", kSmall)});
  EXPECT_EQ(BatchConverter(plan, "run").convert(batch, 0, 0).rows()[1], Record({{"n", 5}}));
}

TEST(Convert, ChangesClassesValueByValue) {
  const Batch batch = integers({1, 2}, {3, Value()});
  const TransferPlan plan = columns_plan({mapping("n", kInteger, "n", ValueType::string)});
  const Batch result = BatchConverter(plan, "run").convert(batch, 0, 0);
  EXPECT_EQ(result.rows()[0], Record({{"n", "3"}}));
  EXPECT_TRUE(result.rows()[1]["n"].is_null());
}

TEST(Convert, ExceptionsAreConvertedOrNamed) {
  ColumnBuilder n(ValueType::integer);
  n.append(Value(1));
  n.append(Value(2.0));
  std::vector<Column> columns;
  columns.push_back(n.finish());
  ASSERT_FALSE(columns[0].exceptions().empty());
  const Batch batch = Batch::from_columns(Schema({{"n", ValueType::integer}}), std::move(columns));
  const Batch result =
      BatchConverter(columns_plan({mapping("n", kInteger, "n", kInteger)}), "run").convert(batch, 0, 0);
  EXPECT_EQ(result.rows()[1]["n"].type(), ValueType::integer);
  ColumnBuilder bad(ValueType::integer);
  bad.append(Value("abc"));
  std::vector<Column> wrong;
  wrong.push_back(bad.finish());
  const Batch mixed = Batch::from_columns(Schema({{"n", ValueType::integer}}), std::move(wrong));
  const BatchConverter converter(columns_plan({mapping("n", kInteger, "n", kInteger)}), "run");
  EXPECT_THROW(converter.convert(mixed, 0, 0), ValidationError);
}

TEST(Convert, KeepsWhatTheClassOfAColumnCannotHold) {
  const auto converted = [](ValueType kind, const Value& value) {
    ColumnBuilder builder(kind);
    builder.append(value);
    std::vector<Column> columns;
    columns.push_back(builder.finish());
    const Batch batch = Batch::from_columns(Schema({{"v", kind}}), std::move(columns));
    return BatchConverter(columns_plan({mapping("v", kind, "v", kind)}), "run")
        .convert(batch, 0, 0)
        .rows()[0]["v"];
  };
  // JSON strings that look like JSON stay strings.
  for (const Value& scalar : {Value("[1]"), Value("word"), Value(1.5), Value(true), Value(7)}) {
    const Value kept = converted(ValueType::json, scalar);
    EXPECT_EQ(kept.type(), scalar.type());
    EXPECT_EQ(kept, scalar);
  }
  EXPECT_EQ(converted(ValueType::datetime, "+294276-12-31T23:59:59.999999Z"),
            Value("+294276-12-31T23:59:59.999999Z"));
  EXPECT_EQ(converted(ValueType::vector, "{1,NULL}"), Value("{1,NULL}"));
}

TEST(Convert, IdsOfDocuments) {
  TransferPlan plan;
  plan.target_layout = Layout::document;
  plan.ids = IdOrigin::key;
  plan.key = {"id", "n"};
  const Batch batch = integers({1, 2}, {3, 4});
  EXPECT_EQ(BatchConverter(plan, "run").convert(batch, 0, 0).rows()[1].id(), "[2,4]");
  plan.key = {"n"};
  EXPECT_EQ(BatchConverter(plan, "run").convert(batch, 0, 0).rows()[1].id(), "4");
  plan.ids = IdOrigin::hashed;
  const BatchConverter hashed(plan, "run");
  const Batch first = hashed.convert(batch, 0, 0);
  EXPECT_EQ(first.rows()[0].id(), hashed.convert(batch, 0, 0).rows()[0].id());
  EXPECT_EQ(first.rows()[1].id(), hashed.convert(batch.slice(1, 1), 0, 1).rows()[0].id());
  EXPECT_NE(first.rows()[0].id(), hashed.convert(batch, 1, 0).rows()[0].id());
  EXPECT_NE(first.rows()[0].id(), BatchConverter(plan, "other").convert(batch, 0, 0).rows()[0].id());
}

TEST(Convert, IdsBecomeAColumn) {
  std::vector<Record> rows;
  rows.emplace_back(Record({{"n", 1}})).set_id("a");
  rows.emplace_back(Record({{"n", 2}})).set_id("b");
  TransferPlan plan = columns_plan(
      {mapping("id", ValueType::string, "id", ValueType::string), mapping("n", kInteger, "n", kInteger)});
  plan.id_column = true;
  const Batch result = BatchConverter(plan, "run").convert(Batch::from_rows(std::move(rows)), 0, 0);
  EXPECT_EQ(result.rows()[1]["id"], Value("b"));
  EXPECT_EQ(result.rows()[1]["n"], Value(2));
}

TEST(SchemaInference, MergesTypes) {
  SchemaInference inference;
  inference.add(Batch::from_rows({Record({{"a", 1}, {"b", nullptr}, {"c", "x"}, {"n", nullptr}})}));
  inference.add(Batch::from_rows({Record({{"a", 1.5}, {"b", 2}, {"d", true}})}));
  inference.add(Batch::from_rows({Record({{"c", 3}}), Record({{"a", Decimal(1)}, {"d", false}})}));
  const Schema schema = inference.finish();
  ASSERT_EQ(schema.size(), 5U);
  EXPECT_EQ(schema.find("a")->type().kind(), ValueType::decimal);
  EXPECT_EQ(schema.find("b")->type().kind(), ValueType::integer);
  EXPECT_TRUE(schema.find("c")->type().is_any());
  EXPECT_EQ(schema.find("d")->type().kind(), ValueType::boolean);
  EXPECT_EQ(schema.find("n")->type().kind(), ValueType::string);
}

}  // namespace
}  // namespace dataknobs
