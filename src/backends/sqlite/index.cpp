// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/index.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "backends/sqlite/translate.hpp"

namespace dataknobs::sqlite {

namespace {

// More digits than these may be more than a float tells apart.
constexpr int kSureDigits = 17;

bool is_word(std::string_view name) noexcept {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_part);
}

// SQLite compares a name with its spelling in JSON, escapes and all: of these no writer escapes any.
bool has_one_spelling(std::string_view name) noexcept {
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '/'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_plain);
}

[[noreturn]] void raise_no_index(const std::string& field, const char* why) {
  Error(ErrorCode::unsupported, fmt::format("SQLite cannot have an index over {}: {}", field, why))
      .field_path(field)
      .hint("index another field")
      .raise();
}

// Tells apart what json_extract makes equal: 1 and true, a text and a list that prints so, a text and a date, and
// numbers that no float tells apart. Null where the member is.
std::string class_sql(const std::string& path, const Path& field) {
  const std::string literal = text_literal(path);
  std::string types;
  for (const Path::Step& step : field.steps()) types += (types.empty() ? "" : ".") + step.name;
  return fmt::format(
      "CASE json_type(data, {0}) WHEN 'text' THEN coalesce(json_extract(types, {1}), 'string') "
      "WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'array' THEN 'json' WHEN 'object' THEN 'json' "
      "ELSE CASE WHEN typeof(json_extract(data, {0})) = 'real' AND length(data -> {0}) > {2} "
      "THEN data -> {0} ELSE 'number' END END",
      literal, text_literal(fmt::format("$.\"{}\"", types)), kSureDigits);
}

std::string document_list(const Index& index) {
  std::vector<std::string> members;
  std::vector<std::string> classes;
  for (const std::string& field : index.fields()) {
    const Path path = Path::parse(field);
    const std::optional<std::string> member = json_path(path);
    if (!member) {
      raise_no_index(field, path.is_metadata()
                                ? "it is metadata"
                                : "it is in a list, or JSON may spell the name in several ways");
    }
    members.push_back(member_sql(*member, false));
    if (index.unique()) classes.push_back(class_sql(*member, path));
  }
  members.insert(members.end(), classes.begin(), classes.end());
  return fmt::format("{}", fmt::join(members, ", "));
}

std::string column_list(const Index& index, const TableDataset& dataset) {
  std::vector<std::string> names;
  for (const std::string& field : index.fields()) {
    const Path path = Path::parse(field);
    if (path.steps().size() > 1) raise_no_index(field, "it is within a column");
    const TableColumn* column = path.is_metadata() ? nullptr : dataset.find_column(path.root());
    if (column == nullptr) raise_no_index(field, "it is no column");
    names.push_back(sql_name(column->name) + (column->binary_collation ? "" : " COLLATE BINARY"));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

// The parts of the first list in brackets: "CREATE INDEX a ON t (b, f(c, d)) ..." has b and f(c, d).
std::vector<std::string> list_parts(std::string_view sql) {
  std::vector<std::string> parts;
  char quote = 0;
  int depth = 0;
  for (const char c : sql) {
    const bool outside = quote == 0;
    if (!outside) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
      quote = c == '[' ? ']' : c;
    } else if (c == '(') {
      if (depth++ == 0) parts.emplace_back();
      if (depth == 1) continue;
    } else if (c == ')') {
      if (--depth == 0) break;
    } else if (c == ',' && depth == 1) {
      parts.emplace_back();
      continue;
    }
    if (depth > 0 && (c != ' ' || !parts.back().empty())) parts.back() += c;
  }
  return parts;
}

// The field of `json_extract(data, '$.address."x y"')`, however it is set; nothing for another expression.
std::optional<std::string> field_of(std::string_view expression) {
  constexpr std::string_view kCall = "json_extract(data,";
  if (!expression.starts_with(kCall) || !expression.ends_with(')')) return std::nullopt;
  expression.remove_prefix(kCall.size());
  expression.remove_suffix(1);
  while (expression.starts_with(' ')) expression.remove_prefix(1);
  if (!expression.starts_with("'$.") || !expression.ends_with('\'')) return std::nullopt;
  expression = expression.substr(2, expression.size() - 3);
  std::vector<Path::Step> steps;
  while (expression.starts_with('.')) {
    expression.remove_prefix(1);
    const bool quoted = expression.starts_with('"');
    if (quoted) expression.remove_prefix(1);
    const std::size_t end = std::min(expression.find_first_of(quoted ? "\"" : ".["), expression.size());
    std::string name(expression.substr(0, end));
    for (std::size_t at = name.find("''"); at != std::string::npos; at = name.find("''", at + 1)) {
      name.erase(at, 1);
    }
    steps.emplace_back(std::move(name));
    expression.remove_prefix(std::min(end + (quoted ? 1 : 0), expression.size()));
  }
  if (steps.empty() || !expression.empty()) return std::nullopt;
  const bool needs_quotes = steps.front().name == "id" || steps.front().name == "metadata";
  return Path(std::move(steps), needs_quotes).to_string();
}

std::vector<std::string> fields_of(Connection& connection, const std::string& name, const std::string& sql) {
  const std::vector<std::string> parts = list_parts(sql);
  Statement columns =
      connection.prepare("SELECT name FROM pragma_index_xinfo(?1, 'main') WHERE key <> 0 ORDER BY seqno");
  columns.bind(1, std::string_view(name));
  std::vector<std::string> fields;
  for (std::size_t i = 0; columns.step(); ++i) {
    if (!columns.column(0).is_null()) {
      fields.push_back(Path::of_field(columns.text(0)).to_string());
      continue;
    }
    const std::string part = i < parts.size() ? parts[i] : std::string("an expression");
    const std::optional<std::string> field = field_of(part);
    if (field || !part.starts_with("CASE json_type(data,")) fields.push_back(field.value_or(part));
  }
  return fields;
}

// As SQLite tells of a record that is not unique: the columns of an index, or the name of one over expressions.
std::string violation_text(Connection& connection, const std::string& table, const std::string& name,
                           const std::string& sql) {
  Statement columns =
      connection.prepare("SELECT name FROM pragma_index_xinfo(?1, 'main') WHERE key <> 0 ORDER BY seqno");
  columns.bind(1, std::string_view(name));
  std::string text;
  while (columns.step()) {
    if (columns.column(0).is_null()) return fmt::format("index '{}'", name);
    text += fmt::format("{}{}.{}", text.empty() ? "" : ", ", table, columns.text(0));
  }
  return sql.empty() ? std::string() : text;
}

}  // namespace

