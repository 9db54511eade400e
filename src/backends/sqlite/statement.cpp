// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include "backends/sqlite/connection.hpp"

namespace dataknobs::sqlite {

namespace {

std::string_view bytes_of(const void* data, int size) noexcept {
  return size == 0 ? std::string_view("")
                   : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

// A view of nothing may have no address, and SQLite takes a null pointer for NULL.
const char* address(std::string_view bytes) noexcept {
  return bytes.data() == nullptr ? "" : bytes.data();
}

}  // namespace

Cell Cell::of_integer(std::int64_t value) {
  Cell cell;
  cell.storage_ = Storage::integer;
  cell.integer_ = value;
  return cell;
}

Cell Cell::of_real(double value) {
  Cell cell;
  cell.storage_ = Storage::real;
  cell.real_ = value;
  return cell;
}

Cell Cell::of_text(std::string_view value) {
  Cell cell;
  cell.storage_ = Storage::text;
  cell.bytes_ = value;
  return cell;
}

Cell Cell::of_blob(std::string_view value) {
  Cell cell;
  cell.storage_ = Storage::blob;
  cell.bytes_ = value;
  return cell;
}

Cell Cell::of_column(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return of_integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return of_real(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
      const unsigned char* text = sqlite3_column_text(statement, column);
      return of_text(bytes_of(text, sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB: {
      const void* blob = sqlite3_column_blob(statement, column);
      return of_blob(bytes_of(blob, sqlite3_column_bytes(statement, column)));
    }
    default:
      return Cell();
  }
}

Cell Cell::of_value(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return of_integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return of_real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const unsigned char* text = sqlite3_value_text(value);
      return of_text(bytes_of(text, sqlite3_value_bytes(value)));
    }
    case SQLITE_BLOB: {
      const void* blob = sqlite3_value_blob(value);
      return of_blob(bytes_of(blob, sqlite3_value_bytes(value)));
    }
    default:
      return Cell();
  }
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      sql_(std::move(other.sql_)),
      handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  connection_ = other.connection_;
  sql_ = std::move(other.sql_);
  handle_ = std::exchange(other.handle_, nullptr);
  return *this;
}

void Statement::bind(int parameter, const Cell& cell) {
  int code = SQLITE_OK;
  switch (cell.storage()) {
    case Cell::Storage::null:
      code = sqlite3_bind_null(handle_, parameter);
      break;
    case Cell::Storage::integer:
      code = sqlite3_bind_int64(handle_, parameter, cell.integer());
      break;
    case Cell::Storage::real:
      code = sqlite3_bind_double(handle_, parameter, cell.real());
      break;
    case Cell::Storage::text:
      code = sqlite3_bind_text64(handle_, parameter, address(cell.bytes()), cell.bytes().size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
      break;
    case Cell::Storage::blob:
      code =
          sqlite3_bind_blob64(handle_, parameter, address(cell.bytes()), cell.bytes().size(), SQLITE_STATIC);
      break;
  }
  if (code != SQLITE_OK) connection_->raise(code);
}

void Statement::bind_pointer(int parameter, const void* object, const char* type) {
  // The function that receives it takes it as const again.
  const int code = sqlite3_bind_pointer(handle_, parameter, const_cast<void*>(object), type, nullptr);
  if (code != SQLITE_OK) connection_->raise(code);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  try {
    connection_->raise(code);
  } catch (...) {
    sqlite3_reset(handle_);
    throw;
  }
}

std::int64_t Statement::integer(int index) const {
  return sqlite3_column_int64(handle_, index);
}

std::string Statement::text(int index) const {
  const Cell cell = column(index);
  return std::string(cell.bytes());
}

int Statement::column_count() const noexcept {
  return sqlite3_column_count(handle_);
}

void Statement::reset() noexcept {
  sqlite3_reset(handle_);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::give_back() noexcept {
  if (handle_ == nullptr) return;
  connection_->give_back(std::move(sql_), std::exchange(handle_, nullptr));
}

}  // namespace dataknobs::sqlite
