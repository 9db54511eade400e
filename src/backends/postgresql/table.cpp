// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/connection.hpp"
#include "backends/postgresql/sql.hpp"
#include "record/nearest.hpp"

namespace dataknobs::postgresql {
namespace {

// The relation $1 that the search path finds first. dataknobs' own state hides none.
constexpr const char* found_relation = R"((
select o.oid from pg_catalog.unnest(pg_catalog.current_schemas(true)) with ordinality as s(name, position)
  join pg_catalog.pg_namespace m on m.nspname = s.name
  join pg_catalog.pg_class o on o.relnamespace = m.oid and o.relname = $1::text
 where (s.name, $1::text) <> ('dataknobs', 'state')
 order by s.position limit 1))";

constexpr const char* schema_of_new_tables = R"((
select s.name::text from pg_catalog.unnest(pg_catalog.current_schemas(false)) with ordinality as s(name, position)
 where s.name <> 'dataknobs' order by s.position limit 1))";

// One row per column; with found_relation. Domains are followed down to their base type.
constexpr const char* catalog_query = R"(
select n.nspname::text, c.relkind::text, c.reltuples::int8, pg_catalog.pg_relation_is_updatable(c.oid, false)::int8,
       case when c.relkind in ('r', 'm', 'p') then pg_catalog.pg_table_size(c.oid) end,
       case when c.relkind in ('r', 'm') then
         pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8 end,
       pg_catalog.current_setting('server_encoding')::text, pg_catalog.row_security_active(c.oid),
       a.attname::text, b.oid::int8, b.typmod::int8, b.typtype::text, b.typname::text,
       pg_catalog.format_type(b.oid, b.typmod)::text,
       a.attnotnull, a.attidentity::text, a.attgenerated::text, a.atthasdef,
       coalesce((select o.collisdeterministic from pg_catalog.pg_collation o where o.oid = a.attcollation), true),
       (select k.position from pg_catalog.pg_index i,
               pg_catalog.unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
         where i.indrelid = c.oid and i.indisprimary and k.attnum = a.attnum and k.position <= i.indnkeyatts)
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join lateral (
    with recursive d(oid, typmod) as (
      select a.atttypid, a.atttypmod
      union all
      select t.typbasetype, case when t.typtypmod >= 0 then t.typtypmod else d.typmod end
        from d join pg_catalog.pg_type t on t.oid = d.oid where t.typtype = 'd')
    select d.oid, d.typmod, t.typtype, t.typname
      from d join pg_catalog.pg_type t on t.oid = d.oid where t.typtype <> 'd') b on true
 where c.relname = $1::text and c.relkind in ('r', 'v', 'm', 'f', 'p')
   and case when $2::text is null then c.oid = {}
            else n.nspname = $2::text end
 order by a.attnum)";

enum CatalogColumn : std::size_t {
  namespace_name,
  relation_kind,
  row_estimate,
  updatable,
  table_size,
  block_count,
  encoding,
  row_security,
  column_name,
  type_oid,
  type_modifier,
  type_kind,
  type_name,
  native_type,
  not_null,
  identity,
  generated,
  has_default_value,
  deterministic_collation,
  key_position,
};

struct DocumentColumn {
  std::string_view name;
  std::uint32_t type;
};
constexpr DocumentColumn document_columns[] = {
    {"id", oid::text},
    {"data", oid::jsonb},
    {"metadata", oid::jsonb},
    {"types", oid::jsonb},
    {"version", oid::int8},
    {"created_at", oid::timestamptz},
    {"updated_at", oid::timestamptz},
};

bool has_document_shape(const std::vector<TableColumn>& columns, const std::vector<std::string>& key) {
  if (columns.size() != std::size(document_columns) || key != std::vector<std::string>{"id"}) return false;
  return std::all_of(std::begin(document_columns), std::end(document_columns),
                     [&](const DocumentColumn& wanted) {
                       return std::any_of(columns.begin(), columns.end(), [&](const TableColumn& column) {
                         return column.name == wanted.name && column.type.oid == wanted.type;
                       });
                     });
}

std::string kind_name(char kind) {
  switch (kind) {
    case 'v':
      return "view";
    case 'm':
      return "materialized view";
    case 'f':
      return "foreign table";
    case 'p':
      return "partitioned table";
    default:
      return "table";
  }
}

TableColumn column_of(const Result& result, std::size_t row) {
  TableColumn column;
  column.name = result.text(row, column_name);
  column.type.oid = static_cast<std::uint32_t>(result.integer(row, type_oid));
  column.type.modifier = static_cast<std::int32_t>(result.integer(row, type_modifier));
  column.type.kind = result.text(row, type_kind).front();
  column.type.name = result.text(row, type_name);
  column.type.native = result.text(row, native_type);
  column.codec = codec_of(column.type);
  column.nullable = !result.boolean(row, not_null);
  const bool in_key = !result.is_null(row, key_position);
  const bool always = result.text(row, identity) == "a";
  column.always_identity = always && in_key;
  column.computed = !result.text(row, generated).empty() || (always && !in_key);
  column.has_default = result.boolean(row, has_default_value) || !result.text(row, identity).empty();
  column.deterministic = result.boolean(row, deterministic_collation);
  return column;
}

