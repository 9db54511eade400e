// SPDX-License-Identifier: Apache-2.0
#include "query/unmatchable.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "expr/literal.hpp"
#include "expr/operators.hpp"

namespace dataknobs {

namespace {

bool is_number(ValueType kind) noexcept {
  return kind == ValueType::integer || kind == ValueType::floating || kind == ValueType::decimal;
}

bool is_moment(ValueType kind) noexcept {
  return kind == ValueType::datetime || kind == ValueType::date;
}

bool can_match(const Value& literal, const FieldType& type) {
  const ValueType kind = type.kind();
  if (literal.is_null() || type.is_any()) return true;
  if (literal.type() == kind || (literal.is_number() && is_number(kind))) return true;
  if (is_moment(literal.type()) && is_moment(kind)) return true;
  if (kind == ValueType::json || kind == ValueType::vector) return true;
  const auto* text = literal.get_if<std::string>();
  return text != nullptr && adapt_literal(*text, kind).has_value();
}

void collect(std::vector<std::string>& out, const Expression& condition, const Schema& schema) {
  const std::vector<Expression>& operands = condition.operands();
  const auto path = std::find_if(operands.begin(), operands.end(),
                                 [](const Expression& operand) { return operand.is_path(); });
  for (const Expression& operand : operands) collect(out, operand, schema);
  if (condition.is_call()) return;
  if (path == operands.end() || path->path().steps().size() != 1 || path->path().is_metadata()) return;
  const FieldDescription* field = schema.find(path->path().root());
  if (field == nullptr) return;
  for (const Expression& operand : operands) {
    if (!operand.is_literal()) continue;
    const bool text_alone = takes_pattern(condition.op()) && !field->type().is_any();
    const bool matches =
        text_alone ? field->type().kind() == ValueType::string : can_match(operand.value(), field->type());
    if (matches) continue;
    out.push_back(fmt::format("'{}' can match no value of '{}', which is {}", condition.to_string(),
                              field->name(), field->type().to_string()));
    return;
  }
}

}  // namespace

std::vector<std::string> unmatchable_literals(const Expression& condition, const Schema& schema) {
  std::vector<std::string> found;
  collect(found, condition, schema);
  return found;
}

}  // namespace dataknobs
