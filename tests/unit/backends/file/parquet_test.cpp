// SPDX-License-Identifier: Apache-2.0
//
// Parquet files of other writers, parts by row groups, and what does not fit.
#include <arrow/api.h>
#include <arrow/compute/cast.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <cmath>

#include "backends/file/arrow_status.hpp"
#include "backends/file/file_dataset.hpp"

#include "file_test.hpp"
#include "record/json.hpp"
#include "support/error_of.hpp"

namespace dataknobs::file_test {
namespace {

using namespace dataknobs::file;

/// An array of the type from JSON-like text of scalars; "" is null.
std::shared_ptr<arrow::Array> array_of(const std::shared_ptr<arrow::DataType>& type,
                                       const std::vector<std::string>& texts) {
  if (arrow::is_decimal(type->id())) return take(arrow::compute::Cast(*array_of(arrow::utf8(), texts), type));
  std::unique_ptr<arrow::ArrayBuilder> builder;
  check(arrow::MakeBuilder(arrow::default_memory_pool(), type, &builder));
  for (const std::string& text : texts) {
    if (text.empty()) {
      check(builder->AppendNull());
    } else {
      check(builder->AppendScalar(*take(arrow::Scalar::Parse(type, text))));
    }
  }
  return take(builder->Finish());
}

void write_table(const std::string& path, const std::shared_ptr<arrow::Table>& table,
                 std::int64_t group_rows = 1000) {
  auto sink = take(arrow::io::FileOutputStream::Open(path));
  parquet::ArrowWriterProperties::Builder properties;
  properties.store_schema();
  check(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, group_rows,
                                   parquet::default_writer_properties(), properties.build()));
  check(sink->Close());
}

std::string write_column(const Folder& folder, const std::shared_ptr<arrow::Array>& array) {
  const std::string path = folder.path("x.parquet");
  write_table(path, arrow::Table::Make(arrow::schema({arrow::field("x", array->type())}), {array}));
  return path;
}

TEST(Parquet, AFileOfAnotherWriterKeepsItsTypesWhenARecordIsWritten) {
  const Folder folder;
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, bool>> cases = {
      {arrow::int64(), true},
      {arrow::utf8(), true},
      {arrow::date32(), true},
      {arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), true},
      {arrow::timestamp(arrow::TimeUnit::MILLI, "UTC"), false},
      {arrow::int32(), false},
      {arrow::uint8(), false}};
  for (const auto& [type, can] : cases) {
    SCOPED_TRACE(type->ToString());
    const std::string path = folder.path(type->ToString() + ".parquet");
    write_table(
        path, arrow::Table::Make(arrow::schema({arrow::field("id", arrow::utf8()), arrow::field("x", type)}),
                                 {array_of(arrow::utf8(), {"a"}), array_of(type, {""})}));
    const std::string before = slurp(path);
    Opened opened(path);
    const DatasetPointer dataset = opened.describe();
    const std::string native = as_file(*dataset).parquet()->native_schema;
    std::vector<Record> records = {{{"id", "b"}}};
    records.front().set_id("b");
    const auto write = [&] {
      const WriteRequest request(dataset, WriteMode::insert, records);
      run(opened.session()->write(opened.context(), request));
      run(opened.backend().close(opened.context()));
    };
    const std::string error = error_of(write);
    EXPECT_EQ(error.empty(), can) << error;
    EXPECT_EQ(error.find("columns of types that would be others") == std::string::npos, can) << error;
    EXPECT_EQ(slurp(path) == before, !can);
    EXPECT_EQ(as_file(*opened.describe()).parquet()->native_schema, native);
  }
}

