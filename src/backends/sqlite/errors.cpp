// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/errors.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace dataknobs::sqlite {

namespace {

struct Name {
  int code;
  std::string_view name;
};

// Those that people meet; others are shown as their number.
constexpr std::array<Name, 37> kNames{{
    {SQLITE_ERROR, "SQLITE_ERROR"},
    {SQLITE_PERM, "SQLITE_PERM"},
    {SQLITE_ABORT, "SQLITE_ABORT"},
    {SQLITE_BUSY, "SQLITE_BUSY"},
    {SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"},
    {SQLITE_BUSY_RECOVERY, "SQLITE_BUSY_RECOVERY"},
    {SQLITE_LOCKED, "SQLITE_LOCKED"},
    {SQLITE_NOMEM, "SQLITE_NOMEM"},
    {SQLITE_READONLY, "SQLITE_READONLY"},
    {SQLITE_READONLY_DIRECTORY, "SQLITE_READONLY_DIRECTORY"},
    {SQLITE_READONLY_DBMOVED, "SQLITE_READONLY_DBMOVED"},
    {SQLITE_READONLY_CANTINIT, "SQLITE_READONLY_CANTINIT"},
    {SQLITE_INTERRUPT, "SQLITE_INTERRUPT"},
    {SQLITE_IOERR, "SQLITE_IOERR"},
    {SQLITE_IOERR_READ, "SQLITE_IOERR_READ"},
    {SQLITE_IOERR_SHORT_READ, "SQLITE_IOERR_SHORT_READ"},
    {SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE"},
    {SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"},
    {SQLITE_CORRUPT, "SQLITE_CORRUPT"},
    {SQLITE_NOTFOUND, "SQLITE_NOTFOUND"},
    {SQLITE_FULL, "SQLITE_FULL"},
    {SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
    {SQLITE_CANTOPEN_ISDIR, "SQLITE_CANTOPEN_ISDIR"},
    {SQLITE_SCHEMA, "SQLITE_SCHEMA"},
    {SQLITE_TOOBIG, "SQLITE_TOOBIG"},
    {SQLITE_MISMATCH, "SQLITE_MISMATCH"},
    {SQLITE_AUTH, "SQLITE_AUTH"},
    {SQLITE_RANGE, "SQLITE_RANGE"},
    {SQLITE_NOTADB, "SQLITE_NOTADB"},
    {SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    {SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"},
    {SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"},
    {SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"},
    {SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"},
    {SQLITE_CONSTRAINT_ROWID, "SQLITE_CONSTRAINT_ROWID"},
}};

std::string code_name(int code) {
  for (const Name& known : kNames) {
    if (known.code == code) return std::string(known.name);
  }
  for (const Name& known : kNames) {
    if (known.code == (code & 0xff)) return fmt::format("{} ({})", known.name, code);
  }
  return fmt::format("SQLITE {}", code);
}

Error constraint_error(const NativeError& native) {
  const std::string columns = constraint_columns(native.text);
  switch (native.code) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_UNIQUE:
      return Error(ErrorCode::duplicate_record,
                   columns.empty()
                       ? std::string("a record with the same unique values exists already")
                       : fmt::format("a record with the same value of {} exists already", columns))
          .field_path(columns);
    case SQLITE_CONSTRAINT_NOTNULL:
      return Error(ErrorCode::validation, fmt::format("column {} must not be null", columns))
          .field_path(columns);
    case SQLITE_CONSTRAINT_CHECK:
      return Error(ErrorCode::validation, fmt::format("the check constraint {} does not hold", columns));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Error(ErrorCode::validation, "a foreign key refers to a record that is not there")
          .hint("write the other table's record first, or give foreign_keys=off");
    case SQLITE_CONSTRAINT_DATATYPE:
      return Error(ErrorCode::validation, "the value is not of the column's type");
    default:
      return Error(ErrorCode::validation, "a constraint of the table refuses the record");
  }
}

Error open_error(const NativeError& native, std::string_view file) {
  int reason = native.system_error;
  if (reason == ENOENT) {
    // SQLite tries to read what it could not make, so the reason is that of the second try.
    const std::string folder = std::filesystem::path(file).parent_path().string();
    if (::access(folder.empty() ? "." : folder.c_str(), W_OK) != 0) reason = errno;
  }
  if (reason == ENOENT) {
    return Error(ErrorCode::not_found, fmt::format("there is no database file {}", file))
        .hint("check the path; its folder must exist");
  }
  if (native.code == SQLITE_CANTOPEN_ISDIR || reason == EISDIR) {
    return Error(ErrorCode::invalid_argument, fmt::format("{} is a folder, not a database file", file));
  }
  Error error(
      reason == EACCES || reason == EPERM || reason == EROFS ? ErrorCode::permission : ErrorCode::connection,
      reason == 0 ? fmt::format("cannot open the database file {}", file)
                  : fmt::format("cannot open the database file {}: {}", file,
                                std::generic_category().message(reason)));
  return error.hint(
      "the file and its folder must exist and be writable: SQLite keeps its journal beside the file");
}

Error plain_error(const NativeError& native) {
  const std::string_view text = native.text;
  if (text.starts_with("no such table: ")) return Error(ErrorCode::not_found, native.text);
  if (text.find("already exists") != std::string_view::npos || text.starts_with("there is already ")) {
    return Error(ErrorCode::duplicate_record, native.text);
  }
  if (text.starts_with("no such column: ") || text.starts_with("duplicate column name: ") ||
      text.starts_with("object name reserved")) {
    return Error(ErrorCode::invalid_argument, native.text);
  }
  if (text == "no query solution") {
    return Error(ErrorCode::unsupported, "the index of the hint cannot serve this query")
        .hint("leave the hint out, or compare the first field of the index");
  }
  if (text == "malformed JSON") {
    return Error(ErrorCode::serialization, "a record's data is no JSON")
        .hint(
            "something else than dataknobs wrote it: SELECT id FROM the table WHERE NOT json_valid(data) "
            "finds it");
  }
  if (text.find("syntax error") != std::string_view::npos || text.starts_with("incomplete input")) {
    return Error(ErrorCode::query, native.text);
  }
  if (text.starts_with("too many columns")) {
    return Error(ErrorCode::unsupported, native.text)
        .hint("a table of SQLite has 2000 columns at most; layout=document has any number of fields");
  }
  return Error(ErrorCode::internal, fmt::format("SQLite: {}", native.text));
}

Error damaged(std::string_view file, std::string_view what) {
  return Error(ErrorCode::serialization, fmt::format("{} {}", file, what)).drops_connection(true);
}

Error classify(const NativeError& native, std::string_view file) {
  switch (native.code & 0xff) {
    case SQLITE_CONSTRAINT:
      return constraint_error(native);
    case SQLITE_MISMATCH:
      return Error(ErrorCode::validation, "the key column INTEGER PRIMARY KEY takes integers only");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (native.code == SQLITE_BUSY_SNAPSHOT) {
        return Error(ErrorCode::concurrency,
                     fmt::format("{} was written by somebody else since the transaction began to read", file))
            .hint("run the transaction again")
            .retryable(true);
      }
      return Error(ErrorCode::timeout, fmt::format("{} is locked by another connection", file))
          .hint(
              "try again, or give a longer busy_timeout=; with journal_mode=wal it can be read while it is "
              "written")
          .retryable(true);
    case SQLITE_SCHEMA:
      return Error(ErrorCode::concurrency, "the table was changed meanwhile").retryable(true);
    case SQLITE_NOTADB:
      return damaged(file, "is not an SQLite database").hint("the file is left as it is; name another one");
    case SQLITE_CORRUPT:
      return damaged(file, "is damaged")
          .hint("the file is left as it is; look at it with PRAGMA integrity_check");
    case SQLITE_FULL:
      return Error(ErrorCode::resource, fmt::format("the disk is full, or {} reached its largest size", file))
          .hint("make room; what was not committed is not in the file");
    case SQLITE_IOERR:
      return Error(ErrorCode::resource,
                   native.system_error == 0
                       ? fmt::format("{} cannot be read or written", file)
                       : fmt::format("{} cannot be read or written: {}", file,
                                     std::generic_category().message(native.system_error)))
          .hint("see to the disk, its room and its limits; what was not committed is not in the file")
          .drops_connection(true);
    case SQLITE_NOMEM:
      return Error(ErrorCode::resource, "out of memory");
    case SQLITE_TOOBIG:
      return Error(ErrorCode::validation, "the record is larger than SQLite allows (1 GB)");
    case SQLITE_READONLY:
      return Error(ErrorCode::permission, fmt::format("{} cannot be written", file))
          .hint("the file and its folder must be writable: SQLite keeps its journal beside the file");
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Error(ErrorCode::permission, fmt::format("{}: access denied", file));
    case SQLITE_CANTOPEN:
      return open_error(native, file);
    case SQLITE_INTERRUPT:
      return Error(ErrorCode::cancelled, "the statement was interrupted");
    default:
      return plain_error(native);
  }
}

}  // namespace

NativeError last_error(sqlite3* handle, int code) {
  NativeError result;
  result.code = code;
  if (handle == nullptr) {
    result.text = sqlite3_errstr(code);
    return result;
  }
  const int extended = sqlite3_extended_errcode(handle);
  if ((extended & 0xff) == (code & 0xff)) result.code = extended;
  result.text = sqlite3_errmsg(handle);
  const int kind = code & 0xff;
  if (kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR) result.system_error = sqlite3_system_errno(handle);
  return result;
}

Error translate(const NativeError& native, std::string_view file) {
  Error error = classify(native, file);
  error.native(code_name(native.code), native.text);
  return error;
}

bool is_refusal(const Error& error) noexcept {
  switch (error.code()) {
    case ErrorCode::duplicate_record:
    case ErrorCode::validation:
    case ErrorCode::serialization:
    case ErrorCode::invalid_argument:
      return !error.drops_connection();
    default:
      return false;
  }
}

std::string constraint_columns(std::string_view text) {
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return {};
  text.remove_prefix(colon + 2);
  std::string columns;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(", "), text.size());
    std::string_view column = text.substr(0, end);
    const std::size_t dot = column.find('.');
    if (dot != std::string_view::npos) column.remove_prefix(dot + 1);
    if (!columns.empty()) columns += ", ";
    columns += column;
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return columns;
}

}  // namespace dataknobs::sqlite
