// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include <arrow/api.h>
#include <arrow/util/bit_util.h>
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/nul.hpp"
#include "backends/postgresql/temporal.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "record/excerpt.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr std::int32_t null_size = -1;

template <class Integer>
bool append_integer_cell(std::string& out, std::int64_t value) {
  if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max())
    return false;
  append_big(out, static_cast<std::int32_t>(sizeof(Integer)));
  append_big(out, static_cast<Integer>(value));
  return true;
}

void append_double_cell(std::string& out, double value) {
  append_big(out, std::int32_t{8});
  append_big(out, std::bit_cast<std::uint64_t>(value));
}

bool append_float_cell(std::string& out, double value) {
  const auto narrow = static_cast<float>(value);
  if (static_cast<double>(narrow) != value && value == value) return false;
  append_big(out, std::int32_t{4});
  append_big(out, std::bit_cast<std::uint32_t>(narrow));
  return true;
}

}  // namespace

ColumnEncoder::ColumnEncoder(const WireColumn& target, const Column* column)
    : target_(target), column_(column) {
  if (column == nullptr) return;
  path_ = choose(target, column->type().kind());
  const arrow::Array& array = *column->array();
  valid_ = array.null_count() == 0 ? nullptr : array.null_bitmap_data();
  offset_ = array.offset();
  const auto& buffers = array.data()->buffers;
  switch (path_) {
    case Path::boolean:
      values_ = reinterpret_cast<const char*>(buffers[1]->data());
      break;
    case Path::text:
    case Path::numeric:
    case Path::json:
      offsets_ = array.data()->GetValues<std::int32_t>(1);
      values_ = buffers[2] ? reinterpret_cast<const char*>(buffers[2]->data()) : nullptr;
      break;
    case Path::none:
    case Path::value:
      break;
    case Path::date:
      values_ = reinterpret_cast<const char*>(array.data()->GetValues<std::int32_t>(1));
      break;
    default:
      values_ = reinterpret_cast<const char*>(array.data()->GetValues<std::int64_t>(1));
  }
}

ColumnEncoder::Path ColumnEncoder::choose(const WireColumn& target, ValueType kind) {
  const Codec codec = target.codec;
  const bool of_seconds = codec == Codec::time || codec == Codec::timestamp || codec == Codec::timestamptz;
  if (of_seconds && target.modifier >= 0) return Path::value;
  const auto when = [kind](ValueType wanted, Path path) { return kind == wanted ? path : Path::value; };
  switch (codec) {
    case Codec::boolean:
      return when(ValueType::boolean, Path::boolean);
    case Codec::int2:
      return when(ValueType::integer, Path::int2);
    case Codec::int4:
      return when(ValueType::integer, Path::int4);
    case Codec::int8:
      return when(ValueType::integer, Path::int8);
    case Codec::float4:
      return when(ValueType::floating, Path::float4);
    case Codec::float8:
      return when(ValueType::floating, Path::float8);
    case Codec::numeric:
      return when(ValueType::decimal, Path::numeric);
    case Codec::text:
    case Codec::padded_text:
    case Codec::cast_text:
    case Codec::vector_text:
      return when(ValueType::string, Path::text);
    case Codec::bytea:
      return when(ValueType::binary, Path::text);
    case Codec::json:
      return when(ValueType::json, Path::text);
    case Codec::jsonb:
      return when(ValueType::json, Path::json);
    case Codec::date:
      return when(ValueType::date, Path::date);
    case Codec::time:
      return when(ValueType::time, Path::int8);
    case Codec::timestamp:
    case Codec::timestamptz:
      return when(ValueType::datetime, Path::timestamp);
    case Codec::uuid:
      break;
  }
  return Path::value;
}

bool ColumnEncoder::is_null(std::int64_t row) const noexcept {
  return valid_ != nullptr && !arrow::bit_util::GetBit(valid_, offset_ + row);
}

void ColumnEncoder::append(std::string& out, std::int64_t row) const {
  if (path_ == Path::none) {
    append_big(out, null_size);
  } else if (path_ == Path::value || is_null(row) || !append_fast(out, row)) {
    append_slow(out, row);
  }
}

