// SPDX-License-Identifier: Apache-2.0
#include "backends/file/text_types.hpp"

#include <charconv>
#include <cmath>

#include <dataknobs/error.hpp>
#include <dataknobs/value.hpp>

#include "record/json.hpp"

namespace dataknobs::file {
namespace {

enum Candidate : std::uint8_t {
  boolean_bit = 1,
  integer_bit = 2,
  decimal_bit = 4,
  floating_bit = 8,
  date_bit = 16,
  datetime_bit = 32,
  time_bit = 64,
  declared_bit = 128,
};
constexpr std::uint8_t number_bits = integer_bit | decimal_bit | floating_bit;
constexpr std::uint8_t inferred_bits = boolean_bit | number_bits | date_bit | datetime_bit | time_bit;

// Longer ones are checked by making the decimal, since it prints very small numbers with an exponent.
constexpr std::size_t kPlainDecimal = 48;
// Any decimal of so many digits is the shortest form of its double.
constexpr std::size_t kSafeDigits = 15;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool prints_as_float(std::string_view text) {
  double value = 0;
  if (!read_float(text, value)) return false;
  std::string printed;
  append_float(printed, value);
  return printed == text;
}

bool prints_as_decimal(std::string_view text) {
  const std::optional<Decimal> value = Decimal::parse(text);
  return value && value->to_string() == text;
}

bool prints_as_time(std::string_view text) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
  const std::optional<Time> value = parse_time(text);
  return value && to_text(*value) == text;
}

bool is_special_float(std::string_view text) noexcept {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

/// The number types that print back to that text.
std::uint8_t number_shape(std::string_view text, bool& number) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty()) return 0;
  if (!is_digit(digits[0])) return is_special_float(text) ? floating_bit : 0;
  number = true;
  std::size_t point = 1;
  while (point < digits.size() && is_digit(digits[point])) ++point;
  if (digits[0] == '0' && point > 1) return 0;
  const bool negative = digits.size() != text.size();
  if (point == digits.size()) {
    if (negative && digits == "0") return 0;
    const std::uint8_t wide = text.size() <= kPlainDecimal || prints_as_decimal(text) ? decimal_bit : 0;
    std::int64_t value = 0;
    const bool fits =
        point <= 18 || std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
    return static_cast<std::uint8_t>(wide | (fits ? integer_bit : 0));
  }
  std::size_t end = point + 1;
  if (digits[point] == '.') {
    while (end < digits.size() && is_digit(digits[end])) ++end;
  }
  if (digits[point] != '.' || end != digits.size() || end == point + 1) {
    return prints_as_float(text) ? floating_bit : 0;
  }
  const std::size_t significant = digits.find_first_not_of("0.");
  const bool zero = significant == std::string_view::npos;
  const std::uint8_t plain =
      (text.size() > kPlainDecimal ? prints_as_decimal(text) : !(negative && zero)) ? decimal_bit : 0;
  // No trailing zero, and not so small that an exponent would be printed.
  const bool safe = end - 1 <= kSafeDigits && digits.back() != '0' && !zero && significant < 6;
  return static_cast<std::uint8_t>(plain | (safe || prints_as_float(text) ? floating_bit : 0));
}

bool two_digits(const char* at, int& value) noexcept {
  if (!is_digit(at[0]) || !is_digit(at[1])) return false;
  value = (at[0] - '0') * 10 + (at[1] - '0');
  return true;
}

/// Days since 1970-01-01 of a proleptic Gregorian date.
std::int32_t days_of(int year, int month, int day) noexcept {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

}  // namespace

void append_float(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  const double magnitude = std::fabs(value);
  const bool fixed = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  std::array<char, 64> buffer;
  const auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  out += text;
  if (fixed && text.find('.') == std::string_view::npos) out += ".0";
}

bool read_integer(std::string_view text, std::int64_t& value) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_float(std::string_view text, double& value) noexcept {
  if (is_special_float(text)) {
    value = text == "NaN" ? std::nan("") : text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    return true;
  }
  if (text.empty() || (!is_digit(text[0]) && !(text[0] == '-' && text.size() > 1 && is_digit(text[1]))))
    return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_date(std::string_view text, std::int32_t& days) noexcept {
  int century = 0;
  int year = 0;
  int month = 0;
  int day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!two_digits(text.data(), century) || !two_digits(text.data() + 2, year) ||
      !two_digits(text.data() + 5, month) || !two_digits(text.data() + 8, day)) {
    return false;
  }
  year += century * 100;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return false;
  days = days_of(year, month, day);
  return true;
}

