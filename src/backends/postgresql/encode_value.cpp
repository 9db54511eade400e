// SPDX-License-Identifier: Apache-2.0
//
// Single values of any class as PostgreSQL's binary format: only conversions that keep the value exactly.
#include <bit>
#include <cmath>

#include <fmt/ranges.h>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/nul.hpp"
#include "backends/postgresql/numeric.hpp"
#include "backends/postgresql/temporal.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {
namespace {

using Reason = std::optional<std::string>;

Reason other_class(const Value& value, std::string_view wanted) {
  return std::string(to_string(value.type())) + " where " + std::string(wanted) + " is wanted";
}

template <class T>
void append_sized(std::string& out, T value) {
  append_big(out, static_cast<std::int32_t>(sizeof value));
  append_big(out, value);
}

void append_bytes(std::string& out, std::string_view bytes) {
  append_big(out, static_cast<std::int32_t>(bytes.size()));
  out += bytes;
}

std::optional<std::int64_t> exact_integer(const Value& value) {
  if (const auto* integer = value.get_if<std::int64_t>()) return *integer;
  if (const auto* decimal = value.get_if<Decimal>()) return decimal->to_int64();
  if (const auto* real = value.get_if<double>()) {
    if (std::isfinite(*real)) return Decimal::from_double(*real).to_int64();
  }
  return {};
}

template <class Integer>
Reason append_integer(std::string& out, const Value& value) {
  if (!value.is_number()) return other_class(value, "an integer");
  const std::optional<std::int64_t> integer = exact_integer(value);
  if (!integer) return "it is not an integer of 64 bits";
  if (*integer < std::numeric_limits<Integer>::min() || *integer > std::numeric_limits<Integer>::max()) {
    return "it is out of range";
  }
  append_sized(out, static_cast<Integer>(*integer));
  return {};
}

Reason append_floating(std::string& out, const Value& value, bool narrow) {
  double real = 0;
  if (const auto* given = value.get_if<double>()) {
    real = *given;
  } else if (const auto* integer = value.get_if<std::int64_t>()) {
    real = static_cast<double>(*integer);
  } else if (const auto* decimal = value.get_if<Decimal>()) {
    real = decimal->to_double();
  } else {
    return other_class(value, "a float");
  }
  if (!std::isnan(real) && Value(real) != value) return "no float is equal to it";
  if (!narrow) {
    append_sized(out, std::bit_cast<std::uint64_t>(real));
    return {};
  }
  const auto small = static_cast<float>(real);
  if (!std::isnan(real) && static_cast<double>(small) != real) return "no float of 32 bits is equal to it";
  append_sized(out, std::bit_cast<std::uint32_t>(small));
  return {};
}

Reason append_numeric(std::string& out, const Value& value) {
  if (const auto* real = value.get_if<double>(); real != nullptr && !std::isfinite(*real)) {
    append_big(out, std::int32_t{8});
    append_numeric_special(out, std::isnan(*real) ? NumericClass::nan
                                : *real > 0       ? NumericClass::infinity
                                                  : NumericClass::negative_infinity);
    return {};
  }
  std::string text;
  if (const auto* integer = value.get_if<std::int64_t>()) {
    text = std::to_string(*integer);
  } else if (const auto* decimal = value.get_if<Decimal>()) {
    text = decimal->to_string();
  } else if (const auto* real = value.get_if<double>()) {
    text = Decimal::from_double(*real).to_string();
  } else {
    return other_class(value, "a number");
  }
  if (!append_numeric_cell(out, text)) return "a numeric does not have so many digits";
  return {};
}

std::optional<DateTime> to_datetime(const Value& value) {
  if (const auto* datetime = value.get_if<DateTime>()) return *datetime;
  if (const auto* date = value.get_if<Date>()) {
    if (!date->is_finite()) return date->days > 0 ? DateTime::infinity() : DateTime::negative_infinity();
    return DateTime{std::int64_t{date->days} * 86'400'000'000};
  }
  return {};
}

Reason append_timestamp(std::string& out, const Value& value) {
  std::optional<std::int64_t> wire;
  if (const auto* text = value.get_if<std::string>()) {
    wire = wire_of_text(*text);
    if (!wire) return "it is not a datetime";
  } else if (const std::optional<DateTime> datetime = to_datetime(value)) {
    wire = wire_of_datetime(*datetime);
    if (!wire) return "it is out of range (4713 BC to 294276 AD)";
  } else {
    return other_class(value, "a datetime");
  }
  append_sized(out, *wire);
  return {};
}

Reason append_date(std::string& out, const Value& value) {
  std::optional<Date> date;
  if (const auto* given = value.get_if<Date>()) {
    date = *given;
  } else if (const auto* text = value.get_if<std::string>()) {
    date = parse_date(*text);
    if (!date) return "it is not a date";
  } else if (const auto* datetime = value.get_if<DateTime>(); datetime != nullptr && datetime->is_finite()) {
    constexpr std::int64_t day = 86'400'000'000;
    if (datetime->microseconds % day != 0) return "it has a time of day";
    date = Date{static_cast<std::int32_t>(datetime->microseconds / day)};
  } else {
    return other_class(value, "a date");
  }
  const std::optional<std::int32_t> wire = wire_of_date(*date);
  if (!wire) return "it is out of range (4713 BC to 5874897 AD)";
  append_sized(out, *wire);
  return {};
}

Reason append_time(std::string& out, const Value& value) {
  std::optional<Time> time;
  if (const auto* given = value.get_if<Time>()) {
    time = *given;
  } else if (const auto* text = value.get_if<std::string>()) {
    time = parse_time(*text);
    if (!time) return "it is not a time";
  } else {
    return other_class(value, "a time");
  }
  append_sized(out, time->microseconds);
  return {};
}

Reason append_text(std::string& out, const Value& value) {
  const auto* text = value.get_if<std::string>();
  if (text == nullptr) return other_class(value, "a string");
  if (text->find('\0') != std::string::npos) return std::string(nul_reason);
  append_bytes(out, *text);
  return {};
}

Reason append_binary(std::string& out, const Value& value) {
  if (const auto* binary = value.get_if<Binary>()) {
    append_bytes(out, binary->bytes);
    return {};
  }
  // Natural JSON says bytes in base64.
  const auto* text = value.get_if<std::string>();
  if (text == nullptr) return other_class(value, "bytes");
  const std::optional<Binary> parsed = parse_base64(*text);
  if (!parsed) return "it is not base64";
  append_bytes(out, parsed->bytes);
  return {};
}

Reason append_uuid(std::string& out, const Value& value) {
  const auto* text = value.get_if<std::string>();
  if (text == nullptr) return other_class(value, "a uuid");
  std::optional<std::string> canonical = parse_uuid(*text);
  if (!canonical) return "it is not a uuid";
  std::erase(*canonical, '-');
  const std::optional<Binary> bytes = parse_hex(*canonical);
  if (!bytes || bytes->bytes.size() != 16) return "it is not a uuid";
  append_bytes(out, bytes->bytes);
  return {};
}

Reason append_json_cell(std::string& out, const Value& value, bool binary) {
  switch (value.type()) {
    case ValueType::binary:
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
      return other_class(value, "a JSON value");
    default:
      break;
  }
  if (const auto* real = value.get_if<double>(); real != nullptr && !std::isfinite(*real)) {
    return "JSON has no such number";
  }
  std::string text = binary ? "\1" : "";
  append_json(text, value);
  std::vector<Path::Step> steps;
  if (binary && may_hold_nul(text) && find_nul(value, steps)) return std::string(nul_reason);
  append_bytes(out, text);
  return {};
}

// The text of a real[]. A string is such a text already.
Reason append_vector(std::string& out, const Value& value) {
  if (value.type() == ValueType::string) return append_text(out, value);
  const std::optional<Vector> vector = vector_from_json(value);
  if (!vector) return other_class(value, "a vector");
  if (Value(*vector) != value) return "its numbers are not floats of 32 bits";
  append_bytes(out, fmt::format("{{{}}}", fmt::join(*vector, ",")));
  return {};
}

}  // namespace

bool append_numeric_cell(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.append(4, '\0');
  if (!append_numeric_wire(out, text)) {
    out.resize(begin);
    return false;
  }
  store_big(out.data() + begin, static_cast<std::int32_t>(out.size() - begin - 4));
  return true;
}

Reason append_value(std::string& out, const Value& value, Codec codec) {
  if (value.is_null()) {
    append_big(out, std::int32_t{-1});
    return {};
  }
  switch (codec) {
    case Codec::boolean: {
      const auto* flag = value.get_if<bool>();
      if (flag == nullptr) return other_class(value, "a boolean");
      append_bytes(out, std::string_view(*flag ? "\1" : "\0", 1));
      return {};
    }
    case Codec::int2:
      return append_integer<std::int16_t>(out, value);
    case Codec::int4:
      return append_integer<std::int32_t>(out, value);
    case Codec::int8:
      return append_integer<std::int64_t>(out, value);
    case Codec::float4:
      return append_floating(out, value, true);
    case Codec::float8:
      return append_floating(out, value, false);
    case Codec::numeric:
      return append_numeric(out, value);
    case Codec::text:
    case Codec::padded_text:
    case Codec::cast_text:
      return append_text(out, value);
    case Codec::vector_text:
      return append_vector(out, value);
    case Codec::bytea:
      return append_binary(out, value);
    case Codec::date:
      return append_date(out, value);
    case Codec::time:
      return append_time(out, value);
    case Codec::timestamp:
    case Codec::timestamptz:
      return append_timestamp(out, value);
    case Codec::uuid:
      return append_uuid(out, value);
    case Codec::json:
      return append_json_cell(out, value, false);
    case Codec::jsonb:
      return append_json_cell(out, value, true);
  }
  return "it is of an unknown type";
}

}  // namespace dataknobs::postgresql
