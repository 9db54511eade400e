// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include <cmath>
#include <functional>

#include "backends/file/arrow_status.hpp"
#include "backends/file/document_format.hpp"
#include "backends/file/parquet_types.hpp"
#include "record/column_reader.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

using Misfit = std::function<void(std::int64_t, const Value&)>;

/// Decimals of fixed places are Parquet's own; others are text, since a scale would only be guessed.
bool has_fixed_places(const FieldType& type) {
  return type.kind() == ValueType::decimal && type.precision() && type.scale() && *type.precision() >= 1 &&
         *type.precision() <= 76 && *type.scale() >= 0 && *type.scale() <= *type.precision();
}

/// The number with that many digits behind the point; nothing if it does not fit.
std::optional<arrow::Decimal256> fixed(const Value& value, std::int32_t precision, std::int32_t scale) {
  std::optional<Decimal> decimal;
  if (const auto* exact = value.get_if<Decimal>()) decimal = *exact;
  if (const auto* integer = value.get_if<std::int64_t>()) decimal = Decimal(*integer);
  if (const auto* real = value.get_if<double>(); real != nullptr && std::isfinite(*real)) {
    decimal = Decimal::from_double(*real);
  }
  if (!decimal) return std::nullopt;
  const Decimal plain = decimal->normalized();
  if (plain.is_zero()) return arrow::Decimal256(0);
  const std::int64_t zeros = std::int64_t{plain.exponent()} + scale;
  if (zeros < 0 || static_cast<std::int64_t>(plain.digits().size()) + zeros > precision) return std::nullopt;
  const std::string digits = plain.digits() + std::string(static_cast<std::size_t>(zeros), '0');
  arrow::Decimal256 result = take(arrow::Decimal256::FromString(digits));
  return plain.negative() ? -result : result;
}

template <class Builder, class Convert>
std::shared_ptr<arrow::Array> build(Builder& builder, const Column& column, const Misfit& misfit,
                                    const Convert& convert) {
  const ColumnReader reader(column);
  const std::int64_t rows = column.size();
  check(builder.Reserve(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    const Value value = reader.value(row);
    if (value.is_null()) {
      check(builder.AppendNull());
    } else if (!convert(value)) {
      misfit(row, value);
    }
  }
  std::shared_ptr<arrow::Array> array;
  check(builder.Finish(&array));
  return array;
}

std::shared_ptr<arrow::Array> fixed_decimals(const Column& column, const Misfit& misfit) {
  const FieldType& type = column.type();
  const std::shared_ptr<arrow::DataType> stored = arrow_type_of(type);
  const auto convert = [&](const Value& value) { return fixed(value, *type.precision(), *type.scale()); };
  if (stored->id() == arrow::Type::DECIMAL128) {
    arrow::Decimal128Builder builder(stored);
    return build(builder, column, misfit, [&](const Value& value) {
      const std::optional<arrow::Decimal256> number = convert(value);
      if (!number) return false;
      const auto& words = number->little_endian_array();
      check(builder.Append(arrow::Decimal128(static_cast<std::int64_t>(words[1]), words[0])));
      return true;
    });
  }
  arrow::Decimal256Builder builder(stored);
  return build(builder, column, misfit, [&](const Value& value) {
    const std::optional<arrow::Decimal256> number = convert(value);
    if (number) check(builder.Append(*number));
    return number.has_value();
  });
}

std::shared_ptr<arrow::Array> vectors(const Column& column, const Misfit& misfit) {
  auto numbers = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), numbers, arrow_type_of(ValueType::vector));
  return build(builder, column, misfit, [&](const Value& value) {
    const auto* vector = value.get_if<Vector>();
    if (vector == nullptr) return false;
    check(builder.Append());
    // An empty vector has no address, which Arrow would hand to memcpy.
    if (!vector->empty()) {
      check(numbers->AppendValues(vector->data(), static_cast<std::int64_t>(vector->size())));
    }
    return true;
  });
}

/// The text of a value of a column that Parquet has no type for; nothing if it does not fit.
std::optional<std::string> text_of(const Value& value, const FieldType& type) {
  if (type.is_any()) {
    std::string text;
    const Record record{{"v", value}};
    append_document(text, record, FileNote(), false, true);
    return text;
  }
  if (type.kind() == ValueType::decimal && value.is_number()) {
    const auto* real = value.get_if<double>();
    if (real != nullptr && std::isfinite(*real)) return Decimal::from_double(*real).to_string();
    return to_text(value);
  }
  if (type.kind() == ValueType::json && value.type() == ValueType::json) {
    std::string text = to_json(value);
    if (parse_json(text) == value) return text;
  }
  return std::nullopt;
}

std::shared_ptr<arrow::Array> texts(const Column& column, const Misfit& misfit) {
  arrow::StringBuilder builder;
  const ColumnReader reader(column);
  for (std::int64_t row = 0; row < column.size(); ++row) {
    if (reader.is_valid(row)) {
      check(builder.Append(reader.text(row)));
      continue;
    }
    const Value value = reader.value(row);
    if (value.is_null()) {
      check(builder.AppendNull());
      continue;
    }
    const std::optional<std::string> text = text_of(value, column.type());
    if (!text) misfit(row, value);
    check(builder.Append(text.value_or("")));
  }
  std::shared_ptr<arrow::Array> array;
  check(builder.Finish(&array));
  return array;
}

std::shared_ptr<arrow::Array> floats(const Column& column, const Misfit& misfit) {
  arrow::DoubleBuilder builder;
  return build(builder, column, misfit, [&](const Value& value) {
    double real = 0;
    if (const auto* stored = value.get_if<double>()) {
      real = *stored;
    } else if (const auto* integer = value.get_if<std::int64_t>()) {
      real = static_cast<double>(*integer);
    } else if (const auto* decimal = value.get_if<Decimal>()) {
      real = decimal->to_double();
    } else {
      return false;
    }
    check(builder.Append(real));
    return Value(real) == value;
  });
}

}  // namespace

std::shared_ptr<arrow::DataType> arrow_type_of(const FieldType& type) {
  switch (type.kind()) {
    case ValueType::decimal:
      if (!has_fixed_places(type)) return arrow::utf8();
      return *type.precision() <= 38 ? arrow::decimal128(*type.precision(), *type.scale())
                                     : arrow::decimal256(*type.precision(), *type.scale());
    case ValueType::datetime:
      return type.logical() == "naive" ? arrow::timestamp(arrow::TimeUnit::MICRO) : storage_type(type.kind());
    case ValueType::vector:
      return arrow::list(arrow::field("element", arrow::float32()));
    case ValueType::null:
    case ValueType::json:
      return arrow::utf8();
    default:
      return storage_type(type.kind());
  }
}

std::shared_ptr<arrow::Array> arrow_of_column(const Column& column, const Misfit& misfit) {
  const FieldType& type = column.type();
  const std::shared_ptr<arrow::DataType> stored = arrow_type_of(type);
  if (has_fixed_places(type)) return fixed_decimals(column, misfit);
  if (type.kind() == ValueType::vector) return vectors(column, misfit);
  if (!column.exceptions().empty()) {
    if (type.kind() == ValueType::floating) return floats(column, misfit);
    if (stored->id() == arrow::Type::STRING) return texts(column, misfit);
    misfit(column.exceptions().begin()->first, column.exceptions().begin()->second);
  }
  if (type.is_any()) return take(arrow::MakeArrayOfNull(stored, column.size()));
  if (type.kind() == ValueType::datetime) return take(column.array()->View(stored));
  return column.array();
}

}  // namespace dataknobs::file
