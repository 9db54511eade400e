// SPDX-License-Identifier: Apache-2.0
//
// A connection that was left in the middle of something: cancelled, and made fit for the next session.
#include <array>

#include <libpq-fe.h>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "backends/postgresql/connection.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::postgresql {
namespace {

namespace asio = boost::asio;

// How long a pool may spend on saving a connection that was left in the middle of something.
constexpr auto reset_time = std::chrono::seconds(5);

// libpq 15 cancels over a second, blocking connection, so it is done off the loop.
void cancel(PGcancel* handle) {
  std::array<char, 256> message{};
  if (handle != nullptr) PQcancel(handle, message.data(), static_cast<int>(message.size()));
}

asio::thread_pool& cancelling_thread() {
  static asio::thread_pool pool(1);
  return pool;
}

}  // namespace

// For a connection that closes: nobody waits for the outcome.
void Connection::cancel_detached() noexcept {
  if (connection_ == nullptr) return;
  std::shared_ptr<PGcancel> handle(PQgetCancel(connection_), &PQfreeCancel);
  if (!handle) return;
  try {
    asio::post(cancelling_thread(), [handle] { cancel(handle.get()); });
  } catch (const std::exception&) {
    // The server notices the closed socket in the end.
    broken_ = true;
  }
}

Task<bool> Connection::reset() {
  if (is_broken()) co_return false;
  if (is_clean()) co_return true;
  Context context;
  context.set_deadline(Clock::now() + reset_time);
  if (busy_) {
    const std::shared_ptr<PGcancel> handle(PQgetCancel(connection_), &PQfreeCancel);
    auto work = [&handle] { cancel(handle.get()); };
    co_await offload(work);
    co_await drain(context);
  }
  if (state() == TransactionState::in_transaction || state() == TransactionState::failed) {
    const std::string rollback = "rollback";
    co_await execute(context, rollback);
  }
  co_return is_clean();
}

Task<void> Connection::drain(Context& context) {
  co_await flush(context);
  while (pg_result* raw = co_await next_result(context)) {
    const ExecStatusType status = PQresultStatus(raw);
    PQclear(raw);
    if (status == PGRES_COPY_IN && PQputCopyEnd(connection_, "cancelled") < 0) raise_lost();
    if (status == PGRES_COPY_IN) co_await flush(context);
    if (status != PGRES_COPY_OUT) continue;
    char* message = nullptr;
    for (int size = 0; (size = PQgetCopyData(connection_, &message, 1)) >= 0;) {
      PQfreemem(message);
      message = nullptr;
      if (size > 0) continue;
      co_await wait(context, Ready::read);
      if (PQconsumeInput(connection_) == 0) raise_lost();
    }
  }
  busy_ = false;
}

}  // namespace dataknobs::postgresql
