// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/codec.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "record/canonical.hpp"
#include "record/excerpt.hpp"
#include "record/json.hpp"
#include "record/number.hpp"

namespace dataknobs::sqlite {

namespace {

std::string checked_text(std::string_view text) {
  if (const std::optional<std::size_t> offset = find_invalid_utf8(text)) {
    Error(ErrorCode::serialization, fmt::format("text is not UTF-8: byte {} of {}", *offset, text.size()))
        .hint("the column holds text in another encoding, or bytes: store them as a BLOB")
        .raise();
  }
  return std::string(text);
}

// What the cell stores, whatever the column.
Value natural(const Cell& cell) {
  switch (cell.storage()) {
    case Cell::Storage::null:
      return Value();
    case Cell::Storage::integer:
      return Value(cell.integer());
    case Cell::Storage::real:
      return Value(cell.real());
    case Cell::Storage::text:
      return Value(checked_text(cell.bytes()));
    case Cell::Storage::blob:
      return Value(Binary{std::string(cell.bytes())});
  }
  return Value();
}

// The numbers that SQLite has no number for.
std::optional<double> special_number(std::string_view text) noexcept {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

Value decode_decimal(const Cell& cell) {
  switch (cell.storage()) {
    case Cell::Storage::integer:
      return Value(Decimal(cell.integer()));
    case Cell::Storage::real:
      return std::isfinite(cell.real()) ? Value(Decimal::from_double(cell.real())) : Value(cell.real());
    case Cell::Storage::text:
      if (std::optional<Decimal> decimal = Decimal::parse(cell.bytes())) return Value(std::move(*decimal));
      if (const std::optional<double> special = special_number(cell.bytes())) return Value(*special);
      return natural(cell);
    default:
      return natural(cell);
  }
}

// A datetime is written with a time of day, a date without one: so each keeps its class in a column of the
// other.
Value decode_moment(std::string_view text, ValueType kind, const Cell& cell) {
  const bool is_date =
      text.find(':') == std::string_view::npos && (kind == ValueType::date || !text.ends_with("infinity"));
  if (is_date) {
    if (const std::optional<Date> date = parse_date(text)) return Value(*date);
  } else if (const std::optional<DateTime> moment = parse_datetime(text)) {
    return Value(*moment);
  }
  return natural(cell);
}

// REQUIRES: text starts as JSON of the wanted kind does.
Value decode_json(std::string_view text, const Cell& cell) {
  Value value;
  try {
    value = parse_json(text);
  } catch (const SerializationError&) {
    return natural(cell);
  }
  return value.type() == ValueType::json ? value : natural(cell);
}

Value decode_vector(std::string_view text, const Cell& cell) {
  const Value value = decode_json(text, cell);
  if (value.type() != ValueType::json) return value;
  if (std::optional<Vector> vector = vector_from_json(value)) return Value(std::move(*vector));
  return natural(cell);
}

bool fits_width(std::int64_t value, std::int32_t width) noexcept {
  if (width >= 64) return true;
  const std::int64_t limit = std::int64_t{1} << (width - 1);
  return value >= -limit && value < limit;
}

std::string does_not_fit(const Value& value, const FieldType& type) {
  return fmt::format("{} ({}) does not fit a column of type {}", excerpt(to_text(value)),
                     to_string(value.type()), type.to_string());
}

std::size_t code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
  return count;
}

// What a column's own limits say of a value of its kind.
std::optional<std::string> find_excess(const Value& value, const FieldType& type) {
  if (const auto* number = value.get_if<std::int64_t>(); number && !fits_width(*number, type.width())) {
    return fmt::format("{} does not fit {} bits", *number, type.width());
  }
  if (const auto* number = value.get_if<double>();
      number && type.width() == 32 && type.kind() == ValueType::floating) {
    if (std::isfinite(*number) && static_cast<double>(static_cast<float>(*number)) != *number) {
      return fmt::format("{} does not fit a float of 32 bits", to_text(value));
    }
  }
  if (const auto* text = value.get_if<std::string>();
      text && type.length() && type.kind() == ValueType::string) {
    if (code_points(*text) > static_cast<std::size_t>(*type.length())) {
      return fmt::format("{} is longer than {} characters", excerpt(*text), *type.length());
    }
  }
  if (const auto* decimal = value.get_if<Decimal>(); decimal && type.precision()) {
    const Decimal exact = decimal->normalized();
    const std::int32_t scale = type.scale().value_or(0);
    const std::int64_t whole = static_cast<std::int64_t>(exact.digits().size()) + exact.exponent();
    if (!exact.is_zero() && (exact.exponent() < -scale || whole > *type.precision() - scale)) {
      return fmt::format("{} does not fit {}", decimal->to_string(), type.to_string());
    }
  }
  return std::nullopt;
}

// The classes of a column's values. SQLite would hold any value in any column, but then it would not be the column
// that others read of; the odd cells of a foreign table are read, not written.
bool is_of_class(const Value& value, const FieldType& type) {
  switch (type.kind()) {
    case ValueType::null:
      return true;
    case ValueType::integer:
      if (const auto* number = value.get_if<double>()) return number::is_int64(*number);
      if (const auto* decimal = value.get_if<Decimal>()) return decimal->to_int64().has_value();
      return value.type() == ValueType::integer;
    case ValueType::floating:
    case ValueType::decimal:
      return value.is_number();
    case ValueType::json:
      return value.type() == ValueType::json || value.type() == ValueType::string || value.is_number();
    default:
      return value.type() == type.kind();
  }
}

bool same_value(const Value& left, const Value& right) {
  std::string left_bytes;
  std::string right_bytes;
  append_canonical(left_bytes, left);
  append_canonical(right_bytes, right);
  return left_bytes == right_bytes;
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept {
  if (is_valid_utf8(text)) return std::nullopt;
  // Rare: the longest valid start is looked for by halving; a cut within a character only moves it by three
  // bytes.
  std::size_t low = 0;
  std::size_t high = text.size();
  const auto valid_up_to = [&](std::size_t size) {
    for (std::size_t cut = 0; cut < 4 && cut <= size; ++cut) {
      if (is_valid_utf8(text.substr(0, size - cut))) return true;
    }
    return false;
  };
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2 + 1;
    if (valid_up_to(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  while (low > 0 && !is_valid_utf8(text.substr(0, low))) --low;
  return low;
}

Value decode(const Cell& cell, const FieldType& type) {
  const bool text = cell.is_text();
  switch (type.kind()) {
    case ValueType::boolean:
      if (cell.storage() == Cell::Storage::integer && (cell.integer() == 0 || cell.integer() == 1)) {
        return Value(cell.integer() == 1);
      }
      return natural(cell);
    case ValueType::floating:
      if (text && cell.bytes() == "NaN") return Value(std::numeric_limits<double>::quiet_NaN());
      return natural(cell);
    case ValueType::decimal:
      return decode_decimal(cell);
    case ValueType::datetime:
    case ValueType::date:
      return text ? decode_moment(cell.bytes(), type.kind(), cell) : natural(cell);
    case ValueType::time:
      if (text) {
        if (const std::optional<Time> time = parse_time(cell.bytes())) return Value(*time);
      }
      return natural(cell);
    case ValueType::json:
      return text ? decode_json(cell.bytes(), cell) : natural(cell);
    case ValueType::vector:
      return text ? decode_vector(cell.bytes(), cell) : natural(cell);
    default:
      return natural(cell);
  }
}

bool is_plain(ValueType kind, Cell::Storage storage) noexcept {
  switch (kind) {
    case ValueType::integer:
      return storage == Cell::Storage::integer;
    case ValueType::floating:
      return storage == Cell::Storage::real;
    case ValueType::string:
      return storage == Cell::Storage::text;
    case ValueType::binary:
      return storage == Cell::Storage::blob;
    default:
      return false;
  }
}

void Encoder::set_text(std::string text) {
  buffer_ = std::move(text);
  cell_ = Cell::of_text(buffer_);
}

// The common cases, in which no affinity changes anything and the cell surely means the value.
bool Encoder::encode_plain(const Value& value, const FieldType& type, Affinity affinity) {
  switch (value.type()) {
    case ValueType::null:
      cell_ = Cell();
      return true;
    case ValueType::integer:
      if (type.kind() != ValueType::integer || affinity == Affinity::text || affinity == Affinity::real)
        return false;
      cell_ = Cell::of_integer(*value.get_if<std::int64_t>());
      return true;
    case ValueType::floating:
      if (type.kind() != ValueType::floating || affinity == Affinity::text) return false;
      cell_ = Cell::of_real(*value.get_if<double>());
      return !std::isnan(cell_.real());
    case ValueType::string:
      if (type.kind() != ValueType::string || is_numeric(affinity)) return false;
      cell_ = Cell::of_text(*value.get_if<std::string>());
      return true;
    case ValueType::binary:
      cell_ = Cell::of_blob(value.get_if<Binary>()->bytes);
      return true;
    case ValueType::boolean:
      if (type.kind() != ValueType::boolean || affinity == Affinity::text) return false;
      cell_ = Cell::of_integer(*value.get_if<bool>() ? 1 : 0);
      return true;
    default:
      return false;
  }
}

bool Encoder::encode_number(const Value& value, ValueType kind, Affinity affinity) {
  if (kind == ValueType::decimal && !is_numeric(affinity)) {
    // Text keeps the digits as they were given; a float gives the digits that it counts as.
    const auto* number = value.get_if<double>();
    const auto* decimal = value.get_if<Decimal>();
    if (number != nullptr) {
      std::string text;
      number::append_any_text(text, *number);
      set_text(std::move(text));
    } else {
      set_text(decimal != nullptr ? decimal->to_string() : std::to_string(*value.get_if<std::int64_t>()));
    }
    return true;
  }
  if (const auto* integer = value.get_if<std::int64_t>()) {
    cell_ = Cell::of_integer(*integer);
  } else if (const auto* number = value.get_if<double>()) {
    cell_ = Cell::of_real(*number);
    if (std::isnan(*number)) set_text("NaN");
  } else {
    const Decimal& decimal = *value.get_if<Decimal>();
    const std::optional<std::int64_t> whole = decimal.to_int64();
    cell_ = whole ? Cell::of_integer(*whole) : Cell::of_real(decimal.to_double());
  }
  return true;
}

bool Encoder::encode_candidate(const Value& value, ValueType kind, Affinity affinity) {
  switch (value.type()) {
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return encode_number(value, kind, affinity);
    case ValueType::boolean:
      cell_ = Cell::of_integer(*value.get_if<bool>() ? 1 : 0);
      return kind == ValueType::boolean;
    case ValueType::string:
      cell_ = Cell::of_text(*value.get_if<std::string>());
      return true;
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
      set_text(to_text(value));
      return true;
    case ValueType::json:
    case ValueType::vector:
      set_text(to_json(value));
      return kind == ValueType::json || kind == ValueType::vector;
    default:
      return false;
  }
}

std::optional<std::string> Encoder::encode(const Value& value, const FieldType& type, Affinity affinity) {
  if (std::optional<std::string> excess = find_excess(value, type)) return excess;
  if (const auto* text = value.get_if<std::string>(); text != nullptr && !is_valid_utf8(*text)) {
    return fmt::format("text is not UTF-8: byte {} of {}", *find_invalid_utf8(*text), text->size());
  }
  if (!value.is_null() && !is_of_class(value, type)) return does_not_fit(value, type);
  if (encode_plain(value, type, affinity)) return std::nullopt;
  if (!encode_candidate(value, type.kind(), affinity)) return does_not_fit(value, type);
  const std::optional<Cell> stored = apply_affinity(cell_, affinity);
  if (!stored || !same_value(decode(*stored, type), value)) return does_not_fit(value, type);
  return std::nullopt;
}

std::optional<Cell> apply_affinity(const Cell& cell, Affinity affinity) {
  switch (cell.storage()) {
    case Cell::Storage::null:
    case Cell::Storage::blob:
      return cell;
    case Cell::Storage::text:
      if (is_numeric(affinity) && looks_numeric(cell.bytes())) return std::nullopt;
      return cell;
    case Cell::Storage::integer:
      if (affinity == Affinity::text) return std::nullopt;
      return affinity == Affinity::real ? Cell::of_real(static_cast<double>(cell.integer())) : cell;
    case Cell::Storage::real:
      if (affinity == Affinity::text) return std::nullopt;
      // An integral float becomes an integer there: the same number, but perhaps a boolean then.
      if ((affinity == Affinity::numeric || affinity == Affinity::integer) && number::is_int64(cell.real())) {
        return Cell::of_integer(static_cast<std::int64_t>(cell.real()));
      }
      return cell;
  }
  return std::nullopt;
}

}  // namespace dataknobs::sqlite
