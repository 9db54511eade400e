// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/native_number.hpp"

#include <cmath>

#include "expr/number_bounds.hpp"
#include "record/number.hpp"

namespace dataknobs::sqlite {

namespace {

// Within it, no float counts as another number than its own, and integers and floats meet exactly.
constexpr double kExact = 4.6e18;
// From here on every float is an integer.
constexpr double kIntegral = 9007199254740992.0;

std::optional<NumberCondition> between_floats(Operator op, const Decimal& number) {
  NumberCondition condition;
  if (op == Operator::equal) return condition;
  const bool below = op == Operator::less || op == Operator::less_equal;
  condition.op = below ? Operator::less : Operator::greater_equal;
  if (std::abs(number.to_double()) < kIntegral) {
    condition.constant = float_above(number);
  } else {
    condition.constant = integer_above(number).value();
  }
  return condition;
}

}  // namespace

std::optional<NumberCondition> number_condition(Operator op, const Value& number) {
  NumberCondition condition;
  condition.op = op;
  if (const auto* integer = number.get_if<std::int64_t>()) {
    if (std::abs(static_cast<double>(*integer)) >= kExact) return std::nullopt;
    condition.constant = *integer;
    return condition;
  }
  if (const auto* floating = number.get_if<double>()) {
    // The negation keeps NaN out.
    if (!(std::abs(*floating) < kExact)) return std::nullopt;
    condition.constant = *floating;
    return condition;
  }
  const Decimal decimal = number.get<Decimal>().normalized();
  const double nearest = decimal.to_double();
  if (!(std::abs(nearest) < kExact)) return std::nullopt;
  if (const std::optional<std::int64_t> integer = decimal.to_int64()) {
    condition.constant = *integer;
    return condition;
  }
  if (number::compare(nearest, decimal) == 0) {
    condition.constant = nearest;
    return condition;
  }
  return between_floats(op, decimal);
}

}  // namespace dataknobs::sqlite
