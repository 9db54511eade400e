// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/creation.hpp"

#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/table.hpp"
#include "backends/postgresql/wire_type.hpp"

namespace dataknobs::postgresql {

std::vector<std::string> creation_statements_of(const CreateRequest& request,
                                                const std::optional<std::string>& schema) {
  std::string name = quote_identifier(request.options().name());
  std::vector<std::string> statements;
  if (schema) {
    name = quote_identifier(*schema) + "." + name;
    statements.push_back("create schema if not exists " + quote_identifier(*schema));
  }
  if (request.layout() == Layout::document) {
    // Ids sort by code point, whatever the database's own collation is.
    statements.push_back(
        "create table " + name +
        " (id text collate \"C\" primary key, data jsonb not null, metadata jsonb, types jsonb, "
        "version bigint not null, created_at timestamptz not null default now(), "
        "updated_at timestamptz not null default now())");
    return statements;
  }
  std::string columns;
  for (const FieldDescription& field : request.schema().fields()) {
    if (!columns.empty()) columns += ", ";
    columns += quote_identifier(field.name()) + " " + map_field_type(field.type()).type().native();
    if (!field.nullable()) columns += " not null";
  }
  if (!request.key().empty()) columns += ", primary key (" + identifier_list(request.key()) + ")";
  statements.push_back("create table " + name + " (" + columns + ")");
  return statements;
}

}  // namespace dataknobs::postgresql
