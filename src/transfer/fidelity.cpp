// SPDX-License-Identifier: Apache-2.0
#include "transfer/fidelity.hpp"

#include <cmath>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/json.hpp"

namespace dataknobs {

namespace {

constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;

bool is_number(ValueType kind) noexcept {
  return kind == ValueType::integer || kind == ValueType::floating || kind == ValueType::decimal;
}

// Greatest count of bits of which a float of that width keeps every integer.
std::int32_t integer_bits(const FieldType& type) noexcept {
  return type.width() == 32 ? 24 : 53;
}

TypeMapping classify_numbers(const FieldType& source, const FieldType& target) {
  if (source.kind() == ValueType::integer && target.kind() == ValueType::floating &&
      source.width() <= integer_bits(target)) {
    return {target, Exactness::exact};
  }
  if (source.kind() == ValueType::integer && target.kind() == ValueType::decimal && !target.precision()) {
    return {target, Exactness::exact};
  }
  return {target, Exactness::exact_if, "numbers that are the same in both types"};
}

TypeMapping classify_same(const FieldType& source, const FieldType& target) {
  if (source.kind() == ValueType::datetime && source.logical() != target.logical()) {
    if (gains_time_zone(source, target)) {
      return {target, Exactness::lossy,
              "times without a time zone are taken as UTC, unless --timezone names theirs"};
    }
    if (target.logical() == "naive") return {target, Exactness::encoded, "kept as UTC without its zone"};
  }
  if (needs_check(source, target))
    return {target, Exactness::exact_if, "values within " + target.to_string()};
  return {target, Exactness::exact};
}

std::optional<Value> to_decimal(const Value& value) {
  if (const auto* integer = value.get_if<std::int64_t>()) return Value(Decimal(*integer));
  if (const auto* floating = value.get_if<double>()) {
    // NaN and infinities are no decimals: they stay what they are, and the store says whether it has them.
    if (!std::isfinite(*floating)) return value;
    return Value(Decimal::from_double(*floating));
  }
  return value;
}

std::optional<Value> convert_number(const Value& value, ValueType kind) {
  if (kind == ValueType::decimal) return to_decimal(value);
  std::optional<Value> result;
  if (kind == ValueType::floating) {
    if (const auto* integer = value.get_if<std::int64_t>()) result = Value(static_cast<double>(*integer));
    if (const auto* decimal = value.get_if<Decimal>()) result = Value(decimal->to_double());
  } else {
    std::optional<std::int64_t> integer;
    if (const auto* decimal = value.get_if<Decimal>()) integer = decimal->to_int64();
    if (const auto* floating = value.get_if<double>(); floating != nullptr && std::isfinite(*floating)) {
      integer = Decimal::from_double(*floating).to_int64();
    }
    if (integer) result = Value(*integer);
  }
  if (result && !(*result == value)) return std::nullopt;
  return result;
}

std::optional<Value> parse_number(const std::string& text, ValueType kind) {
  const std::optional<Decimal> decimal = Decimal::parse(text);
  if (!decimal) return std::nullopt;
  if (kind == ValueType::decimal) return Value(*decimal);
  return convert_number(Value(*decimal), kind);
}

std::optional<Value> parse_json_text(const std::string& text) {
  try {
    Value value = parse_json(text);
    if (value.type() == ValueType::json) return value;
  } catch (const SerializationError&) {
    return std::nullopt;
  }
  return std::nullopt;
}

template <class T>
std::optional<Value> as_value(const std::optional<T>& parsed) {
  if (!parsed) return std::nullopt;
  return Value(*parsed);
}

std::optional<Value> parse_text(const std::string& text, ValueType kind) {
  switch (kind) {
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return parse_number(text, kind);
    case ValueType::boolean:
      if (text == "true") return Value(true);
      if (text == "false") return Value(false);
      return std::nullopt;
    case ValueType::datetime:
      return as_value(parse_datetime(text));
    case ValueType::date:
      return as_value(parse_date(text));
    case ValueType::time:
      return as_value(parse_time(text));
    case ValueType::json:
      return parse_json_text(text);
    default:
      return std::nullopt;
  }
}

std::string encode_text(const Value& value) {
  return value.type() == ValueType::vector ? to_json(value) : to_text(value);
}

std::optional<Value> convert_time(const Value& value, ValueType kind) {
  if (const auto* date = value.get_if<Date>(); date != nullptr && kind == ValueType::datetime) {
    if (*date == Date::infinity()) return Value(DateTime::infinity());
    if (*date == Date::negative_infinity()) return Value(DateTime::negative_infinity());
    return Value(DateTime{std::int64_t{date->days} * kMicrosecondsPerDay});
  }
  if (const auto* moment = value.get_if<DateTime>(); moment != nullptr && kind == ValueType::date) {
    if (*moment == DateTime::infinity()) return Value(Date::infinity());
    if (*moment == DateTime::negative_infinity()) return Value(Date::negative_infinity());
    if (moment->microseconds % kMicrosecondsPerDay != 0) return std::nullopt;
    return Value(Date{static_cast<std::int32_t>(moment->microseconds / kMicrosecondsPerDay)});
  }
  return std::nullopt;
}

std::optional<Value> convert_kind(const Value& value, ValueType kind) {
  if (value.is_number() && is_number(kind)) return convert_number(value, kind);
  if (kind == ValueType::string) return Value(encode_text(value));
  if (const auto* text = value.get_if<std::string>()) {
    std::optional<Value> parsed = parse_text(*text, kind);
    // What does not print back the same would not be the same text again.
    if (parsed && encode_text(*parsed) != *text) return std::nullopt;
    return parsed;
  }
  if (value.type() == ValueType::vector && kind == ValueType::json) return parse_json_text(to_json(value));
  return convert_time(value, kind);
}

std::int64_t code_points(const std::string& text) noexcept {
  std::int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

bool decimal_fits(const Decimal& value, const FieldType& type) {
  if (!type.precision() || value.is_zero()) return true;
  const Decimal normal = value.normalized();
  const std::int32_t scale = type.scale().value_or(0);
  const auto digits = static_cast<std::int32_t>(normal.digits().size());
  return normal.exponent() >= -scale && digits + normal.exponent() <= *type.precision() - scale;
}

bool string_fits(const std::string& text, const FieldType& type) {
  if (type.length() && code_points(text) > *type.length()) return false;
  if (type.logical() == "uuid") return parse_uuid(text) == text;
  return true;
}

}  // namespace

std::string_view to_string(Exactness exactness) noexcept {
  switch (exactness) {
    case Exactness::exact:
      return "exact";
    case Exactness::exact_if:
      return "exact if it fits";
    case Exactness::encoded:
      return "reversible encoding";
    case Exactness::lossy:
      return "lossy";
    case Exactness::impossible:
      return "impossible";
  }
  return "impossible";
}

TypeMapping classify(const FieldType& source, const FieldType& target) {
  if (target.is_any()) return {target, Exactness::exact};
  if (source.is_any()) return {target, Exactness::exact_if, "values of that class"};
  if (source.kind() == target.kind()) return classify_same(source, target);
  if (is_number(source.kind()) && is_number(target.kind())) return classify_numbers(source, target);
  if (target.kind() == ValueType::string) return {target, Exactness::encoded, "kept as text"};
  if (source.kind() == ValueType::string && target.kind() != ValueType::binary &&
      target.kind() != ValueType::vector) {
    return {target, Exactness::exact_if, "texts which that type prints back the same"};
  }
  if (source.kind() == ValueType::vector && target.kind() == ValueType::json)
    return {target, Exactness::exact};
  if (source.kind() == ValueType::date && target.kind() == ValueType::datetime) {
    return {target, Exactness::encoded, "a day becomes its midnight in UTC"};
  }
  if (source.kind() == ValueType::datetime && target.kind() == ValueType::date) {
    return {target, Exactness::exact_if, "midnights in UTC"};
  }
  return {target, Exactness::impossible, fmt::format("{} is not {}", source.to_string(), target.to_string())};
}

bool gains_time_zone(const FieldType& source, const FieldType& target) noexcept {
  return source.kind() == ValueType::datetime && source.logical() == "naive" &&
         target.kind() == ValueType::datetime && target.logical() != "naive";
}

bool needs_check(const FieldType& source, const FieldType& target) noexcept {
  if (source.kind() != target.kind()) return false;
  switch (target.kind()) {
    case ValueType::integer:
    case ValueType::floating:
      return target.width() < source.width();
    case ValueType::decimal: {
      if (!target.precision()) return false;
      if (!source.precision()) return true;
      const std::int32_t source_scale = source.scale().value_or(0);
      const std::int32_t target_scale = target.scale().value_or(0);
      return source_scale > target_scale ||
             *source.precision() - source_scale > *target.precision() - target_scale;
    }
    case ValueType::string:
      if (target.logical() == "uuid" && source.logical() != "uuid") return true;
      return target.length() && (!source.length() || *source.length() > *target.length());
    default:
      return false;
  }
}

bool fits(const Value& value, const FieldType& type) {
  if (const auto* integer = value.get_if<std::int64_t>()) {
    if (type.kind() != ValueType::integer || type.width() >= 64) return true;
    const std::int64_t limit = std::int64_t{1} << (type.width() - 1);
    return *integer >= -limit && *integer < limit;
  }
  if (const auto* floating = value.get_if<double>()) {
    if (type.kind() != ValueType::floating || type.width() != 32 || !std::isfinite(*floating)) return true;
    return static_cast<double>(static_cast<float>(*floating)) == *floating;
  }
  if (const auto* decimal = value.get_if<Decimal>()) return decimal_fits(*decimal, type);
  if (const auto* text = value.get_if<std::string>()) return string_fits(*text, type);
  return true;
}

std::optional<Value> convert_value(const Value& value, const FieldType& target) {
  if (value.is_null() || target.is_any()) return value;
  std::optional<Value> result;
  if (value.type() == target.kind()) {
    result = value;
  } else {
    result = convert_kind(value, target.kind());
  }
  if (!result || fits(*result, target)) return result;
  return std::nullopt;
}

}  // namespace dataknobs
