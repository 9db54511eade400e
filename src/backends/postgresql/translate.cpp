// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/translate.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/computed_operand.hpp"
#include "backends/postgresql/native_filter.hpp"
#include "backends/postgresql/native_pattern.hpp"
#include "backends/postgresql/table.hpp"
#include "expr/evaluate.hpp"
#include "expr/operators.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {

namespace {

using Condition = std::optional<std::string>;
using Term = std::variant<Value, Operand>;

// The server refuses other text, even as a constant.
bool is_text(const Expression& operand) {
  if (!operand.operands().empty())
    return std::all_of(operand.operands().begin(), operand.operands().end(), is_text);
  if (operand.is_path()) {
    const std::vector<Path::Step>& steps = operand.path().steps();
    return std::all_of(steps.begin(), steps.end(),
                       [](const Path::Step& step) { return is_valid_utf8(step.name); });
  }
  const Value& value = operand.value();
  if (const auto* text = value.get_if<std::string>()) return is_valid_utf8(*text);
  return value.type() != ValueType::json || is_valid_utf8(to_json(value));
}

std::optional<Term> term_of(const Table& table, const Expression& operand) {
  if (operand.is_literal()) return operand.value();
  if (operand.is_path()) return operand_of(table, operand.path());
  if (std::optional<Operand> computed = computed_operand(table, operand)) return std::move(*computed);
  return std::nullopt;
}

Condition compare(const Term& left, Operator op, const Term& right) {
  const auto* left_operand = std::get_if<Operand>(&left);
  const auto* right_operand = std::get_if<Operand>(&right);
  if (left_operand != nullptr && right_operand != nullptr)
    return compare_operands(*left_operand, op, *right_operand);
  if (left_operand != nullptr) return compare_literal(*left_operand, op, std::get<Value>(right));
  return compare_literal(*right_operand, mirrored(op).value(), std::get<Value>(left));
}

Condition in_list(const std::vector<Term>& terms) {
  const auto& operand = std::get<Operand>(terms.front());
  std::vector<Value> literals;
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < terms.size(); ++i) {
    if (const auto* literal = std::get_if<Value>(&terms[i])) {
      literals.push_back(*literal);
      continue;
    }
    Condition part = compare_operands(operand, Operator::equal, std::get<Operand>(terms[i]));
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  Condition listed = in_literals(operand, literals);
  if (!listed) return std::nullopt;
  parts.insert(parts.begin(), std::move(*listed));
  return any_of(parts);
}

// The operator without its negation.
Condition positive(Operator op, const std::vector<Term>& terms) {
  switch (op) {
    case Operator::equal:
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      return compare(terms[0], op, terms[1]);
    case Operator::between: {
      const Condition low = compare(terms[0], Operator::greater_equal, terms[1]);
      const Condition high = compare(terms[0], Operator::less_equal, terms[2]);
      if (!low || !high) return std::nullopt;
      return all_of({*low, *high});
    }
    case Operator::in:
      return in_list(terms);
    default:
      break;
  }
  const auto* operand = std::get_if<Operand>(&terms[0]);
  const auto* literal = std::get_if<Value>(&terms[1]);
  if (operand == nullptr || literal == nullptr) return std::nullopt;
  return match_literal(*operand, op, *literal);
}

std::string conditions_sql(const Table& table, const Expression& condition) {
  if (!is_logical(condition.op())) {
    Condition leaf = comparison_sql(table, condition);
    if (!leaf) Error(ErrorCode::internal, "a filter was not planned for this table").raise();
    return std::move(*leaf);
  }
  std::vector<std::string> parts;
  for (const Expression& operand : condition.operands()) parts.push_back(conditions_sql(table, operand));
  if (condition.op() == Operator::logical_not) return negation(parts.front());
  return condition.op() == Operator::logical_and ? all_of(parts) : any_of(parts);
}

// --- order -----------------------------------------------------------------------------------------------------------

// The expressions that sort a column's values, the first one first; none where there is nothing but nulls.
std::optional<std::vector<std::string>> order_of(const Table& table, const Path& path) {
  const Operand operand = operand_of(table, path);
  if (!operand.exact || operand.json) return std::nullopt;
  std::vector<std::string> order;
  // Texts among moments come before them.
  if (!operand.is_moment.empty()) order.push_back(operand.is_moment);
  if (operand.string) order.push_back(text_in_order(operand.string));
  for (const Typed* typed :
       {&operand.boolean, &operand.number, &operand.binary, &operand.moment, &operand.time}) {
    if (*typed) order.push_back(typed->sql);
  }
  return order;
}

bool is_nullable(const Table& table, const Path& path) {
  const TableColumn* column = table.find_column(path.root());
  return column == nullptr || column->nullable || path.steps().size() > 1;
}

void append_key(std::vector<OrderKey>& keys, const Table& table, const SortKey& key) {
  // Nulls are last of themselves in an ascending order; where there are none, saying nothing lets an index serve.
  const char* descending = is_nullable(table, key.path()) ? " desc nulls last" : " desc";
  const std::optional<std::vector<std::string>> order = order_of(table, key.path());
  for (const std::string& expression : order.value())
    keys.push_back({expression, key.descending() ? descending : ""});
}

std::vector<SortKey> with_id(const Table& table, const std::vector<SortKey>& sort) {
  std::vector<SortKey> keys = sort;
  if (table.layout() == Layout::document) {
    keys.emplace_back(Path::parse("id"), false);
    return keys;
  }
  for (const std::string& name : table.key()) keys.emplace_back(Path::of_field(name), false);
  return keys;
}

}  // namespace

