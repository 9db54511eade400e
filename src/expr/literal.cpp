// SPDX-License-Identifier: Apache-2.0
#include "expr/literal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "expr/operators.hpp"
#include "record/json.hpp"

namespace dataknobs {

namespace {

constexpr std::array<std::string_view, 8> kTypes{"datetime", "date",  "time", "binary",
                                                 "decimal",  "float", "json", "vector"};

template <class T>
std::optional<Value> as_value(std::optional<T> parsed) {
  if (!parsed) return std::nullopt;
  return Value(std::move(*parsed));
}

std::optional<Value> parse_binary(const std::string& text) {
  if (text.starts_with("\\x")) return as_value(parse_hex(std::string_view(text).substr(2)));
  return as_value(parse_base64(text));
}

std::optional<Value> parse_float(const std::string& text) {
  if (text == "NaN") return Value(std::numeric_limits<double>::quiet_NaN());
  if (text == "Infinity") return Value(std::numeric_limits<double>::infinity());
  if (text == "-Infinity") return Value(-std::numeric_limits<double>::infinity());
  std::optional<Decimal> number = Decimal::parse(text);
  if (!number) return std::nullopt;
  return Value(number->to_double());
}

std::optional<Value> parse_json_value(const std::string& text, bool as_vector) {
  std::optional<Value> parsed;
  try {
    parsed = parse_json(text);
  } catch (const SerializationError&) {
    return std::nullopt;
  }
  const auto* json = parsed->get_if<Json>();
  if (json == nullptr) return std::nullopt;
  if (!as_vector) return parsed;
  if (!json->is_array()) return std::nullopt;
  Vector numbers;
  for (const Value& element : json->array()) {
    std::optional<Value> number = element.is_number() ? parse_float(to_text(element)) : std::nullopt;
    if (const auto* name = element.get_if<std::string>()) number = parse_float(*name);
    if (!number) return std::nullopt;
    numbers.push_back(static_cast<float>(number->get<double>()));
  }
  return Value(std::move(numbers));
}

void append_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
}

void append_typed(std::string& out, const Value& value, std::string_view text) {
  out += to_string(value.type());
  out += ' ';
  append_quoted(out, text);
}

void append_float(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "float 'NaN'";
  } else if (std::isinf(value)) {
    out += value < 0 ? "float '-Infinity'" : "float 'Infinity'";
  } else {
    std::string text = Decimal::from_double(value).to_string();
    out += text;
    if (text.find_first_of(".eE") == std::string::npos) out += ".0";
  }
}

void append_decimal(std::string& out, const Value& value) {
  std::string text = value.get<Decimal>().to_string();
  std::optional<Value> plain = parse_number_literal(text);
  if (plain && plain->type() == ValueType::decimal) {
    out += text;
  } else {
    append_typed(out, value, text);
  }
}

}  // namespace

std::optional<Value> parse_number_literal(std::string_view text) {
  bool is_integer = text.find_first_of(".eE") == std::string_view::npos;
  if (is_integer) {
    std::string_view digits = text.front() == '+' ? text.substr(1) : text;
    std::int64_t integer = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), integer);
    if (error == std::errc()) return Value(integer);
  }
  std::optional<Decimal> decimal = Decimal::parse(text);
  if (!decimal) return std::nullopt;
  double nearest = decimal->to_double();
  if (!is_integer && std::isfinite(nearest) && Decimal::from_double(nearest) == *decimal)
    return Value(nearest);
  return Value(std::move(*decimal));
}

bool is_literal_type(std::string_view word) noexcept {
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [&](std::string_view type) { return is_word(word, type); });
}

std::span<const std::string_view> literal_types() noexcept {
  return kTypes;
}

std::optional<Value> parse_typed_literal(std::string_view word, const std::string& text) {
  if (is_word(word, "datetime")) return as_value(parse_datetime(text));
  if (is_word(word, "date")) return as_value(parse_date(text));
  if (is_word(word, "time")) return as_value(parse_time(text));
  if (is_word(word, "binary")) return parse_binary(text);
  if (is_word(word, "decimal")) return as_value(Decimal::parse(text));
  if (is_word(word, "float")) return parse_float(text);
  return parse_json_value(text, is_word(word, "vector"));
}

void append_literal(std::string& out, const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      out += "null";
      break;
    case ValueType::boolean:
      out += value.get<bool>() ? "true" : "false";
      break;
    case ValueType::integer:
      out += fmt::to_string(value.get<std::int64_t>());
      break;
    case ValueType::floating:
      append_float(out, value.get<double>());
      break;
    case ValueType::decimal:
      append_decimal(out, value);
      break;
    case ValueType::string:
      append_quoted(out, value.get<std::string>());
      break;
    case ValueType::binary:
      append_typed(out, value, "\\x" + to_hex(value.get<Binary>()));
      break;
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
      append_typed(out, value, to_text(value));
      break;
    case ValueType::json:
    case ValueType::vector:
      append_typed(out, value, to_json(value));
      break;
  }
}

std::optional<Value> adapt_literal(const std::string& text, ValueType type) {
  switch (type) {
    case ValueType::datetime:
    case ValueType::date:
      // Dates reach farther than moments.
      if (std::optional<DateTime> moment = parse_datetime(text)) return Value(*moment);
      return as_value(parse_date(text));
    case ValueType::time:
      return as_value(parse_time(text));
    case ValueType::binary:
      return parse_binary(text);
    default:
      return std::nullopt;
  }
}

}  // namespace dataknobs
