// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/connection.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "backends/sqlite/functions.hpp"
#include "backends/sqlite/index.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::size_t kIdleStatements = 64;
// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
constexpr int kProgressSteps = 4000;
constexpr auto kLongestNap = std::chrono::milliseconds(20);

std::string replace_all(std::string_view text, char quote) {
  std::string result(1, quote);
  for (char c : text) {
    result += c;
    if (c == quote) result += c;
  }
  return result += quote;
}

// Another name in the same folder, which nobody else uses.
std::string name_beside(const std::string& path) {
  static std::atomic<std::uint64_t> counter = 0;
  const std::filesystem::path target(path);
  return (target.parent_path() /
          fmt::format(".{}.dataknobs-{}-{}", target.filename().string(), ::getpid(), ++counter))
      .string();
}

// An empty database; a code of SQLITE_OK if it was made.
NativeError make_empty(const std::string& file, const std::string& journal_mode) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  if (code == SQLITE_OK) {
    const std::string sql = fmt::format("PRAGMA journal_mode = {}", journal_mode);
    code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
  }
  NativeError failure;
  if (code != SQLITE_OK) failure = last_error(handle, code);
  sqlite3_close_v2(handle);
  return failure;
}

// Never replaces: if somebody else was quicker, theirs stays, and ours goes.
NativeError move_to_new(const std::string& from, const std::string& to) {
  int result = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // The file system cannot rename so: a link does not replace either.
    result = ::link(from.c_str(), to.c_str());
    if (result == 0) ::unlink(from.c_str());
  }
  NativeError failure;
  if (result != 0 && errno == EEXIST) {
    ::unlink(from.c_str());
  } else if (result != 0) {
    failure.code = SQLITE_CANTOPEN;
    failure.system_error = errno;
    failure.text = sqlite3_errstr(SQLITE_CANTOPEN);
  }
  return failure;
}

}  // namespace

std::string sql_name(std::string_view identifier) {
  if (identifier.find('\0') != std::string_view::npos) {
    Error(ErrorCode::invalid_argument, "a name must not hold the character U+0000").raise();
  }
  return replace_all(identifier, '"');
}

std::string text_literal(std::string_view text) {
  return replace_all(text, '\'');
}

