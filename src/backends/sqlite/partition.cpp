// SPDX-License-Identifier: Apache-2.0
//
// Partitions: ranges of row numbers, or of keys where a table has no row numbers. A token is text:
//   all                the whole table
//   rowid LOW HIGH     LOW <= row number < HIGH; - where a range has no end
//   key LOW HIGH       the same for keys, each a JSON array of its cells
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "backends/sqlite/scan_sql.hpp"
#include "backends/sqlite/table_row.hpp"
#include "backends/sqlite/translate.hpp"
#include "record/json.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::string_view kOpen = "-";

[[noreturn]] void raise_bad_token(const std::string& token) {
  Error(ErrorCode::invalid_argument, fmt::format("'{}' is no partition of an SQLite table", token)).raise();
}

// A cell as JSON that keeps its storage class and every bit: ["i", "5"], ["r", bits], ["t", text], ["b",
// hexadecimal].
Value to_json_cell(const Cell& cell) {
  const auto pair = [](const char* kind, std::string text) {
    return Value(Json(Json::Array{Value(kind), Value(std::move(text))}));
  };
  switch (cell.storage()) {
    case Cell::Storage::integer:
      return pair("i", std::to_string(cell.integer()));
    case Cell::Storage::real: {
      std::int64_t bits = 0;
      const double value = cell.real();
      std::memcpy(&bits, &value, sizeof(bits));
      return pair("r", std::to_string(bits));
    }
    case Cell::Storage::text:
      return pair("t", std::string(cell.bytes()));
    case Cell::Storage::blob:
      return pair("b", to_hex(Binary{std::string(cell.bytes())}));
    case Cell::Storage::null:
      break;
  }
  return Value();
}

std::int64_t parse_integer(const std::string& text, const std::string& token) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) raise_bad_token(token);
  return value;
}

Parameter from_json_cell(const Value& value, const std::string& token) {
  const Json* pair = value.get_if<Json>();
  if (pair == nullptr || !pair->is_array() || pair->array().size() != 2) raise_bad_token(token);
  const std::string kind = to_text(pair->array()[0]);
  const std::string text = to_text(pair->array()[1]);
  if (kind == "i") return parse_integer(text, token);
  if (kind == "r") {
    const std::int64_t bits = parse_integer(text, token);
    double number = 0;
    std::memcpy(&number, &bits, sizeof(number));
    return number;
  }
  if (kind == "t") return text;
  if (kind == "b") {
    if (std::optional<Binary> binary = parse_hex(text)) return std::move(*binary);
  }
  raise_bad_token(token);
}

std::string key_columns(const TableDataset& dataset) {
  std::string list;
  for (const std::size_t position : dataset.key_columns) {
    list += (list.empty() ? "" : ", ") + column_sql(dataset.columns[position]);
  }
  return list;
}

// Bounds are compared as the table's own index orders its keys, whatever our order of their values is.
Sql key_bound(const std::string& bound, std::string_view op, const TableDataset& dataset,
              const std::string& token) {
  Value parsed;
  try {
    parsed = parse_json(bound);
  } catch (const SerializationError&) {
    raise_bad_token(token);
  }
  const Json* cells = parsed.get_if<Json>();
  if (cells == nullptr || !cells->is_array() || cells->array().size() != dataset.key_columns.size()) {
    raise_bad_token(token);
  }
  Sql sql(fmt::format("({}) {} (", key_columns(dataset), op));
  bool first = true;
  for (const Value& cell : cells->array()) {
    if (!first) sql << ", ";
    sql.value(from_json_cell(cell, token));
    first = false;
  }
  return sql << ")";
}

Sql rowid_bound(const std::string& bound, std::string_view op, const TableDataset& dataset,
                const std::string& token) {
  Sql sql(fmt::format("t.{} {} ", dataset.rowid, op));
  return sql.value(parse_integer(bound, token));
}

