// SPDX-License-Identifier: Apache-2.0
//
// COPY over a connection: rows as the server sends them, bytes as they are given.
#include <libpq-fe.h>

#include "backends/postgresql/connection.hpp"
#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/settings.hpp"

namespace dataknobs::postgresql {

namespace {
// Large messages let the server's reads be large; libpq copies them into its own buffer once.
constexpr std::size_t message_bytes = 256U * 1024U;
// libpq's buffer for what it reads never gets smaller.
constexpr int large_row_bytes = 1 << 20;
}  // namespace

Task<void> Connection::begin_copy(Context& context, const std::string& statement, int wanted_status) {
  begin();
  if (PQsendQuery(connection_, statement.c_str()) == 0) raise_lost();
  co_await flush(context);
  pg_result* raw = co_await next_result(context);
  if (raw == nullptr) raise_lost();
  if (static_cast<int>(PQresultStatus(raw)) == wanted_status) {
    PQclear(raw);
    co_return;
  }
  const Error failure = error_of(raw);
  PQclear(raw);
  co_await finish(context);
  if (failure.drops_connection()) broken_ = true;
  failure.raise();
}

Task<void> Connection::copy_out(Context& context, const std::string& statement) {
  return begin_copy(context, statement, PGRES_COPY_OUT);
}

// 1: a row was appended, 0: none is here yet, -1: the data have ended.
int Connection::take_copy_row(std::string& bytes, std::vector<std::uint32_t>& rows) {
  char* message = nullptr;
  const int size = PQgetCopyData(connection_, &message, 1);
  if (size <= 0) return size == 0 ? 0 : -1;
  if (size > large_row_bytes) has_large_buffer_ = true;
  const std::string_view row(message, static_cast<std::size_t>(size));
  if (row != copy_trailer()) {
    rows.push_back(static_cast<std::uint32_t>(bytes.size()));
    bytes += row;
  }
  PQfreemem(message);
  return 1;
}

Task<bool> Connection::copy_out_rows(Context& context, std::string& bytes, std::vector<std::uint32_t>& rows,
                                     std::size_t wanted) {
  const std::size_t stop = bytes.size() + wanted;
  bool read_already = false;
  while (bytes.size() < stop) {
    const int taken = take_copy_row(bytes, rows);
    if (taken < 0) {
      co_await finish(context);
      co_return false;
    }
    if (taken > 0) {
      read_already = false;
      continue;
    }
    // What has arrived meanwhile is taken without a turn of the loop.
    if (read_already) co_await wait(context, Ready::read);
    if (PQconsumeInput(connection_) == 0) raise_lost();
    read_already = true;
  }
  co_return true;
}

Task<void> Connection::copy_in(Context& context, const std::string& statement) {
  return begin_copy(context, statement, PGRES_COPY_IN);
}

Task<void> Connection::copy_in_bytes(Context& context, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, message_bytes);
    const int queued = PQputCopyData(connection_, part.data(), static_cast<int>(part.size()));
    if (queued < 0) raise_lost();
    if (queued == 0) {
      co_await wait(context, Ready::write);
      continue;
    }
    bytes.remove_prefix(part.size());
    // Flushed each time, so that libpq's buffer stays small.
    co_await flush(context);
  }
}

Task<std::uint64_t> Connection::copy_in_end(Context& context) {
  for (;;) {
    const int queued = PQputCopyEnd(connection_, nullptr);
    if (queued < 0) raise_lost();
    if (queued > 0) break;
    co_await wait(context, Ready::write);
  }
  const Result result = co_await finish(context);
  co_return result.affected();
}

}  // namespace dataknobs::postgresql
