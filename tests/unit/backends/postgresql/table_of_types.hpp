// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Tables as the catalog would describe them, without a server.

#include <string>
#include <utility>
#include <vector>

#include "backends/postgresql/table.hpp"

namespace dataknobs::postgresql {

inline TableColumn column_of_type(std::string name, std::uint32_t type, std::string native,
                                  bool nullable = true) {
  TableColumn column;
  column.name = std::move(name);
  column.type.oid = type;
  column.type.name = native;
  column.type.native = std::move(native);
  column.codec = codec_of(column.type);
  column.nullable = nullable;
  return column;
}

inline Table table_of_types() {
  std::vector<TableColumn> columns{
      column_of_type("id", oid::int8, "bigint", false),
      column_of_type("small", oid::int2, "smallint"),
      column_of_type("age", oid::int4, "integer"),
      column_of_type("score", oid::float8, "double precision"),
      column_of_type("price", oid::numeric, "numeric"),
      column_of_type("name", oid::text, "text"),
      column_of_type("code", oid::bpchar, "character(4)"),
      column_of_type("raw", oid::bytea, "bytea"),
      column_of_type("ok", oid::boolean, "boolean"),
      column_of_type("day", oid::date, "date"),
      column_of_type("clock", oid::time, "time without time zone"),
      column_of_type("naive", oid::timestamp, "timestamp without time zone"),
      column_of_type("moment", oid::timestamptz, "timestamp with time zone"),
      column_of_type("ref", oid::uuid, "uuid"),
      column_of_type("j", oid::jsonb, "jsonb"),
      column_of_type("plain", oid::json, "json"),
      column_of_type("address", oid::inet, "inet"),
  };
  std::vector<FieldDescription> fields;
  for (const TableColumn& column : columns)
    fields.emplace_back(column.name, field_type_of(column.type), column.nullable);
  Table table(DatasetOptions("t"), Layout::columns);
  table.set_columns(std::move(columns)).set_schema(Schema(std::move(fields))).set_key({"id"});
  return table;
}

}  // namespace dataknobs::postgresql
