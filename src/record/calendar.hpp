// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The proleptic Gregorian calendar, in eras of 400 years that begin on the first of March. (std::chrono's calendar
/// ends at the year 32767.)

#include <cstdint>

namespace dataknobs::calendar {

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kEraDays = 146'097;
inline constexpr std::int64_t kEpochShift = 719'468;  // Days from 0000-03-01 to 1970-01-01.

/// A day by its year, month (1 ...) and day (1 ...).
struct Civil {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
};

inline std::int64_t floor_divide(std::int64_t value, std::int64_t by) noexcept {
  return value / by - (value % by < 0 ? 1 : 0);
}

/// Days from 1970-01-01.
inline std::int64_t days_from_civil(const Civil& civil) noexcept {
  std::int64_t year = civil.year - (civil.month <= 2 ? 1 : 0);
  std::int64_t era = floor_divide(year, 400);
  std::int64_t year_of_era = year - era * 400;
  std::int64_t day_of_year = (153 * (civil.month + (civil.month > 2 ? -3 : 9)) + 2) / 5 + civil.day - 1;
  std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kEraDays + day_of_era - kEpochShift;
}

inline Civil civil_from_days(std::int64_t days) noexcept {
  days += kEpochShift;
  std::int64_t era = floor_divide(days, kEraDays);
  std::int64_t day_of_era = days - era * kEraDays;
  std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  std::int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

inline std::int64_t days_in_month(std::int64_t year, std::int64_t month) noexcept {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace dataknobs::calendar
