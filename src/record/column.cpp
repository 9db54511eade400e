// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/batch.hpp"
#include "record/column_reader.hpp"
#include "record/json.hpp"

namespace dataknobs {

std::shared_ptr<arrow::DataType> storage_type(ValueType kind) {
  static const auto timestamp = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  switch (kind) {
    case ValueType::null:
      return arrow::null();
    case ValueType::boolean:
      return arrow::boolean();
    case ValueType::integer:
      return arrow::int64();
    case ValueType::floating:
      return arrow::float64();
    case ValueType::binary:
      return arrow::binary();
    case ValueType::datetime:
      return timestamp;
    case ValueType::date:
      return arrow::date32();
    case ValueType::time:
      return arrow::time64(arrow::TimeUnit::MICRO);
    case ValueType::decimal:
    case ValueType::string:
    case ValueType::json:
    case ValueType::vector:
      break;
  }
  return arrow::utf8();
}

void check_arrow(const arrow::Status& status) {
  if (status.ok()) return;
  bool is_resource = status.IsOutOfMemory() || status.IsCapacityError();
  Error(is_resource ? ErrorCode::resource : ErrorCode::internal, "a column cannot be built")
      .native(status.CodeAsString(), status.message())
      .hint(is_resource ? "use smaller batches" : "")
      .raise();
}

Value value_from_text(ValueType kind, std::string_view text) {
  if (kind == ValueType::string) return Value(text);
  if (kind == ValueType::decimal) {
    if (std::optional<Decimal> decimal = Decimal::parse(text)) return Value(std::move(*decimal));
    Error(ErrorCode::serialization,
          fmt::format("'{}' in a decimal column is not a number", text.substr(0, 80)))
        .raise();
  }
  Value json = parse_json(text);
  if (kind == ValueType::json) return json;
  std::optional<Vector> vector = vector_from_json(json);
  if (!vector) {
    Error(ErrorCode::serialization,
          fmt::format("'{}' in a vector column is no array of numbers", text.substr(0, 80)))
        .raise();
  }
  return Value(std::move(*vector));
}

ColumnReader::ColumnReader(const Column& column) : column_(column), kind_(column.type().kind()) {
  const arrow::ArrayData& data = *column.array()->data();
  size_ = data.length;
  offset_ = data.offset;
  if (kind_ == ValueType::null) return;
  if (column.array()->null_count() > 0) validity_ = column.array()->null_bitmap_data();
  switch (kind_) {
    case ValueType::boolean:
      bits_ = data.buffers[1] ? data.buffers[1]->data() : nullptr;
      break;
    case ValueType::date:
      days_ = data.GetValues<std::int32_t>(1);
      break;
    case ValueType::floating:
      doubles_ = data.GetValues<double>(1);
      break;
    case ValueType::integer:
    case ValueType::datetime:
    case ValueType::time:
      integers_ = data.GetValues<std::int64_t>(1);
      break;
    default:
      offsets_ = data.GetValues<std::int32_t>(1);
      // The buffer of the bytes may be absent where all texts are empty.
      if (data.buffers[2]) text_ = reinterpret_cast<const char*>(data.buffers[2]->data());
  }
}

Value ColumnReader::stored_value(std::int64_t row) const {
  switch (kind_) {
    case ValueType::null:
      return {};
    case ValueType::boolean:
      return Value(boolean(row));
    case ValueType::integer:
      return Value(integer(row));
    case ValueType::floating:
      return Value(floating(row));
    case ValueType::binary:
      return Value(Binary{std::string(text(row))});
    case ValueType::datetime:
      return Value(DateTime{integer(row)});
    case ValueType::date:
      return Value(Date{days(row)});
    case ValueType::time:
      return Value(Time{integer(row)});
    case ValueType::decimal:
    case ValueType::string:
    case ValueType::json:
    case ValueType::vector:
      break;
  }
  return value_from_text(kind_, text(row));
}

Value ColumnReader::value(std::int64_t row) const {
  if (is_valid(row)) return stored_value(row);
  if (column_.exceptions().empty()) return {};
  auto found = column_.exceptions().find(row);
  return found == column_.exceptions().end() ? Value() : found->second;
}

std::int64_t Column::size() const noexcept {
  return array_->length();
}

Value Column::value(std::int64_t row) const {
  return ColumnReader(*this).value(row);
}

Column Column::slice(std::int64_t offset, std::int64_t count) const {
  count = std::min(count, size() - offset);
  Column result(type_, array_->Slice(offset, count));
  for (auto at = exceptions_.lower_bound(offset); at != exceptions_.end() && at->first < offset + count;
       ++at) {
    result.exceptions_.emplace_hint(result.exceptions_.end(), at->first - offset, at->second);
  }
  if (!missing_.empty()) {
    auto begin = missing_.begin() + offset;
    result.missing_.assign(begin, begin + count);
  }
  return result;
}

struct ColumnBuilder::Implementation {
  explicit Implementation(FieldType field_type)
      : type(std::move(field_type)), kind(type.kind()), array(*arrow::MakeBuilder(storage_type(kind))) {}