bool read_datetime(std::string_view text, std::int64_t& microseconds) noexcept {
  // 2024-02-29T12:30:00Z, or with 3 or 6 digits of fraction of which not all of the last 3 are zeros.
  if ((text.size() != 20 && text.size() != 24 && text.size() != 27) || text[10] != 'T' ||
      text.back() != 'Z') {
    return false;
  }
  std::int32_t days = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!read_date(text.substr(0, 10), days) || text[13] != ':' || text[16] != ':' ||
      !two_digits(text.data() + 11, hour) || !two_digits(text.data() + 14, minute) ||
      !two_digits(text.data() + 17, second) || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  std::int64_t fraction = 0;
  if (text.size() > 20) {
    const std::string_view digits = text.substr(20, text.size() - 21);
    if (text[19] != '.' || digits.substr(digits.size() - 3) == "000") return false;
    for (const char c : digits) {
      if (!is_digit(c)) return false;
      fraction = fraction * 10 + (c - '0');
    }
    if (digits.size() == 3) fraction *= 1000;
  }
  microseconds = ((days * std::int64_t{24} + hour) * 60 + minute) * 60 + second;
  microseconds = microseconds * 1'000'000 + fraction;
  return true;
}

ColumnProfile::ColumnProfile(FieldType declared)
    : declared_(std::move(declared)),
      candidates_(declared_.is_any() ? inferred_bits
                                     : static_cast<std::uint8_t>(inferred_bits | declared_bit)) {}

void ColumnProfile::narrow(std::string_view text) {
  std::uint8_t kept = 0;
  if ((candidates_ & number_bits) != 0) kept = number_shape(text, has_number_);
  if ((candidates_ & boolean_bit) != 0 && (text == "true" || text == "false")) kept |= boolean_bit;
  std::int32_t days = 0;
  std::int64_t microseconds = 0;
  if ((candidates_ & date_bit) != 0 && read_date(text, days)) kept |= date_bit;
  if ((candidates_ & datetime_bit) != 0 && read_datetime(text, microseconds)) kept |= datetime_bit;
  if ((candidates_ & time_bit) != 0 && prints_as_time(text)) kept |= time_bit;
  if ((candidates_ & declared_bit) != 0 && can_read_as(text, declared_)) kept |= declared_bit;
  candidates_ &= kept;
}

void ColumnProfile::merge(const ColumnProfile& other) {
  candidates_ &= other.candidates_;
  has_number_ = has_number_ || other.has_number_;
  values_ += other.values_;
  nulls_ += other.nulls_;
}

std::array<std::int64_t, 4> ColumnProfile::state() const noexcept {
  return {candidates_, has_number_ ? 1 : 0, static_cast<std::int64_t>(values_),
          static_cast<std::int64_t>(nulls_)};
}

void ColumnProfile::restore(const std::array<std::int64_t, 4>& state) noexcept {
  candidates_ = static_cast<std::uint8_t>(state[0]);
  has_number_ = state[1] != 0;
  values_ = static_cast<std::uint64_t>(state[2]);
  nulls_ = static_cast<std::uint64_t>(state[3]);
}

FieldType ColumnProfile::type() const {
  if ((candidates_ & declared_bit) != 0) return declared_;
  if (values_ == 0) return ValueType::string;
  if ((candidates_ & boolean_bit) != 0) return ValueType::boolean;
  if ((candidates_ & integer_bit) != 0) return ValueType::integer;
  if ((candidates_ & decimal_bit) != 0) return ValueType::decimal;
  if ((candidates_ & floating_bit) != 0 && has_number_) return ValueType::floating;
  if ((candidates_ & date_bit) != 0) return ValueType::date;
  if ((candidates_ & datetime_bit) != 0) return ValueType::datetime;
  if ((candidates_ & time_bit) != 0) return ValueType::time;
  return ValueType::string;
}

bool can_read_as(std::string_view text, const FieldType& type) {
  std::int64_t integer = 0;
  double floating = 0;
  switch (type.kind()) {
    case ValueType::boolean:
      return text == "true" || text == "false";
    case ValueType::integer:
      return read_integer(text, integer);
    case ValueType::floating:
      return read_float(text, floating);
    case ValueType::decimal:
      return Decimal::parse(text).has_value() || is_special_float(text);
    case ValueType::binary:
      return parse_base64(text).has_value();
    case ValueType::datetime:
      return parse_datetime(text).has_value();
    case ValueType::date:
      return parse_date(text).has_value();
    case ValueType::time:
      return parse_time(text).has_value();
    case ValueType::json:
    case ValueType::vector:
      try {
        return parse_json(text).type() == ValueType::json;
      } catch (const Error&) {
        return false;
      }
    case ValueType::null:
    case ValueType::string:
      return true;
  }
  return true;
}

}  // namespace dataknobs::file