FieldResolution resolution(const Table& table) {
  return table.layout() == Layout::document ? FieldResolution::document()
                                            : FieldResolution::columns(table.schema());
}

std::optional<std::string> comparison_sql(const Table& table, const Expression& leaf) {
  if (!std::all_of(leaf.operands().begin(), leaf.operands().end(), is_text)) return std::nullopt;
  std::vector<Term> terms;
  std::vector<std::string> present;
  const bool is_list = leaf.op() == Operator::in || leaf.op() == Operator::not_in;
  bool exact = true;
  bool has_paths = false;
  for (const Expression& operand : leaf.operands()) {
    std::optional<Term> found = term_of(table, operand);
    if (!found) return std::nullopt;
    Term& term = terms.emplace_back(std::move(*found));
    if (const auto* path = std::get_if<Operand>(&term)) {
      has_paths = true;
      exact = exact && path->exact;
      if (terms.size() == 1 || !is_list) present.push_back(path->exists);
    } else if (std::get<Value>(term).is_null() && (terms.size() == 1 || !is_list)) {
      return "false";
    }
  }
  if (leaf.op() == Operator::exists || leaf.op() == Operator::not_exists) {
    const auto& operand = std::get<Operand>(terms.front());
    if (operand.exists.empty()) return std::nullopt;
    return leaf.op() == Operator::exists ? operand.exists : operand.missing;
  }
  if (!has_paths) return Evaluator(leaf, resolution(table)).matches(Record()) ? "true" : "false";
  if (!exact) return std::nullopt;
  const std::optional<Operator> base = positive_of(leaf.op());
  const Condition condition = positive(base.value_or(leaf.op()), terms);
  if (!condition || !base) return condition;
  present.push_back(negation(*condition));
  return all_of(present);
}

std::string filter_sql(const Table& table, const Expression& filter) {
  return conditions_sql(table, resolve(filter, resolution(table)));
}

bool can_sort(const Table& table, const std::vector<SortKey>& sort) {
  if (table.key_columns().empty()) return false;
  for (const SortKey& key : with_id(table, sort)) {
    if (!order_of(table, key.path())) return false;
  }
  return true;
}

std::vector<OrderKey> order_keys(const Table& table, const std::vector<SortKey>& sort) {
  std::vector<OrderKey> keys;
  for (const SortKey& key : with_id(table, sort)) append_key(keys, table, key);
  return keys;
}

std::string order_sql(const std::vector<OrderKey>& keys) {
  std::string text;
  for (const OrderKey& key : keys) text += (text.empty() ? "" : ", ") + key.sql + key.direction;
  return text;
}

std::vector<OrderPart> order_parts(const Table& table, const std::vector<SortKey>& sort) {
  if (sort.empty() || sort.front().path().steps().size() != 1) return {};
  const SortKey& first = sort.front();
  const Operand operand = operand_of(table, first.path());
  const std::vector<OrderKey> rest = order_keys(table, {sort.begin() + 1, sort.end()});
  std::vector<OrderPart> parts;
  const auto add = [&](const std::string& condition, const std::string& sql) {
    std::vector<OrderKey> order{{sql, first.descending() ? " desc" : ""}};
    order.insert(order.end(), rest.begin(), rest.end());
    parts.push_back({condition, std::move(order)});
  };
  const bool nullable = is_nullable(table, first.path());
  if (!operand.is_moment.empty()) {
    add(operand.is_moment, operand.moment.sql);
    add(operand.is_string, text_in_order(operand.string));
  } else if (first.descending() && nullable) {
    const std::optional<std::vector<std::string>> order = order_of(table, first.path());
    if (order.value().size() != 1) return {};
    add(operand.exists, order->front());
  }
  if (!parts.empty() && nullable) parts.push_back({operand.missing, rest});
  return parts;
}

Translation PostgresqlTranslator::translate(const Expression& leaf, bool) const {
  std::optional<std::string> sql = comparison_sql(table_, leaf);
  if (!sql) return Translation("no SQL says exactly this");
  return Translation(Bound::exact, std::move(*sql));
}

}  // namespace dataknobs::postgresql
