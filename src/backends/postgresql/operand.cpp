// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/operand.hpp"

#include <fmt/format.h>

#include "backends/postgresql/document_operand.hpp"
#include "backends/postgresql/native_moment.hpp"
#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/table.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {

namespace {

// Moments that DateTime cannot say are texts like "+294276-12-31T23:59:59Z".
constexpr const char* far_prefix = "+2942";

void describe_timestamp(Operand& operand, const TableColumn& column) {
  const bool zoned = column.codec == Codec::timestamptz;
  const std::string sql = column.sql();
  const char* type = zoned ? "timestamptz" : "timestamp";
  const std::string last = fmt::format("'{}{}'::{}", last_moment, zoned ? "+00" : "", type);
  operand.moment = {zoned ? Kind::timestamptz : Kind::timestamp, sql};
  operand.is_moment = fmt::format("({0} <= {1} or {0} = 'infinity'::{2})", sql, last, type);
  operand.is_string = fmt::format("({0} > {1} and {0} < 'infinity'::{2})", sql, last, type);
  operand.string = {Kind::text,
                    fmt::format("(case when {} then replace(to_char({}, "
                                "'\"+\"YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '.000000Z', 'Z') end)",
                                operand.is_string, zoned ? sql + " at time zone 'UTC'" : sql)};
  operand.string_prefix = far_prefix;
}

// Only where the database is in UTF-8 is the order of collation "C" that of code points, and does every literal have
// a counterpart.
void describe_text(Operand& operand, const Table& table, Kind kind, std::string sql) {
  operand.string = {kind, std::move(sql)};
  if (!table.utf8() && kind != Kind::uuid) operand.exact = false;
}

// An array with nulls, of more dimensions or of other bounds is no vector: it stays text.
std::string is_vector(const std::string& sql) {
  return fmt::format(
      "case when array_ndims({0}) = 1 then array_lower({0}, 1) = 1 and array_position({0}, null::real) is "
      "null else cardinality({0}) = 0 end",
      sql);
}

void describe_vector(Operand& operand, const Table& table, const TableColumn& column) {
  const std::string sql = column.sql();
  describe_text(operand, table, Kind::text,
                fmt::format("(case when not ({}) then {}::text end)", is_vector(sql), sql));
  // A float counts as its exact integer below 2^63: the server's shortest text of it is not always that.
  operand.json = {
      Kind::native,
      fmt::format(
          "(case when {} then (select coalesce(jsonb_agg(case when abs(element) < 9223372036854775808 "
          "and element = trunc(element) then to_jsonb(element::bigint) "
          "else to_jsonb(element::float8) end order by position), '[]') "
          "from unnest({}) with ordinality as e(element, position)) end)",
          is_vector(sql), sql)};
  operand.note = "'vector'";
  operand.noted_floats = fmt::format(
      "(select jsonb_agg('[' || position - 1 || ']' order by position) from unnest({}) with ordinality as "
      "e(element, position) where element in ('NaN', 'Infinity', '-Infinity'))",
      sql);
}

// An element of a vector.
Operand element_operand(const TableColumn& column, const std::vector<Path::Step>& steps) {
  Operand operand;
  if (steps.size() != 1 || !steps.front().is_index() || *steps.front().index >= INT32_MAX) return operand;
  const std::string sql = column.sql();
  const std::string element =
      fmt::format("(case when {} then {}[{}] end)", is_vector(sql), sql, *steps.front().index + 1);
  operand.exists = element + " is not null";
  operand.missing = element + " is null";
  operand.number = {Kind::floating, element};
  return operand;
}

Operand column_operand(const Table& table, const TableColumn& column) {
  Operand operand;
  const std::string sql = column.sql();
  operand.exists = sql + " is not null";
  operand.missing = sql + " is null";
  switch (column.codec) {
    case Codec::boolean:
      operand.boolean = {Kind::native, sql};
      break;
    case Codec::int2:
    case Codec::int4:
    case Codec::int8:
      operand.number = {Kind::integer, sql};
      break;
    case Codec::float4:
    case Codec::float8:
      operand.number = {Kind::floating, sql};
      break;
    case Codec::numeric:
      operand.number = {Kind::numeric, sql};
      break;
    case Codec::text:
      describe_text(operand, table, Kind::text, column.deterministic ? sql : sql + " collate \"C\"");
      break;
    case Codec::padded_text:
      describe_text(operand, table, column.deterministic ? Kind::padded_text : Kind::text,
                    column.deterministic ? sql : sql + "::text collate \"C\"");
      break;
    case Codec::bytea:
      operand.binary = {Kind::native, sql};
      break;
    case Codec::date:
      operand.moment = {Kind::date, sql};
      break;
    case Codec::time:
      operand.time = {Kind::time, sql};
      break;
    case Codec::timestamp:
    case Codec::timestamptz:
      describe_timestamp(operand, column);
      break;
    case Codec::uuid:
      describe_text(operand, table, Kind::uuid, sql);
      break;
    case Codec::jsonb:
      return json_operand(table, sql, {});
    case Codec::json:
      // Its text may hold what jsonb refuses: U+0000, numbers without end.
      operand.exists = fmt::format("coalesce(json_typeof({}) <> 'null', false)", sql);
      operand.missing = fmt::format("coalesce(json_typeof({}) = 'null', true)", sql);
      operand.exact = false;
      break;
    case Codec::vector_text:
      describe_vector(operand, table, column);
      break;
    case Codec::cast_text:
      describe_text(operand, table, Kind::text, column.selected());
      break;
  }
  return operand;
}

}  // namespace

Operand operand_of(const Table& table, const Path& path) {
  if (table.layout() == Layout::document) return document_operand(table, path);
  // Rows have no metadata of their own.
  if (path.is_metadata()) return {};
  const TableColumn& column = *table.find_column(path.root());
  if (path.steps().size() == 1) return column_operand(table, column);
  const std::vector<Path::Step> steps(path.steps().begin() + 1, path.steps().end());
  if (column.codec == Codec::jsonb) return json_operand(table, column.sql(), steps);
  Operand operand;
  if (column.codec == Codec::vector_text) return element_operand(column, steps);
  if (column.codec == Codec::json) {
    // The operators of json fail on texts that it may hold.
    operand.exact = false;
    operand.exists.clear();
    operand.missing.clear();
  }
  return operand;
}

}  // namespace dataknobs::postgresql
