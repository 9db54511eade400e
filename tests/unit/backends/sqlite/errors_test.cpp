// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/errors.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>

namespace dataknobs::sqlite {
namespace {

struct Case {
  int code;
  int system_error;
  const char* text;
  ErrorCode expected;
  const char* field;
  bool retryable;
  bool drops;
};

TEST(Errors, AreTranslatedByTheirCode) {
  const std::vector<Case> cases{
      {SQLITE_CONSTRAINT_PRIMARYKEY, 0, "UNIQUE constraint failed: t.a, t.b", ErrorCode::duplicate_record,
       "a, b", false, false},
      {SQLITE_CONSTRAINT_UNIQUE, 0, "UNIQUE constraint failed: t.mail", ErrorCode::duplicate_record, "mail",
       false, false},
      {SQLITE_CONSTRAINT_NOTNULL, 0, "NOT NULL constraint failed: t.name", ErrorCode::validation, "name",
       false, false},
      {SQLITE_CONSTRAINT_CHECK, 0, "CHECK constraint failed: age > 0", ErrorCode::validation, "", false,
       false},
      {SQLITE_CONSTRAINT_FOREIGNKEY, 0, "FOREIGN KEY constraint failed", ErrorCode::validation, "", false,
       false},
      {SQLITE_MISMATCH, 0, "datatype mismatch", ErrorCode::validation, "", false, false},
      {SQLITE_BUSY, 0, "database is locked", ErrorCode::timeout, "", true, false},
      {SQLITE_BUSY_SNAPSHOT, 0, "database is locked", ErrorCode::concurrency, "", true, false},
      {SQLITE_LOCKED, 0, "database table is locked", ErrorCode::timeout, "", true, false},
      {SQLITE_NOTADB, 0, "file is not a database", ErrorCode::serialization, "", false, true},
      {SQLITE_CORRUPT, 0, "database disk image is malformed", ErrorCode::serialization, "", false, true},
      {SQLITE_FULL, 0, "database or disk is full", ErrorCode::resource, "", false, false},
      {SQLITE_IOERR_WRITE, EIO, "disk I/O error", ErrorCode::resource, "", false, true},
      {SQLITE_READONLY, 0, "attempt to write a readonly database", ErrorCode::permission, "", false, false},
      {SQLITE_CANTOPEN, EACCES, "unable to open database file", ErrorCode::permission, "", false, false},
      {SQLITE_CANTOPEN, ENOENT, "unable to open database file", ErrorCode::not_found, "", false, false},
      {SQLITE_CANTOPEN_ISDIR, 0, "unable to open database file", ErrorCode::invalid_argument, "", false,
       false},
      {SQLITE_TOOBIG, 0, "string or blob too big", ErrorCode::validation, "", false, false},
      {SQLITE_ERROR, 0, "no such table: people", ErrorCode::not_found, "", false, false},
      {SQLITE_ERROR, 0, "table t already exists", ErrorCode::duplicate_record, "", false, false},
      {SQLITE_ERROR, 0, "too many columns on t", ErrorCode::unsupported, "", false, false},
      {SQLITE_INTERRUPT, 0, "interrupted", ErrorCode::cancelled, "", false, false},
  };
  for (const Case& test : cases) {
    NativeError native;
    native.code = test.code;
    native.system_error = test.system_error;
    native.text = test.text;
    const Error error = translate(native, "/data/app.db");
    EXPECT_EQ(error.code(), test.expected) << test.text;
    EXPECT_EQ(error.field_path(), test.field) << test.text;
    EXPECT_EQ(error.retryable(), test.retryable) << test.text;
    EXPECT_EQ(error.drops_connection(), test.drops) << test.text;
    EXPECT_EQ(error.native_text(), test.text);
    EXPECT_NE(error.native_code(), "") << test.text;
  }
}

TEST(Errors, NameTheFileThatIsRefused) {
  for (const int code :
       {SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_BUSY}) {
    NativeError native;
    native.code = code;
    const Error error = translate(native, "/data/app.db");
    EXPECT_NE(error.message().find("/data/app.db"), std::string::npos) << error.what();
    EXPECT_NE(error.hint(), "") << error.what();
  }
}

TEST(Errors, TellARefusedRecordFromABrokenStore) {
  for (const int code :
       {SQLITE_CONSTRAINT_NOTNULL, SQLITE_CONSTRAINT_UNIQUE, SQLITE_MISMATCH, SQLITE_TOOBIG}) {
    NativeError native;
    native.code = code;
    EXPECT_TRUE(is_refusal(translate(native, "f"))) << code;
  }
  for (const int code :
       {SQLITE_FULL, SQLITE_CORRUPT, SQLITE_BUSY, SQLITE_IOERR, SQLITE_READONLY, SQLITE_NOMEM}) {
    NativeError native;
    native.code = code;
    EXPECT_FALSE(is_refusal(translate(native, "f"))) << code;
  }
}

}  // namespace
}  // namespace dataknobs::sqlite
