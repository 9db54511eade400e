// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <arrow/compute/cast.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "backends/file/arrow_status.hpp"
#include "backends/file/document_format.hpp"
#include "backends/file/parquet_types.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

using arrow::Type;

FieldType decimal_type(const arrow::DataType& type) {
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  return FieldType(ValueType::decimal).set_precision(decimal.precision(), decimal.scale());
}

/// How many of a unit are a microsecond (positive), or how many microseconds are one of it (negative).
std::int64_t per_microsecond(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return -1'000'000;
    case arrow::TimeUnit::MILLI:
      return -1000;
    case arrow::TimeUnit::MICRO:
      return -1;
    case arrow::TimeUnit::NANO:
      return 1000;
  }
  return -1;
}

/// A number of a unit in microseconds; false if it is not a whole number of them, or out of range.
bool to_microseconds(std::int64_t value, std::int64_t ratio, std::int64_t& result) {
  if (ratio < 0) return !__builtin_mul_overflow(value, -ratio, &result);
  result = value / ratio;
  return value % ratio == 0;
}

/// Text of a moment or a time that microseconds do not hold.
std::string fine_text(std::int64_t nanoseconds, bool is_time) {
  std::int64_t seconds = nanoseconds / 1'000'000'000;
  std::int64_t rest = nanoseconds % 1'000'000'000;
  if (rest < 0) {
    rest += 1'000'000'000;
    --seconds;
  }
  if (is_time) return fmt::format("{}.{:09}", to_text(Time{seconds * 1'000'000}), rest);
  std::string text = to_text(DateTime{seconds * 1'000'000});
  text.pop_back();
  return fmt::format("{}.{:09}Z", text, rest);
}

template <class Array>
Column read_integers(const FieldType& type, const arrow::Array& array) {
  const auto& typed = static_cast<const Array&>(array);
  ColumnBuilder builder(type);
  builder.reserve(array.length());
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (array.IsNull(row)) {
      builder.append_null();
    } else {
      builder.append_integer(static_cast<std::int64_t>(typed.Value(row)));
    }
  }
  return builder.finish();
}

/// Anything by way of the value in each row.
template <class Get>
Column read_values(const FieldType& type, const arrow::Array& array, const Get& get) {
  ColumnBuilder builder(type);
  builder.reserve(array.length());
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (array.IsNull(row)) {
      builder.append_null();
    } else {
      builder.append(get(row));
    }
  }
  return builder.finish();
}

Column read_moments(const FieldType& type, const arrow::Array& array, arrow::TimeUnit::type unit,
                    bool is_time) {
  const std::int64_t ratio = per_microsecond(unit);
  return read_values(type, array, [&](std::int64_t row) -> Value {
    // Times of 64 bits and timestamps are of different classes: their numbers are the same.
    const std::int64_t raw = array.type_id() == Type::TIME32
                                 ? static_cast<const arrow::Time32Array&>(array).Value(row)
                                 : array.data()->GetValues<std::int64_t>(1)[row];
    std::int64_t microseconds = 0;
    if (!to_microseconds(raw, ratio, microseconds)) {
      return ratio > 0 ? fine_text(raw, is_time)
                       : fmt::format("{} seconds since 1970", ratio < -1000 ? raw : raw / 1000);
    }
    if (is_time) return Time{microseconds};
    return DateTime{microseconds};
  });
}

Value json_of_scalar(const arrow::Array& array, std::int64_t row);

Value json_of_list(const arrow::Array& values, std::int64_t begin, std::int64_t end) {
  Json::Array elements;
  for (std::int64_t i = begin; i < end; ++i) elements.push_back(json_of_scalar(values, i));
  return Json(std::move(elements));
}

Value json_of_map(const arrow::MapArray& map, std::int64_t row) {
  const arrow::Array& keys = *map.keys();
  Json::Object members;
  for (std::int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
    const Value key = json_of_scalar(keys, i);
    const std::string name = key.get_if<std::string>() != nullptr ? key.get<std::string>() : to_text(key);
    const bool doubled =
        std::any_of(members.begin(), members.end(), [&](const auto& each) { return each.first == name; });
    if (doubled) {
      Error(ErrorCode::serialization, fmt::format("a map has the key '{}' twice", name)).raise();
    }
    members.emplace_back(name, json_of_scalar(*map.items(), i));
  }
  return Json(std::move(members));
}

Value json_of_struct(const arrow::StructArray& array, std::int64_t row) {
  Json::Object members;
  for (int i = 0; i < array.num_fields(); ++i) {
    members.emplace_back(array.struct_type()->field(i)->name(), json_of_scalar(*array.field(i), row));
  }
  return Json(std::move(members));
}