TEST(Parquet, ColumnsOfOtherWritersAreExact) {
  const auto moment = [](arrow::TimeUnit::type unit, const char* zone) {
    return arrow::timestamp(unit, zone);
  };
  struct Case {
    std::shared_ptr<arrow::DataType> type;
    std::vector<std::string> texts;
    const char* read_as;
    std::vector<std::string> values;
  };
  const std::vector<Case> cases = {
      {arrow::boolean(), {"true", "", "false"}, "boolean", {"true", "", "false"}},
      {arrow::int8(), {"-128", "127"}, "integer(8)", {"-128", "127"}},
      {arrow::uint8(), {"255", "0"}, "integer(16)", {"255", "0"}},
      {arrow::int16(), {"-32768", ""}, "integer(16)", {"-32768", ""}},
      {arrow::uint16(), {"65535", ""}, "integer(32)", {"65535", ""}},
      {arrow::int32(), {"-2147483648", ""}, "integer(32)", {"-2147483648", ""}},
      {arrow::uint32(), {"4294967295", ""}, "integer", {"4294967295", ""}},
      {arrow::int64(), {"-9223372036854775808", ""}, "integer", {"-9223372036854775808", ""}},
      {arrow::uint64(), {"18446744073709551615", ""}, "decimal(20,0)", {"18446744073709551615", ""}},
      {arrow::float32(), {"0.5", "16777217"}, "float(32)", {"0.5", "16777216.0"}},
      {arrow::float64(), {"0.1", ""}, "float", {"0.1", ""}},
      {arrow::decimal128(10, 2), {"1.50", "-0.05"}, "decimal(10,2)", {"1.50", "-0.05"}},
      {arrow::decimal256(70, 1),
       {"123456789012345678901234567890123456789012345678901.5", ""},
       "decimal(70,1)",
       {"123456789012345678901234567890123456789012345678901.5", ""}},
      {arrow::utf8(), {"x", ""}, "string", {"x", ""}},
      {arrow::large_utf8(), {"x", ""}, "string", {"x", ""}},
      {arrow::binary(), {"ab", ""}, "binary", {"6162", ""}},
      {arrow::fixed_size_binary(2), {"ab", ""}, "binary", {"6162", ""}},
      {arrow::date32(), {"2024-02-29", ""}, "date", {"2024-02-29", ""}},
      {arrow::time32(arrow::TimeUnit::MILLI), {"12:30:00.125", ""}, "time", {"12:30:00.125", ""}},
      {arrow::time64(arrow::TimeUnit::MICRO), {"12:30:00", ""}, "time", {"12:30:00", ""}},
      {arrow::time64(arrow::TimeUnit::NANO),
       {"12:30:00.000001", "12:30:00.000000001"},
       "time",
       {"12:30:00.000001", "12:30:00.000000001"}},
      {moment(arrow::TimeUnit::MILLI, "UTC"),
       {"2024-02-29 12:30:00.125Z", ""},
       "datetime",
       {"2024-02-29T12:30:00.125Z", ""}},
      {moment(arrow::TimeUnit::MICRO, "UTC"),
       {"2024-02-29 12:30:00Z", ""},
       "datetime",
       {"2024-02-29T12:30:00Z", ""}},
      {moment(arrow::TimeUnit::NANO, "UTC"),
       {"2024-02-29 12:30:00.000001Z", "1969-12-31 23:59:59.123456789Z"},
       "datetime",
       {"2024-02-29T12:30:00.000001Z", "1969-12-31T23:59:59.123456789Z"}},
      {moment(arrow::TimeUnit::MICRO, ""),
       {"2024-02-29 12:30:00", ""},
       "datetime naive",
       {"2024-02-29T12:30:00Z", ""}},
  };
  const Folder folder;
  for (const Case& each : cases) {
    SCOPED_TRACE(each.type->ToString());
    Opened opened(write_column(folder, array_of(each.type, each.texts)));
    const DatasetPointer dataset = opened.describe();
    EXPECT_EQ(dataset->schema().fields()[0].type().to_string(), each.read_as);
    const std::vector<Record> records = opened.records();
    ASSERT_EQ(records.size(), each.values.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      const Value& value = records[i]["x"];
      EXPECT_EQ(value.is_null() ? "" : to_text(value), each.values[i]);
    }
  }
}

TEST(Parquet, NestedColumnsAreJson) {
  const Folder folder;
  auto numbers = std::make_shared<arrow::Int32Builder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), numbers);
  check(lists.Append());
  check(numbers->AppendValues({1, 2}));
  check(numbers->AppendNull());
  check(lists.AppendNull());
  check(lists.Append());
  const std::shared_ptr<arrow::Array> list = take(lists.Finish());
  const auto days = array_of(arrow::date32(), {"2024-02-29", "", "1970-01-01"});
  const auto structs = take(arrow::StructArray::Make({list, days}, std::vector<std::string>{"l", "d"}));
  Opened opened(write_column(folder, structs));
  EXPECT_EQ(opened.describe()->schema().fields()[0].type().kind(), ValueType::json);
  const std::vector<Record> records = opened.records();
  EXPECT_EQ(to_json(records[0]["x"]), R"({"l":[1,2,null],"d":"2024-02-29"})");
  EXPECT_EQ(to_json(records[1]["x"]), R"({"l":null,"d":null})");
  EXPECT_EQ(to_json(records[2]["x"]), R"({"l":[],"d":"1970-01-01"})");
}

TEST(Parquet, DictionariesAreTheirValues) {
  const Folder folder;
  arrow::StringDictionaryBuilder builder;
  for (const char* text : {"a", "b", "a"}) check(builder.Append(text));
  const std::shared_ptr<arrow::Array> array = take(builder.Finish());
  Opened opened(write_column(folder, array));
  EXPECT_EQ(opened.describe()->schema().fields()[0].type().to_string(), "string");
  EXPECT_EQ(opened.records()[2]["x"], Value("a"));
}