// False, and nothing appended, where the value does not fit. REQUIRES: not null.
bool ColumnEncoder::append_fast(std::string& out, std::int64_t row) const {
  const auto integer = [&] { return reinterpret_cast<const std::int64_t*>(values_)[row]; };
  const auto real = [&] { return reinterpret_cast<const double*>(values_)[row]; };
  const auto text = [&] {
    return std::string_view(values_ + offsets_[row],
                            static_cast<std::size_t>(offsets_[row + 1] - offsets_[row]));
  };
  switch (path_) {
    case Path::boolean:
      append_big(out, std::int32_t{1});
      out += arrow::bit_util::GetBit(reinterpret_cast<const std::uint8_t*>(values_), offset_ + row) ? '\1'
                                                                                                    : '\0';
      return true;
    case Path::int2:
      return append_integer_cell<std::int16_t>(out, integer());
    case Path::int4:
      return append_integer_cell<std::int32_t>(out, integer());
    case Path::int8:
      return append_integer_cell<std::int64_t>(out, integer());
    case Path::float4:
      return append_float_cell(out, real());
    case Path::float8:
      append_double_cell(out, real());
      return true;
    case Path::text:
      if (target_.codec != Codec::bytea && text().find('\0') != std::string_view::npos) return false;
      if (target_.modifier >= 0 && !fits_length(text(), target_)) return false;
      append_big(out, static_cast<std::int32_t>(text().size()));
      out += text();
      return true;
    case Path::json:
      if (may_hold_nul(text())) return false;
      append_big(out, static_cast<std::int32_t>(text().size() + 1));
      out += '\1';
      out += text();
      return true;
    case Path::numeric:
      if (target_.type.scale() && !fits_scale(text(), *target_.type.scale())) return false;
      return append_numeric_cell(out, text());
    case Path::timestamp: {
      const std::optional<std::int64_t> wire = wire_of_datetime(DateTime{integer()});
      return wire && append_integer_cell<std::int64_t>(out, *wire);
    }
    case Path::date: {
      const std::optional<std::int32_t> wire =
          wire_of_date(Date{reinterpret_cast<const std::int32_t*>(values_)[row]});
      return wire && append_integer_cell<std::int32_t>(out, *wire);
    }
    case Path::none:
    case Path::value:
      break;
  }
  return false;
}

// Exceptions, values of another class, and the words for what does not fit.
void ColumnEncoder::append_slow(std::string& out, std::int64_t row) const {
  const Value value = column_->value(row);
  if (target_.modifier >= 0) {
    if (const std::optional<std::string> reason = modifier_problem(value, target_)) raise(row, *reason);
  }
  if (const std::optional<std::string> reason = append_value(out, value, target_.codec)) raise(row, *reason);
}

void ColumnEncoder::raise(std::int64_t row, const std::string& reason) const {
  Error error(ErrorCode::validation,
              fmt::format("{} does not fit {}: {}", excerpt(to_text(column_->value(row))),
                          target_.type.native().empty() ? "the column" : target_.type.native(), reason));
  if (reason == nul_reason) error.hint(nul_hint);
  error.field_path(target_.name).raise();
}

void encode_rows(std::string& out, const std::vector<ColumnEncoder>& columns, std::int64_t begin,
                 std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    append_u16(out, static_cast<std::uint16_t>(columns.size()));
    for (const ColumnEncoder& column : columns) column.append(out, row);
  }
}

std::string encode_array(const ColumnEncoder& column, Codec codec, std::int64_t begin, std::int64_t end) {
  std::string out;
  const bool empty = begin == end;
  append_big(out, std::int32_t{empty ? 0 : 1});  // Dimensions.
  append_big(out, std::int32_t{1});              // There may be nulls.
  append_big(out, parameter_type(codec));
  if (empty) return out;
  append_big(out, static_cast<std::int32_t>(end - begin));
  append_big(out, std::int32_t{1});  // The first index.
  for (std::int64_t row = begin; row < end; ++row) column.append(out, row);
  return out;
}

}  // namespace dataknobs::postgresql
