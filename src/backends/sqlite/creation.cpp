// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/creation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "backends/sqlite/catalog.hpp"

namespace dataknobs::sqlite {

namespace {

void check_names(const Schema& schema) {
  std::vector<std::pair<std::string, std::string>> seen;
  for (const FieldDescription& field : schema.fields()) {
    std::string folded = folded_name(field.name());
    for (const auto& [other, name] : seen) {
      if (other != folded) continue;
      Error(ErrorCode::configuration,
            fmt::format("the fields '{}' and '{}' would be one column: SQLite ignores the case of names",
                        name, field.name()))
          .field_path(field.name())
          .hint("rename one of them, or use layout=document")
          .raise();
    }
    seen.emplace_back(std::move(folded), field.name());
  }
}

std::string column_definition(const FieldDescription& field, const std::vector<std::string>& key) {
  std::string text = sql_name(field.name());
  const std::string type = declared_type(field.type());
  if (!type.empty()) text += ' ' + type;
  const bool is_key = std::find(key.begin(), key.end(), field.name()) != key.end();
  if (key.size() == 1 && is_key) {
    // INTEGER PRIMARY KEY is the row number itself: no second index, and never null.
    return text + (type == "INTEGER" ? " PRIMARY KEY" : " NOT NULL PRIMARY KEY");
  }
  return !field.nullable() || is_key ? text + " NOT NULL" : text;
}

std::string columns_table(const CreateRequest& request) {
  const Schema& schema = request.schema();
  const std::vector<std::string>& key = request.key();
  if (schema.empty()) {
    Error(ErrorCode::configuration, "a table in the columns layout needs at least one column")
        .hint("use layout=document")
        .raise();
  }
  check_names(schema);
  std::vector<std::string> parts;
  for (const FieldDescription& field : schema.fields()) parts.push_back(column_definition(field, key));
  for (const std::string& name : key) {
    if (schema.find(name) != nullptr) continue;
    Error(ErrorCode::configuration, fmt::format("the key column '{}' is not a column of the new table", name))
        .field_path(name)
        .raise();
  }
  if (key.size() > 1) {
    std::vector<std::string> names;
    for (const std::string& name : key) names.push_back(sql_name(name));
    parts.push_back(fmt::format("PRIMARY KEY ({})", fmt::join(names, ", ")));
  }
  return fmt::format("CREATE TABLE main.{} ({})", sql_name(request.options().name()), fmt::join(parts, ", "));
}

}  // namespace

std::vector<std::string> creation_statements(const CreateRequest& request) {
  if (request.options().name().empty()) raise_no_table({});
  if (request.layout() == Layout::columns) return {columns_table(request)};
  return {fmt::format(
              "CREATE TABLE main.{} ({}{} */ id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL, metadata TEXT,"
              " types TEXT, version INTEGER NOT NULL)",
              sql_name(request.options().name()), kDocumentMarker, kDocumentFormat),
          std::string(kVersionTable)};
}

}  // namespace dataknobs::sqlite
