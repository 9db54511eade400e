// SPDX-License-Identifier: Apache-2.0
#include "database/conform.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "record/nearest.hpp"

namespace dataknobs {

namespace {

std::optional<Value> to_integer(const Value& value, std::int32_t width) {
  std::optional<std::int64_t> integer;
  if (const std::int64_t* number = value.get_if<std::int64_t>()) integer = *number;
  if (const Decimal* number = value.get_if<Decimal>()) integer = number->to_int64();
  if (const double* number = value.get_if<double>(); number != nullptr && std::isfinite(*number)) {
    integer = Decimal::from_double(*number).to_int64();
  }
  if (!integer) return std::nullopt;
  if (width < 64) {
    const std::int64_t limit = std::int64_t{1} << (width - 1);
    if (*integer < -limit || *integer >= limit) return std::nullopt;
  }
  return *integer;
}

std::optional<Value> to_floating(const Value& value, std::int32_t width) {
  std::optional<double> floating;
  if (const double* number = value.get_if<double>()) floating = *number;
  if (const std::int64_t* number = value.get_if<std::int64_t>()) floating = static_cast<double>(*number);
  if (const Decimal* number = value.get_if<Decimal>()) floating = number->to_double();
  if (!floating) return std::nullopt;
  if (width == 32 && std::isfinite(*floating)) floating = static_cast<double>(static_cast<float>(*floating));
  if (Value(*floating) != value) return std::nullopt;
  return *floating;
}

std::optional<Value> to_decimal(const Value& value, const FieldType& type) {
  std::optional<Decimal> decimal;
  if (const Decimal* number = value.get_if<Decimal>()) decimal = *number;
  if (const std::int64_t* number = value.get_if<std::int64_t>()) decimal = Decimal(*number);
  if (const double* number = value.get_if<double>()) {
    if (!std::isfinite(*number)) return value;  // Columns keep NaN and infinities beside the decimals.
    decimal = Decimal::from_double(*number);
  }
  if (!decimal) return std::nullopt;
  if (type.scale()) {
    const Decimal exact = decimal->normalized();
    if (!exact.is_zero() && -exact.exponent() > *type.scale()) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(exact.digits().size()) + exact.exponent();
    if (type.precision() && !exact.is_zero() && whole > *type.precision() - *type.scale())
      return std::nullopt;
  }
  return *decimal;
}

std::optional<Value> to_string_value(const Value& value, const FieldType& type) {
  const std::string* text = value.get_if<std::string>();
  if (text == nullptr) return std::nullopt;
  if (type.logical() == "uuid") {
    std::optional<std::string> uuid = parse_uuid(*text);
    if (!uuid) return std::nullopt;
    return std::move(*uuid);
  }
  if (type.length()) {
    const auto points = std::count_if(text->begin(), text->end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (points > *type.length()) return std::nullopt;
  }
  return value;
}

Error unknown_field(const Record& record, const std::string& name, const Schema& schema) {
  std::vector<std::string_view> known;
  for (const FieldDescription& field : schema.fields()) known.push_back(field.name());
  Error error(ErrorCode::validation, fmt::format("the table has no column '{}'", name));
  error.field_path(name).record_id(record.id().value_or(""));
  if (const auto nearest = nearest_name(name, known)) error.hint(fmt::format("did you mean '{}'?", *nearest));
  return error;
}

}  // namespace

std::optional<Value> conform_value(const Value& value, const FieldType& type) {
  if (value.is_null() || type.is_any()) return value;
  switch (type.kind()) {
    case ValueType::integer:
      return to_integer(value, type.width());
    case ValueType::floating:
      return to_floating(value, type.width());
    case ValueType::decimal:
      return to_decimal(value, type);
    case ValueType::string:
      return to_string_value(value, type);
    case ValueType::json:
      // JSON scalars are values of a json column too, as in other stores.
      if (value.type() == ValueType::json || value.type() == ValueType::string || value.is_number() ||
          value.type() == ValueType::boolean) {
        return value;
      }
      return std::nullopt;
    default:
      if (value.type() == type.kind()) return value;
      return std::nullopt;
  }
}

std::optional<Error> conform(Record& record, const Schema& schema) {
  std::vector<Field> fields;
  fields.reserve(schema.size());
  std::size_t known = 0;
  for (const FieldDescription& column : schema.fields()) {
    const Value* given = record.find(column.name());
    known += given != nullptr ? 1 : 0;
    std::optional<Value> value = given == nullptr ? Value() : conform_value(*given, column.type());
    if (!value) {
      return Error(ErrorCode::validation,
                   fmt::format("'{}' ({}) does not fit a column of type {}", to_text(*given).substr(0, 80),
                               to_string(given->type()), column.type().to_string()))
          .record_id(record.id().value_or(""))
          .field_path(column.name());
    }
    if (value->is_null() && !column.nullable()) {
      return Error(ErrorCode::validation, "the column takes no nulls")
          .record_id(record.id().value_or(""))
          .field_path(column.name());
    }
    fields.emplace_back(column.name(), std::move(*value));
  }
  if (known != record.size()) {
    for (const Field& field : record.fields()) {
      if (schema.find(field.name()) == nullptr) return unknown_field(record, field.name(), schema);
    }
  }
  Record conformed(std::move(fields));
  conformed.set_id(record.id()).set_metadata(record.metadata()).set_version(record.version());
  record = std::move(conformed);
  return std::nullopt;
}

}  // namespace dataknobs