TEST(Parquet, PartsAreRowGroups) {
  const Folder folder;
  arrow::Int64Builder numbers;
  arrow::StringBuilder texts;
  for (std::int64_t i = 0; i < 1000; ++i) {
    check(numbers.Append(i));
    check(texts.Append("text " + std::to_string(i)));
  }
  const auto schema =
      arrow::schema({arrow::field("id", arrow::int64(), false), arrow::field("t", arrow::utf8())});
  write_table(folder.path("x.parquet"),
              arrow::Table::Make(schema, {take(numbers.Finish()), take(texts.Finish())}), 70);
  Opened opened(folder.path("x.parquet"));
  const DatasetPointer dataset = opened.describe();
  EXPECT_EQ(dataset->rows(), 1000U);
  EXPECT_EQ(dataset->key(), std::vector<std::string>{"id"});
  for (std::size_t wanted = 1; wanted < 20; ++wanted) {
    ScanRequest request(dataset);
    const std::unique_ptr<Session> session = opened.session();
    std::vector<Record> joined;
    for (const Partition& part : run(session->partition(opened.context(), request, wanted))) {
      ScanRequest some(dataset);
      some.set_partition(part).set_fields({"t"}).set_batch_bytes(300);
      const std::vector<Record> records = opened.records(some);
      EXPECT_EQ(records.size(), part.rows());
      EXPECT_TRUE(part.stable());
      joined.insert(joined.end(), records.begin(), records.end());
    }
    ASSERT_EQ(joined.size(), 1000U);
    for (std::size_t i = 0; i < joined.size(); ++i) {
      ASSERT_EQ(joined[i].id(), std::to_string(i));
      ASSERT_EQ(joined[i]["t"], Value("text " + std::to_string(i)));
    }
  }
}

TEST(Parquet, TornAndForeignFilesAreRefused) {
  const Folder folder;
  const std::string path = write_column(folder, array_of(arrow::int64(), {"1", "2"}));
  const std::string whole = slurp(path);
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const std::string torn = folder.write("torn.parquet", whole.substr(0, size));
    const std::string message = error_of([&] { Opened(torn).records(); });
    EXPECT_NE(message.find("torn.parquet cannot be read as Parquet"), std::string::npos) << message;
    EXPECT_EQ(slurp(torn), whole.substr(0, size));
  }
  const std::string other = folder.write("other.parquet", "a,b\n1,2\n");
  EXPECT_NE(error_of([&] { Opened(other).records(); }), "");
}

TEST(Parquet, WholeFilesThatCannotBeReadAreNotCalledTorn) {
  const Folder folder;
  const std::string lasting =
      write_column(folder, array_of(arrow::duration(arrow::TimeUnit::MICRO), {"1", "2"}));
  const Error type = test::error_of([&] { Opened(lasting).records(); });
  EXPECT_EQ(type.code(), ErrorCode::unsupported);
  EXPECT_EQ(type.field_path(), "x");
  EXPECT_NE(type.message().find("duration[us]"), std::string::npos) << type.message();

  const std::string twice = folder.path("twice.parquet");
  const auto array = array_of(arrow::int64(), {"1"});
  const auto field = arrow::field("a", arrow::int64());
  write_table(twice, arrow::Table::Make(arrow::schema({field, field}), {array, array}));
  const Error names = test::error_of([&] { Opened(twice).records(); });
  EXPECT_NE(names.message().find("columns 1 and 2 are both named 'a'"), std::string::npos) << names.message();
  EXPECT_EQ(names.hint().find("complete"), std::string::npos) << names.hint();
}

TEST(Parquet, AColumnThatCannotBeReadLeavesTheOthers) {
  const Folder folder;
  const std::string path = folder.path("x.parquet");
  const auto numbers = array_of(arrow::int64(), {"1", "2"});
  const auto durations = array_of(arrow::duration(arrow::TimeUnit::MICRO), {"1", "2"});
  const auto list = arrow::fixed_size_list(arrow::int32(), 2);
  const auto lists = take(arrow::MakeArrayOfNull(list, 2));
  const auto schema = arrow::schema({arrow::field("lasting", durations->type()),
                                     arrow::field("a", numbers->type()), arrow::field("pairs", list)});
  write_table(path, arrow::Table::Make(schema, {durations, numbers, lists}));
  Opened opened(path);
  const auto records = [&](const char* field) {
    return opened.records(ScanRequest(opened.describe()).set_fields({field}));
  };
  EXPECT_EQ(opened.describe()->rows(), 2U);
  EXPECT_EQ(records("a").back()["a"], Value(2));
  for (const char* name : {"lasting", "pairs"}) {
    const Error error = test::error_of([&] { records(name); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported) << error.what();
    EXPECT_EQ(error.field_path(), name) << error.what();
    EXPECT_NE(error.hint().find("--select"), std::string::npos) << error.what();
  }
}

/// Writes one record into a new Parquet file of that schema.
std::string write_record(const std::string& path, const Record& record, const Schema& schema) {
  return error_of([&] {
    Opened opened(path);
    CreateRequest request(opened.options(), Layout::columns);
    request.set_schema(schema);
    const std::unique_ptr<Session> session = opened.session();
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), request));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), Batch::from_rows({record})));
    run(writer->finish(opened.context()));
  });
}

