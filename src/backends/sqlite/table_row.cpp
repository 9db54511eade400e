// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/table_row.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "record/nearest.hpp"

namespace dataknobs::sqlite {

Parameter parameter_of(const Cell& cell) {
  switch (cell.storage()) {
    case Cell::Storage::null:
      return std::monostate();
    case Cell::Storage::integer:
      return cell.integer();
    case Cell::Storage::real:
      return cell.real();
    case Cell::Storage::text:
      return std::string(cell.bytes());
    default:
      return Binary{std::string(cell.bytes())};
  }
}

void raise_unknown_field(const TableDataset& dataset, const std::string& field) {
  std::vector<std::string_view> known;
  for (const TableColumn& column : dataset.columns) known.push_back(column.name);
  const std::optional<std::string_view> nearest = nearest_name(field, known);
  Error(ErrorCode::validation, fmt::format("the table {} has no column '{}'", dataset.name(), field))
      .field_path(field)
      .hint(nearest ? fmt::format("did you mean '{}'?", *nearest)
                    : fmt::format("its columns are {}", fmt::join(known, ", ")))
      .raise();
}

TableRow::TableRow(const TableDataset& dataset, const Record& record) : dataset_(dataset) {
  for (const Field& field : record.fields()) {
    if (dataset.find_column(field.name()) == nullptr) raise_unknown_field(dataset, field.name());
  }
  Encoder encoder;
  for (std::size_t i = 0; i < dataset.columns.size(); ++i) {
    const TableColumn& column = dataset.columns[i];
    if (column.generated) continue;
    Item item;
    item.position = i;
    item.is_key =
        std::find(dataset.key_columns.begin(), dataset.key_columns.end(), i) != dataset.key_columns.end();
    const Value* value = record.find(column.name);
    item.given = value != nullptr;
    whole_ = whole_ && (item.given || !column.has_default);
    if (item.given && !value->is_null()) {
      if (const std::optional<std::string> problem = encoder.encode(*value, column.type, column.affinity)) {
        Error(ErrorCode::validation, fmt::format("column {}: {}", column.name, *problem))
            .field_path(column.name)
            .raise();
      }
      item.value = parameter_of(encoder.cell());
    }
    items_.push_back(std::move(item));
  }
}

Sql TableRow::insert_sql(const std::string& table) const {
  Sql names(fmt::format("INSERT INTO {} (", table));
  Sql values(") VALUES (");
  bool first = true;
  for (const Item& item : items_) {
    if (!item.given) continue;
    const std::string_view comma = first ? "" : ", ";
    names << comma << sql_name(dataset_.columns[item.position].name);
    values << comma;
    values.value(item.value);
    first = false;
  }
  if (first) return Sql(fmt::format("INSERT INTO {} DEFAULT VALUES", table));
  return names << values << ")";
}

Sql TableRow::update_sql(const std::string& table, bool whole) const {
  Sql sql;
  for (const Item& item : items_) {
    if (item.is_key || (!item.given && !whole)) continue;
    sql << (sql.text().empty() ? "" : ", ") << sql_name(dataset_.columns[item.position].name) << " = ";
    sql.value(item.value);
  }
  if (sql.text().empty()) return sql;
  Sql result(fmt::format("UPDATE {} AS t SET ", table));
  return result << sql;
}

std::string TableRow::replacements() const {
  std::string result;
  for (const Item& item : items_) {
    if (item.is_key) continue;
    if (!result.empty()) result += ", ";
    const std::string name = sql_name(dataset_.columns[item.position].name);
    result += fmt::format("{0} = excluded.{0}", name);
  }
  return result;
}

}  // namespace dataknobs::sqlite