/// The value of a cell within a list, struct or map: what JSON has no class for is text.
Value json_of_scalar(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return {};
  switch (array.type_id()) {
    case Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      return json_of_list(*list.values(), list.value_offset(row), list.value_offset(row + 1));
    }
    case Type::LARGE_LIST: {
      const auto& list = static_cast<const arrow::LargeListArray&>(array);
      return json_of_list(*list.values(), list.value_offset(row), list.value_offset(row + 1));
    }
    case Type::FIXED_SIZE_LIST: {
      const auto& list = static_cast<const arrow::FixedSizeListArray&>(array);
      return json_of_list(*list.values(), list.value_offset(row), list.value_offset(row + 1));
    }
    case Type::MAP:
      return json_of_map(static_cast<const arrow::MapArray&>(array), row);
    case Type::STRUCT:
      return json_of_struct(static_cast<const arrow::StructArray&>(array), row);
    default:
      break;
  }
  const FieldType type = type_of_arrow(*array.type(), ParquetHint::none);
  const Value value = column_of_arrow(type, array.Slice(row, 1)).value(0);
  switch (value.type()) {
    case ValueType::binary:
      return to_base64(value.get<Binary>());
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
      return to_text(value);
    default:
      return value;
  }
}

std::shared_ptr<arrow::Array> cast_to(const std::shared_ptr<arrow::Array>& array,
                                      const std::shared_ptr<arrow::DataType>& type) {
  return take(arrow::compute::Cast(*array, type));
}

bool is_compound(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::FIXED_SIZE_LIST:
    case Type::MAP:
    case Type::STRUCT:
      return true;
    default:
      return false;
  }
}

Value vector_of(const arrow::Array& array, std::int64_t row) {
  const auto& list = static_cast<const arrow::ListArray&>(array);
  const auto& numbers = static_cast<const arrow::FloatArray&>(*list.values());
  Vector vector;
  for (std::int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
    vector.push_back(numbers.Value(i));
  }
  return vector;
}

/// A text of a cell that was written by us for a type that Parquet does not have.
Value value_of_text(const FieldType& type, const std::string& text) {
  if (type.is_any()) return read_document(text, FileNote(), "{}").record["v"];
  if (type.kind() != ValueType::decimal) return text;
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  std::optional<Decimal> decimal = Decimal::parse(text);
  if (!decimal) Error(ErrorCode::serialization, fmt::format("'{}' is no decimal", text)).raise();
  return std::move(*decimal);
}

Column read_texts(const FieldType& type, const std::shared_ptr<arrow::Array>& array) {
  const bool plain = type.kind() == ValueType::string || type.kind() == ValueType::json;
  if (plain) return Column(type, array);
  const auto& texts = static_cast<const arrow::StringArray&>(*array);
  return read_values(type, *array,
                     [&](std::int64_t row) { return value_of_text(type, texts.GetString(row)); });
}

std::string uuid_text(std::string_view bytes) {
  std::string hex = to_hex(Binary{std::string(bytes)});
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

Column read_bytes(const FieldType& type, const std::shared_ptr<arrow::Array>& array) {
  if (array->type_id() == Type::FIXED_SIZE_BINARY) {
    const auto& fixed = static_cast<const arrow::FixedSizeBinaryArray&>(*array);
    return read_values(type, *array, [&](std::int64_t row) -> Value {
      if (type.kind() == ValueType::string) return uuid_text(fixed.GetView(row));
      return Binary{fixed.GetString(row)};
    });
  }
  return Column(type, array);
}

Column read_numbers(const FieldType& type, const std::shared_ptr<arrow::Array>& array) {
  switch (array->type_id()) {
    case Type::INT8:
      return read_integers<arrow::Int8Array>(type, *array);
    case Type::INT16:
      return read_integers<arrow::Int16Array>(type, *array);
    case Type::INT32:
      return read_integers<arrow::Int32Array>(type, *array);
    case Type::UINT8:
      return read_integers<arrow::UInt8Array>(type, *array);
    case Type::UINT16:
      return read_integers<arrow::UInt16Array>(type, *array);
    case Type::UINT32:
      return read_integers<arrow::UInt32Array>(type, *array);
    case Type::UINT64:
      return read_values(type, *array, [&](std::int64_t row) -> Value {
        return *Decimal::parse(std::to_string(static_cast<const arrow::UInt64Array&>(*array).Value(row)));
      });
    case Type::HALF_FLOAT:
    case Type::FLOAT:
      return Column(type, cast_to(array, arrow::float64()));
    default:
      return Column(type, array);
  }
}

}  // namespace

