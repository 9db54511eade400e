// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/connection.hpp"

#include <unistd.h>

#include <cstdlib>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <libpq-fe.h>

#include "backends/postgresql/errors.hpp"
#include "backends/postgresql/settings.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::postgresql {
namespace {

namespace asio = boost::asio;

constexpr std::size_t prepared_limit = 200;

// What every session needs so that the texts it reads have one form whatever the server's defaults are.
constexpr const char* session_settings =
    "set datestyle = 'ISO, YMD'; set intervalstyle = iso_8601; set timezone = 'UTC'; "
    "set extra_float_digits = 1; set bytea_output = hex; set standard_conforming_strings = on; "
    "set array_nulls = on; set lc_monetary = 'C'; "
    "set client_min_messages = warning; set xmloption = content";

std::string trimmed(const char* text) {
  std::string result = text != nullptr ? text : "";
  while (!result.empty() && result.back() == '\n') result.pop_back();
  return result;
}

void ignore_notice(void*, const PGresult*) {}

// libpq leaves connect_timeout to who polls: the option, else the environment, else a time that no server takes. 0 is
// for ever.
std::optional<TimePoint> connect_deadline(const std::optional<TimePoint>& given, PGconn* connection) {
  constexpr std::chrono::seconds usual(30);
  std::chrono::seconds seconds = usual;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(connection),
                                                                             &PQconninfoFree);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (std::string_view(option->keyword) != "connect_timeout" || option->val == nullptr) continue;
    seconds = std::chrono::seconds(std::strtol(option->val, nullptr, 10));
  }
  if (seconds.count() <= 0) return given;
  const TimePoint deadline = Clock::now() + seconds;
  return given ? std::min(*given, deadline) : deadline;
}

struct FreeResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using OwnedResult = std::unique_ptr<PGresult, FreeResult>;

}  // namespace

// The socket as Asio sees it: a duplicate, because libpq closes its own.
struct Connection::Socket {
  explicit Socket(const asio::any_io_executor& executor) : descriptor(executor), timer(executor) {}
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  int original = -1;
  std::uint64_t wait_number = 0;
  bool expired = false;
};

Connection::Connection(std::shared_ptr<const Settings> settings) : settings_(std::move(settings)) {}

Connection::~Connection() {
  if (busy_) cancel_detached();
  shutdown();
}

void Connection::shutdown() noexcept {
  broken_ = true;
  if (socket_) {
    boost::system::error_code ignored;
    socket_->descriptor.close(ignored);
    try {
      socket_->timer.cancel();
    } catch (const std::exception&) {
      // Nothing waits for the timer then either.
      static_cast<void>(0);
    }
    socket_.reset();
  }
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
}

// --- opening ---------------------------------------------------------------------------------------------------------

Task<std::shared_ptr<Connection>> Connection::open(Context& context,
                                                   std::shared_ptr<const Settings> settings) {
  std::shared_ptr<Connection> connection(new Connection(std::move(settings)));
  co_await connection->connect(context);
  co_await connection->prepare_session(context);
  co_return connection;
}

Task<void> Connection::connect(Context& context) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : settings_->keywords()) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  for (const auto& [key, value] :
       {std::pair{"fallback_application_name", "dataknobs"}, {"client_encoding", "UTF8"}}) {
    keys.push_back(key);
    values.push_back(value);
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  // It resolves the host's name, which may take its time.
  auto start = [&] { connection_ = PQconnectStartParams(keys.data(), values.data(), 0); };
  co_await offload(start);
  if (connection_ == nullptr) Error(ErrorCode::resource, "out of memory").raise();
  PQsetNoticeReceiver(connection_, &ignore_notice, nullptr);

  const auto raise_refused = [this] {
    broken_ = true;
    to_connect_error(settings_->scrub(trimmed(PQerrorMessage(connection_)))).raise();
  };
  if (PQstatus(connection_) == CONNECTION_BAD) raise_refused();
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  Context limited = context;
  limited.set_deadline(connect_deadline(context.deadline(), connection_));
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED) raise_refused();
    co_await follow_socket();
    try {
      co_await wait(limited, status == PGRES_POLLING_READING ? Ready::read : Ready::write);
    } catch (const TimeoutError&) {
      broken_ = true;
      Error(ErrorCode::timeout, "the server does not answer")
          .hint("check host and port; connect_timeout= gives it more seconds")
          .drops_connection(true)
          .raise();
    }
    status = PQconnectPoll(connection_);
  }
  co_await follow_socket();
  if (PQsetnonblocking(connection_, 1) != 0) raise_refused();
}

