// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A connection to an SQLite database, with its prepared statements. All of it blocks: it runs off the event
/// loop.

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backends/sqlite/errors.hpp"
#include "backends/sqlite/settings.hpp"
#include "runtime/context.hpp"

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

namespace dataknobs::sqlite {

class Connection;

/// One value as SQLite stores it. Bytes belong to the statement or call that it came from.
class Cell {
 public:
  enum class Storage : std::uint8_t { null, integer, real, text, blob };

  Cell() = default;
  static Cell of_integer(std::int64_t value);
  static Cell of_real(double value);
  static Cell of_text(std::string_view value);
  static Cell of_blob(std::string_view value);
  /// A result column, or an argument of a function.
  static Cell of_column(sqlite3_stmt* statement, int column);
  static Cell of_value(sqlite3_value* value);

  Storage storage() const noexcept { return storage_; }
  bool is_null() const noexcept { return storage_ == Storage::null; }
  bool is_text() const noexcept { return storage_ == Storage::text; }
  std::int64_t integer() const noexcept { return integer_; }
  double real() const noexcept { return real_; }
  std::string_view bytes() const noexcept { return bytes_; }

 private:
  Storage storage_ = Storage::null;
  std::int64_t integer_ = 0;
  double real_ = 0;
  std::string_view bytes_;
};

/// A prepared statement taken from its connection's cache; goes back there, reset, when destroyed.
/// Lifetime: ends before the connection.
class Statement {
 public:
  Statement() = default;
  Statement(Connection& connection, std::string sql, sqlite3_stmt* handle) noexcept
      : connection_(&connection), sql_(std::move(sql)), handle_(handle) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement() { give_back(); }

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  sqlite3_stmt* handle() const noexcept { return handle_; }
  const std::string& sql() const noexcept { return sql_; }

  /// Parameters count from 1. Text and blobs are not copied: they must live until the statement is reset.
  void bind(int parameter, const Cell& cell);
  void bind(int parameter, std::int64_t value) { bind(parameter, Cell::of_integer(value)); }
  void bind(int parameter, std::string_view text) { bind(parameter, Cell::of_text(text)); }
  /// For a function that takes an object of ours; `type` is a literal.
  void bind_pointer(int parameter, const void* object, const char* type);

  /// True if there is a row, false at the end. Errors: as translated.
  bool step();
  Cell column(int index) const { return Cell::of_column(handle_, index); }
  std::int64_t integer(int index) const;
  std::string text(int index) const;
  int column_count() const noexcept;
  void reset() noexcept;
  /// Runs it to its end, and resets it.
  void run();
  void give_back() noexcept;

 private:
  Connection* connection_ = nullptr;
  std::string sql_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Thread safety: one thread at a time, except for `interrupt`.
class Connection {
 public:
  /// Opens a database that exists. Errors: as translated; a file that is no database is refused here.
  explicit Connection(const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Makes the database's file if there is none: whole or not at all, so that others never see, and a failure never
  /// removes, what is half made.
  static void create_file(const Settings& settings);
  static bool file_exists(const Settings& settings);

  sqlite3* handle() const noexcept { return handle_; }
  const Settings& settings() const noexcept { return settings_; }
  /// For messages.
  const std::string& file() const noexcept { return file_; }
  /// Whether its text is kept as UTF-8: then BINARY is code point order.
  bool is_utf8() const noexcept { return utf8_; }

  Statement prepare(std::string_view sql);
  void execute(std::string_view sql);
  std::int64_t query_integer(std::string_view sql);
  std::int64_t changes() const noexcept;
  std::int64_t last_insert_rowid() const noexcept;
  bool in_transaction() const noexcept;
  [[noreturn]] void raise(int code);

  /// What a function of ours threw while a statement ran: it is thrown on instead of SQLite's error.
  void set_pending(std::exception_ptr failure) noexcept { pending_ = std::move(failure); }

  /// What runs from now on gives up at that moment, be it waiting for a lock or computing.
  void begin_call(const Context& context);
  void end_call() noexcept { deadline_.reset(); }
  /// Ends the running statement from any thread.
  void interrupt() noexcept { interrupted_ = true; }

 private:
  friend class Statement;
  void open(int flags);
  void configure();
  void give_back(std::string sql, sqlite3_stmt* statement) noexcept;
  static int on_busy(void* self, int attempts);
  static int on_progress(void* self);
  bool must_stop() noexcept;

  Settings settings_;
  std::string file_;
  sqlite3* handle_ = nullptr;
  bool utf8_ = true;
  std::exception_ptr pending_;
  std::optional<TimePoint> deadline_;
  TimePoint busy_since_;
  bool patience_is_spent_ = false;  ///< Within this transaction, until its end is tried.
  std::atomic<bool> interrupted_ = false;
  bool timed_out_ = false;
  // Idle statements, least recently used first.
  std::list<std::pair<std::string, sqlite3_stmt*>> idle_;
};

/// `"name"`, with quotes within doubled.
std::string sql_name(std::string_view identifier);
/// `'text'`, with quotes within doubled.
std::string text_literal(std::string_view text);

}  // namespace dataknobs::sqlite
