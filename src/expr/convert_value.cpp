// SPDX-License-Identifier: Apache-2.0
//
// The functions to_... : a value as one of another class where it is that exactly, else null.
#include <cmath>

#include "expr/functions.hpp"
#include "expr/literal.hpp"
#include "record/calendar.hpp"

namespace dataknobs {

namespace {

template <class T>
Value value_of(std::optional<T> found) {
  if (!found) return {};
  return Value(std::move(*found));
}

std::optional<Decimal> decimal_of(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return Decimal::parse(*text);
  if (const auto* integer = value.get_if<std::int64_t>()) return Decimal(*integer);
  if (const auto* decimal = value.get_if<Decimal>()) return *decimal;
  const auto* floating = value.get_if<double>();
  if (floating == nullptr || !std::isfinite(*floating)) return std::nullopt;
  return Decimal::from_double(*floating);
}

Value to_integer(const Value& value) {
  if (const auto* boolean = value.get_if<bool>()) return *boolean ? 1 : 0;
  const std::optional<Decimal> decimal = decimal_of(value);
  return decimal ? value_of(decimal->to_int64()) : Value();
}

Value to_float(const Value& value) {
  if (value.type() == ValueType::floating) return value;
  if (const auto* text = value.get_if<std::string>(); text != nullptr && !Decimal::parse(*text))
    return value_of(parse_typed_literal("float", *text));
  const std::optional<Decimal> decimal = decimal_of(value);
  if (!decimal) return {};
  const double nearest = decimal->to_double();
  return std::isfinite(nearest) ? Value(nearest) : Value();
}

// Equal numbers have one text.
Value to_string(const Value& value) {
  if (value.type() == ValueType::json || value.type() == ValueType::vector) return {};
  const std::optional<Decimal> decimal = value.is_number() ? decimal_of(value) : std::nullopt;
  return decimal ? decimal->normalized().to_string() : to_text(value);
}

Value to_datetime(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return value_of(parse_datetime(*text));
  if (value.type() == ValueType::datetime) return value;
  const auto* date = value.get_if<Date>();
  if (date == nullptr) return {};
  if (!date->is_finite())
    return *date == Date::infinity() ? DateTime::infinity() : DateTime::negative_infinity();
  std::int64_t microseconds = 0;
  if (__builtin_mul_overflow(std::int64_t{date->days}, calendar::kDay, &microseconds)) return {};
  return DateTime{microseconds};
}

Value to_date(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return value_of(parse_date(*text));
  if (value.type() == ValueType::date) return value;
  const auto* moment = value.get_if<DateTime>();
  if (moment == nullptr) return {};
  if (!moment->is_finite())
    return *moment == DateTime::infinity() ? Date::infinity() : Date::negative_infinity();
  return Date{static_cast<std::int32_t>(calendar::floor_divide(moment->microseconds, calendar::kDay))};
}

Value to_time(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return value_of(parse_time(*text));
  if (value.type() == ValueType::time) return value;
  const auto* moment = value.get_if<DateTime>();
  if (moment == nullptr || !moment->is_finite()) return {};
  const std::int64_t rest = moment->microseconds % calendar::kDay;
  return Time{rest < 0 ? rest + calendar::kDay : rest};
}

}  // namespace

Value convert_value(Function function, const Value& value) {
  switch (function) {
    case Function::to_integer:
      return to_integer(value);
    case Function::to_float:
      return to_float(value);
    case Function::to_decimal:
      return value_of(decimal_of(value));
    case Function::to_string:
      return to_string(value);
    case Function::to_datetime:
      return to_datetime(value);
    case Function::to_date:
      return to_date(value);
    default:
      return to_time(value);
  }
}

}  // namespace dataknobs
