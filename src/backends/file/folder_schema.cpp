// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_schema.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "record/json.hpp"

namespace dataknobs::file {
namespace {

// Integers up to it are doubles.
constexpr std::int64_t kExactIntegers = std::int64_t{1} << 53U;

bool is_number(const FieldType& type) noexcept {
  return type.kind() == ValueType::integer || type.kind() == ValueType::floating ||
         type.kind() == ValueType::decimal;
}

/// A type that has all values of both, or nothing.
std::optional<FieldType> common(const FieldType& left, const FieldType& right) {
  if (left == right) return left;
  if (left.is_any() || right.is_any()) return FieldType();
  if (is_number(left) && is_number(right)) {
    if (left.kind() == right.kind() && left.kind() != ValueType::decimal)
      return FieldType(left.kind()).set_width(std::max(left.width(), right.width()));
    const bool decimal = left.kind() == ValueType::decimal || right.kind() == ValueType::decimal;
    return FieldType(decimal ? ValueType::decimal : ValueType::floating);
  }
  if (left.kind() != right.kind()) return std::nullopt;
  // A text keeps its value without what it is to its store; a time without a zone is not one with it.
  if (left.kind() == ValueType::string) return FieldType(ValueType::string);
  return left.logical() == right.logical() ? std::optional(FieldType(left.kind()).set_logical(left.logical()))
                                           : std::nullopt;
}

Value as_number(const Value& value, ValueType kind) {
  const auto* integer = value.get_if<std::int64_t>();
  const bool is_double = integer != nullptr && *integer >= -kExactIntegers && *integer <= kExactIntegers;
  if (kind == ValueType::floating && is_double) return Value(static_cast<double>(*integer));
  if (kind != ValueType::decimal) return value;
  if (integer != nullptr) return Value(Decimal(*integer));
  const auto* real = value.get_if<double>();
  return real != nullptr && std::isfinite(*real) ? Value(Decimal::from_double(*real)) : value;
}

}  // namespace

FolderSchema::Column& FolderSchema::column(const std::string& name, const std::string& file, bool& is_new) {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const Column& column) { return column.name == name; });
  is_new = found == columns_.end();
  if (!is_new) return *found;
  Column column;
  column.name = name;
  column.file = file;
  return columns_.emplace_back(std::move(column));
}

void FolderSchema::add(const std::string& file, const CsvIndex& index) {
  files_ += index.rows > 0 ? 1 : 0;
  for (std::size_t i = 0; i < index.schema.size(); ++i) {
    const FieldDescription& field = index.schema.fields()[i];
    bool is_new = false;
    Column& known = column(field.name(), file, is_new);
    const bool has_values = index.nulls[i] < index.rows;
    if (is_new) known.profile = index.profiles[i];
    if (!is_new) known.profile.merge(index.profiles[i]);
    if (has_values && known.is_decided && !(known.type == field.type())) known.is_mixed = true;
    if (is_new || (has_values && !known.is_decided)) known.type = field.type();
    known.is_decided = known.is_decided || has_values;
    known.files += index.rows > 0 ? 1 : 0;
    known.has_null = known.has_null || index.nulls[i] > 0;
    known.may_be_null = known.has_null;
  }
}

void FolderSchema::add(const std::string& file, const ParquetIndex& index) {
  files_ += index.rows > 0 ? 1 : 0;
  for (std::size_t i = 0; i < index.schema.size(); ++i) {
    const FieldDescription& field = index.schema.fields()[i];
    bool is_new = false;
    Column& known = column(field.name(), file, is_new);
    known.files += index.rows > 0 ? 1 : 0;
    known.may_be_null = known.may_be_null || (index.may_be_null[i] && index.rows > 0);
    known.nullable = (!is_new && known.nullable) || field.nullable();
    if (is_new || (!known.is_decided && !index.is_void[i])) {
      known.type = field.type();
      known.is_decided = !index.is_void[i];
      continue;
    }
    if (index.is_void[i]) continue;
    const std::optional<FieldType> type = common(known.type, field.type());
    if (!type) {
      Error(ErrorCode::serialization,
            fmt::format("the column '{}' is {} in {} and {} in {}", field.name(), known.type.to_string(),
                        known.file, field.type().to_string(), file))
          .field_path(field.name())
          .hint("name the files of one kind by themselves, or write those of the other anew")
          .raise();
    }
    known.type = *type;
  }
}

Schema FolderSchema::schema() const {
  std::vector<FieldDescription> fields;
  for (const Column& column : columns_) {
    const bool nullable = column.nullable || column.files < files_;
    fields.emplace_back(column.name, column.is_mixed ? column.profile.type() : column.type, nullable);
  }
  return Schema(std::move(fields));
}

std::vector<bool> FolderSchema::has_null() const {
  std::vector<bool> result;
  for (const Column& column : columns_) result.push_back(column.has_null || column.files < files_);
  return result;
}

std::vector<bool> FolderSchema::may_be_null() const {
  std::vector<bool> result;
  for (const Column& column : columns_) result.push_back(column.may_be_null || column.files < files_);
  return result;
}

dataknobs::Column widened(const dataknobs::Column& column, const FieldType& type) {
  if (column.type() == type) return column;
  if (column.type().kind() == type.kind()) {
    dataknobs::Column same(type, column.array());
    same.set_exceptions(column.exceptions()).set_missing(column.missing());
    return same;
  }
  ColumnBuilder builder(type);
  builder.reserve(column.size());
  for (std::int64_t row = 0; row < column.size(); ++row)
    builder.append(as_number(column.value(row), type.kind()));
  return builder.finish();
}

Value value_of_text(const std::string& text, const FieldType& type) {
  std::int64_t integer = 0;
  double real = 0;
  switch (type.kind()) {
    case ValueType::boolean:
      return Value(text == "true");
    case ValueType::integer:
      read_integer(text, integer);
      return Value(integer);
    case ValueType::floating:
      read_float(text, real);
      return Value(real);
    case ValueType::decimal:
      if (const std::optional<Decimal> decimal = Decimal::parse(text)) return Value(*decimal);
      read_float(text, real);
      return Value(real);
    case ValueType::binary:
      return Value(parse_base64(text).value());
    case ValueType::datetime:
      return Value(parse_datetime(text).value());
    case ValueType::date:
      return Value(parse_date(text).value());
    case ValueType::time:
      return Value(parse_time(text).value());
    case ValueType::json:
      return parse_json(text);
    default:
      return Value(text);
  }
}

}  // namespace dataknobs::file
