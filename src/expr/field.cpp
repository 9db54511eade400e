// SPDX-License-Identifier: Apache-2.0
//
// Expressions built in C++: field("age") >= 18.
#include <utility>

#include <dataknobs/expression.hpp>

namespace dataknobs {

namespace {

Expression binary(Operator op, const FieldReference& left, Value right) {
  return Expression::make(op, {left, Expression::literal(std::move(right))});
}

Expression with_list(Operator op, const FieldReference& left, std::vector<Value> values) {
  std::vector<Expression> operands{left};
  operands.reserve(values.size() + 1);
  for (Value& value : values) operands.push_back(Expression::literal(std::move(value)));
  return Expression::make(op, std::move(operands));
}

}  // namespace

FieldReference field(std::string_view path) {
  return FieldReference(Path::parse(path));
}

Expression FieldReference::like(std::string_view pattern) const {
  return binary(Operator::like, *this, pattern);
}
Expression FieldReference::not_like(std::string_view pattern) const {
  return binary(Operator::not_like, *this, pattern);
}
Expression FieldReference::ilike(std::string_view pattern) const {
  return binary(Operator::ilike, *this, pattern);
}
Expression FieldReference::regex(std::string_view pattern) const {
  return binary(Operator::regex, *this, pattern);
}
Expression FieldReference::starts_with(std::string_view prefix) const {
  return binary(Operator::starts_with, *this, prefix);
}
Expression FieldReference::contains(Value element) const {
  return binary(Operator::contains, *this, std::move(element));
}
Expression FieldReference::in(std::vector<Value> values) const {
  return with_list(Operator::in, *this, std::move(values));
}
Expression FieldReference::not_in(std::vector<Value> values) const {
  return with_list(Operator::not_in, *this, std::move(values));
}
Expression FieldReference::between(Value low, Value high) const {
  return with_list(Operator::between, *this, {std::move(low), std::move(high)});
}
Expression FieldReference::not_between(Value low, Value high) const {
  return with_list(Operator::not_between, *this, {std::move(low), std::move(high)});
}
Expression FieldReference::exists() const {
  return Expression::make(Operator::exists, {*this});
}
Expression FieldReference::not_exists() const {
  return Expression::make(Operator::not_exists, {*this});
}

Expression operator==(const FieldReference& left, Value right) {
  return binary(Operator::equal, left, std::move(right));
}
Expression operator!=(const FieldReference& left, Value right) {
  return binary(Operator::not_equal, left, std::move(right));
}
Expression operator<(const FieldReference& left, Value right) {
  return binary(Operator::less, left, std::move(right));
}
Expression operator<=(const FieldReference& left, Value right) {
  return binary(Operator::less_equal, left, std::move(right));
}
Expression operator>(const FieldReference& left, Value right) {
  return binary(Operator::greater, left, std::move(right));
}
Expression operator>=(const FieldReference& left, Value right) {
  return binary(Operator::greater_equal, left, std::move(right));
}

}  // namespace dataknobs
