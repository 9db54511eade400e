// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/native_filter.hpp"

#include "backends/sqlite/native_number.hpp"
#include "backends/sqlite/superset.hpp"
#include "backends/sqlite/translate.hpp"
#include "expr/comparison.hpp"
#include "expr/literal.hpp"
#include "expr/operators.hpp"
#include "expr/pattern.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::size_t kLongestList = 1000;

// What a comparison has on its left side: how it is written beside a number, beside a text, and what its
// cells mean.
struct Operand {
  std::string plain;  // No conversion happens beside numbers and blobs.
  std::string range;  // The same, but compares with the least text by bytes.
  std::string text;   // No conversion happens beside texts either.
  bool has_numbers = false;
  bool has_texts = false;  // Texts are strings.
  bool has_blobs = false;  // Blobs are binary values.
  bool has_booleans = false;
  bool orders_text = false;
};

Operand operand_of(const TableColumn& column, const TableDataset& dataset) {
  Operand operand;
  const std::string name = column_sql(column);
  const ValueType kind = column.type.kind();
  operand.plain = dataset.is_view ? "+" + name : name;
  operand.text = dataset.is_view || is_numeric(column.affinity) ? "+" + name : name;
  operand.range = operand.plain;
  if (!column.binary_collation) {
    operand.range += " COLLATE BINARY";
    operand.text += " COLLATE BINARY";
  }
  const bool text_affinity = column.affinity == Affinity::text && !dataset.is_view;
  operand.has_numbers = kind != ValueType::boolean && kind != ValueType::decimal && !text_affinity;
  operand.has_texts = kind == ValueType::string || kind == ValueType::null || kind == ValueType::integer ||
                      kind == ValueType::binary || kind == ValueType::boolean;
  operand.has_blobs = true;
  operand.has_booleans = kind == ValueType::boolean && is_numeric(column.affinity) && !dataset.is_view;
  operand.orders_text = dataset.utf8;
  return operand;
}

std::string_view symbol(Operator op) {
  return to_string(op);
}

Sql compare(const std::string& left, Operator op, Parameter right) {
  Sql sql(left);
  sql << " " << symbol(op) << " ";
  return sql.value(std::move(right));
}

Sql both(const Sql& left, const Sql& right) {
  return joined({left, right}, " AND ");
}

Sql either(const Sql& left, const Sql& right) {
  return joined({left, right}, " OR ");
}

std::optional<Sql> compare_number(const Operand& operand, const FieldType& type, Operator op,
                                  const Value& number) {
  if (!operand.has_numbers) return std::nullopt;
  const std::optional<NumberCondition> condition = number_condition(op, number);
  if (!condition) return std::nullopt;
  if (!condition->constant) return Sql("0");
  Sql sql = compare(operand.plain, condition->op, *condition->constant);
  if (op == Operator::equal || is_below(condition->op)) return sql;
  // Above all numbers come texts and blobs, which are none; but NaN is kept as text.
  Sql end = Sql(operand.range) << " < ''";
  if (type.kind() == ValueType::floating) end = either(end, Sql(operand.text) << " = 'NaN'");
  return both(sql, end);
}

// Within the texts, or within the blobs.
Sql compare_text(const Operand& operand, Operator op, const std::string& text) {
  Sql sql = compare(operand.text, op, text);
  if (op == Operator::equal) return sql;
  return both(sql, Sql(operand.text) << (is_below(op) ? " >= ''" : " < x''"));
}

Sql compare_blob(const Operand& operand, Operator op, const Binary& binary) {
  Sql sql = compare(operand.plain, op, binary);
  return is_below(op) ? both(sql, Sql(operand.plain) << " >= x''") : sql;
}

std::optional<Sql> compare_string(const Operand& operand, Operator op, const std::string& text) {
  if (!operand.has_texts || (op != Operator::equal && !operand.orders_text)) return std::nullopt;
  Sql sql = compare_text(operand, op, text);
  if (!operand.has_blobs) return sql;
  const std::optional<Value> adapted = adapt_literal(text, ValueType::binary);
  return adapted ? either(sql, compare_blob(operand, op, adapted->get<Binary>())) : sql;
}

std::optional<Sql> compare_literal(const Operand& operand, const FieldType& type, Operator op,
                                   const Value& literal) {
  switch (literal.type()) {
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return compare_number(operand, type, op, literal);
    case ValueType::string:
      return compare_string(operand, op, literal.get<std::string>());
    case ValueType::binary:
      if (!operand.has_blobs) return std::nullopt;
      return compare_blob(operand, op, literal.get<Binary>());
    case ValueType::boolean:
      if (!operand.has_booleans || op != Operator::equal) return std::nullopt;
      return compare(operand.plain, op, std::int64_t{literal.get<bool>() ? 1 : 0});
    default:
      return std::nullopt;
  }
}

// Texts that begin with the prefix: the next text after all of these is the prefix with its last byte raised,
// which no text in UTF-8 is, but which sorts where it should.
std::optional<Sql> starts_with(const Operand& operand, const std::string& prefix) {
  if (!operand.has_texts || !operand.orders_text) return std::nullopt;
  Sql from = compare(operand.text, Operator::greater_equal, prefix);
  if (prefix.empty()) return both(from, Sql(operand.text) << " < x''");
  std::string end = prefix;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return both(from, compare(operand.text, Operator::less, std::move(end)));
}

