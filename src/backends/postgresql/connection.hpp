// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Connection: one conversation with a server, by libpq in its non-blocking mode on Asio's event loop. The
/// extended protocol with binary results for statements, COPY both ways for bulk.

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <dataknobs/error.hpp>
#include <dataknobs/task.hpp>

#include "backends/postgresql/copy_binary.hpp"
#include "runtime/context.hpp"

struct pg_conn;
struct pg_result;

namespace dataknobs::postgresql {

class Settings;

/// The answer to a statement. Values are in the binary format unless said otherwise.
class Result {
 public:
  Result() = default;
  explicit Result(pg_result* result);
  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  bool is_null(std::size_t row, std::size_t column) const noexcept;
  /// The bytes of a value, as the server sent them; valid as long as the result.
  std::string_view bytes(std::size_t row, std::size_t column) const noexcept;
  /// The value of a text column. Empty for null.
  std::string text(std::size_t row, std::size_t column) const { return std::string(bytes(row, column)); }
  /// The value of an int8 column. REQUIRES: not null.
  std::int64_t integer(std::size_t row, std::size_t column) const noexcept;
  /// The value of a bool column. False for null.
  bool boolean(std::size_t row, std::size_t column) const noexcept;
  Cell cell(std::size_t row, std::size_t column) const noexcept;
  /// Rows that the statement wrote, from its command tag.
  std::uint64_t affected() const noexcept;

 private:
  std::shared_ptr<pg_result> result_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

/// Parameters of a statement: text (the server infers the type) or binary with its type.
class Parameters {
 public:
  Parameters& add(std::string text);
  Parameters& add(std::optional<std::string> text);
  Parameters& add_binary(std::uint32_t type, std::string bytes);
  std::size_t size() const noexcept { return values_.size(); }
  /// The arrays that libpq takes; they refer to this object.
  template <class Arrays>
  Arrays bind() const {
    Arrays arrays;
    for (const Item& item : values_) {
      arrays.types.push_back(item.type);
      arrays.values.push_back(item.value ? item.value->c_str() : nullptr);
      arrays.lengths.push_back(item.value ? static_cast<int>(item.value->size()) : 0);
      arrays.formats.push_back(item.binary ? 1 : 0);
    }
    return arrays;
  }

 private:
  friend class Connection;
  struct Item {
    std::optional<std::string> value;
    std::uint32_t type = 0;
    bool binary = false;
  };
  std::vector<Item> values_;
};

enum class TransactionState : std::uint8_t { idle, active, in_transaction, failed, broken };

/// Errors: of the server by `to_error`. ConnectionError leaves it broken. After TimeoutError (the context's deadline)
/// and after the cancellation of the coroutine the statement still runs: only `reset` and the destructor, which
/// cancel it on the server, may follow.
/// Thread safety: one call at a time, on the loop that opened it.
class Connection {
 public:
  /// Errors: `to_connect_error`; what the server says never shows a password.
  static Task<std::shared_ptr<Connection>> open(Context& context, std::shared_ptr<const Settings> settings);
  /// Closes at once; a statement that still runs is cancelled on the server.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs a statement, prepared on its first use. One statement only.
  Task<Result> query(Context& context, const std::string& statement, const Parameters& parameters);
  Task<Result> query(Context& context, const std::string& statement);
  /// As `query`, without preparing: for statements with constants in them, which do not come again.
  Task<Result> query_once(Context& context, const std::string& statement, const Parameters& parameters);
  /// Runs a statement once, unprepared (DDL, SET, BEGIN). Several may be given, without results.
  Task<void> execute(Context& context, const std::string& statements);

  /// Begins `COPY ... TO STDOUT`.
  Task<void> copy_out(Context& context, const std::string& statement);
  /// Appends rows of the running COPY to `bytes` until there are `wanted` bytes more or the data end; true if more may
  /// come. The header comes with the first row; the trailer is left out. `rows` gets where each begins.
  Task<bool> copy_out_rows(Context& context, std::string& bytes, std::vector<std::uint32_t>& rows,
                           std::size_t wanted);

  /// Begins `COPY ... FROM STDIN`.
  Task<void> copy_in(Context& context, const std::string& statement);
  Task<void> copy_in_bytes(Context& context, std::string_view bytes);
  /// The number of rows that were stored.
  Task<std::uint64_t> copy_in_end(Context& context);

  TransactionState state() const noexcept;
  /// Idle, outside of a transaction and not broken: another session may use it.
  bool is_clean() const noexcept { return state() == TransactionState::idle && !broken_ && !busy_; }
  bool is_broken() const noexcept;
  /// False if the server is known to have closed it; asks nothing of the server.
  bool is_open() noexcept;
  /// When the last statement ended.
  TimePoint last_used() const noexcept { return last_used_; }
  /// A statement or COPY is under way.
  bool is_busy() const noexcept { return busy_; }
  /// It has read a record so large that libpq keeps a buffer of its size from then on.
  bool has_large_buffer() const noexcept { return has_large_buffer_; }
  /// Marks it as unusable.
  void set_broken() noexcept { broken_ = true; }
  /// Cancels what is under way on the server, waits for its end, and rolls back. False if that failed.
  Task<bool> reset();
  /// Waits for the end of what is under way, throwing its answer away; a COPY to the server is made to fail.
  Task<void> drain(Context& context);
  /// Gives up the socket at once: the loop ends.
  void shutdown() noexcept;
  int server_version() const noexcept;

 private:
  struct Socket;
  struct Prepared {
    std::string name;
    std::list<std::string>::iterator use;
  };
  enum class Ready : std::uint8_t { read, write };

  explicit Connection(std::shared_ptr<const Settings> settings);
  Task<void> connect(Context& context);
  Task<void> follow_socket();
  Task<void> prepare_session(Context& context);
  Task<void> wait(Context& context, Ready ready);
  Task<void> flush(Context& context);
  /// All results of what was sent: the last one, or the first error.
  Task<Result> finish(Context& context);
  /// The next result; nothing when the statement is done.
  Task<pg_result*> next_result(Context& context);
  Task<std::string> prepared_name(Context& context, const std::string& statement,
                                  const Parameters& parameters);
  Task<void> begin_copy(Context& context, const std::string& statement, int wanted_status);
  int take_copy_row(std::string& bytes, std::vector<std::uint32_t>& rows);
  void begin();
  [[noreturn]] void raise_lost();
  Error error_of(pg_result* result) const;
  void cancel_detached() noexcept;
  void forget(const std::string& key);

  std::shared_ptr<const Settings> settings_;
  pg_conn* connection_ = nullptr;
  std::shared_ptr<Socket> socket_;
  std::unordered_map<std::string, Prepared> prepared_;
  std::list<std::string> recently_used_;  ///< Keys of `prepared_`, the latest first.
  std::uint64_t next_name_ = 0;
  bool busy_ = false;
  bool broken_ = false;
  bool has_large_buffer_ = false;
  TimePoint last_used_ = Clock::now();
};

}  // namespace dataknobs::postgresql