TEST(Parquet, ANullInAKeyIsNamed) {
  const Folder folder;
  Record record{{"x", Value()}};
  record.set_id("r7");
  const Schema schema({FieldDescription("x", ValueType::integer, false)});
  const std::string message = write_record(folder.path("x.parquet"), record, schema);
  EXPECT_NE(message.find("column x must not be null"), std::string::npos) << message;
  EXPECT_NE(message.find("r7"), std::string::npos) << message;
}

TEST(Parquet, ValuesThatDoNotFitAreNamed) {
  const Folder folder;
  const FieldType money = FieldType(ValueType::decimal).set_precision(5, 2);
  struct Case {
    FieldType type;
    Value value;
    const char* error;
  };
  const std::vector<Case> cases = {
      {money, *Decimal::parse("123.45"), ""},
      {money, *Decimal::parse("123.4500"), ""},
      {money, 7, ""},
      {money, 0.25, ""},
      {money, *Decimal::parse("123.456"),
       "the decimal '123.456' does not fit the column 'x' of type decimal(5,2)"},
      {money, *Decimal::parse("1234.5"), "does not fit"},
      {money, std::nan(""), "does not fit"},
      {ValueType::integer, "a", "the string 'a' does not fit the column 'x' of type integer"},
      {ValueType::integer, 1.5, "does not fit"},
      {ValueType::floating, 1, ""},
      {ValueType::floating, std::int64_t{9007199254740993}, "does not fit"},
      {ValueType::string, 1, "does not fit"},
      {ValueType::decimal, std::nan(""), ""},
      {ValueType::null, Date{3}, ""},
      {ValueType::null, "3", ""},
  };
  int number = 0;
  for (const Case& each : cases) {
    const std::string path = folder.path("x" + std::to_string(++number) + ".parquet");
    Record record{{"x", each.value}};
    record.set_id("r7");
    const std::string message = write_record(path, record, Schema({{"x", each.type}}));
    if (*each.error != '\0') {
      EXPECT_NE(message.find(each.error), std::string::npos) << message;
      EXPECT_NE(message.find("r7"), std::string::npos) << message;
      EXPECT_FALSE(std::filesystem::exists(path));
      continue;
    }
    EXPECT_EQ(message, "");
    const std::vector<Record> records = Opened(path).records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0]["x"], each.value) << to_text(records[0]["x"]);
    EXPECT_TRUE(each.type.kind() != ValueType::null || records[0]["x"].type() == each.value.type());
  }
}

TEST(Parquet, DecimalsAndTimesAreParquetsOwn) {
  const Folder folder;
  const Schema schema({{"price", FieldType(ValueType::decimal).set_precision(10, 2)},
                       {"at", ValueType::datetime},
                       {"local", FieldType(ValueType::datetime).set_logical("naive")},
                       {"v", ValueType::vector}});
  const Record record{
      {"price", *Decimal::parse("1.5")}, {"at", DateTime{1}}, {"local", DateTime{2}}, {"v", Vector{1.5F}}};
  ASSERT_EQ(write_record(folder.path("x.parquet"), record, schema), "");
  auto input = take(arrow::io::ReadableFile::Open(folder.path("x.parquet")));
  std::unique_ptr<parquet::arrow::FileReader> reader =
      take(parquet::arrow::OpenFile(input, arrow::default_memory_pool()));
  std::shared_ptr<arrow::Schema> found;
  check(reader->GetSchema(&found));
  EXPECT_EQ(found->field(0)->type()->ToString(), "decimal128(10, 2)");
  EXPECT_EQ(found->field(1)->type()->ToString(), "timestamp[us, tz=UTC]");
  EXPECT_EQ(found->field(2)->type()->ToString(), "timestamp[us]");
  EXPECT_EQ(found->field(3)->type()->ToString(), "list<element: float>");
  const DatasetPointer dataset = Opened(folder.path("x.parquet")).describe();
  EXPECT_EQ(dataset->schema(), schema);
}

}  // namespace
}  // namespace dataknobs::file_test