std::vector<Partition> rowid_partitions(Connection& connection, const TableDataset& dataset,
                                        std::size_t wanted) {
  const std::string table = "main." + sql_name(dataset.name());
  const auto bound = [&](const char* function) {
    return connection.query_integer(fmt::format("SELECT {}({}) FROM {}", function, dataset.rowid, table));
  };
  const std::int64_t low = bound("min");
  std::uint64_t span = static_cast<std::uint64_t>(bound("max")) - static_cast<std::uint64_t>(low);
  if (span != UINT64_MAX) ++span;
  const std::uint64_t step = span / wanted + (span % wanted != 0 ? 1 : 0);
  std::vector<Partition> result;
  std::string begin(kOpen);
  for (std::size_t i = 1; i <= wanted; ++i) {
    const std::uint64_t offset = step * i;
    const bool last = i == wanted || offset >= span;
    std::string end =
        last ? std::string(kOpen)
             : std::to_string(static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset));
    result.emplace_back(fmt::format("rowid {} {}", begin, end), true);
    result.back().set_rows(last ? span - step * (i - 1) : step);
    if (last) break;
    begin = std::move(end);
  }
  return result;
}

std::vector<Partition> key_partitions(Connection& connection, const TableDataset& dataset,
                                      std::size_t wanted) {
  const std::string table = sql_name(dataset.name());
  const std::int64_t rows = connection.query_integer(fmt::format("SELECT count(*) FROM main.{}", table));
  const std::int64_t step = std::max<std::int64_t>(
      1, (rows + static_cast<std::int64_t>(wanted) - 1) / static_cast<std::int64_t>(wanted));
  Statement statement = connection.prepare(
      fmt::format("SELECT {0} FROM main.{1} AS t ORDER BY {0}", key_columns(dataset), table));
  std::vector<Partition> result;
  std::string begin(kOpen);
  for (std::int64_t row = 0; statement.step(); ++row) {
    if (row == 0 || row % step != 0) continue;
    Json::Array cells;
    for (int i = 0; i < statement.column_count(); ++i) cells.push_back(to_json_cell(statement.column(i)));
    std::string end = to_json(Value(Json(std::move(cells))));
    result.emplace_back(fmt::format("key {}\n{}", begin, end), true);
    result.back().set_rows(static_cast<std::uint64_t>(step));
    begin = std::move(end);
  }
  result.emplace_back(fmt::format("key {}\n{}", begin, kOpen), true);
  const std::uint64_t before = static_cast<std::uint64_t>(step) * (result.size() - 1);
  result.back().set_rows(static_cast<std::uint64_t>(rows) - before);
  return result;
}

bool has_own_key(const TableDataset& dataset) {
  return dataset.without_rowid && dataset.key_is_unique;
}

}  // namespace

Sql partition_condition(const Partition& partition, const TableDataset& dataset) {
  const std::string& token = partition.token();
  if (token == "all") return Sql();
  const bool rowid = token.starts_with("rowid ") && !dataset.rowid.empty();
  const bool key = token.starts_with("key ") && has_own_key(dataset);
  if (!rowid && !key) raise_bad_token(token);
  // JSON escapes line ends, so the line end between two keys is not part of either.
  const std::size_t start = rowid ? 6 : 4;
  const std::size_t separator = token.find(rowid ? ' ' : '\n', start);
  if (separator == std::string::npos) raise_bad_token(token);
  const std::string low = token.substr(start, separator - start);
  const std::string high = token.substr(separator + 1);
  const auto bound = rowid ? &rowid_bound : &key_bound;
  std::vector<Sql> parts;
  if (low != kOpen) parts.push_back(bound(low, ">=", dataset, token));
  if (high != kOpen) parts.push_back(bound(high, "<", dataset, token));
  return parts.empty() ? Sql() : joined(parts, " AND ");
}

std::vector<Partition> make_partitions(Connection& connection, const TableDataset& dataset,
                                       std::size_t wanted) {
  const std::string table = sql_name(dataset.name());
  const bool empty =
      connection.query_integer(fmt::format("SELECT NOT EXISTS (SELECT 1 FROM main.{})", table)) != 0;
  if (wanted > 1 && !empty) {
    if (!dataset.rowid.empty()) return rowid_partitions(connection, dataset, wanted);
    if (has_own_key(dataset)) return key_partitions(connection, dataset, wanted);
  }
  std::vector<Partition> result;
  result.emplace_back("all", true);
  if (dataset.rows()) result.back().set_rows(*dataset.rows());
  return result;
}

}  // namespace dataknobs::sqlite
