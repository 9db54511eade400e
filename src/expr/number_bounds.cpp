// SPDX-License-Identifier: Apache-2.0
#include "expr/number_bounds.hpp"

#include <cmath>
#include <limits>

#include "expr/operators.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What `x op number` is of values that are all less (or all greater) than the number.
template <class T>
BoundedComparison<T> constant_answer(Operator op, bool all_less) {
  BoundedComparison<T> answer;
  answer.op = op;
  answer.always = op != Operator::equal && is_below(op) == all_less;
  return answer;
}

// Where no value is the number: the next one above it decides.
template <class T>
BoundedComparison<T> beside_gap(Operator op, T above) {
  if (op == Operator::equal) return {};
  BoundedComparison<T> answer;
  answer.op = is_below(op) ? Operator::less : Operator::greater_equal;
  answer.constant = above;
  return answer;
}

Decimal decimal_of(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return {*integer};
  if (const auto* floating = number.get_if<double>()) return Decimal::from_double(*floating);
  return number.get<Decimal>();
}

}  // namespace

double float_above(const Decimal& number) {
  double candidate = number.to_double();
  while (number::compare(candidate, number) > 0) candidate = std::nextafter(candidate, -kInfinity);
  while (number::compare(candidate, number) < 0) candidate = std::nextafter(candidate, kInfinity);
  return candidate;
}

std::optional<std::int64_t> integer_above(const Decimal& number) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  if (number::compare(most, number) < 0) return std::nullopt;
  if (number::compare(std::numeric_limits<std::int64_t>::min(), number) > 0) return std::nullopt;
  const std::string& digits = number.digits();
  const auto whole_digits = static_cast<std::int64_t>(digits.size()) + number.exponent();
  std::int64_t whole = 0;
  for (std::int64_t i = 0; i < whole_digits; ++i)
    whole = whole * 10 + (digits[static_cast<std::size_t>(i)] - '0');
  return number.negative() ? -whole : whole + 1;
}

BoundedComparison<std::int64_t> integer_comparison(Operator op, const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return {op, *integer, false};
  const auto* floating = number.get_if<double>();
  if (floating != nullptr && !std::isfinite(*floating))
    return constant_answer<std::int64_t>(op, !(*floating < 0));
  const Decimal decimal = decimal_of(number).normalized();
  if (const std::optional<std::int64_t> integer = decimal.to_int64()) return {op, *integer, false};
  if (const std::optional<std::int64_t> above = integer_above(decimal)) return beside_gap(op, *above);
  return constant_answer<std::int64_t>(op, !decimal.negative());
}

BoundedComparison<double> float_comparison(Operator op, const Value& number) {
  if (const auto* floating = number.get_if<double>()) return {op, *floating, false};
  const Decimal decimal = decimal_of(number).normalized();
  const double nearest = decimal.to_double();
  if (number::compare(nearest, decimal) == 0) return {op, nearest, false};
  return beside_gap(op, float_above(decimal));
}

}  // namespace dataknobs
