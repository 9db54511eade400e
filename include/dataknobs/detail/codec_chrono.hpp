// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Codec of the types of std::chrono: moments, days and times of day. None is finer than a microsecond.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include <dataknobs/detail/codec.hpp>

namespace dataknobs::detail {

/// Whole microseconds, or multiples of them below a day.
template <class D>
concept UnitOfTime = std::convertible_to<D, std::chrono::microseconds> && std::integral<typename D::rep> &&
                     std::ratio_less_v<typename D::period, std::chrono::days::period>;

/// "a moment in whole seconds": of a type that holds no fractions of its unit.
template <UnitOfTime D>
std::string in_whole_units(std::string what) {
  if constexpr (std::same_as<D, std::chrono::seconds>) return what + " in whole seconds";
  if constexpr (std::same_as<D, std::chrono::milliseconds>) return what + " in whole milliseconds";
  if constexpr (std::same_as<D, std::chrono::minutes>) return what + " in whole minutes";
  if constexpr (std::same_as<D, std::chrono::hours>) return what + " in whole hours";
  return what + " in whole units of the member";
}

template <UnitOfTime D>
struct Codec<std::chrono::time_point<std::chrono::system_clock, D>> {
  using Moment = std::chrono::time_point<std::chrono::system_clock, D>;

  static bool write(const Moment& member, Value& out, Misfit& misfit) {
    constexpr D limit = std::chrono::floor<D>(std::chrono::microseconds::max());
    const D since = member.time_since_epoch();
    if (since >= limit || since <= -limit) {
      return misfit.cannot_hold(std::to_string(since.count()), "a moment within 292,000 years of 1970");
    }
    out = Value(DateTime{std::chrono::microseconds(since).count()});
    return true;
  }
  static bool read(const Value& value, Moment& out, Misfit& misfit) {
    DateTime moment;
    if (!detail::read(value, moment, misfit)) return false;
    if (!moment.is_finite()) return misfit.wants("a finite moment", value);
    const std::chrono::microseconds since(moment.microseconds);
    out = Moment(std::chrono::floor<D>(since));
    if (std::chrono::microseconds(out.time_since_epoch()) == since) return true;
    return misfit.wants(in_whole_units<D>("a moment"), value);
  }
};

template <>
struct Codec<std::chrono::sys_days> {
  static bool write(const std::chrono::sys_days& member, Value& out, Misfit& misfit) {
    const std::int64_t days = member.time_since_epoch().count();
    if (days >= INT32_MAX || days <= INT32_MIN) {
      return misfit.cannot_hold(std::to_string(days), "a day within 5 million years of 1970");
    }
    out = Value(Date{static_cast<std::int32_t>(days)});
    return true;
  }
  static bool read(const Value& value, std::chrono::sys_days& out, Misfit& misfit) {
    Date date;
    if (!detail::read(value, date, misfit)) return false;
    if (!date.is_finite()) return misfit.wants("a finite date", value);
    out = std::chrono::sys_days(std::chrono::days(date.days));
    return true;
  }
};

template <>
struct Codec<std::chrono::year_month_day> {
  static bool write(const std::chrono::year_month_day& member, Value& out, Misfit& misfit) {
    if (member.ok()) return Codec<std::chrono::sys_days>::write(std::chrono::sys_days(member), out, misfit);
    return misfit.cannot_hold("what is no day of any month", "a day of the calendar");
  }
  static bool read(const Value& value, std::chrono::year_month_day& out, Misfit& misfit) {
    std::chrono::sys_days day;
    if (!Codec<std::chrono::sys_days>::read(value, day, misfit)) return false;
    constexpr std::chrono::sys_days first(std::chrono::year::min() / std::chrono::January / 1);
    constexpr std::chrono::sys_days last(std::chrono::year::max() / std::chrono::December / 31);
    if (day < first || day > last) return misfit.wants("a date from the year -32767 to 32767", value);
    out = std::chrono::year_month_day(day);
    return true;
  }
};

template <UnitOfTime D>
struct Codec<std::chrono::hh_mm_ss<D>> {
  using TimeOfDay = std::chrono::hh_mm_ss<D>;

  static bool write(const TimeOfDay& member, Value& out, Misfit& misfit) {
    const std::chrono::microseconds since = member.to_duration();
    if (since.count() < 0 || since > std::chrono::hours(24)) {
      return misfit.cannot_hold(std::to_string(since.count()) + " microseconds",
                                "a time from 00:00 to 24:00");
    }
    out = Value(Time{since.count()});
    return true;
  }
  static bool read(const Value& value, TimeOfDay& out, Misfit& misfit) {
    Time time;
    if (!detail::read(value, time, misfit)) return false;
    const std::chrono::microseconds since(time.microseconds);
    const D units = std::chrono::floor<D>(since);
    if (std::chrono::microseconds(units) != since) return misfit.wants(in_whole_units<D>("a time"), value);
    out = TimeOfDay(units);
    return true;
  }
};

}  // namespace dataknobs::detail