FieldType type_of_arrow(const arrow::DataType& type, ParquetHint hint) {
  const auto integer = [](std::int32_t width) { return FieldType(ValueType::integer).set_width(width); };
  switch (type.id()) {
    case Type::NA:
      return ValueType::null;
    case Type::BOOL:
      return ValueType::boolean;
    case Type::INT8:
      return integer(8);
    case Type::INT16:
    case Type::UINT8:
      return integer(16);
    case Type::INT32:
    case Type::UINT16:
      return integer(32);
    case Type::INT64:
    case Type::UINT32:
      return ValueType::integer;
    case Type::UINT64:
      return FieldType(ValueType::decimal).set_precision(20, 0);
    case Type::HALF_FLOAT:
    case Type::FLOAT:
      return FieldType(ValueType::floating).set_width(32);
    case Type::DOUBLE:
      return ValueType::floating;
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return decimal_type(type);
    case Type::DATE32:
    case Type::DATE64:
      return ValueType::date;
    case Type::TIME32:
    case Type::TIME64:
      return ValueType::time;
    case Type::TIMESTAMP:
      if (!static_cast<const arrow::TimestampType&>(type).timezone().empty()) return ValueType::datetime;
      return FieldType(ValueType::datetime).set_logical("naive");
    case Type::BINARY:
    case Type::LARGE_BINARY:
      return ValueType::binary;
    case Type::FIXED_SIZE_BINARY:
      if (hint != ParquetHint::uuid) return ValueType::binary;
      return FieldType(ValueType::string).set_logical("uuid");
    case Type::STRING:
    case Type::LARGE_STRING:
      return hint == ParquetHint::json ? ValueType::json : ValueType::string;
    case Type::DICTIONARY:
      return type_of_arrow(*static_cast<const arrow::DictionaryType&>(type).value_type(), hint);
    default:
      break;
  }
  if (is_compound(type)) return ValueType::json;
  Error(ErrorCode::unsupported, fmt::format("columns of the type {} cannot be read", type.ToString()))
      .raise();
}

Column column_of_arrow(const FieldType& type, const std::shared_ptr<arrow::Array>& array) {
  switch (array->type_id()) {
    case Type::DICTIONARY:
      return column_of_arrow(
          type, cast_to(array, static_cast<const arrow::DictionaryType&>(*array->type()).value_type()));
    case Type::LARGE_STRING:
      return column_of_arrow(type, cast_to(array, arrow::utf8()));
    case Type::LARGE_BINARY:
      return column_of_arrow(type, cast_to(array, arrow::binary()));
    case Type::STRING:
      return read_texts(type, array);
    case Type::BINARY:
    case Type::FIXED_SIZE_BINARY:
      return read_bytes(type, array);
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256: {
      const std::shared_ptr<arrow::Array> wide =
          array->type_id() == Type::DECIMAL256 ? array : cast_to(array, arrow::decimal256(76, *type.scale()));
      const auto& decimals = static_cast<const arrow::Decimal256Array&>(*wide);
      return read_values(type, *wide, [&](std::int64_t row) -> Value {
        return *Decimal::parse(arrow::Decimal256(decimals.GetValue(row)).ToString(*type.scale()));
      });
    }
    case Type::DATE64:
      return Column(type, cast_to(array, arrow::date32()));
    case Type::TIME32:
      return read_moments(type, *array, static_cast<const arrow::Time32Type&>(*array->type()).unit(), true);
    case Type::TIME64: {
      const auto unit = static_cast<const arrow::Time64Type&>(*array->type()).unit();
      return unit == arrow::TimeUnit::MICRO ? Column(type, array) : read_moments(type, *array, unit, true);
    }
    case Type::TIMESTAMP: {
      const auto unit = static_cast<const arrow::TimestampType&>(*array->type()).unit();
      if (unit != arrow::TimeUnit::MICRO) return read_moments(type, *array, unit, false);
      return Column(type, take(array->View(storage_type(ValueType::datetime))));
    }
    case Type::LIST:
      if (type.kind() == ValueType::vector) {
        return read_values(type, *array, [&](std::int64_t row) { return vector_of(*array, row); });
      }
      break;
    default:
      break;
  }
  if (is_compound(*array->type())) {
    return read_values(type, *array, [&](std::int64_t row) { return json_of_scalar(*array, row); });
  }
  return read_numbers(type, array);
}

}  // namespace dataknobs::file
