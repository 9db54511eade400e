// SPDX-License-Identifier: Apache-2.0
#include "expr/resolve.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "expr/operators.hpp"
#include "record/nearest.hpp"

namespace dataknobs {

namespace {

bool is_record_id(const Path& path, const FieldResolution& fields) noexcept {
  return fields.is_document() && path.is_id();
}

bool is_uuid(const Path& path, const FieldResolution& fields) noexcept {
  if (fields.schema() == nullptr || path.steps().size() != 1 || path.is_metadata()) return false;
  const FieldDescription* column = fields.schema()->find(path.root());
  return column != nullptr && column->type().kind() == ValueType::string &&
         column->type().logical() == "uuid";
}

// The literal beside that operand, as the operand's class takes it.
std::optional<Value> adapt(const Value& literal, const Expression& beside, bool by_equality,
                           const FieldResolution& fields) {
  if (!beside.is_path()) return std::nullopt;
  if (is_record_id(beside.path(), fields)) {
    if (!by_equality || !literal.is_number()) return std::nullopt;
    return Value(to_text(literal));
  }
  const auto* text = literal.get_if<std::string>();
  if (text == nullptr || !is_uuid(beside.path(), fields)) return std::nullopt;
  if (std::optional<std::string> uuid = parse_uuid(*text)) return Value(std::move(*uuid));
  return Value(Json());
}

bool adapts_literals(Operator op) noexcept {
  return (op >= Operator::equal && op <= Operator::greater_equal) ||
         (op >= Operator::in && op <= Operator::not_between);
}

void adapt_operands(Operator op, std::vector<Expression>& operands, const FieldResolution& fields) {
  bool by_equality =
      op == Operator::equal || op == Operator::not_equal || op == Operator::in || op == Operator::not_in;
  auto adapt_one = [&](Expression& operand, const Expression& beside) {
    if (!operand.is_literal()) return;
    std::optional<Value> adapted = adapt(operand.value(), beside, by_equality, fields);
    if (adapted) operand = Expression::literal(std::move(*adapted));
  };
  for (std::size_t i = 1; i < operands.size(); ++i) adapt_one(operands[i], operands[0]);
  if (operands.size() == 2) adapt_one(operands[0], operands[1]);
}

// `5 in (a, b)` as comparisons with each, because the literal may adapt differently to each field.
Expression expand_list(Operator op, const std::vector<Expression>& operands, const FieldResolution& fields) {
  std::vector<Expression> parts;
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (operands[i].is_literal() && operands[i].value().is_null()) continue;
    parts.push_back(resolve(Expression::make(Operator::equal, {operands[0], operands[i]}), fields));
  }
  Expression any = Expression::make(Operator::logical_or, std::move(parts));
  return op == Operator::in ? any : !any;
}

// `5 between a and b`, for the same reason.
Expression expand_between(Operator op, const std::vector<Expression>& operands,
                          const FieldResolution& fields) {
  std::vector<Expression> parts;
  parts.push_back(resolve(Expression::make(Operator::greater_equal, {operands[0], operands[1]}), fields));
  parts.push_back(resolve(Expression::make(Operator::less_equal, {operands[0], operands[2]}), fields));
  Expression inside = Expression::make(Operator::logical_and, std::move(parts));
  if (op == Operator::between) return inside;
  std::vector<Expression> outside{!inside};
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (!operands[i].is_literal()) outside.push_back(Expression::make(Operator::exists, {operands[i]}));
  }
  return Expression::make(Operator::logical_and, std::move(outside));
}

}  // namespace

void check_field(const Path& path, const FieldResolution& fields) {
  if (fields.schema() == nullptr || path.is_metadata() || fields.schema()->find(path.root()) != nullptr)
    return;
  std::vector<std::string_view> known;
  for (const FieldDescription& field : fields.schema()->fields()) known.push_back(field.name());
  std::string name = Path({path.steps().front()}, path.quoted_root()).to_string();
  Error error(ErrorCode::query, fmt::format("unknown field {}", name));
  error.field_path(name);
  if (auto nearest = nearest_name(path.root(), known)) {
    error.hint(fmt::format("did you mean {}?", Path::of_field(std::string(*nearest)).to_string()));
  }
  error.raise();
}

Expression resolve(const Expression& expression, const FieldResolution& fields) {
  if (expression.is_literal()) return expression;
  if (expression.is_path()) {
    check_field(expression.path(), fields);
    return expression;
  }
  std::vector<Expression> operands;
  operands.reserve(expression.operands().size());
  for (const Expression& operand : expression.operands()) operands.push_back(resolve(operand, fields));
  Operator op = expression.op();
  if (op == Operator::call) return Expression::call(expression.function(), std::move(operands));
  if (!is_logical(op) && !operands.empty() && operands[0].is_literal()) {
    if (op == Operator::in || op == Operator::not_in) return expand_list(op, operands, fields);
    if (op == Operator::between || op == Operator::not_between) return expand_between(op, operands, fields);
  }
  if (adapts_literals(op)) adapt_operands(op, operands, fields);
  return Expression::make(op, std::move(operands));
}

bool uses_id_or_metadata(const Expression& expression, const FieldResolution& fields) noexcept {
  if (expression.is_path()) return is_record_id(expression.path(), fields) || expression.path().is_metadata();
  return std::any_of(expression.operands().begin(), expression.operands().end(),
                     [&](const Expression& operand) { return uses_id_or_metadata(operand, fields); });
}

void append_field_names(std::vector<std::string>& names, const Expression& expression,
                        const FieldResolution& fields) {
  if (expression.is_path()) {
    if (uses_id_or_metadata(expression, fields)) return;
    const std::string& name = expression.path().root();
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  for (const Expression& operand : expression.operands()) append_field_names(names, operand, fields);
}

}  // namespace dataknobs
