// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/key.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backends/sqlite/codec.hpp"
#include "backends/sqlite/table_row.hpp"
#include "backends/sqlite/translate.hpp"
#include "database/dataset.hpp"

namespace dataknobs::sqlite {

namespace {

Sql compare_text(const TableColumn& column, const TableDataset& dataset, const std::string& text) {
  const bool converts = dataset.is_view || (is_numeric(column.affinity) && looks_numeric(text));
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
  return translate_filter(Expression::make(Operator::equal, {Expression::path(Path::of_field(column.name)),
                                                             Expression::literal(value)}),
                          dataset);
}

// The value as SQLite stores it of itself; nothing of those that have a form of ours.
std::optional<Cell> cell_of(const Value& value) {
  if (const auto* integer = value.get_if<std::int64_t>()) return Cell::of_integer(*integer);
  if (const auto* text = value.get_if<std::string>()) return Cell::of_text(*text);
  if (const auto* binary = value.get_if<Binary>()) return Cell::of_blob(binary->bytes);
  const auto* number = value.get_if<double>();
  return number != nullptr && !std::isnan(*number) ? std::optional(Cell::of_real(*number)) : std::nullopt;
}

// Columns hold values of any class, whatever their type, but as their affinity leaves them.
bool can_hold(const TableColumn& column, const TableDataset& dataset, const Value& value) {
  const std::optional<Cell> cell = cell_of(value);
  if (!cell || column.one_class) return false;
  if (dataset.is_view) return true;
  const std::optional<Cell> stored = apply_affinity(*cell, column.affinity);
  return stored && stored->storage() == cell->storage();
}

// By what is stored, not by what the column's type makes of it.
Sql compare_stored(const TableColumn& column, const TableDataset& dataset, const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return compare_text(column, dataset, *text);
  Sql sql((dataset.is_view ? "+" : "") + column_sql(column));
  return sql << " = ", sql.value(parameter_of(*cell_of(value)));
}

// What stands in that place of the id, read as that type.
std::optional<Value> read_element(const std::string& id, std::size_t place, const TableDataset& dataset,
                                  const FieldType& type) {
  std::vector<FieldType> types(dataset.key_columns.size());
  types[place] = type;
  std::optional<std::vector<Value>> key = id_to_key(id, types);
  // A value with another text is none that has this id.
  if (!key || (key->size() == 1 && key_to_id(*key) != id)) return std::nullopt;
  return std::move((*key)[place]);
}

// The values of a key column for which that part of the id stands.
class Candidates {
 public:
  Candidates(const std::string& id, std::size_t place, const TableDataset& dataset)
      : dataset_(dataset), column_(dataset.columns[dataset.key_columns[place]]) {
    const ValueType declared = column_.type.kind();
    add_declared(read_element(id, place, dataset, column_.type));
    for (const ValueType kind :
         {ValueType::null, ValueType::string, ValueType::floating, ValueType::binary}) {
      const std::optional<Value> value = read_element(id, place, dataset, FieldType(kind));
      if (value) add(*value);
    }
    // Days and moments keep their class in a column of the other, in any spelling.
    const bool is_date = declared == ValueType::date;
    if (column_.one_class || (!is_date && declared != ValueType::datetime)) return;
    const FieldType other(is_date ? ValueType::datetime : ValueType::date);
    has_odd_ = add_declared(read_element(id, place, dataset, other)) || has_odd_;
  }

  const std::vector<Sql>& parts() const noexcept { return parts_; }
  /// One of them is of another class than declared.
  bool has_odd() const noexcept { return has_odd_; }

 private:
  bool add_declared(std::optional<Value> value) {
    if (!value) return false;
    parts_.push_back(compare_column(column_, dataset_, *value));
    values_.push_back(std::move(*value));
    return true;
  }

  void add(const Value& value) {
    const auto same = [&](const Value& other) { return other.type() == value.type() && other == value; };
    if (std::any_of(values_.begin(), values_.end(), same) || !can_hold(column_, dataset_, value)) return;
    parts_.push_back(compare_stored(column_, dataset_, value));
    values_.push_back(value);
    has_odd_ = true;
  }

  const TableDataset& dataset_;
  const TableColumn& column_;
  std::vector<Value> values_;
  std::vector<Sql> parts_;
  bool has_odd_ = false;
};

}  // namespace

std::optional<Sql> odd_key_condition(const TableDataset& dataset, const std::string& id) {
  std::vector<Sql> columns;
  bool has_odd = false;
  for (std::size_t i = 0; i < dataset.key_columns.size(); ++i) {
    const Candidates candidates(id, i, dataset);
    if (candidates.parts().empty()) return std::nullopt;
    columns.push_back(joined(candidates.parts(), " OR "));
    has_odd = has_odd || candidates.has_odd();
  }
  if (!has_odd) return std::nullopt;
  return joined(columns, " AND ");
}

Sql stored_key_condition(const TableDataset& dataset, const std::vector<Value>& key) {
  std::vector<Sql> parts;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const TableColumn& column = dataset.columns[dataset.key_columns[i]];
    parts.push_back(cell_of(key[i]) ? compare_stored(column, dataset, key[i])
                                    : compare_column(column, dataset, key[i]));
  }
  return joined(parts, " AND ");
}

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