// libpq opens another socket for each address it tries.
Task<void> Connection::follow_socket() {
  const int original = PQsocket(connection_);
  if (socket_ && socket_->original == original && PQstatus(connection_) == CONNECTION_OK) co_return;
  socket_ = std::make_shared<Socket>(co_await asio::this_coro::executor);
  const int copy = ::dup(original);
  if (copy < 0) Error(ErrorCode::resource, "no more file descriptors").raise();
  socket_->descriptor.assign(copy);
  socket_->original = original;
}

Task<void> Connection::prepare_session(Context& context) {
  const std::string statements = session_settings;
  co_await execute(context, statements);
}

// --- waiting ---------------------------------------------------------------------------------------------------------

Task<void> Connection::wait(Context& context, Ready ready) {
  const std::shared_ptr<Socket> socket = socket_;
  socket->expired = false;
  const std::uint64_t number = ++socket->wait_number;
  if (context.deadline()) {
    socket->timer.expires_at(*context.deadline());
    socket->timer.async_wait([weak = std::weak_ptr<Socket>(socket), number](boost::system::error_code error) {
      const auto alive = weak.lock();
      if (error || !alive || alive->wait_number != number) return;
      alive->expired = true;
      alive->descriptor.cancel();
    });
  }
  const auto type = ready == Ready::read ? asio::posix::descriptor_base::wait_read
                                         : asio::posix::descriptor_base::wait_write;
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const auto [error] = co_await socket->descriptor.async_wait(type, token);
  ++socket->wait_number;
  if (context.deadline()) socket->timer.cancel();
  if (!error) co_return;
  // A wait that ends early leaves libpq's state whole: `reset` can still cancel the statement and save the connection.
  if (socket->expired) Error(ErrorCode::timeout, "the deadline passed while waiting for the server").raise();
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  broken_ = true;
  Error(ErrorCode::connection, "the connection to the server is lost")
      .native("", error.message())
      .drops_connection(true)
      .raise();
}

Task<void> Connection::flush(Context& context) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) co_return;
    if (left < 0) raise_lost();
    co_await wait(context, Ready::write);
  }
}

void Connection::raise_lost() {
  broken_ = true;
  busy_ = false;
  ServerReport report;
  report.message = settings_->scrub(trimmed(PQerrorMessage(connection_)));
  to_error(report).raise();
}

Task<pg_result*> Connection::next_result(Context& context) {
  while (PQisBusy(connection_) != 0) {
    // Without waiting first: what is there already costs no turn of the loop.
    if (PQconsumeInput(connection_) == 0) break;
    if (PQisBusy(connection_) == 0) break;
    co_await wait(context, Ready::read);
    if (PQconsumeInput(connection_) == 0) break;
  }
  co_return PQgetResult(connection_);
}

Error Connection::error_of(pg_result* result) const {
  const auto field = [&](int code) { return trimmed(PQresultErrorField(result, code)); };
  ServerReport report;
  report.sqlstate = field(PG_DIAG_SQLSTATE);
  report.severity = field(PG_DIAG_SEVERITY_NONLOCALIZED);
  report.message = settings_->scrub(field(PG_DIAG_MESSAGE_PRIMARY));
  report.detail = settings_->scrub(field(PG_DIAG_MESSAGE_DETAIL));
  report.hint = field(PG_DIAG_MESSAGE_HINT);
  report.context = settings_->scrub(field(PG_DIAG_CONTEXT));
  report.schema = field(PG_DIAG_SCHEMA_NAME);
  report.table = field(PG_DIAG_TABLE_NAME);
  report.column = field(PG_DIAG_COLUMN_NAME);
  report.constraint = field(PG_DIAG_CONSTRAINT_NAME);
  if (report.sqlstate.empty() && report.message.empty()) {
    report.message = settings_->scrub(trimmed(PQresultErrorMessage(result)));
  }
  return to_error(report);
}

Task<Result> Connection::finish(Context& context) {
  co_await flush(context);
  Result last;
  std::optional<Error> failure;
  while (pg_result* raw = co_await next_result(context)) {
    OwnedResult result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      last = Result(result.release());
    } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
      // Only the calls for COPY come here with such a statement; the caller ends it.
      co_return Result(result.release());
    } else if (!failure) {
      failure = error_of(raw);
    }
  }
  busy_ = false;
  last_used_ = Clock::now();
  if (PQstatus(connection_) == CONNECTION_BAD) broken_ = true;
  if (failure) {
    if (failure->drops_connection()) broken_ = true;
    failure->raise();
  }
  co_return last;
}