  template <class Builder>
  Builder& as() noexcept {
    return static_cast<Builder&>(*array);
  }

  void mark_present() {
    if (!missing.empty()) missing.push_back(false);
  }

  void append_exception(const Value& value) {
    exceptions.emplace_hint(exceptions.end(), array->length(), value);
    check_arrow(array->AppendNull());
    mark_present();
  }

  FieldType type;
  ValueType kind;
  std::unique_ptr<arrow::ArrayBuilder> array;
  std::map<std::int64_t, Value> exceptions;
  std::vector<bool> missing;
};

ColumnBuilder::ColumnBuilder(FieldType type)
    : implementation_(std::make_unique<Implementation>(std::move(type))) {}
ColumnBuilder::~ColumnBuilder() = default;
ColumnBuilder::ColumnBuilder(ColumnBuilder&&) noexcept = default;
ColumnBuilder& ColumnBuilder::operator=(ColumnBuilder&&) noexcept = default;

void ColumnBuilder::reserve(std::int64_t rows) {
  check_arrow(implementation_->array->Reserve(rows));
}

std::int64_t ColumnBuilder::size() const noexcept {
  return implementation_->array->length();
}

void ColumnBuilder::append(const Value& value) {
  if (value.is_null()) return append_null();
  if (value.type() != implementation_->kind) return implementation_->append_exception(value);
  switch (value.type()) {
    case ValueType::null:
      break;
    case ValueType::boolean:
      return append_boolean(*value.get_if<bool>());
    case ValueType::integer:
      return append_integer(*value.get_if<std::int64_t>());
    case ValueType::floating:
      return append_floating(*value.get_if<double>());
    case ValueType::decimal:
      return append_text(value.get_if<Decimal>()->to_string());
    case ValueType::string:
      return append_text(*value.get_if<std::string>());
    case ValueType::binary:
      return append_text(value.get_if<Binary>()->bytes);
    case ValueType::datetime:
      return append_integer(value.get_if<DateTime>()->microseconds);
    case ValueType::date:
      return append_integer(value.get_if<Date>()->days);
    case ValueType::time:
      return append_integer(value.get_if<Time>()->microseconds);
    case ValueType::json:
      if (!is_natural_json(value)) return implementation_->append_exception(value);
      return append_text(to_json(value));
    case ValueType::vector:
      return append_text(to_json(value));
  }
}

void ColumnBuilder::append_null() {
  check_arrow(implementation_->array->AppendNull());
  implementation_->mark_present();
}

void ColumnBuilder::append_missing() {
  auto row = static_cast<std::size_t>(size());
  check_arrow(implementation_->array->AppendNull());
  if (implementation_->missing.empty()) implementation_->missing.resize(row, false);
  implementation_->missing.push_back(true);
}

void ColumnBuilder::append_boolean(bool value) {
  check_arrow(implementation_->as<arrow::BooleanBuilder>().Append(value));
  implementation_->mark_present();
}

void ColumnBuilder::append_integer(std::int64_t value) {
  switch (implementation_->kind) {
    case ValueType::datetime:
      check_arrow(implementation_->as<arrow::TimestampBuilder>().Append(value));
      break;
    case ValueType::time:
      check_arrow(implementation_->as<arrow::Time64Builder>().Append(value));
      break;
    case ValueType::date:
      check_arrow(implementation_->as<arrow::Date32Builder>().Append(static_cast<std::int32_t>(value)));
      break;
    default:
      check_arrow(implementation_->as<arrow::Int64Builder>().Append(value));
  }
  implementation_->mark_present();
}

void ColumnBuilder::append_floating(double value) {
  check_arrow(implementation_->as<arrow::DoubleBuilder>().Append(value));
  implementation_->mark_present();
}

void ColumnBuilder::append_text(std::string_view value) {
  // StringBuilder is a BinaryBuilder.
  check_arrow(implementation_->as<arrow::BinaryBuilder>().Append(value));
  implementation_->mark_present();
}

Column ColumnBuilder::finish() {
  std::shared_ptr<arrow::Array> array;
  check_arrow(implementation_->array->Finish(&array));
  Column column(implementation_->type, std::move(array));
  column.set_exceptions(std::exchange(implementation_->exceptions, {}));
  column.set_missing(std::exchange(implementation_->missing, {}));
  return column;
}

}  // namespace dataknobs
