// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/codec.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "record/canonical.hpp"

namespace dataknobs::sqlite {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<Value> numbers() {
  const std::string digits(1000, '7');
  constexpr std::int64_t kBeyondFloats = (std::int64_t{1} << 53) + 1;
  std::vector<Value> result{Value(true), Value(false)};
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-7}, INT64_MAX, INT64_MIN, kBeyondFloats - 1,
        kBeyondFloats, std::int64_t{40000}, std::int64_t{3000000000}}) {
    result.emplace_back(number);
  }
  for (const double number : {0.1, -0.0, 1.0, 1e300, 5e-324, 9223372036854775808.0, -9223372036854775808.0,
                              kInfinity, -kInfinity, kNan, 16777217.0}) {
    result.emplace_back(number);
  }
  for (const std::string& text :
       {std::string("1.50"), std::string("0.1"), std::string("12345678901234567890"), digits + "." + digits,
        std::string("-0.00"), std::string("1e400"), std::string("0.1000000000000000055511151231257827")}) {
    result.emplace_back(*Decimal::parse(text));
  }
  return result;
}

std::vector<Value> texts() {
  std::vector<Value> result;
  for (const char* text : {"", "Ada", "12", " 1.50 ", "1e5", "NaN", "Infinity", "2024-02-29",
                           "2024-02-29T12:30:00Z", "12:30:00", "{\"a\":1}", "[1,2]", "true", "infinity",
                           "\xf0\x9f\xa6\x86 m\xc3\xa4rz", "d94b8e6a-0f0c-4f7e-9f0a-2f4f8a1b2c3d", "x'00'"}) {
    result.emplace_back(text);
  }
  result.emplace_back(std::string("a\0b", 3));
  result.emplace_back(std::string("\0", 1));
  for (const std::string& bytes : {std::string(), std::string("\0\xff", 2), std::string("12")}) {
    result.emplace_back(Binary{bytes});
  }
  return result;
}