std::optional<NativeCondition> like(const Operand& operand, const std::string& pattern) {
  const LikePattern compiled(pattern, false);
  const std::u32string& first = compiled.pieces().front();
  const std::size_t literal = std::min(first.find(LikePattern::kAny), first.size());
  std::string prefix;
  for (std::size_t i = 0; i < literal; ++i) append_code_point(prefix, first[i]);
  const bool whole = literal == first.size();
  NativeCondition condition;
  std::optional<Sql> sql;
  if (compiled.pieces().size() == 1 && whole) {
    if (operand.has_texts) sql = compare_text(operand, Operator::equal, prefix);
  } else if (!prefix.empty()) {
    sql = starts_with(operand, prefix);
    condition.exact = whole && compiled.pieces().size() == 2 && compiled.pieces().back().empty();
  }
  if (!sql) return std::nullopt;
  condition.sql = std::move(*sql);
  return condition;
}

std::optional<Sql> in_list(const Operand& operand, const FieldType& type,
                           std::span<const Expression> elements) {
  if (elements.size() > kLongestList) return std::nullopt;
  std::vector<Sql> parts;
  for (const Expression& element : elements) {
    if (element.value().is_null()) continue;
    std::optional<Sql> part = compare_literal(operand, type, Operator::equal, element.value());
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  if (parts.empty()) return Sql("0");
  return joined(parts, " OR ");
}

// The positive operator; the caller sees to a negation.
std::optional<NativeCondition> positive(const Operand& operand, const FieldType& type, Operator op,
                                        std::span<const Expression> right) {
  std::optional<Sql> sql;
  switch (op) {
    case Operator::equal:
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      sql = compare_literal(operand, type, op, right[0].value());
      break;
    case Operator::between: {
      const std::optional<Sql> low =
          compare_literal(operand, type, Operator::greater_equal, right[0].value());
      const std::optional<Sql> high = compare_literal(operand, type, Operator::less_equal, right[1].value());
      if (low && high) sql = both(*low, *high);
      break;
    }
    case Operator::in:
      sql = in_list(operand, type, right);
      break;
    case Operator::starts_with:
      if (const auto* prefix = right[0].value().get_if<std::string>()) sql = starts_with(operand, *prefix);
      break;
    case Operator::like:
      if (const auto* pattern = right[0].value().get_if<std::string>()) return like(operand, *pattern);
      break;
    default:
      break;
  }
  if (!sql) return std::nullopt;
  return NativeCondition{std::move(*sql), true};
}

std::optional<NativeCondition> condition_of(const Operand& operand, const FieldType& type,
                                            const Comparison& comparison) {
  if (comparison.op == Operator::exists) return NativeCondition{Sql(operand.plain) << " IS NOT NULL", true};
  if (comparison.op == Operator::not_exists) return NativeCondition{Sql(operand.plain) << " IS NULL", true};
  const std::optional<Operator> base = positive_of(comparison.op);
  const bool is_in = comparison.op == Operator::in || comparison.op == Operator::not_in;
  for (const Expression& literal : comparison.right) {
    if (literal.value().is_null() && !is_in) return NativeCondition{Sql("0"), true};
  }
  std::optional<NativeCondition> condition =
      positive(operand, type, base.value_or(comparison.op), comparison.right);
  if (!condition || !base) return condition;
  if (!condition->exact) return std::nullopt;
  Sql negated(operand.plain);
  negated << " IS NOT NULL AND NOT (" << condition->sql << ")";
  return NativeCondition{Sql("(") << negated << ")", true};
}

// Moments and times are texts, which several may mean: what an index finds of them is looked at again.
std::optional<NativeCondition> temporal_superset(const Operand& operand, const FieldType& type,
                                                 const Comparison& comparison) {
  const ValueType kind = type.kind();
  const bool temporal = kind == ValueType::datetime || kind == ValueType::date || kind == ValueType::time;
  if (!temporal || !operand.orders_text) return std::nullopt;
  for (const Expression& literal : comparison.right) {
    const auto* text = literal.value().get_if<std::string>();
    // Binary values are blobs here.
    if (text != nullptr && adapt_literal(*text, ValueType::binary)) return std::nullopt;
    if (literal.value().type() == ValueType::binary) return std::nullopt;
  }
  std::optional<Sql> sql = superset_condition(operand.range, comparison.op, comparison.right);
  if (!sql) return std::nullopt;
  return NativeCondition{std::move(*sql), false};
}

}  // namespace

std::optional<NativeCondition> native_condition(const Expression& leaf, const TableDataset& dataset) {
  const std::optional<Comparison> comparison = comparison_of(leaf);
  if (!comparison) return std::nullopt;
  const Path& path = comparison->path.path();
  if (path.is_metadata() || path.steps().size() != 1) return std::nullopt;
  const TableColumn* column = dataset.find_column(path.root());
  if (column == nullptr) return std::nullopt;
  const Operand operand = operand_of(*column, dataset);
  std::optional<NativeCondition> condition = condition_of(operand, column->type, *comparison);
  return condition ? condition : temporal_superset(operand, column->type, *comparison);
}

std::optional<Sql> native_id_condition(const Expression& leaf, const TableDataset& dataset) {
  if (is_logical(leaf.op())) return std::nullopt;
  const std::optional<Comparison> comparison = comparison_of(leaf);
  if (!comparison || !comparison->path.path().is_id()) return std::nullopt;
  Operand operand;
  operand.plain = "t.id";
  operand.range = "t.id";
  operand.text = "t.id";
  operand.has_texts = true;
  operand.orders_text = dataset.utf8;
  const std::optional<NativeCondition> condition =
      condition_of(operand, FieldType(ValueType::string), *comparison);
  if (!condition || !condition->exact) return std::nullopt;
  return condition->sql;
}

}  // namespace dataknobs::sqlite
