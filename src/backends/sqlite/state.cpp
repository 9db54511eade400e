// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/state.hpp"

#include "backends/sqlite/creation.hpp"

namespace dataknobs::sqlite {

namespace {

bool has_table(Connection& connection) {
  return connection.query_integer(
             "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'dataknobs_state'") !=
         0;
}

// Keys are compared as bytes of the prefix's length, so no character has a meaning of its own.
constexpr const char* kPrefixCondition =
    " WHERE substr(CAST(key AS BLOB), 1, length(CAST(?1 AS BLOB))) = CAST(?1 AS BLOB)";

}  // namespace

std::optional<std::string> get_state(Connection& connection, const std::string& key) {
  if (!has_table(connection)) return std::nullopt;
  Statement statement = connection.prepare("SELECT value FROM main.dataknobs_state WHERE key = ?");
  statement.bind(1, std::string_view(key));
  if (!statement.step()) return std::nullopt;
  return statement.text(0);
}

bool put_state(Connection& connection, const std::string& key, const std::string& value, Existence existence,
               const std::optional<std::string>& expected) {
  connection.execute(kStateTable);
  if (existence != Existence::any || expected) {
    const std::optional<std::string> present = get_state(connection, key);
    if (existence == Existence::absent && present) return false;
    if (existence == Existence::present && !present) return false;
    if (expected && present != expected) return false;
  }
  Statement statement = connection.prepare(
      "INSERT INTO main.dataknobs_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
      "excluded.value");
  statement.bind(1, std::string_view(key));
  statement.bind(2, std::string_view(value));
  statement.run();
  return true;
}

void remove_state(Connection& connection, const std::string& prefix) {
  if (!has_table(connection)) return;
  Statement statement =
      connection.prepare(std::string("DELETE FROM main.dataknobs_state") + kPrefixCondition);
  statement.bind(1, std::string_view(prefix));
  statement.run();
}

std::vector<std::pair<std::string, std::string>> list_state(Connection& connection,
                                                            const std::string& prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  if (!has_table(connection)) return found;
  Statement statement = connection.prepare(std::string("SELECT key, value FROM main.dataknobs_state") +
                                           kPrefixCondition + " ORDER BY key");
  statement.bind(1, std::string_view(prefix));
  while (statement.step()) found.emplace_back(statement.text(0), statement.text(1));
  return found;
}

}  // namespace dataknobs::sqlite
