// SPDX-License-Identifier: Apache-2.0
#include "integration/postgresql/fixture.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

namespace dataknobs::postgresql {
namespace {

using OwnedConnection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using OwnedResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string replaced(std::string text, const std::string& schema) {
  for (auto at = text.find("@."); at != std::string::npos; at = text.find("@.", at))
    text.replace(at, 1, schema);
  return text;
}

OwnedResult execute(const std::string& server, const std::string& statements) {
  const OwnedConnection connection(PQconnectdb(server.c_str()), &PQfinish);
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
  OwnedResult result(PQexec(connection.get(), statements.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(statements + ": " + PQerrorMessage(connection.get()));
  }
  return result;
}

}  // namespace

PostgresqlTest::PostgresqlTest() {
  static std::atomic<unsigned> number = 0;
  const char* given = std::getenv("DATAKNOBS_TEST_POSTGRESQL_URL");
  if (given == nullptr)
    throw std::runtime_error("DATAKNOBS_TEST_POSTGRESQL_URL is not set: run ./dev test integration");
  server_ = given;
  schema_ = fmt::format("integration_{}_{}", ::getpid(), ++number);
  execute(server_, "create schema " + schema_);
}

PostgresqlTest::~PostgresqlTest() {
  execute(server_, "drop schema " + schema_ + " cascade");
}

std::string PostgresqlTest::url(const std::string& table, const std::string& more) const {
  const char separator = server_.find('?') == std::string::npos ? '?' : '&';
  return fmt::format("{}{}schema={}&table={}{}", server_, separator, schema_, table, more);
}

std::shared_ptr<PostgresqlBackend> PostgresqlTest::make_backend() const {
  return std::make_shared<PostgresqlBackend>(Settings::from_url(StoreUrl::parse(server_)));
}

DatasetOptions PostgresqlTest::options(const std::string& table) const {
  DatasetOptions result(table);
  result.set_extra({{"schema", {schema_}}});
  return result;
}

void PostgresqlTest::sql(const std::string& statements) const {
  execute(server_, replaced(statements, schema_));
}

std::string PostgresqlTest::value(const std::string& query) const {
  const OwnedResult result = execute(server_, replaced(query, schema_));
  return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

Task<std::vector<Record>> all_records(Context& context, Session& session, DatasetPointer dataset) {
  ScanRequest request(dataset);
  std::vector<Record> records;
  std::unique_ptr<Reader> reader = co_await session.scan(context, request);
  while (std::optional<Batch> batch = co_await reader->next(context)) {
    for (const Record& record : batch->rows()) records.push_back(record);
  }
  co_return records;
}

Task<std::vector<Batch>> all_batches(Context& context, Session& session, DatasetPointer dataset,
                                     std::size_t bytes, bool wire) {
  ScanRequest request(dataset);
  request.set_prefer_columns(true).set_batch_bytes(bytes);
  if (wire) request.set_accept({"postgresql-binary-copy"});
  std::vector<Batch> batches;
  std::unique_ptr<Reader> reader = co_await session.scan(context, request);
  while (std::optional<Batch> batch = co_await reader->next(context)) batches.push_back(std::move(*batch));
  co_return batches;
}

}  // namespace dataknobs::postgresql
