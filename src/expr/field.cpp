// SPDX-License-Identifier: Apache-2.0
//
// Expressions built in C++: field("age") >= 18.
#include <utility>

#include <dataknobs/error.hpp>
#include <dataknobs/functions.hpp>

#include "expr/functions.hpp"

namespace dataknobs {

namespace {

Expression binary(Operator op, const Operand& left, Value right) {
  return Expression::make(op, {left, Expression::literal(std::move(right))});
}

Expression with_list(Operator op, const Operand& left, std::vector<Value> values) {
  std::vector<Expression> operands{left};
  operands.reserve(values.size() + 1);
  for (Value& value : values) operands.push_back(Expression::literal(std::move(value)));
  return Expression::make(op, std::move(operands));
}

}  // namespace

FieldReference field(std::string_view path) {
  return FieldReference(Path::parse(path));
}

Expression Operand::like(std::string_view pattern) const {
  return binary(Operator::like, *this, pattern);
}
Expression Operand::not_like(std::string_view pattern) const {
  return binary(Operator::not_like, *this, pattern);
}
Expression Operand::ilike(std::string_view pattern) const {
  return binary(Operator::ilike, *this, pattern);
}
Expression Operand::regex(std::string_view pattern) const {
  return binary(Operator::regex, *this, pattern);
}
Expression Operand::starts_with(std::string_view prefix) const {
  return binary(Operator::starts_with, *this, prefix);
}
Expression Operand::contains(Value element) const {
  return binary(Operator::contains, *this, std::move(element));
}
Expression Operand::in(std::vector<Value> values) const {
  return with_list(Operator::in, *this, std::move(values));
}
Expression Operand::not_in(std::vector<Value> values) const {
  return with_list(Operator::not_in, *this, std::move(values));
}
Expression Operand::between(Value low, Value high) const {
  return with_list(Operator::between, *this, {std::move(low), std::move(high)});
}
Expression Operand::not_between(Value low, Value high) const {
  return with_list(Operator::not_between, *this, {std::move(low), std::move(high)});
}
Expression Operand::exists() const {
  return Expression::make(Operator::exists, {*this});
}
Expression Operand::not_exists() const {
  return Expression::make(Operator::not_exists, {*this});
}

Operand call(std::string_view name, const std::vector<Operand>& arguments) {
  const std::optional<Function> function = function_from_name(name);
  if (!function) {
    const Problem problem = unknown_function(name);
    Error(ErrorCode::query, problem.message).hint(problem.hint).raise();
  }
  return Operand(Expression::call(*function, {arguments.begin(), arguments.end()}));
}

Expression Operand::compare(Operator op, const Operand& left, const Operand& right) {
  return Expression::make(op, {left, right});
}

Operand Operand::compute(Function function, const Operand& left, const Operand& right) {
  return Operand(Expression::call(function, {left, right}));
}

}  // namespace dataknobs
