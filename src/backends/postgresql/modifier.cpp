// SPDX-License-Identifier: Apache-2.0
//
// What type modifiers would change: PostgreSQL rounds to a scale and cuts blanks without a word.
#include <algorithm>

#include <fmt/format.h>

#include "backends/postgresql/copy_binary.hpp"
#include "record/number.hpp"

namespace dataknobs::postgresql {
namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Microseconds that are a multiple of the smallest unit of `digits` digits behind the second.
bool fits_seconds(std::int64_t microseconds, std::int32_t digits) {
  std::int64_t unit = 1;
  for (std::int32_t i = digits; i < 6; ++i) unit *= 10;
  return microseconds % unit == 0;
}

std::optional<std::string> seconds_problem(const Value& value, std::int32_t digits) {
  std::optional<std::int64_t> microseconds;
  if (const auto* datetime = value.get_if<DateTime>(); datetime != nullptr && datetime->is_finite()) {
    microseconds = datetime->microseconds;
  } else if (const auto* time = value.get_if<Time>()) {
    microseconds = time->microseconds;
  } else if (const auto* text = value.get_if<std::string>()) {
    if (const auto parsed = parse_datetime(*text)) {
      microseconds = parsed->is_finite() ? parsed->microseconds : 0;
    } else if (const auto clock = parse_time(*text)) {
      microseconds = clock->microseconds;
    }
  }
  if (digits < 0 || !microseconds || fits_seconds(*microseconds, digits)) return {};
  return fmt::format("its fraction of a second has more than {} digits", digits);
}

}  // namespace

bool fits_scale(std::string_view number, std::int32_t scale) {
  number::Scanned scanned;
  if (number::scan(number, scanned) != number.size()) return true;  // Refused elsewhere.
  std::string_view fraction = scanned.fraction;
  const auto last = fraction.find_last_not_of('0');
  fraction = fraction.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (scanned.exponent == 0 && scale >= 0) return static_cast<std::int64_t>(fraction.size()) <= scale;
  const std::optional<Decimal> decimal = Decimal::parse(number);
  return !decimal || decimal->is_zero() || -std::int64_t{decimal->normalized().exponent()} <= scale;
}

bool fits_length(std::string_view text, const WireColumn& column) {
  if (text.empty() || text.back() != ' ') return true;  // Longer text the server refuses itself.
  if (column.codec == Codec::padded_text) return false;
  return !column.type.length() || code_points(text) <= static_cast<std::size_t>(*column.type.length());
}

std::optional<std::string> modifier_problem(const Value& value, const WireColumn& column) {
  switch (column.codec) {
    case Codec::numeric: {
      if (!column.type.scale()) return {};
      const auto* real = value.get_if<double>();
      if (!value.is_number() || (real != nullptr && !(*real - *real == 0))) return {};
      const std::string text = real != nullptr ? Decimal::from_double(*real).to_string() : to_text(value);
      if (fits_scale(text, *column.type.scale())) return {};
      if (*column.type.scale() < 0) {
        return fmt::format("its last {} digits before the point are not zero", -*column.type.scale());
      }
      return fmt::format("it has more than {} digits behind the point", *column.type.scale());
    }
    case Codec::text:
    case Codec::padded_text:
      if (const auto* text = value.get_if<std::string>(); text != nullptr && !fits_length(*text, column)) {
        return "its trailing blanks would be lost";
      }
      return {};
    case Codec::time:
    case Codec::timestamp:
    case Codec::timestamptz:
      return seconds_problem(value, column.modifier);
    default:
      return {};
  }
}

}  // namespace dataknobs::postgresql
