// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/translate.hpp"

#include <fmt/format.h>

#include "backends/sqlite/index.hpp"
#include "backends/sqlite/native_filter.hpp"
#include "backends/sqlite/superset.hpp"
#include "expr/comparison.hpp"
#include "expr/operators.hpp"

namespace dataknobs::sqlite {

namespace {

// SQLite takes 127 arguments to a function.
constexpr std::size_t kMostFields = 120;
// And 32766 parameters to a statement: longer conditions are better decided by one call.
constexpr std::size_t kMostParameters = 4000;

constexpr std::string_view kDocumentCells = ", t.id, t.data, t.types, t.metadata)";

std::vector<std::string> fields_of(const Expression& expression, const TableDataset& dataset) {
  std::vector<std::string> names;
  append_field_names(names, expression, resolution(dataset));
  return names;
}

Sql match_columns(const Expression& condition, const TableDataset& dataset) {
  std::vector<std::pair<std::string, FieldType>> columns;
  std::string cells;
  for (const std::string& name : fields_of(condition, dataset)) {
    const TableColumn* column = dataset.find_column(name);
    if (column == nullptr) continue;
    columns.emplace_back(name, column->type);
    cells += ", " + column_sql(*column);
  }
  auto object = std::make_shared<const Match>(RecordSource::columns(std::move(columns)), condition,
                                              resolution(dataset));
  Sql sql("dk_match(");
  return sql.value(std::move(object)) << cells << ")";
}

Sql match_document(const Expression& condition, const TableDataset& dataset) {
  auto object = std::make_shared<const Match>(RecordSource::document(fields_of(condition, dataset)),
                                              condition, resolution(dataset));
  Sql sql("dk_match(");
  return sql.value(std::move(object)) << kDocumentCells;
}

Sql translate_leaf(const Expression& leaf, const TableDataset& dataset) {
  const std::optional<NativeCondition> native = native_condition(leaf, dataset);
  if (native && native->exact) return native->sql;
  Sql match = match_columns(leaf, dataset);
  if (!native) return match;
  return joined({native->sql, match}, " AND ");
}

Sql translate_columns(const Expression& condition, const TableDataset& dataset) {
  if (!is_logical(condition.op())) return translate_leaf(condition, dataset);
  if (condition.op() == Operator::logical_not) {
    Sql sql("((");
    return sql << translate_columns(condition.operands().front(), dataset) << ") IS NOT TRUE)";
  }
  const bool is_and = condition.op() == Operator::logical_and;
  if (condition.operands().empty()) return Sql(is_and ? "1" : "0");
  std::vector<Sql> parts;
  for (const Expression& operand : condition.operands()) parts.push_back(translate_columns(operand, dataset));
  return joined(parts, is_and ? " AND " : " OR ");
}

std::optional<Sql> superset_of_leaf(const Expression& leaf, const TableDataset& dataset) {
  if (std::optional<Sql> native = native_id_condition(leaf, dataset)) return native;
  const std::optional<Comparison> comparison = comparison_of(leaf);
  if (!comparison || !dataset.utf8) return std::nullopt;
  const std::optional<std::string> path = json_path(comparison->path.path());
  if (!path) return std::nullopt;
  const std::string cell = member_sql(*path, true);
  std::optional<Sql> found = superset_condition(cell, comparison->op, comparison->right);
  if (!found || comparison->op == Operator::not_exists) return found;
  // SQLite does not find a member whose name is written with escapes.
  return joined({*found, Sql("(" + cell) << " IS NULL AND instr(t.data, '\\u00') > 0)"}, " OR ");
}

// True of every document of which the condition is, in words that indexes can serve; nothing if there are none.
std::optional<Sql> superset_of(const Expression& condition, const TableDataset& dataset) {
  if (!is_logical(condition.op())) return superset_of_leaf(condition, dataset);
  if (condition.op() == Operator::logical_not || condition.operands().empty()) return std::nullopt;
  const bool is_and = condition.op() == Operator::logical_and;
  std::vector<Sql> parts;
  for (const Expression& operand : condition.operands()) {
    std::optional<Sql> part = superset_of(operand, dataset);
    if (part) parts.push_back(std::move(*part));
    if (!part && !is_and) return std::nullopt;
  }
  if (parts.empty()) return std::nullopt;
  return joined(parts, is_and ? " AND " : " OR ");
}

// Conditions on the id alone are SQLite's, so that its index serves; one call decides all the rest of a
// document, where what SQLite finds by itself does not rule it out.
Sql translate_document(const Expression& condition, const TableDataset& dataset) {
  std::vector<Expression> conjuncts{condition};
  if (condition.op() == Operator::logical_and) conjuncts = condition.operands();
  std::vector<Sql> parts;
  std::vector<Expression> rest;
  for (const Expression& conjunct : conjuncts) {
    if (std::optional<Sql> native = native_id_condition(conjunct, dataset)) {
      parts.push_back(std::move(*native));
    } else {
      std::optional<Sql> superset = superset_of(conjunct, dataset);
      if (superset && superset->parameters().size() <= kMostParameters) parts.push_back(std::move(*superset));
      rest.push_back(conjunct);
    }
  }
  if (rest.size() == 1) {
    parts.push_back(match_document(rest.front(), dataset));
  } else if (!rest.empty()) {
    parts.push_back(match_document(Expression::make(Operator::logical_and, std::move(rest)), dataset));
  }
  return parts.empty() ? Sql("1") : joined(parts, " AND ");
}

bool has_few_fields(const Expression& condition, const TableDataset& dataset) {
  if (!is_logical(condition.op())) return fields_of(condition, dataset).size() <= kMostFields;
  for (const Expression& operand : condition.operands()) {
    if (!has_few_fields(operand, dataset)) return false;
  }
  return true;
}

// SQLite's own order of these columns' cells is the order of their values: numbers, texts by bytes, blobs.
bool sorts_natively(const TableColumn& column, const TableDataset& dataset) {
  switch (column.type.kind()) {
    case ValueType::null:
    case ValueType::integer:
    case ValueType::string:
    case ValueType::binary:
      return dataset.utf8;
    default:
      return false;
  }
}

void append(Sql& sql, const Sql& key) {
  if (!sql.text().empty()) sql << ", ";
  sql << key;
}

Sql order_by_function(const Path& path, const TableDataset& dataset) {
  RecordSource source = RecordSource::document({path.root()});
  std::string cells(kDocumentCells);
  if (dataset.layout() == Layout::columns) {
    const TableColumn* column = path.is_metadata() ? nullptr : dataset.find_column(path.root());
    std::vector<std::pair<std::string, FieldType>> columns;
    cells = ")";
    if (column != nullptr) {
      columns.emplace_back(column->name, column->type);
      cells = ", " + column_sql(*column) + ")";
    }
    source = RecordSource::columns(std::move(columns));
  }
  auto object = std::make_shared<const Order>(std::move(source), path, resolution(dataset));
  Sql sql("dk_order(");
  return sql.value(std::move(object)) << cells;
}

void append_column(Sql& sql, const TableColumn& column, bool descending, const TableDataset& dataset) {
  const std::string name = column_sql(column);
  // Where no null can be, saying nothing of nulls lets indexes serve.
  const bool is_rowid = dataset.generates_ids() && dataset.key().front() == column.name;
  const bool nullable = !is_rowid && dataset.schema().find(column.name)->nullable();
  const std::string direction =
      fmt::format("{}{}", descending ? " DESC" : " ASC", nullable ? " NULLS LAST" : "");
  if (is_rowid) {
    append(sql, Sql(name) << direction);
    return;
  }
  if (!sorts_natively(column, dataset)) {
    append(sql, order_by_function(Path::of_field(column.name), dataset) << direction);
    return;
  }
  append(sql, Sql(name) << (column.binary_collation ? "" : " COLLATE BINARY") << direction);
  if (column.affinity == Affinity::text && !dataset.is_view) return;  // No numbers there.
  // The float -2^63 counts as -9223372036854776000, less than the integer that SQLite takes it for.
  Sql integer("(");
  integer << name << " = -9223372036854775808 AND typeof(" << name << ") = 'integer')";
  append(sql, integer << (descending ? " DESC" : " ASC"));
}

void append_id(Sql& sql, bool descending, const TableDataset& dataset) {
  append(sql, Sql(dataset.utf8 ? "t.id" : "dk_bytes(t.id)") << (descending ? " DESC" : " ASC"));
}

}  // namespace

std::string column_sql(const TableColumn& column) {
  return "t." + sql_name(column.name);
}

FieldResolution resolution(const TableDataset& dataset) {
  return dataset.layout() == Layout::document ? FieldResolution::document()
                                              : FieldResolution::columns(dataset.schema());
}

Sql translate_filter(const Expression& filter, const TableDataset& dataset) {
  const Expression resolved = resolve(filter, resolution(dataset));
  return dataset.layout() == Layout::document ? translate_document(resolved, dataset)
                                              : translate_columns(resolved, dataset);
}

bool is_translatable(const Expression& filter, const TableDataset& dataset) {
  if (dataset.layout() == Layout::document) return true;
  return has_few_fields(resolve(filter, resolution(dataset)), dataset);
}

Sql translate_order(const std::vector<SortKey>& sort, const TableDataset& dataset) {
  Sql sql;
  const bool document = dataset.layout() == Layout::document;
  for (const SortKey& key : sort) {
    check_field(key.path(), resolution(dataset));
    const bool plain = key.path().steps().size() == 1 && !key.path().is_metadata();
    if (document && key.path().is_id()) {
      append_id(sql, key.descending(), dataset);
    } else if (!document && plain) {
      append_column(sql, *dataset.find_column(key.path().root()), key.descending(), dataset);
    } else {
      append(sql, order_by_function(key.path(), dataset)
                      << (key.descending() ? " DESC NULLS LAST" : " ASC NULLS LAST"));
    }
  }
  if (document) {
    append_id(sql, false, dataset);
  } else {
    for (const std::size_t position : dataset.key_columns)
      append_column(sql, dataset.columns[position], false, dataset);
  }
  return sql;
}

}  // namespace dataknobs::sqlite
