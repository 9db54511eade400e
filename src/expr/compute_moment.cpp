// SPDX-License-Identifier: Apache-2.0
//
// Functions of dates and times, in UTC and the proleptic Gregorian calendar; and the conversions of values.
#include <algorithm>

#include "expr/functions.hpp"
#include "expr/literal.hpp"
#include "record/calendar.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

using namespace calendar;

// A date or datetime taken apart.
struct Moment {
  std::int64_t days = 0;
  std::int64_t time = 0;  // Microseconds since midnight.
  bool is_date = false;
};

bool is_infinite(const Value& value) {
  if (const auto* moment = value.get_if<DateTime>()) return !moment->is_finite();
  const auto* date = value.get_if<Date>();
  return date != nullptr && !date->is_finite();
}

// What is left of a span after its whole days, which floor_divide counts.
std::int64_t time_of(std::int64_t microseconds) noexcept {
  const std::int64_t rest = microseconds % kDay;
  return rest < 0 ? rest + kDay : rest;
}

// Nothing of other classes and of the infinities.
std::optional<Moment> moment_of(const Value& value) {
  if (is_infinite(value)) return std::nullopt;
  if (const auto* date = value.get_if<Date>()) return Moment{date->days, 0, true};
  const auto* moment = value.get_if<DateTime>();
  if (moment == nullptr) return std::nullopt;
  return Moment{floor_divide(moment->microseconds, kDay), time_of(moment->microseconds), false};
}

Value date_value(std::int64_t days) {
  if (days <= INT32_MIN || days >= INT32_MAX) return {};
  return Date{static_cast<std::int32_t>(days)};
}

Value datetime_value(std::int64_t days, std::int64_t time) {
  // A negative day counts from its end, so that the first moments of the range do not leave it on the way.
  if (days < 0) {
    ++days;
    time -= kDay;
  }
  std::int64_t microseconds = 0;
  if (__builtin_mul_overflow(days, kDay, &microseconds) ||
      __builtin_add_overflow(microseconds, time, &microseconds) || !DateTime{microseconds}.is_finite()) {
    return {};
  }
  return DateTime{microseconds};
}

Value value_of(const Moment& moment) {
  return moment.is_date && moment.time == 0 ? date_value(moment.days)
                                            : datetime_value(moment.days, moment.time);
}

// How many microseconds, or else months, a unit is.
std::int64_t microseconds_of(DateUnit unit) noexcept {
  constexpr std::int64_t sizes[] = {1, 1000, kSecond, kMinute, kHour, kDay, 7 * kDay};
  return unit <= DateUnit::week ? sizes[static_cast<std::size_t>(unit)] : 0;
}

std::int64_t months_of(DateUnit unit) noexcept {
  if (unit == DateUnit::month) return 1;
  return unit == DateUnit::quarter ? 3 : 12;
}

std::int64_t month_number(const Moment& moment) {
  const Civil civil = civil_from_days(moment.days);
  return civil.year * 12 + civil.month - 1;
}

std::int64_t first_day(std::int64_t month_number) {
  const std::int64_t year = floor_divide(month_number, 12);
  return days_from_civil({year, month_number - year * 12 + 1, 1});
}

// 1970-01-01 was a Thursday; weeks begin on Mondays.
std::int64_t week_number(std::int64_t days) noexcept {
  return floor_divide(days + 3, 7);
}

Moment truncated(Moment moment, DateUnit unit) {
  if (unit < DateUnit::day) {
    moment.time -= moment.time % microseconds_of(unit);
    return moment;
  }
  moment.time = 0;
  if (unit == DateUnit::week) moment.days = week_number(moment.days) * 7 - 3;
  if (unit > DateUnit::week) {
    const std::int64_t size = months_of(unit);
    moment.days = first_day(floor_divide(month_number(moment), size) * size);
  }
  return moment;
}

Value date_add(DateUnit unit, std::int64_t count, Moment moment) {
  if (unit <= DateUnit::week) {
    std::int64_t span = 0;
    if (unit >= DateUnit::day) {
      if (__builtin_mul_overflow(count, microseconds_of(unit) / kDay, &span) ||
          __builtin_add_overflow(moment.days, span, &moment.days))
        return {};
      return value_of(moment);
    }
    if (__builtin_mul_overflow(count, microseconds_of(unit), &span)) return {};
    moment.is_date = false;
    moment.days += floor_divide(span, kDay);
    moment.time += time_of(span);
    if (moment.time >= kDay) {
      ++moment.days;
      moment.time -= kDay;
    }
    return value_of(moment);
  }
  std::int64_t months = 0;
  constexpr std::int64_t kMostMonths = 12LL * 10'000'000;
  if (__builtin_mul_overflow(count, months_of(unit), &months) || months > kMostMonths ||
      months < -kMostMonths)
    return {};
  const std::int64_t day = civil_from_days(moment.days).day;
  const std::int64_t target = month_number(moment) + months;
  const std::int64_t year = floor_divide(target, 12);
  moment.days = first_day(target) + std::min(day, days_in_month(year, target - year * 12 + 1)) - 1;
  return value_of(moment);
}

// How many times a new unit begins on the way.
Value date_diff(DateUnit unit, const Moment& from, const Moment& to) {
  if (unit == DateUnit::week) return week_number(to.days) - week_number(from.days);
  if (unit > DateUnit::week) {
    const std::int64_t size = months_of(unit);
    return floor_divide(month_number(to), size) - floor_divide(month_number(from), size);
  }
  if (unit == DateUnit::day) return to.days - from.days;
  const std::int64_t size = microseconds_of(unit);
  std::int64_t whole = 0;
  const std::int64_t rest = to.time / size - from.time / size;
  if (__builtin_mul_overflow(to.days - from.days, kDay / size, &whole) ||
      __builtin_add_overflow(whole, rest, &whole))
    return {};
  return whole;
}

Value clock_part(Function function, std::int64_t time) {
  if (function == Function::hour) return time / kHour;
  return function == Function::minute ? time / kMinute % 60 : time / kSecond % 60;
}

Value part_of(Function function, const Value& value) {
  const std::optional<Moment> moment = moment_of(value);
  if (function >= Function::hour) {
    if (const auto* time = value.get_if<Time>()) return clock_part(function, time->microseconds);
    return moment ? clock_part(function, moment->time) : Value();
  }
  if (!moment) return {};
  const Civil civil = civil_from_days(moment->days);
  if (function == Function::year) return civil.year;
  return function == Function::month ? civil.month : civil.day;
}

}  // namespace

Value compute_moment(Function function, std::span<const Value* const> arguments) {
  if (function <= Function::second) return part_of(function, *arguments[0]);
  const std::optional<DateUnit> unit = date_unit_from_name(arguments[0]->get<std::string>());
  const Value& last = *arguments.back();
  const std::optional<Moment> moment = moment_of(last);
  if (function == Function::date_trunc) {
    if (is_infinite(last)) return last;
    return moment ? value_of(truncated(*moment, unit.value())) : Value();
  }
  if (function == Function::date_add) {
    const std::optional<std::int64_t> count = whole_number(*arguments[1]);
    if (!count) return {};
    if (is_infinite(last)) return last;
    return moment ? date_add(unit.value(), *count, *moment) : Value();
  }
  const std::optional<Moment> from = moment_of(*arguments[1]);
  return from && moment ? date_diff(unit.value(), *from, *moment) : Value();
}

}  // namespace dataknobs
