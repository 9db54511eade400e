// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic and functions of numbers. What has no result is null: division by zero, and what no number is the answer
// to (the square root of -1, infinity minus infinity).
#include <algorithm>
#include <cmath>

#include "expr/functions.hpp"
#include "record/decimal_arithmetic.hpp"

namespace dataknobs {

namespace {

using number::Rounding;

Value value_of(std::optional<Decimal> decimal) {
  if (!decimal) return {};
  return Value(std::move(*decimal));
}

double double_of(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return static_cast<double>(*integer);
  if (const auto* floating = number.get_if<double>()) return *floating;
  return number.get<Decimal>().to_double();
}

// REQUIRES: it is finite.
Decimal decimal_of(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return {*integer};
  if (const auto* floating = number.get_if<double>()) return Decimal::from_double(*floating);
  return number.get<Decimal>();
}

bool is_special(const Value& number) {
  const auto* floating = number.get_if<double>();
  return floating != nullptr && !std::isfinite(*floating);
}

bool is_zero(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return *integer == 0;
  if (const auto* floating = number.get_if<double>()) return *floating == 0;
  return number.get<Decimal>().is_zero();
}

bool is_division(Function function) noexcept {
  return function >= Function::divide && function <= Function::remainder;
}

Value of_integers(Function function, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (function) {
    case Function::add:
      overflow = __builtin_add_overflow(left, right, &result);
      break;
    case Function::subtract:
      overflow = __builtin_sub_overflow(left, right, &result);
      break;
    case Function::multiply:
      overflow = __builtin_mul_overflow(left, right, &result);
      break;
    case Function::divide_whole:
      overflow = right == -1 && left == INT64_MIN;
      if (!overflow) result = left / right;
      break;
    case Function::remainder:
      result = right == -1 ? 0 : left % right;
      break;
    default:
      return static_cast<double>(left) / static_cast<double>(right);
  }
  if (!overflow) return result;
  if (function == Function::add) return value_of(number::add(left, right));
  if (function == Function::subtract) return value_of(number::subtract(left, right));
  return value_of(number::multiply(left, right));  // The least integer by -1 is that also divided.
}

Value of_decimals(Function function, const Decimal& left, const Decimal& right) {
  switch (function) {
    case Function::add:
      return value_of(number::add(left, right));
    case Function::subtract:
      return value_of(number::subtract(left, right));
    case Function::multiply:
      return value_of(number::multiply(left, right));
    case Function::divide:
      return value_of(number::divide(left, right));
    case Function::divide_whole:
      return value_of(number::divide_whole(left, right));
    default:
      return value_of(number::remainder(left, right));
  }
}

double of_doubles(Function function, double left, double right) {
  switch (function) {
    case Function::add:
      return left + right;
    case Function::subtract:
      return left - right;
    case Function::multiply:
      return left * right;
    case Function::divide:
      return left / right;
    case Function::divide_whole:
      return std::trunc(left / right);
    case Function::remainder:
      return std::fmod(left, right);
    default:
      return std::pow(left, right);
  }
}

// A NaN that comes of none is no result.
Value result_of(double result, bool of_nan) {
  if (std::isnan(result) && !of_nan) return {};
  return result;
}

Value arithmetic(Function function, const Value& left, const Value& right) {
  if (is_division(function) && is_zero(right)) return {};
  const auto* left_integer = left.get_if<std::int64_t>();
  const auto* right_integer = right.get_if<std::int64_t>();
  if (left_integer != nullptr && right_integer != nullptr)
    return of_integers(function, *left_integer, *right_integer);
  const bool has_decimal = left.type() == ValueType::decimal || right.type() == ValueType::decimal;
  if (has_decimal && !is_special(left) && !is_special(right))
    return of_decimals(function, decimal_of(left), decimal_of(right));
  const double left_double = double_of(left);
  const double right_double = double_of(right);
  return result_of(of_doubles(function, left_double, right_double),
                   std::isnan(left_double) || std::isnan(right_double));
}

Value power(const Value& base, const Value& exponent) {
  const double left = double_of(base);
  const double right = double_of(exponent);
  if (left == 0 && right < 0) return {};
  return result_of(std::pow(left, right), std::isnan(left) || std::isnan(right));
}

Value rounded(const Value& number, std::int64_t places, Rounding rounding) {
  if (is_special(number)) return number;
  std::optional<Decimal> result = number::round(decimal_of(number), places, rounding);
  if (!result) return {};
  if (number.type() == ValueType::floating) return result->to_double();
  if (number.type() == ValueType::integer) {
    if (std::optional<std::int64_t> integer = result->to_int64()) return *integer;
  }
  return Value(std::move(*result));
}

Value negated(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>())
    return of_integers(Function::subtract, 0, *integer);
  if (const auto* floating = number.get_if<double>()) return -*floating;
  return number::negate(number.get<Decimal>());
}

bool is_negative(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return *integer < 0;
  if (const auto* floating = number.get_if<double>()) return *floating < 0;
  return number.get<Decimal>().negative();
}

Value sign(const Value& number) {
  const auto* floating = number.get_if<double>();
  if (floating != nullptr && std::isnan(*floating)) return number;
  if (is_zero(number)) return 0;
  return is_negative(number) ? -1 : 1;
}

Value logarithm(Function function, const Value& number) {
  const double value = double_of(number);
  if (value == 0) return {};
  return result_of(function == Function::ln ? std::log(value) : std::log10(value), std::isnan(value));
}

}  // namespace

Value compute_number(Function function, std::span<const Value* const> arguments) {
  if (!std::all_of(arguments.begin(), arguments.end(), [](const Value* value) { return value->is_number(); }))
    return {};
  const Value& first = *arguments[0];
  switch (function) {
    case Function::negate:
      return negated(first);
    case Function::abs:
      return is_negative(first) ? negated(first) : first;
    case Function::sign:
      return sign(first);
    case Function::round: {
      const std::optional<std::int64_t> places = arguments.size() == 2 ? whole_number(*arguments[1]) : 0;
      return places ? rounded(first, *places, Rounding::half_away) : Value();
    }
    case Function::floor:
      return rounded(first, 0, Rounding::floor);
    case Function::ceil:
      return rounded(first, 0, Rounding::ceiling);
    case Function::trunc:
      return rounded(first, 0, Rounding::down);
    case Function::sqrt:
      return result_of(std::sqrt(double_of(first)), std::isnan(double_of(first)));
    case Function::power:
      return power(first, *arguments[1]);
    case Function::exp:
      return std::exp(double_of(first));
    case Function::ln:
    case Function::log10:
      return logarithm(function, first);
    default:
      return arithmetic(function, first, *arguments[1]);
  }
}

}  // namespace dataknobs