std::vector<Value> moments() {
  std::vector<Value> result;
  for (const DateTime moment :
       {DateTime{0}, DateTime{1709209800123456}, DateTime{-1}, DateTime::infinity(),
        DateTime::negative_infinity(), DateTime{253402300800000000}, DateTime{-62167219200000001}}) {
    result.emplace_back(moment);
  }
  for (const Date day :
       {Date{0}, Date{19782}, Date::infinity(), Date::negative_infinity(), Date{-800000}, Date{4000000}}) {
    result.emplace_back(day);
  }
  for (const Time time : {Time{0}, Time{86'400'000'000}, Time{1}}) result.emplace_back(time);
  return result;
}

std::vector<Value> values() {
  std::vector<Value> result{Value(Json(Json::Object{{"a", Value(1)}, {"b", Value("x")}})),
                            Value(Json(Json::Array{Value(1.5), Value()})),
                            Value(Json(Json::Array{})),
                            Value(Json()),
                            Value(Vector{1.5F, -0.25F}),
                            Value(Vector{}),
                            Value(Vector{std::numeric_limits<float>::infinity(), 3.4e38F})};
  for (const std::vector<Value>& some : {numbers(), texts(), moments()}) {
    result.insert(result.end(), some.begin(), some.end());
  }
  return result;
}

std::vector<FieldType> types() {
  std::vector<FieldType> result;
  for (const char* declared : {"BOOLEAN",
                               "INTEGER",
                               "INTEGER16",
                               "REAL",
                               "REAL32",
                               "DECIMAL_TEXT",
                               "DECIMAL_TEXT(5,2)",
                               "TEXT",
                               "TEXT(3)",
                               "TEXT \"uuid\"",
                               "BLOB",
                               "DATETIME",
                               "DATE",
                               "TIME",
                               "JSON",
                               "VECTOR_TEXT",
                               "",
                               "NUMERIC",
                               "VARCHAR(5)",
                               "BIGINT",
                               "DOUBLE",
                               "UUID",
                               "STRING",
                               "POINT",
                               "GEOMETRY",
                               "TIMESTAMP",
                               "CHARACTER DATE"}) {
    result.push_back(type_of_declared(declared));
  }
  return result;
}

bool same(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  std::string left_bytes;
  std::string right_bytes;
  append_canonical(left_bytes, left);
  append_canonical(right_bytes, right);
  return left_bytes == right_bytes;
}

class Table {
 public:
  explicit Table(const std::string& declared) {
    sqlite3_open(":memory:", &handle_);
    sqlite3_exec(handle_, ("CREATE TABLE t (x " + declared + ")").c_str(), nullptr, nullptr, nullptr);
  }
  ~Table() { sqlite3_close(handle_); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  Value store(const Cell& cell, const FieldType& type) {
    sqlite3_exec(handle_, "DELETE FROM t", nullptr, nullptr, nullptr);
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle_, "INSERT INTO t VALUES (?) RETURNING x", -1, &statement, nullptr);
    switch (cell.storage()) {
      case Cell::Storage::integer:
        sqlite3_bind_int64(statement, 1, cell.integer());
        break;
      case Cell::Storage::real:
        sqlite3_bind_double(statement, 1, cell.real());
        break;
      case Cell::Storage::text:
        sqlite3_bind_text64(statement, 1, cell.bytes().data(), cell.bytes().size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8);
        break;
      case Cell::Storage::blob:
        sqlite3_bind_blob64(statement, 1, cell.bytes().data(), cell.bytes().size(), SQLITE_TRANSIENT);
        break;
      default:
        break;
    }
    sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_finalize(statement);
    sqlite3_prepare_v2(handle_, "SELECT x FROM t", -1, &statement, nullptr);
    sqlite3_step(statement);
    const Value value = decode(Cell::of_column(statement, 0), type);
    sqlite3_finalize(statement);
    return value;
  }

 private:
  sqlite3* handle_ = nullptr;
};

// The promise of the codec: what it takes comes back, whatever the column does; what would not is refused.
TEST(Codec, BringsBackEveryValueThatItTakes) {
  std::size_t taken = 0;
  for (const FieldType& type : types()) {
    Table table(type.native());
    const Affinity affinity = affinity_of(type.native());
    for (const Value& value : values()) {
      Encoder encoder;
      if (encoder.encode(value, type, affinity)) continue;
      ++taken;
      const Value back = table.store(encoder.cell(), type);
      EXPECT_TRUE(same(back, value)) << type.native() << ": " << to_text(value) << " ("
                                     << to_string(value.type()) << ") came back as " << to_text(back) << " ("
                                     << to_string(back.type()) << ")";
    }
  }
  EXPECT_GT(taken, 400U);
}

// A new column takes every value of its kind.
TEST(Codec, TakesEveryValueOfTheColumnsKind) {
  for (const ValueType kind : {ValueType::boolean, ValueType::integer, ValueType::floating,
                               ValueType::decimal, ValueType::string, ValueType::binary, ValueType::datetime,
                               ValueType::date, ValueType::time, ValueType::json, ValueType::vector}) {
    FieldType type(kind);
    const std::string declared = declared_type(type);
    type.set_native(declared);
    for (const Value& value : values()) {
      if (value.type() != kind) continue;
      Encoder encoder;
      const std::optional<std::string> problem = encoder.encode(value, type, affinity_of(declared));
      EXPECT_FALSE(problem) << declared << ": " << to_text(value) << ": " << problem.value_or("");
    }
  }
}

struct Refusal {
  const char* declared;
  Value value;
};

TEST(Codec, RefusesWhatIsOfAnotherClassOrWouldChange) {
  const std::vector<Refusal> cases{
      {"INTEGER", Value("thirty-six")},
      {"INTEGER", Value(1.5)},
      {"REAL", Value("abc")},
      {"TEXT", Value(Binary{"abc"})},
      {"BOOLEAN", Value(2)},
      {"DATETIME", Value(1709209800)},
      {"DATETIME", Value(Date{0})},
      {"INTEGER", Value("12")},
      {"TEXT", Value(12)},
      {"TEXT", Value(true)},
      {"BOOLEAN", Value(1)},
      {"BOOLEAN", Value("1")},
      {"REAL", Value(INT64_MAX)},
      {"REAL", Value("NaN")},
      {"REAL", Value(*Decimal::parse("0.10000000000000000000001"))},
      {"DECIMAL_TEXT", Value("1.5")},
      {"NUMERIC", Value(*Decimal::parse("0.10000000000000000000001"))},
      {"DATETIME", Value("2024-02-29 10:00:00")},
      {"DATE", Value("2024-02-29")},
      {"TIME", Value("10:00:00")},
      {"JSON", Value("[]")},
      {"", Value(true)},
      {"", Value(*Decimal::parse("0.10000000000000000000001"))},
      {"", Value(DateTime{0})},
      {"", Value(kNan)},
      {"INTEGER16", Value(32768)},
      {"REAL32", Value(0.1)},
      {"TEXT(3)", Value("Lisa")},
      {"DECIMAL_TEXT(5,2)", Value(*Decimal::parse("1.234"))},
      {"DECIMAL_TEXT(5,2)", Value(*Decimal::parse("1234"))},
      {"TEXT", Value("\xff\xfe")},
  };
  for (const Refusal& test : cases) {
    const FieldType type = type_of_declared(test.declared);
    Encoder encoder;
    EXPECT_TRUE(encoder.encode(test.value, type, affinity_of(test.declared)))
        << test.declared << " took " << to_text(test.value);
  }
}

TEST(Codec, ReadsForeignCellsAsWhatTheyAre) {
  struct Case {
    const char* declared;
    Cell cell;
    Value expected;
  };
  const std::vector<Case> cases{
      {"INTEGER", Cell::of_text("abc"), Value("abc")},
      {"INTEGER", Cell::of_real(1.5), Value(1.5)},
      {"BOOLEAN", Cell::of_integer(2), Value(2)},
      {"BOOLEAN", Cell::of_text("true"), Value("true")},
      {"DATETIME", Cell::of_text("2024-02-29 12:30:00"), Value(DateTime{1709209800000000})},
      {"DATETIME", Cell::of_text("2024-02-29"), Value(Date{19782})},
      {"DATETIME", Cell::of_integer(1709209800), Value(1709209800)},
      {"DATETIME", Cell::of_text("yesterday"), Value("yesterday")},
      {"DATE", Cell::of_text("2024-02-29 00:00:00"), Value(DateTime{1709164800000000})},
      {"DATE", Cell::of_real(2460369.5), Value(2460369.5)},
      {"NUMERIC", Cell::of_real(0.1), Value(*Decimal::parse("0.1"))},
      {"NUMERIC", Cell::of_integer(5), Value(*Decimal::parse("5"))},
      {"NUMERIC", Cell::of_text("n/a"), Value("n/a")},
      {"JSON", Cell::of_text("{\"a\": 1}"), Value(Json(Json::Object{{"a", Value(1)}}))},
      {"JSON", Cell::of_text("{\"a\": 1,"), Value("{\"a\": 1,")},
      {"JSON", Cell::of_text("\"a\""), Value("\"a\"")},
      {"TEXT", Cell::of_blob("abc"), Value(Binary{"abc"})},
      {"REAL", Cell::of_text("NaN"), Value(kNan)},
      {"", Cell::of_text("NaN"), Value("NaN")},
  };
  for (const Case& test : cases) {
    const Value value = decode(test.cell, type_of_declared(test.declared));
    EXPECT_TRUE(same(value, test.expected)) << test.declared << ": " << to_text(value);
    EXPECT_EQ(value.type(), test.expected.type()) << test.declared << ": " << to_text(value);
  }
}

TEST(Codec, SaysWhereTextIsNotUtf8) {
  struct Case {
    std::string text;
    std::size_t offset;
  };
  for (const Case& test :
       {Case{"\xff", 0}, Case{"abc\xff", 3}, Case{"\xc3\xa4\xc3", 2}, Case{"a\xed\xa0\x80z", 1},
        Case{std::string(1000, 'x') + "\x80" + std::string(1000, 'y'), 1000}}) {
    EXPECT_EQ(find_invalid_utf8(test.text), test.offset);
    EXPECT_THROW(decode(Cell::of_text(test.text), FieldType(ValueType::string)), SerializationError);
  }
  EXPECT_FALSE(find_invalid_utf8("m\xc3\xa4rz"));
}

}  // namespace
}  // namespace dataknobs::sqlite
