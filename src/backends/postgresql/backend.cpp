// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/backend.hpp"

#include "backends/postgresql/creation.hpp"
#include "backends/postgresql/select.hpp"
#include "backends/postgresql/session.hpp"
#include "backends/postgresql/table.hpp"
#include "backends/postgresql/translate.hpp"

namespace dataknobs::postgresql {

const Capabilities& postgresql_capabilities() noexcept {
  static const Capabilities capabilities = [] {
    Capabilities all;
    all.point_reads = all.scans = all.filters = all.sorting = all.counting = Support::native;
    all.writes = all.bulk_writes = all.range_removal = all.conditional_writes = all.metadata =
        Support::native;
    all.transactions = all.savepoints = all.snapshots = all.partitions = all.state = Support::native;
    all.dataset_creation = Support::native;
    all.wire_encoding = wire_encoding;
    return all;
  }();
  return capabilities;
}

PostgresqlBackend::PostgresqlBackend(Settings settings)
    : settings_(std::make_shared<const Settings>(std::move(settings))),
      pool_(settings_->pool_limits(), std::make_shared<ConnectionDriver>(settings_)) {}

const Capabilities& PostgresqlBackend::capabilities() const noexcept {
  return postgresql_capabilities();
}

Task<DatasetPointer> PostgresqlBackend::describe(Context& context, const DatasetOptions& options,
                                                 bool exact) {
  Lease<Connection> lease = co_await pool_.acquire(context);
  auto conversation = std::make_shared<Conversation>(std::move(lease), SessionMode::autocommit);
  co_return co_await read_table(context, conversation->connection(), options, exact);
}

Task<std::vector<std::string>> PostgresqlBackend::list(Context& context) {
  Lease<Connection> lease = co_await pool_.acquire(context);
  auto conversation = std::make_shared<Conversation>(std::move(lease), SessionMode::autocommit);
  co_return co_await list_tables(context, conversation->connection(), settings_->schema());
}

Task<std::string> PostgresqlBackend::identity(Context& context, const DatasetOptions& options) {
  Lease<Connection> lease = co_await pool_.acquire(context);
  auto conversation = std::make_shared<Conversation>(std::move(lease), SessionMode::autocommit);
  co_return co_await identity_of(context, conversation->connection(), options);
}

PushDown PostgresqlBackend::plan(const Query& query, const Dataset& dataset) const {
  const auto& table = dynamic_cast<const Table&>(dataset);
  return dataknobs::plan(query, resolution(table), PostgresqlTranslator(table));
}

Task<std::string> PostgresqlBackend::explain(Context& context, const ScanRequest& request) {
  Lease<Connection> lease = co_await pool_.acquire(context);
  auto conversation = std::make_shared<Conversation>(std::move(lease), SessionMode::autocommit);
  const std::string statement = select_records(table_of(request.dataset()), request).statement;
  const std::string explained = "explain " + statement;
  const Parameters none;
  const Result result = co_await conversation->connection().query_once(context, explained, none);
  std::string text = statement;
  for (std::size_t row = 0; row < result.rows(); ++row) text += "\n" + result.text(row, 0);
  co_return text;
}

std::vector<std::string> PostgresqlBackend::creation_statements(const CreateRequest& request) const {
  return creation_statements_of(request, schema_option(request.options()));
}

TypeMapping PostgresqlBackend::map_type(const FieldType& type) const {
  return map_field_type(type);
}

Task<std::unique_ptr<Session>> PostgresqlBackend::session(Context& context, SessionMode mode) {
  Lease<Connection> lease = co_await pool_.acquire(context);
  auto conversation = std::make_shared<Conversation>(std::move(lease), mode);
  if (mode != SessionMode::autocommit) {
    const std::string statement =
        mode == SessionMode::snapshot ? "begin isolation level repeatable read read only" : "begin";
    co_await conversation->connection().execute(context, statement);
  }
  std::unique_ptr<Session> session = std::make_unique<PostgresqlSession>(std::move(conversation));
  co_return session;
}

Task<void> PostgresqlBackend::close(Context&) {
  return pool_.close();
}

}  // namespace dataknobs::postgresql
