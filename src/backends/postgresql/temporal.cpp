// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/temporal.hpp"

#include <chrono>

#include <fmt/format.h>

namespace dataknobs::postgresql {
namespace {

constexpr std::int64_t day_microseconds = 86'400'000'000;
// The range of PostgreSQL: from 4714-11-24 BC (Julian day 0), exclusive ends in its own units.
constexpr std::int32_t first_wire_day = -2451545;
constexpr std::int64_t first_wire = std::int64_t{first_wire_day} * day_microseconds;
constexpr std::int64_t end_wire = 9'223'371'331'200'000'000;
constexpr std::int32_t end_wire_day = 2'145'031'949;

struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// Days since 1970-01-01, by the algorithm of std::chrono for years beyond its range.
Civil civil_of_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned day = day_of_year - (153 * shifted + 2) / 5 + 1;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

struct Split {
  std::int64_t days;
  std::int64_t microseconds;
};
Split split(std::int64_t microseconds) {
  std::int64_t days = microseconds / day_microseconds;
  std::int64_t rest = microseconds % day_microseconds;
  if (rest < 0) {
    rest += day_microseconds;
    --days;
  }
  return {days, rest};
}

std::string clock_text(std::int64_t microseconds) {
  std::string text = fmt::format("{:02}:{:02}:{:02}", microseconds / 3'600'000'000,
                                 microseconds / 60'000'000 % 60, microseconds / 1'000'000 % 60);
  if (const std::int64_t fraction = microseconds % 1'000'000; fraction != 0)
    text += fmt::format(".{:06}", fraction);
  return text;
}

// Astronomical year 0 is 1 BC.
std::string day_text(const Civil& civil) {
  const std::int64_t year = civil.year > 0 ? civil.year : 1 - civil.year;
  return fmt::format("{:04}-{:02}-{:02}", year, civil.month, civil.day);
}

}  // namespace

bool is_wire_date(std::int32_t wire) noexcept {
  return (wire >= first_wire_day && wire < end_wire_day) || wire == INT32_MAX || wire == INT32_MIN;
}

bool is_wire_datetime(std::int64_t wire) noexcept {
  return (wire >= first_wire && wire < end_wire) || wire == INT64_MAX || wire == INT64_MIN;
}

std::optional<DateTime> datetime_of_wire(std::int64_t wire) noexcept {
  if (wire == INT64_MAX) return DateTime::infinity();
  if (wire == INT64_MIN) return DateTime::negative_infinity();
  DateTime result;
  if (__builtin_add_overflow(wire, epoch_microseconds, &result.microseconds) || !result.is_finite())
    return {};
  return result;
}

std::optional<std::int64_t> wire_of_datetime(DateTime value) noexcept {
  if (!value.is_finite()) return value.microseconds;
  std::int64_t wire = 0;
  if (__builtin_sub_overflow(value.microseconds, epoch_microseconds, &wire)) return {};
  if (wire < first_wire || wire >= end_wire) return {};
  return wire;
}

std::optional<Date> date_of_wire(std::int32_t wire) noexcept {
  if (wire == INT32_MAX) return Date::infinity();
  if (wire == INT32_MIN) return Date::negative_infinity();
  Date result;
  if (__builtin_add_overflow(wire, epoch_days, &result.days) || !result.is_finite()) return {};
  return result;
}

std::optional<std::int32_t> wire_of_date(Date value) noexcept {
  if (!value.is_finite()) return value.days;
  std::int32_t wire = 0;
  if (__builtin_sub_overflow(value.days, epoch_days, &wire)) return {};
  if (wire < first_wire_day || wire >= end_wire_day) return {};
  return wire;
}

std::string text_of_wire(std::int64_t wire) {
  const Split parts = split(wire);
  const Civil civil = civil_of_days(parts.days + epoch_days);
  return fmt::format("{:+05}-{:02}-{:02}T{}Z", civil.year, civil.month, civil.day,
                     clock_text(parts.microseconds));
}

std::optional<std::int64_t> wire_of_text(std::string_view text) {
  if (const std::optional<DateTime> parsed = parse_datetime(text)) return wire_of_datetime(*parsed);
  // Beyond DateTime's years: the same moment 400 years (one Gregorian cycle) earlier, and forward again.
  constexpr std::int64_t cycle = std::int64_t{146097} * day_microseconds;
  const auto dash = text.find('-');
  if (text.size() < 8 || text[0] != '+' || dash == std::string_view::npos) return {};
  std::int64_t year = 0;
  const char* end = text.data() + dash;
  if (std::from_chars(text.data() + 1, end, year).ptr != end || year < 400) return {};
  const std::string earlier =
      fmt::format("{}{:04}{}", year >= 10400 ? "+" : "", year - 400, text.substr(dash));
  const std::optional<DateTime> parsed = parse_datetime(earlier);
  if (!parsed || !parsed->is_finite()) return {};
  std::int64_t wire = parsed->microseconds - epoch_microseconds;
  if (__builtin_add_overflow(wire, cycle, &wire) || wire >= end_wire) return {};
  return wire;
}

std::string sql_text(DateTime value) {
  if (!value.is_finite()) return value == DateTime::infinity() ? "infinity" : "-infinity";
  const Split parts = split(value.microseconds);
  const Civil civil = civil_of_days(parts.days);
  return day_text(civil) + " " + clock_text(parts.microseconds) + "+00" + (civil.year > 0 ? "" : " BC");
}

std::string sql_text(Date value) {
  if (!value.is_finite()) return value == Date::infinity() ? "infinity" : "-infinity";
  const Civil civil = civil_of_days(value.days);
  return day_text(civil) + (civil.year > 0 ? "" : " BC");
}

std::string sql_text(Time value) {
  return clock_text(value.microseconds);
}

}  // namespace dataknobs::postgresql
