// SPDX-License-Identifier: Apache-2.0
//
// dataknobs' own state: the table dataknobs.state, made when it is first written.
#include "backends/postgresql/keys.hpp"
#include "backends/postgresql/session.hpp"

namespace dataknobs::postgresql {
namespace {

// Whether the table is there, and whether the role may make it or write to it; where not, what it lacks, and the words
// that grant it.
constexpr const char* rights_query = R"(
select t.oid is not null,
       case when n.oid is null then pg_catalog.has_database_privilege(d.name, 'create')
            when t.oid is null then pg_catalog.has_schema_privilege(n.oid, 'usage')
              and pg_catalog.has_schema_privilege(n.oid, 'create')
            else pg_catalog.has_schema_privilege(n.oid, 'usage')
              and pg_catalog.has_table_privilege(t.oid, 'select') and pg_catalog.has_table_privilege(t.oid, 'insert')
              and pg_catalog.has_table_privilege(t.oid, 'update') and pg_catalog.has_table_privilege(t.oid, 'delete')
       end,
       current_user::text,
       case when n.oid is null then 'the right to create the schema dataknobs'
            when t.oid is null then 'the rights usage and create on the schema dataknobs'
            else 'the right to write to the table dataknobs.state' end,
       case when n.oid is null then pg_catalog.format('create schema dataknobs authorization %I', current_user)
            when t.oid is null then pg_catalog.format('grant usage, create on schema dataknobs to %I', current_user)
            else pg_catalog.format('grant usage on schema dataknobs to %1$I; '
              'grant select, insert, update, delete on dataknobs.state to %1$I', current_user) end
  from (select pg_catalog.current_database() as name) d
  left join pg_catalog.pg_namespace n on n.nspname = 'dataknobs'
  left join pg_catalog.pg_class t on t.relnamespace = n.oid and t.relname = 'state')";

[[noreturn]] void raise_for_rights(const Result& found) {
  Error(ErrorCode::permission, "role " + found.text(0, 2) + " lacks " + found.text(0, 3))
      .hint("an owner may say: " + found.text(0, 4))
      .raise();
}

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
    const std::string look = rights_query;
    const Result found = co_await connection->query(context, look);
    if (!found.boolean(0, 1)) raise_for_rights(found);
    if (!found.boolean(0, 0)) co_return std::nullopt;
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
