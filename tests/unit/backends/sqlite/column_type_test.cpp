// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/column_type.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fmt/format.h>

namespace dataknobs::sqlite {
namespace {

std::vector<FieldType> types() {
  std::vector<FieldType> result;
  for (const ValueType kind :
       {ValueType::boolean, ValueType::integer, ValueType::floating, ValueType::decimal, ValueType::string,
        ValueType::binary, ValueType::datetime, ValueType::date, ValueType::time, ValueType::json,
        ValueType::vector, ValueType::null}) {
    result.emplace_back(kind);
  }
  for (const std::int32_t width : {8, 16, 32})
    result.push_back(FieldType(ValueType::integer).set_width(width));
  result.push_back(FieldType(ValueType::floating).set_width(32));
  result.push_back(FieldType(ValueType::decimal).set_precision(10, 2));
  result.push_back(FieldType(ValueType::decimal).set_precision(1000, -3));
  result.push_back(FieldType(ValueType::decimal).set_precision(38, std::nullopt));
  result.push_back(FieldType(ValueType::string).set_length(20));
  for (const char* logical :
       {"uuid", "interval", "inet", "enum", "point", "real", "blob", "text", "character", "100%",
        "double \"x\"", "m\xc3\xa4rz", "integer[]", "a(b)", "tab\there"}) {
    result.push_back(FieldType(ValueType::string).set_logical(logical));
    result.push_back(FieldType(ValueType::json).set_logical(logical));
  }
  result.push_back(FieldType(ValueType::string).set_logical("char").set_length(5));
  result.push_back(FieldType(ValueType::datetime).set_logical("naive"));
  result.push_back(FieldType(ValueType::integer).set_logical("oid").set_width(32));
  return result;
}

TEST(ColumnType, ComesBackFromItsDeclaration) {
  for (const FieldType& type : types()) {
    EXPECT_EQ(type_of_declared(declared_type(type)), type)
        << type.to_string() << " as " << declared_type(type);
  }
}

// Also by way of SQLite's parser, which keeps the text of a type in its own way.
TEST(ColumnType, ComesBackFromACatalog) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  std::string sql = "CREATE TABLE t (";
  for (std::size_t i = 0; i < types().size(); ++i) {
    sql += fmt::format("{}c{} {}", i == 0 ? "" : ", ", i, declared_type(types()[i]));
  }
  ASSERT_EQ(sqlite3_exec(handle, (sql + ")").c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
  for (std::size_t i = 0; i < types().size(); ++i) {
    const char* declared = nullptr;
    const std::string name = fmt::format("c{}", i);
    sqlite3_table_column_metadata(handle, "main", "t", name.c_str(), &declared, nullptr, nullptr, nullptr,
                                  nullptr);
    EXPECT_EQ(type_of_declared(declared == nullptr ? "" : declared), types()[i]) << declared_type(types()[i]);
  }
  sqlite3_close(handle);
}

TEST(ColumnType, NeverDeclaresAnAffinityThatChangesItsValues) {
  for (const FieldType& type : types()) {
    const Affinity affinity = affinity_of(declared_type(type));
    switch (type.kind()) {
      case ValueType::integer:
        EXPECT_EQ(affinity, Affinity::integer) << declared_type(type);
        break;
      case ValueType::floating:
        EXPECT_EQ(affinity, Affinity::real) << declared_type(type);
        break;
      case ValueType::decimal:
      case ValueType::string:
      case ValueType::vector:
        EXPECT_EQ(affinity, Affinity::text) << declared_type(type);
        break;
      case ValueType::binary:
      case ValueType::null:
        EXPECT_EQ(affinity, Affinity::blob) << declared_type(type);
        break;
      default:
        // Their texts never look like numbers, and booleans are integers.
        EXPECT_EQ(affinity, Affinity::numeric) << declared_type(type);
    }
  }
}

struct Foreign {
  const char* declared;
  ValueType kind;
};

TEST(ColumnType, ReadsTypesThatOthersDeclared) {
  const std::vector<Foreign> cases{
      {"", ValueType::null},
      {"INT", ValueType::integer},
      {"bigint", ValueType::integer},
      {"UNSIGNED BIG INT", ValueType::integer},
      {"INTEGER(11)", ValueType::integer},
      {"INTEGER UNSIGNED", ValueType::integer},
      {"tinyint(1)", ValueType::integer},
      {"CHARACTER(20)", ValueType::string},
      {"VARCHAR(255)", ValueType::string},
      {"nvarchar(100)", ValueType::string},
      {"CLOB", ValueType::string},
      {"text", ValueType::string},
      {"BLOB", ValueType::binary},
      {"REAL", ValueType::floating},
      {"DOUBLE PRECISION", ValueType::floating},
      {"float", ValueType::floating},
      {"NUMERIC", ValueType::decimal},
      {"DECIMAL(10,5)", ValueType::decimal},
      {"BOOLEAN", ValueType::boolean},
      {"bool", ValueType::boolean},
      {"DATE", ValueType::date},
      {"DATETIME", ValueType::datetime},
      {"timestamp", ValueType::datetime},
      {"TIMESTAMP WITH TIME ZONE", ValueType::datetime},
      {"TIME", ValueType::time},
      {"TIME(6)", ValueType::time},
      {"JSON", ValueType::json},
      {"jsonb", ValueType::json},
      {"UUID", ValueType::string},
      {"GEOMETRY", ValueType::null},
      {"FLOATING POINT", ValueType::integer},
  };
  for (const Foreign& test : cases) {
    EXPECT_EQ(type_of_declared(test.declared).kind(), test.kind) << test.declared;
    EXPECT_EQ(type_of_declared(test.declared).native(), test.declared);
  }
}

// SQLite itself is asked what it makes of each text in a column of numbers.
TEST(ColumnType, KnowsWhatLooksLikeANumber) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "CREATE TABLE t (x NUMERIC)", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector<std::string> texts{"1",
                                       "-1",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "\t1\n",
                                       "1.5",
                                       ".5",
                                       "5.",
                                       ".",
                                       "1e5",
                                       "1E+5",
                                       "1e-5",
                                       "1e",
                                       "e5",
                                       "",
                                       " ",
                                       "0x10",
                                       "1.5.2",
                                       "--1",
                                       "+ 1",
                                       "1 2",
                                       "Inf",
                                       "NaN",
                                       "1_0",
                                       "007",
                                       "-.5e2",
                                       "1e5x",
                                       "12a",
                                       "+",
                                       "-",
                                       "1.e3",
                                       ".e3",
                                       "\v7\f",
                                       "2024-02-29",
                                       "12:30:00",
                                       std::string("1\0", 2),
                                       "9223372036854775808",
                                       "1e400",
                                       "0.1000000000000000055511151231257827"};
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(handle, "INSERT INTO t VALUES (?) RETURNING typeof(x) <> 'text'", -1, &insert, nullptr);
  for (const std::string& text : texts) {
    sqlite3_bind_text(insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    ASSERT_EQ(sqlite3_step(insert), SQLITE_ROW);
    const bool converted = sqlite3_column_int(insert, 0) != 0;
    sqlite3_reset(insert);
    // What SQLite may leave alone after all (too many digits) counts as changed too: it is refused rather
    // than risked.
    if (converted) {
      EXPECT_TRUE(looks_numeric(text)) << '"' << text << '"';
    } else {
      EXPECT_TRUE(!looks_numeric(text) || text.size() > 15 || text == "1e400") << '"' << text << '"';
    }
  }
  sqlite3_finalize(insert);
  sqlite3_close(handle);
}

}  // namespace
}  // namespace dataknobs::sqlite
