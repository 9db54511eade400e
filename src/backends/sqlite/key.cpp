// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/key.hpp"

#include <fmt/format.h>

#include "backends/sqlite/translate.hpp"

namespace dataknobs::sqlite {

namespace {

Sql compare_text(const TableColumn& column, const TableDataset& dataset, const std::string& text) {
  const bool converts = dataset.is_view || is_numeric(column.affinity);
  const std::string name = (converts ? "+" : "") + column_sql(column);
  Sql sql(name);
  sql << " = ";
  sql.value(text);
  if (column.binary_collation) return sql;
  // An index in the column's own collation finds candidates; the bytes decide.
  Sql exact(name);
  exact << " COLLATE BINARY = ";
  exact.value(text);
  return joined({sql, exact}, " AND ");
}

Sql compare_column(const TableColumn& column, const TableDataset& dataset, const Value& value) {
  const ValueType kind = column.type.kind();
  const bool plain_kind = kind == ValueType::string || kind == ValueType::null || kind == ValueType::integer;
  if (const auto* text = value.get_if<std::string>(); text != nullptr && plain_kind) {
    return compare_text(column, dataset, *text);
  }
  if (const auto* integer = value.get_if<std::int64_t>();
      integer != nullptr && plain_kind && column.affinity != Affinity::text) {
    Sql sql((dataset.is_view ? "+" : "") + column_sql(column));
    return sql << " = ", sql.value(*integer);
  }
  if (const auto* binary = value.get_if<Binary>(); binary != nullptr && plain_kind) {
    Sql sql(column_sql(column));
    return sql << " = ", sql.value(*binary);
  }
  return translate_filter(Expression::make(Operator::equal, {Expression::path(Path::of_field(column.name)),
                                                             Expression::literal(value)}),
                          dataset);
}

}  // namespace

Sql key_condition(const TableDataset& dataset, const std::vector<Value>& key) {
  if (key.empty()) raise_no_key(dataset);
  std::vector<Sql> parts;
  for (std::size_t i = 0; i < key.size(); ++i) {
    parts.push_back(compare_column(dataset.columns[dataset.key_columns[i]], dataset, key[i]));
  }
  return joined(parts, " AND ");
}

std::string key_list(const TableDataset& dataset) {
  std::string list;
  for (const std::string& name : dataset.key()) {
    if (!list.empty()) list += ", ";
    list += sql_name(name);
  }
  return list;
}

void raise_no_key(const TableDataset& dataset) {
  Error(ErrorCode::unsupported, fmt::format("the {} {} has no key, so its records have no ids",
                                            dataset.native_kind(), dataset.name()))
      .hint("name columns that tell its rows apart, with key=")
      .raise();
}

}  // namespace dataknobs::sqlite
