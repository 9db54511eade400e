// SPDX-License-Identifier: Apache-2.0
//
// dataknobs' own state: the table dataknobs.state, made when it is first written.
#include "backends/postgresql/keys.hpp"
#include "backends/postgresql/session.hpp"

namespace dataknobs::postgresql {
namespace {

// For like: the prefix itself, its special characters escaped.
std::string prefix_pattern(const std::string& prefix) {
  std::string pattern;
  for (const char c : prefix) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

Task<std::optional<Result>> PostgresqlSession::query_state(Context& context, const std::string& statement,
                                                           const Parameters& parameters) {
  Connection* connection = co_await conversation_->ready(context);
  if (!conversation_->state_table_known) {
    const std::string look = "select pg_catalog.to_regclass('dataknobs.state') is not null";
    const Result known = co_await connection->query(context, look);
    if (!known.boolean(0, 0)) co_return std::nullopt;
    conversation_->state_table_known = true;
  }
  co_return co_await connection->query(context, statement, parameters);
}

Task<void> PostgresqlSession::make_state_table(Context& context) {
  // Two sessions may make it at once: then one of them fails on a unique index of the catalog, and finds it there.
  const std::string schema = "dataknobs";
  const bool has_own = co_await has_schema(context, conversation_->connection(), schema);
  const std::string statements =
      std::string(has_own ? "" : "create schema if not exists dataknobs; ") +
      "create table if not exists dataknobs.state (key text collate \"C\" primary key, value text not null)";
  Scope scope(*conversation_);
  co_await scope.begin(context);
  std::exception_ptr failure;
  bool made_by_another = false;
  try {
    co_await conversation_->connection().execute(context, statements);
  } catch (const Error& error) {
    failure = std::current_exception();
    made_by_another = error.code() == ErrorCode::duplicate_record;
    if (error.drops_connection()) throw;
  }
  if (!failure) {
    co_await scope.keep(context);
    co_return;
  }
  co_await scope.undo(context);
  if (!made_by_another) std::rethrow_exception(failure);
}

Task<std::optional<std::string>> PostgresqlSession::get_state(Context& context, const std::string& key) {
  const std::string statement = "select value from dataknobs.state where key = $1";
  Parameters parameters;
  parameters.add(key);
  const std::optional<Result> result = co_await query_state(context, statement, parameters);
  if (!result || result->rows() == 0) co_return std::nullopt;
  co_return result->text(0, 0);
}

Task<bool> PostgresqlSession::put_state(Context& context, const std::string& key, const std::string& value,
                                        Existence existence, const std::optional<std::string>& expected) {
  Parameters parameters;
  parameters.add(key).add(value);
  if (existence == Existence::present || expected) {
    std::string statement = "update dataknobs.state set value = $2 where key = $1";
    if (expected) {
      statement += " and value = $3";
      parameters.add(*expected);
    }
    const std::optional<Result> result = co_await query_state(context, statement, parameters);
    co_return result && result->affected() == 1;
  }
  // An insert waits for another session's uncommitted one of the same key.
  const std::string statement =
      std::string("insert into dataknobs.state values ($1, $2) on conflict (key) do ") +
      (existence == Existence::absent ? "nothing" : "update set value = excluded.value");
  std::optional<Result> result = co_await query_state(context, statement, parameters);
  if (!result) {
    co_await make_state_table(context);
    result = co_await query_state(context, statement, parameters);
  }
  co_return result && result->affected() == 1;
}

Task<void> PostgresqlSession::remove_state(Context& context, const std::string& prefix) {
  const std::string statement = "delete from dataknobs.state where key like $1";
  Parameters parameters;
  parameters.add(prefix_pattern(prefix));
  co_await query_state(context, statement, parameters);
}

Task<std::vector<std::pair<std::string, std::string>>> PostgresqlSession::list_state(
    Context& context, const std::string& prefix) {
  const std::string statement = "select key, value from dataknobs.state where key like $1 order by key";
  Parameters parameters;
  parameters.add(prefix_pattern(prefix));
  const std::optional<Result> result = co_await query_state(context, statement, parameters);
  std::vector<std::pair<std::string, std::string>> entries;
  for (std::size_t row = 0; result && row < result->rows(); ++row) {
    entries.emplace_back(result->text(row, 0), result->text(row, 1));
  }
  co_return entries;
}

}  // namespace dataknobs::postgresql
