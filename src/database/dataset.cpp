// SPDX-License-Identifier: Apache-2.0
#include "database/dataset.hpp"

#include <charconv>
#include <limits>

#include <dataknobs/error.hpp>

#include "record/json.hpp"

namespace dataknobs {

namespace {

std::optional<Value> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // "007" and "-0" are texts of no integer: an id is the one text form of its key.
  if (std::to_string(value) != text) return std::nullopt;
  return Value(value);
}

std::optional<Value> parse_floating(std::string_view text) {
  if (text == "NaN") return Value(std::numeric_limits<double>::quiet_NaN());
  if (text == "Infinity") return Value(std::numeric_limits<double>::infinity());
  if (text == "-Infinity") return Value(-std::numeric_limits<double>::infinity());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Value(value);
}

template <class T>
std::optional<Value> as_value(std::optional<T> parsed) {
  if (!parsed) return std::nullopt;
  return Value(std::move(*parsed));
}

// A column without a type of its own (SQLite has them): the number where the text is one's text form.
std::optional<Value> parse_any(const std::string& text) {
  if (std::optional<Value> integer = parse_integer(text)) return integer;
  return Value(text);
}

std::optional<Value> parse_key_text(const std::string& text, const FieldType& type) {
  switch (type.kind()) {
    case ValueType::null:
      return parse_any(text);
    case ValueType::boolean:
      if (text == "true") return Value(true);
      if (text == "false") return Value(false);
      return std::nullopt;
    case ValueType::integer:
      return parse_integer(text);
    case ValueType::floating:
      return parse_floating(text);
    case ValueType::decimal:
      return as_value(Decimal::parse(text));
    case ValueType::string:
      if (type.logical() == "uuid") return as_value(parse_uuid(text));
      return Value(text);
    case ValueType::binary:
      return as_value(parse_hex(text));
    case ValueType::datetime:
      return as_value(parse_datetime(text));
    case ValueType::date:
      return as_value(parse_date(text));
    case ValueType::time:
      return as_value(parse_time(text));
    case ValueType::json:
    case ValueType::vector:
      return std::nullopt;  // They have no order, so no store has them as keys.
  }
  return std::nullopt;
}

std::string key_text(const Value& value) {
  if (value.is_null()) {
    Error(ErrorCode::serialization, "a key column is null, so the record has no id")
        .hint("give every key column a value")
        .raise();
  }
  if (const double* number = value.get_if<double>()) return to_json(Value(*number));
  return to_text(value);
}

std::optional<Value> parse_key_element(const Value& element, const FieldType& type) {
  if (const std::string* text = element.get_if<std::string>()) {
    if (type.is_any()) return element;
    const bool quoted = type.kind() != ValueType::integer && type.kind() != ValueType::decimal &&
                        type.kind() != ValueType::boolean;
    return quoted ? parse_key_text(*text, type) : std::nullopt;
  }
  if (element.type() == ValueType::boolean) {
    return type.kind() == ValueType::boolean || type.is_any() ? std::optional(element) : std::nullopt;
  }
  if (!element.is_number()) return std::nullopt;
  switch (type.kind()) {
    case ValueType::null:
      return element;
    case ValueType::integer:
      if (element.type() == ValueType::integer) return element;
      return std::nullopt;
    case ValueType::floating:
    case ValueType::decimal: {
      std::string text = to_json(element);
      return parse_key_text(text, type);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string key_to_id(const std::vector<Value>& key) {
  if (key.size() == 1) {
    std::string text = key_text(key.front());
    // to_json quotes what JSON has no number for (NaN, infinities).
    if (key.front().type() == ValueType::floating && text.starts_with('"'))
      return text.substr(1, text.size() - 2);
    return text;
  }
  std::string id = "[";
  for (const Value& value : key) {
    if (id.size() > 1) id += ',';
    const bool natural = value.is_number() || value.type() == ValueType::boolean;
    if (natural) {
      append_json(id, value);
    } else {
      append_json(id, Value(key_text(value)));
    }
  }
  return id += ']';
}

std::optional<std::vector<Value>> id_to_key(const std::string& id, const std::vector<FieldType>& types) {
  std::vector<Value> key;
  key.reserve(types.size());
  if (types.size() == 1) {
    std::optional<Value> value = parse_key_text(id, types.front());
    if (!value) return std::nullopt;
    key.push_back(std::move(*value));
    return key;
  }
  if (id.empty() || id.front() != '[') return std::nullopt;
  Value parsed;
  try {
    parsed = parse_json(id);
  } catch (const SerializationError&) {
    return std::nullopt;
  }
  const Json* json = parsed.get_if<Json>();
  if (json == nullptr || !json->is_array() || json->array().size() != types.size()) return std::nullopt;
  for (std::size_t i = 0; i < types.size(); ++i) {
    std::optional<Value> value = parse_key_element(json->array()[i], types[i]);
    if (!value) return std::nullopt;
    key.push_back(std::move(*value));
  }
  return key;
}

}  // namespace dataknobs