void Connection::begin() {
  if (is_broken()) {
    Error(ErrorCode::connection, "the connection is broken").drops_connection(true).raise();
  }
  if (busy_) Error(ErrorCode::invalid_argument, "a reader or writer of this session is still open").raise();
  busy_ = true;
}

// --- statements ------------------------------------------------------------------------------------------------------

Task<void> Connection::execute(Context& context, const std::string& statements) {
  begin();
  if (PQsendQuery(connection_, statements.c_str()) == 0) raise_lost();
  co_await finish(context);
}

Task<Result> Connection::query(Context& context, const std::string& statement) {
  const Parameters none;
  co_return co_await query(context, statement, none);
}

namespace {

// Parameters as libpq takes them.
struct BoundParameters {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  int count() const { return static_cast<int>(values.size()); }
};

}  // namespace

Task<Result> Connection::query(Context& context, const std::string& statement, const Parameters& parameters) {
  const std::string name = co_await prepared_name(context, statement, parameters);
  const BoundParameters bound = parameters.bind<BoundParameters>();
  begin();
  const int sent = PQsendQueryPrepared(connection_, name.c_str(), bound.count(), bound.values.data(),
                                       bound.lengths.data(), bound.formats.data(), 1);
  if (sent == 0) raise_lost();
  co_return co_await finish(context);
}

Task<Result> Connection::query_once(Context& context, const std::string& statement,
                                    const Parameters& parameters) {
  const BoundParameters bound = parameters.bind<BoundParameters>();
  begin();
  const int sent = PQsendQueryParams(connection_, statement.c_str(), bound.count(), bound.types.data(),
                                     bound.values.data(), bound.lengths.data(), bound.formats.data(), 1);
  if (sent == 0) raise_lost();
  co_return co_await finish(context);
}

Task<std::string> Connection::prepared_name(Context& context, const std::string& statement,
                                            const Parameters& parameters) {
  std::string key = statement;
  std::vector<Oid> types;
  for (const Parameters::Item& item : parameters.values_) {
    types.push_back(item.type);
    key += '\n' + std::to_string(item.type);
  }
  if (const auto found = prepared_.find(key); found != prepared_.end()) {
    recently_used_.splice(recently_used_.begin(), recently_used_, found->second.use);
    co_return found->second.name;
  }
  if (prepared_.size() >= prepared_limit) {
    const std::string oldest = recently_used_.back();
    const std::string statement_to_close = "deallocate " + prepared_.at(oldest).name;
    forget(oldest);
    co_await execute(context, statement_to_close);
  }
  std::string name = "dataknobs_" + std::to_string(++next_name_);
  begin();
  if (PQsendPrepare(connection_, name.c_str(), statement.c_str(), static_cast<int>(types.size()),
                    types.data()) == 0) {
    raise_lost();
  }
  co_await finish(context);
  recently_used_.push_front(key);
  Prepared entry;
  entry.name = name;
  entry.use = recently_used_.begin();
  prepared_.emplace(std::move(key), std::move(entry));
  co_return name;
}

void Connection::forget(const std::string& key) {
  const auto found = prepared_.find(key);
  recently_used_.erase(found->second.use);
  prepared_.erase(found);
}

// --- state -----------------------------------------------------------------------------------------------------------

bool Connection::is_broken() const noexcept {
  return broken_ || connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK;
}

bool Connection::is_open() noexcept {
  // A server that ends a connection says so, and its words lie unread: libpq reads without waiting.
  if (is_broken() || PQconsumeInput(connection_) == 0) return false;
  // The second look takes in those words, and finds the end behind them.
  PQisBusy(connection_);
  return PQconsumeInput(connection_) != 0 && !is_broken();
}

int Connection::server_version() const noexcept {
  return PQserverVersion(connection_);
}

TransactionState Connection::state() const noexcept {
  if (is_broken()) return TransactionState::broken;
  switch (PQtransactionStatus(connection_)) {
    case PQTRANS_IDLE:
      return TransactionState::idle;
    case PQTRANS_ACTIVE:
      return TransactionState::active;
    case PQTRANS_INTRANS:
      return TransactionState::in_transaction;
    case PQTRANS_INERROR:
      return TransactionState::failed;
    default:
      return TransactionState::broken;
  }
}

}  // namespace dataknobs::postgresql