std::vector<std::string> primary_key(const Result& result) {
  std::vector<std::pair<std::int64_t, std::string>> positions;
  for (std::size_t row = 0; row < result.rows(); ++row) {
    if (!result.is_null(row, key_position)) {
      positions.emplace_back(result.integer(row, key_position), result.text(row, column_name));
    }
  }
  std::sort(positions.begin(), positions.end());
  std::vector<std::string> key;
  for (auto& [position, name] : positions) key.push_back(std::move(name));
  return key;
}

}  // namespace

WireColumn TableColumn::wire() const {
  WireColumn column;
  column.name = name;
  column.codec = codec;
  column.type = field_type_of(type);
  column.modifier = type.modifier;
  return column;
}

std::string TableColumn::sql() const {
  return quote_identifier(name);
}

std::string TableColumn::selected() const {
  if (!travels_as_text(codec)) return sql();
  // A cast of inet always adds the mask; this is how the server prints it.
  if (type.oid == oid::inet) return "pg_catalog.abbrev(" + sql() + ")";
  return sql() + "::text";
}

std::string TableColumn::from_text(std::string_view text) const {
  const std::string base = cast_name(type);
  if (type.modifier < 0) return fmt::format("{}::{}", text, base);
  // The server rounds and cuts without a word. What it changes is made text that the type refuses, and shows.
  return fmt::format(
      "case when {0}::{1} is not distinct from {0}::{2} then {0}::{1} else ({0} || {3})::{1} end", text, base,
      type.native, quote_literal(" does not fit " + type.native));
}

// Makes a Table of the catalog's answer.
class TableReader {
 public:
  TableReader(const Result& result, const DatasetOptions& options) : result_(result), options_(options) {}

  std::shared_ptr<Table> run() {
    std::vector<TableColumn> columns;
    for (std::size_t row = 0; row < result_.rows(); ++row) {
      if (!result_.is_null(row, column_name)) columns.push_back(column_of(result_, row));
    }
    const std::vector<std::string> primary = primary_key(result_);
    const Layout layout = choose_layout(columns, primary);
    auto table = std::make_shared<Table>(options_, layout);
    const char kind = result_.text(0, relation_kind).front();
    table->sql_name_ =
        quote_identifier(result_.text(0, namespace_name)) + "." + quote_identifier(options_.name());
    table->columns_ = std::move(columns);
    table->has_row_versions_ = kind == 'r' || kind == 'p';
    if (!result_.is_null(0, block_count))
      table->blocks_ = static_cast<std::uint64_t>(result_.integer(0, block_count));
    table->takes_copy_ = kind != 'v' && !result_.boolean(0, row_security);
    table->utf8_ = result_.text(0, encoding) == "UTF8";
    // Bits 3, 2 and 4: INSERT, UPDATE and DELETE all work.
    constexpr std::int64_t all_events = 28;
    table->set_read_only(kind == 'm' || (result_.integer(0, updatable) & all_events) != all_events);
    table->set_native_kind(kind_name(kind));
    if (const std::int64_t rows = result_.integer(0, row_estimate); rows >= 0 && kind != 'v') {
      table->set_rows(static_cast<std::uint64_t>(rows), false);
    }
    if (!result_.is_null(0, table_size))
      table->set_bytes(static_cast<std::uint64_t>(result_.integer(0, table_size)));
    if (layout == Layout::document) {
      table->set_has_metadata(true);
    } else {
      describe_columns(*table, primary);
    }
    return table;
  }

 private:
  Layout choose_layout(const std::vector<TableColumn>& columns,
                       const std::vector<std::string>& primary) const {
    const bool document = has_document_shape(columns, primary);
    const Layout layout = options_.layout().value_or(document ? Layout::document : Layout::columns);
    if (layout == Layout::document && !document) {
      Error(ErrorCode::configuration,
            fmt::format("the table {} does not have the document layout", options_.name()))
          .hint("leave layout= out, or give another table=")
          .raise();
    }
    return layout;
  }

  void describe_columns(Table& table, const std::vector<std::string>& primary) const {
    std::vector<FieldDescription> fields;
    for (const TableColumn& column : table.columns_) {
      FieldDescription field(column.name, field_type_of(column.type), column.nullable);
      field.set_generated(column.computed).set_has_default(column.has_default);
      fields.push_back(std::move(field));
    }
    table.set_schema(Schema(std::move(fields)));
    for (const std::string& name : options_.key()) {
      if (table.find_column(name) == nullptr) raise_unknown_key(table, name);
    }
    table.set_key(options_.key().empty() ? primary : options_.key());
    if (table.key().size() == 1) table.set_generates_ids(table.find_column(table.key().front())->has_default);
    if (table.key().empty()) table.has_row_versions_ = false;
  }

  [[noreturn]] void raise_unknown_key(const Table& table, const std::string& name) const {
    std::vector<std::string_view> names;
    for (const TableColumn& column : table.columns_) names.push_back(column.name);
    Error error(ErrorCode::configuration,
                fmt::format("key= names '{}', which is no column of {}", name, options_.name()));
    if (const auto nearest = nearest_name(name, names))
      error.hint(fmt::format("did you mean '{}'?", *nearest));
    error.raise();
  }