std::optional<std::string> json_path(const Path& path) {
  if (path.is_metadata() || path.is_id()) return std::nullopt;
  std::string result = "$";
  for (const Path::Step& step : path.steps()) {
    if (step.is_index() || !has_one_spelling(step.name)) return std::nullopt;
    result += is_word(step.name) ? "." + step.name : fmt::format(".\"{}\"", step.name);
  }
  return result;
}

std::string member_sql(const std::string& json_path, bool aliased) {
  return fmt::format("json_extract({}data, {})", aliased ? "t." : "", text_literal(json_path));
}

std::string index_statement(const Index& index, const TableDataset& dataset) {
  if (index.kind() == IndexKind::hash) {
    Error(ErrorCode::unsupported, "SQLite has no hash indexes")
        .hint("an ordered index serves equality too")
        .raise();
  }
  const std::string list =
      dataset.layout() == Layout::document ? document_list(index) : column_list(index, dataset);
  return fmt::format("CREATE {}INDEX main.{} ON {} ({})", index.unique() ? "UNIQUE " : "",
                     sql_name(index.name()), sql_name(dataset.name()), list);
}

std::vector<Index> list_indexes(Connection& connection, const TableDataset& dataset) {
  Statement statement = connection.prepare(
      "SELECT i.name, i.\"unique\", s.sql FROM pragma_index_list(?1, 'main') AS i "
      "JOIN main.sqlite_schema AS s ON s.type = 'index' AND s.name = i.name WHERE i.origin = 'c' ORDER BY "
      "i.name");
  statement.bind(1, std::string_view(dataset.name()));
  std::vector<Index> found;
  while (statement.step()) {
    const std::string name = statement.text(0);
    Index index(fields_of(connection, name, statement.text(2)));
    found.push_back(index.name(name).unique(statement.integer(1) != 0));
  }
  return found;
}

void make_index(Connection& connection, const Index& index, const TableDataset& dataset) {
  try {
    connection.execute(index_statement(index, dataset));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::duplicate_record || !error.native_text().starts_with("UNIQUE ")) throw;
    const std::string fields = fmt::format("{}", fmt::join(index.fields(), ", "));
    Error(ErrorCode::duplicate_record,
          fmt::format("some records have the same value of {}: the index {} cannot be unique", fields,
                      index.name()))
        .field_path(fields)
        .native(error.native_code(), error.native_text())
        .hint("find them by counting groups (aggregate), or make the index without unique")
        .raise();
  }
}

void name_unique_index(Connection& connection, Error& error) {
  constexpr std::string_view kFailed = "UNIQUE constraint failed: ";
  if (!error.native_text().starts_with(kFailed)) return;
  const std::string failed = error.native_text().substr(kFailed.size());
  Statement statement = connection.prepare(
      "SELECT tbl_name, name, sql FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY "
      "name");
  while (statement.step()) {
    const std::string name = statement.text(1);
    const std::string sql = statement.text(2);
    if (!sql.starts_with("CREATE UNIQUE ")) continue;
    if (violation_text(connection, statement.text(0), name, sql) != failed) continue;
    const std::string fields = fmt::format("{}", fmt::join(fields_of(connection, name, sql), ", "));
    Error named(ErrorCode::duplicate_record,
                fmt::format("a record with the same value of {} exists already: the index {} is unique",
                            fields, name));
    error = named.field_path(fields).native(error.native_code(), error.native_text());
    return;
  }
}

}  // namespace dataknobs::sqlite
