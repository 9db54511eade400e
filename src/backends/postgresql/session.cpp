// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/session.hpp"

#include <fmt/format.h>

#include "backends/postgresql/creation.hpp"
#include "backends/postgresql/keys.hpp"
#include "backends/postgresql/reader.hpp"
#include "backends/postgresql/select.hpp"
#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/write.hpp"
#include "backends/postgresql/writer.hpp"

namespace dataknobs::postgresql {

Task<std::vector<std::optional<Record>>> PostgresqlSession::read(Context& context,
                                                                 const DatasetPointer& dataset,
                                                                 std::span<const std::string> ids) {
  require_key(table_of(dataset));
  Connection* connection = co_await conversation_->ready(context);
  co_return co_await read_records(context, *connection, dataset, ids);
}

Task<std::vector<std::optional<Record>>> read_records(Context& context, Connection& connection,
                                                      const DatasetPointer& dataset,
                                                      std::span<const std::string> ids) {
  std::vector<std::optional<Record>> found(ids.size());
  const Table& table = table_of(dataset);
  ScanRequest everything(dataset);
  const KeyParameters keys(table, ids);
  if (keys.empty()) co_return found;
  const Selection selection = select_records(table, everything);
  const std::string statement = fmt::format(
      "select dataknobs_keys.ordinal, r.* from unnest({}) as dataknobs_keys({}, ordinal) join lateral ({} "
      "where {}) r on true",
      keys.unnest_arguments(), keys.names(), selection.statement, keys.match(table));
  const Result result = co_await connection.query(context, statement, keys.parameters());
  const std::size_t stride = selection.columns.size() + (selection.has_version ? 1 : 0);
  std::vector<Cell> cells;
  for (std::size_t row = 0; row < result.rows(); ++row) {
    for (std::size_t column = 1; column <= stride; ++column) cells.push_back(result.cell(row, column));
  }
  std::vector<Record> records;
  if (table.layout() == Layout::document) {
    for (std::size_t row = 0; row < result.rows(); ++row)
      records.push_back(document_record(&cells[row * stride]));
  } else {
    records = column_records(selection, cells);
  }
  for (std::size_t row = 0; row < result.rows(); ++row) {
    found[keys.position(result.integer(row, 0))] = std::move(records[row]);
  }
  co_return found;
}

Task<std::unique_ptr<Reader>> PostgresqlSession::scan(Context& context, const ScanRequest& request) {
  return CopyReader::open(context, conversation_, request.dataset(), request);
}

Task<std::uint64_t> PostgresqlSession::count(Context& context, const ScanRequest& request) {
  Connection* connection = co_await conversation_->ready(context);
  const Table& table = table_of(request.dataset());
  std::string statement = "select count(*) from " + table.sql_name() + where_clause(table, request);
  if (request.limit() || request.offset() != 0) {
    // Which rows they are does not matter to their number.
    ScanRequest unsorted = request;
    unsorted.set_sort({});
    const std::uint64_t limit = std::min<std::uint64_t>(request.limit().value_or(INT64_MAX), INT64_MAX);
    const std::uint64_t offset = std::min<std::uint64_t>(request.offset(), INT64_MAX);
    statement = fmt::format("select count(*) from (select 1 from {}{} limit {} offset {}) c",
                            table.sql_name(), where_clause(table, unsorted), limit, offset);
  }
  const Parameters none;
  const Result result = co_await connection->query_once(context, statement, none);
  co_return static_cast<std::uint64_t>(result.integer(0, 0));
}

Task<std::vector<ItemResult>> PostgresqlSession::write(Context& context, const WriteRequest& request) {
  co_await conversation_->ready(context);
  RecordWriter writer(*conversation_, request);
  co_return co_await writer.run(context);
}

Task<std::unique_ptr<Writer>> PostgresqlSession::writer(Context& context, const WriterOptions& options) {
  return CopyWriter::open(context, conversation_, options);
}

Task<std::uint64_t> PostgresqlSession::remove_range(Context& context, const ScanRequest& request) {
  Connection* connection = co_await conversation_->ready(context);
  const Table& table = table_of(request.dataset());
  std::string statement = "delete from " + table.sql_name() + where_clause(table, request);
  if (request.limit() || request.offset() != 0) {
    statement = fmt::format("delete from {0} where ctid = any (array(select ctid from {0}{1}{2}))",
                            table.sql_name(), where_clause(table, request), range_clause(table, request));
  }
  const Parameters none;
  const Result result = co_await connection->query_once(context, statement, none);
  co_return result.affected();
}

// --- transactions ----------------------------------------------------------------------------------------------------

Task<DatasetPointer> PostgresqlSession::create_dataset(Context& context, const CreateRequest& request) {
  Connection* connection = co_await conversation_->ready(context);
  std::optional<std::string> schema = schema_option(request.options());
  bool exists = !schema.has_value();
  if (schema) {
    // Even "if not exists" wants the right to make schemas, which few have.
    exists = co_await has_schema(context, *connection, *schema);
  } else {
    schema = co_await schema_for_new_tables(context, *connection);
  }
  std::vector<std::string> list = creation_statements_of(request, schema);
  if (schema && exists) list.erase(list.begin());
  std::string statements;
  for (const std::string& statement : list) statements += statement + ";\n";
  // Several statements in one message are one transaction.
  co_await connection->execute(context, statements);
  DatasetOptions options = request.options();
  options.set_layout(request.layout());
  if (request.layout() == Layout::columns && options.key().empty()) options.set_key(request.key());
  co_return co_await read_table(context, *connection, options, false);
}

// A new table is seen as soon as it is committed.
Task<void> PostgresqlSession::publish(Context&, const DatasetPointer&) {
  co_return;
}

Task<void> PostgresqlSession::savepoint(Context& context, const std::string& name) {
  Connection* connection = co_await conversation_->ready(context);
  const std::string statement = "savepoint " + quote_identifier(name);
  co_await connection->execute(context, statement);
}

Task<void> PostgresqlSession::rollback_to(Context& context, const std::string& name) {
  Connection* connection = co_await conversation_->ready(context);
  const std::string statement = "rollback to savepoint " + quote_identifier(name);
  co_await connection->execute(context, statement);
}

Task<CommitOutcome> PostgresqlSession::commit(Context& context) {
  Connection* connection = co_await conversation_->ready(context);
  if (conversation_->mode() == SessionMode::autocommit) {
    Error(ErrorCode::invalid_argument, "there is no transaction to commit").raise();
  }
  if (connection->state() == TransactionState::failed) {
    // COMMIT would roll back without an error.
    Error(ErrorCode::invalid_argument, "an earlier call of this transaction failed")
        .hint("roll it back")
        .raise();
  }
  const std::string statement = "commit";
  std::optional<Error> failure;
  try {
    co_await connection->execute(context, statement);
  } catch (const Error& error) {
    failure = error;
  }
  const bool lost = failure && (failure->code() == ErrorCode::connection || failure->drops_connection());
  conversation_->end();
  if (lost) co_return CommitOutcome::unknown;
  if (failure) failure->raise();
  co_return CommitOutcome::committed;
}

Task<void> PostgresqlSession::rollback(Context& context) {
  Connection* connection = co_await conversation_->ready(context);
  if (conversation_->mode() == SessionMode::autocommit) {
    Error(ErrorCode::invalid_argument, "there is no transaction to roll back").raise();
  }
  const std::string statement = "rollback";
  co_await connection->execute(context, statement);
  conversation_->end();
}

void PostgresqlSession::abandon() noexcept {
  // The readers and writers of this session find it ended.
  conversation_->end();
}

}  // namespace dataknobs::postgresql