Connection::Connection(const Settings& settings)
    : settings_(settings), file_(settings.in_memory() ? ":memory:" : settings.path()) {
  int flags = settings.read_only() ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (settings.in_memory()) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  try {
    open(flags);
    configure();
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

Connection::~Connection() {
  for (auto& [sql, statement] : idle_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

void Connection::open(int flags) {
  // A database in memory lives in SQLite's "memdb" file system: connections that know its name share it.
  const char* file_system = settings_.in_memory() ? "memdb" : nullptr;
  const int code = sqlite3_open_v2(settings_.path().c_str(), &handle_,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, file_system);
  if (code != SQLITE_OK) raise(code);
  sqlite3_busy_handler(handle_, &Connection::on_busy, this);
  sqlite3_progress_handler(handle_, kProgressSteps, &Connection::on_progress, this);
}

void Connection::configure() {
  register_functions(*this);
  execute(settings_.foreign_keys() ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
  // Reads the file's header: what is no database, or damaged there, is found before anything else is done.
  Statement encoding = prepare("PRAGMA encoding");
  utf8_ = encoding.step() && encoding.text(0) == "UTF-8";
  encoding.give_back();
  query_integer("SELECT count(*) FROM sqlite_schema");
  if (settings_.synchronous()) execute(fmt::format("PRAGMA synchronous = {}", *settings_.synchronous()));
  if (settings_.journal_mode() && !settings_.in_memory() && !settings_.read_only()) {
    execute(fmt::format("PRAGMA journal_mode = {}", *settings_.journal_mode()));
  }
}

bool Connection::file_exists(const Settings& settings) {
  std::error_code error;
  return settings.in_memory() || std::filesystem::exists(settings.path(), error) || error;
}

void Connection::create_file(const Settings& settings) {
  if (file_exists(settings)) return;
  if (settings.read_only()) {
    Error(ErrorCode::not_found, fmt::format("there is no database file {}", settings.path())).raise();
  }
  const std::string made = name_beside(settings.path());
  NativeError failure = make_empty(made, settings.journal_mode().value_or("wal"));
  if (failure.code == SQLITE_OK) failure = move_to_new(made, settings.path());
  if (failure.code == SQLITE_OK) return;
  std::error_code ignored;
  for (const char* ending : {"", "-journal", "-wal", "-shm"}) std::filesystem::remove(made + ending, ignored);
  translate(failure, settings.path()).raise();
}

Statement Connection::prepare(std::string_view sql) {
  for (auto entry = idle_.rbegin(); entry != idle_.rend(); ++entry) {
    if (entry->first != sql) continue;
    Statement found(*this, std::move(entry->first), entry->second);
    idle_.erase(std::next(entry).base());
    return found;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) raise(code);
  return Statement(*this, std::string(sql), statement);
}

void Connection::give_back(std::string sql, sqlite3_stmt* statement) noexcept {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  try {
    idle_.emplace_back(std::move(sql), statement);
  } catch (const std::bad_alloc&) {
    sqlite3_finalize(statement);
    return;
  }
  if (idle_.size() <= kIdleStatements) return;
  sqlite3_finalize(idle_.front().second);
  idle_.pop_front();
}

void Connection::execute(std::string_view sql) {
  patience_is_spent_ = false;  // Transactions begin and end here.
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code == SQLITE_OK) {
    do {
      code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
  }
  if (code == SQLITE_OK || code == SQLITE_DONE) {
    sqlite3_finalize(statement);
    return;
  }
  try {
    raise(code);
  } catch (...) {
    sqlite3_finalize(statement);
    throw;
  }
}

std::int64_t Connection::query_integer(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Connection::changes() const noexcept {
  return sqlite3_changes64(handle_);
}
std::int64_t Connection::last_insert_rowid() const noexcept {
  return sqlite3_last_insert_rowid(handle_);
}
bool Connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_) == 0;
}

void Connection::raise(int code) {
  if (pending_) std::rethrow_exception(std::exchange(pending_, nullptr));
  Error error = translate(last_error(handle_, code), file_);
  if (timed_out_ && error.code() == ErrorCode::cancelled) {
    error = Error(ErrorCode::timeout, "the deadline passed while SQLite was at work").retryable(true);
  }
  if (error.code() == ErrorCode::duplicate_record) name_unique_index(*this, error);
  error.raise();
}

void Connection::begin_call(const Context& context) {
  interrupted_ = false;
  timed_out_ = false;
  pending_ = nullptr;
  deadline_ = context.deadline();
}

bool Connection::must_stop() noexcept {
  if (interrupted_) return true;
  if (!deadline_ || Clock::now() < *deadline_) return false;
  timed_out_ = true;
  return true;
}

int Connection::on_progress(void* self) {
  return static_cast<Connection*>(self)->must_stop() ? 1 : 0;
}

// Naps grow from a millisecond, so that a short lock costs little and a long one no processor.
int Connection::on_busy(void* self, int attempts) {
  Connection& connection = *static_cast<Connection*>(self);
  const TimePoint now = Clock::now();
  if (attempts == 0) connection.busy_since_ = now;
  if (connection.must_stop()) return 0;
  // A cache that is full wants the whole database for each page that it writes, and can do without: whoever reads
  // it all the time is waited for once, not once a page.
  if (connection.patience_is_spent_ && connection.in_transaction()) return 0;
  TimePoint last = connection.busy_since_ + connection.settings_.busy_timeout();
  if (connection.deadline_) last = std::min(last, *connection.deadline_);
  if (now >= last) {
    connection.patience_is_spent_ = true;
    return 0;
  }
  const Clock::duration nap = std::min<Clock::duration>(std::chrono::milliseconds(attempts + 1), kLongestNap);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(std::min(nap, last - now));
  sqlite3_sleep(static_cast<int>(milliseconds.count()));
  return 1;
}

}  // namespace dataknobs::sqlite
