// SPDX-License-Identifier: Apache-2.0
#include "record/order_key.hpp"

#include <cmath>

#include "record/canonical.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

constexpr std::int64_t kDay = 86'400'000'000;

// Flipping the sign bit makes two's complement sort as unsigned.
void append_integer(std::string& out, std::int64_t value) {
  const std::uint64_t bits = static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63U);
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>((bits >> static_cast<unsigned>(shift)) & 0xffU);
}

// Numbers: 0 -infinity, 1 negative, 2 zero, 3 positive, 4 infinity, 5 NaN. Then how many digits stand before
// the point, and the digits with an end below any digit; for negative numbers all of it inverted.
void append_decimal(std::string& out, number::DecimalView value) {
  value = value.normalized();
  if (value.is_zero()) {
    out += '\2';
    return;
  }
  out += value.negative ? '\1' : '\3';
  const std::size_t start = out.size();
  append_integer(out, static_cast<std::int64_t>(value.digits.size()) + value.exponent);
  out += value.digits;
  out += '\0';
  if (!value.negative) return;
  for (std::size_t i = start; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

void append_floating(std::string& out, double value) {
  if (std::isnan(value)) {
    out += '\5';
  } else if (std::isinf(value)) {
    out += value > 0 ? '\4' : '\0';
  } else {
    append_decimal(out, number::Digits(value).view());
  }
}

// Days reach farther than microseconds do, so moments are a day and the time in it.
void append_moment(std::string& out, DateTime value) {
  if (!value.is_finite()) {
    out += value == DateTime::infinity() ? '\2' : '\0';
    return;
  }
  std::int64_t day = value.microseconds / kDay;
  std::int64_t rest = value.microseconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  out += '\1';
  append_integer(out, day);
  append_integer(out, rest);
}

void append_date(std::string& out, Date value) {
  if (!value.is_finite()) {
    out += value == Date::infinity() ? '\2' : '\0';
    return;
  }
  out += '\1';
  append_integer(out, value.days);
  append_integer(out, 0);
}

void append_class(std::string& out, ValueType type) {
  out += static_cast<char>(type);
}

}  // namespace

void append_order_key(std::string& out, const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return;
    case ValueType::boolean:
      append_class(out, ValueType::boolean);
      out += *value.get_if<bool>() ? '\1' : '\0';
      return;
    case ValueType::integer:
      append_class(out, ValueType::integer);
      append_decimal(out, number::Digits(*value.get_if<std::int64_t>()).view());
      return;
    case ValueType::floating:
      append_class(out, ValueType::integer);
      append_floating(out, *value.get_if<double>());
      return;
    case ValueType::decimal:
      append_class(out, ValueType::integer);
      append_decimal(out, number::view(*value.get_if<Decimal>()));
      return;
    case ValueType::string:
      append_class(out, ValueType::string);
      out += *value.get_if<std::string>();
      return;
    case ValueType::binary:
      append_class(out, ValueType::binary);
      out += value.get_if<Binary>()->bytes;
      return;
    case ValueType::datetime:
      append_class(out, ValueType::datetime);
      append_moment(out, *value.get_if<DateTime>());
      return;
    case ValueType::date:
      append_class(out, ValueType::datetime);
      append_date(out, *value.get_if<Date>());
      return;
    case ValueType::time:
      append_class(out, ValueType::time);
      append_integer(out, value.get_if<Time>()->microseconds);
      return;
    case ValueType::json:
    case ValueType::vector:
      append_class(out, ValueType::json);
      append_canonical(out, value);
      return;
  }
}

}  // namespace dataknobs
