// SPDX-License-Identifier: Apache-2.0
//
// Dates and times of day as text.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <dataknobs/value.hpp>

#include "record/calendar.hpp"

namespace dataknobs {

namespace {

using namespace calendar;

// Writes texts of the calendar into a buffer that is large enough for every value.
class TextBuffer {
 public:
  void put(char byte) noexcept { text_[size_++] = byte; }

  void put_two(std::int64_t value) noexcept {
    put(static_cast<char>('0' + value / 10));
    put(static_cast<char>('0' + value % 10));
  }

  void put_date(std::int64_t days) noexcept {
    Civil civil = civil_from_days(days);
    if (civil.year < 0) put('-');
    if (civil.year > 9999) put('+');
    std::int64_t year = civil.year < 0 ? -civil.year : civil.year;
    if (year > 9999) put_year(year / 10'000);
    put_two(year / 100 % 100);
    put_two(year % 100);
    put('-');
    put_two(civil.month);
    put('-');
    put_two(civil.day);
  }

  void put_time(std::int64_t microseconds) noexcept {
    std::int64_t seconds = microseconds / kSecond;
    std::int64_t fraction = microseconds % kSecond;
    put_two(seconds / 3600);
    put(':');
    put_two(seconds / 60 % 60);
    put(':');
    put_two(seconds % 60);
    if (fraction == 0) return;
    put('.');
    put_two(fraction / 10'000);
    put(static_cast<char>('0' + fraction / 1000 % 10));
    if (fraction % 1000 == 0) return;
    put(static_cast<char>('0' + fraction / 100 % 10));
    put_two(fraction % 100);
  }

  std::string text() const { return {text_, size_}; }

 private:
  // The digits above the lower four.
  void put_year(std::int64_t high) noexcept {
    if (high > 9) put_year(high / 10);
    put(static_cast<char>('0' + high % 10));
  }

  char text_[48];
  std::size_t size_ = 0;
};

// Takes pieces off the front of a text; each returns false if it is not there.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const noexcept { return text_.empty(); }

  bool take(char byte) noexcept {
    if (text_.empty() || text_.front() != byte) return false;
    text_.remove_prefix(1);
    return true;
  }

  // Between `least` and `most` digits, as many as there are.
  bool take_number(std::size_t least, std::size_t most, std::int64_t& out) noexcept {
    std::size_t count = 0;
    out = 0;
    while (count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      if (++count > most) return false;
      out = out * 10 + (text_[count - 1] - '0');
    }
    text_.remove_prefix(count);
    return count >= least;
  }

  bool take_date(Civil& civil) noexcept {
    bool negative = take('-');
    bool has_sign = negative || take('+');
    if (!take_number(4, has_sign ? 7 : 4, civil.year)) return false;
    if (negative) civil.year = -civil.year;
    if (!take('-') || !take_number(2, 2, civil.month) || civil.month < 1 || civil.month > 12) return false;
    if (!take('-') || !take_number(2, 2, civil.day)) return false;
    return civil.day >= 1 && civil.day <= days_in_month(civil.year, civil.month);
  }

  bool take_time(std::int64_t& microseconds) noexcept {
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t fraction = 0;
    if (!take_number(2, 2, hour) || !take(':') || !take_number(2, 2, minute)) return false;
    if (take(':')) {
      if (!take_number(2, 2, second)) return false;
      if (take('.') && !take_fraction(fraction)) return false;
    }
    if (hour > 24 || minute > 59 || second > 59) return false;
    microseconds = hour * kHour + minute * kMinute + second * kSecond + fraction;
    return microseconds <= kDay;
  }

  bool take_offset(std::int64_t& microseconds) noexcept {
    microseconds = 0;
    if (take('Z') || take('z')) return true;
    bool negative = take('-');
    if (!negative && !take('+')) return true;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    if (!take_number(2, 2, hour)) return false;
    if (take(':') && !take_number(2, 2, minute)) return false;
    if (hour > 23 || minute > 59) return false;
    microseconds = hour * kHour + minute * kMinute;
    if (negative) microseconds = -microseconds;
    return true;
  }

 private:
  // Microseconds; digits beyond the sixth must be zeros.
  bool take_fraction(std::int64_t& out) noexcept {
    std::size_t count = 0;
    std::int64_t scale = kSecond / 10;
    out = 0;
    while (count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      if (scale == 0 && text_[count] != '0') return false;
      out += (text_[count] - '0') * scale;
      scale /= 10;
      ++count;
    }
    text_.remove_prefix(count);
    return count > 0;
  }

  std::string_view text_;
};

}  // namespace

std::string to_text(DateTime value) {
  if (!value.is_finite()) return value == DateTime::infinity() ? "infinity" : "-infinity";
  std::int64_t day = floor_divide(value.microseconds, kDay);
  std::int64_t rest = value.microseconds % kDay;
  TextBuffer buffer;
  buffer.put_date(day);
  buffer.put('T');
  buffer.put_time(rest < 0 ? rest + kDay : rest);
  buffer.put('Z');
  return buffer.text();
}

std::string to_text(Date value) {
  if (!value.is_finite()) return value == Date::infinity() ? "infinity" : "-infinity";
  TextBuffer buffer;
  buffer.put_date(value.days);
  return buffer.text();
}

std::string to_text(Time value) {
  TextBuffer buffer;
  buffer.put_time(std::clamp<std::int64_t>(value.microseconds, 0, kDay));
  return buffer.text();
}

std::optional<DateTime> parse_datetime(std::string_view text) noexcept {
  if (text == "infinity") return DateTime::infinity();
  if (text == "-infinity") return DateTime::negative_infinity();
  Cursor cursor(text);
  Civil civil;
  std::int64_t time = 0;
  std::int64_t offset = 0;
  if (!cursor.take_date(civil)) return std::nullopt;
  if (!cursor.at_end()) {
    if (!cursor.take('T') && !cursor.take(' ') && !cursor.take('t')) return std::nullopt;
    if (!cursor.take_time(time) || time == kDay || !cursor.take_offset(offset) || !cursor.at_end())
      return std::nullopt;
  }
  // Seven digits of years are far within the range of days, not of microseconds. A negative day counts from
  // its end, so that the first moments of the range do not leave it on the way.
  std::int64_t days = days_from_civil(civil);
  std::int64_t rest = time - offset;
  if (days < 0) {
    ++days;
    rest -= kDay;
  }
  std::int64_t microseconds = 0;
  if (__builtin_mul_overflow(days, kDay, &microseconds) ||
      __builtin_add_overflow(microseconds, rest, &microseconds)) {
    return std::nullopt;
  }
  DateTime result{microseconds};
  if (!result.is_finite()) return std::nullopt;
  return result;
}

std::optional<Date> parse_date(std::string_view text) noexcept {
  if (text == "infinity") return Date::infinity();
  if (text == "-infinity") return Date::negative_infinity();
  Cursor cursor(text);
  Civil civil;
  if (!cursor.take_date(civil) || !cursor.at_end()) return std::nullopt;
  std::int64_t days = days_from_civil(civil);
  if (days <= std::numeric_limits<std::int32_t>::min() || days >= std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return Date{static_cast<std::int32_t>(days)};
}

std::optional<Time> parse_time(std::string_view text) noexcept {
  Cursor cursor(text);
  std::int64_t microseconds = 0;
  if (!cursor.take_time(microseconds) || !cursor.at_end()) return std::nullopt;
  return Time{microseconds};
}

}  // namespace dataknobs