  const Result& result_;
  const DatasetOptions& options_;
};

const TableColumn* Table::find_column(std::string_view name) const noexcept {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [name](const TableColumn& column) { return column.name == name; });
  return found == columns_.end() ? nullptr : &*found;
}

std::vector<const TableColumn*> Table::key_columns() const {
  if (layout() == Layout::document) return {find_column("id")};
  std::vector<const TableColumn*> columns;
  for (const std::string& name : key()) columns.push_back(find_column(name));
  return columns;
}

const Table& table_of(const DatasetPointer& dataset) {
  return dynamic_cast<const Table&>(*dataset);
}

std::optional<std::string> schema_option(const DatasetOptions& options) {
  const auto found = options.extra().find("schema");
  if (found == options.extra().end() || found->second.empty() || found->second.back().empty()) return {};
  return found->second.back();
}

Task<DatasetPointer> read_table(Context& context, Connection& connection, const DatasetOptions& options,
                                bool exact) {
  if (options.name().empty()) {
    Error(ErrorCode::configuration, "which table?").hint("add ?table=name to the URL").raise();
  }
  Parameters parameters;
  parameters.add(options.name()).add(schema_option(options));
  const std::string statement = fmt::format(catalog_query, found_relation);
  const Result result = co_await connection.query(context, statement, parameters);
  if (result.rows() == 0) co_return nullptr;
  std::shared_ptr<Table> table = TableReader(result, options).run();
  if (exact) {
    const std::string count = "select count(*) from " + table->sql_name();
    const Result counted = co_await connection.query(context, count);
    table->set_rows(static_cast<std::uint64_t>(counted.integer(0, 0)), true);
  }
  co_return table;
}

Task<std::string> identity_of(Context& context, Connection& connection, const DatasetOptions& options) {
  const std::string statement = fmt::format(
      "select coalesce($2::text, (select n.nspname::text from pg_catalog.pg_class c "
      "join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = {}), {}, "
      "pg_catalog.current_schema()::text, '')",
      found_relation, schema_of_new_tables);
  Parameters parameters;
  parameters.add(options.name()).add(schema_option(options));
  const Result result = co_await connection.query(context, statement, parameters);
  co_return quote_identifier(result.text(0, 0)) + "." + quote_identifier(options.name());
}

Task<std::optional<std::string>> schema_for_new_tables(Context& context, Connection& connection) {
  const std::string statement = fmt::format("select {}", schema_of_new_tables);
  const Parameters none;
  const Result result = co_await connection.query(context, statement, none);
  if (result.is_null(0, 0)) co_return std::nullopt;
  co_return result.text(0, 0);
}

Task<bool> has_schema(Context& context, Connection& connection, const std::string& schema) {
  const std::string statement =
      "select pg_catalog.to_regnamespace(pg_catalog.quote_ident($1::text)) is not null";
  Parameters parameters;
  parameters.add(schema);
  const Result result = co_await connection.query(context, statement, parameters);
  co_return result.boolean(0, 0);
}

namespace {

Task<void> refuse_missing_schema(Context& context, Connection& connection, const std::string& schema) {
  const bool exists = co_await has_schema(context, connection, schema);
  if (exists) co_return;
  const std::string statement =
      "select nspname::text from pg_catalog.pg_namespace where nspname !~ '^pg_' order by nspname collate "
      "\"C\"";
  const Parameters none;
  const Result result = co_await connection.query(context, statement, none);
  std::vector<std::string> names;
  for (std::size_t row = 0; row < result.rows(); ++row) names.push_back(result.text(row, 0));
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::optional<std::string_view> nearest = nearest_name(schema, known);
  Error(ErrorCode::not_found, fmt::format("there is no schema '{}'", schema))
      .hint(nearest ? fmt::format("did you mean '{}'?", *nearest) : "the first write of a table makes it")
      .raise();
}

}  // namespace

Task<std::vector<std::string>> list_tables(Context& context, Connection& connection,
                                           const std::optional<std::string>& schema) {
  const std::string statement =
      "select c.relname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = "
      "c.relnamespace "
      "where c.relkind in ('r', 'v', 'm', 'f', 'p') and case when $1::text is null then "
      "n.nspname = any (pg_catalog.current_schemas(false)) and n.nspname !~ '^pg_' "
      "and n.nspname <> 'information_schema' and (n.nspname, c.relname) <> ('dataknobs', 'state') "
      "else n.nspname = $1::text end group by c.relname order by c.relname collate \"C\"";
  Parameters parameters;
  parameters.add(schema);
  const Result result = co_await connection.query(context, statement, parameters);
  std::vector<std::string> names;
  for (std::size_t row = 0; row < result.rows(); ++row) names.push_back(result.text(row, 0));
  if (schema && names.empty()) co_await refuse_missing_schema(context, connection, *schema);
  co_return names;
}

}  // namespace dataknobs::postgresql
