// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Days and microseconds of PostgreSQL (since 2000-01-01) to and from those here (since 1970-01-01). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <dataknobs/value.hpp>

namespace dataknobs::postgresql {

inline constexpr std::int32_t epoch_days = 10957;
inline constexpr std::int64_t epoch_microseconds = std::int64_t{epoch_days} * 86'400'000'000;

/// A day, or a moment, that PostgreSQL has: within its range, or an infinity.
bool is_wire_date(std::int32_t wire) noexcept;
bool is_wire_datetime(std::int64_t wire) noexcept;

/// Nothing if the moment is beyond what DateTime can say (the years 294247 to 294276).
std::optional<DateTime> datetime_of_wire(std::int64_t wire) noexcept;
/// Nothing if PostgreSQL cannot keep it (before 4713 BC).
std::optional<std::int64_t> wire_of_datetime(DateTime value) noexcept;
std::optional<Date> date_of_wire(std::int32_t wire) noexcept;
std::optional<std::int32_t> wire_of_date(Date value) noexcept;

/// The text of a moment that DateTime cannot say, "+294276-12-31T23:59:59Z", and back.
std::string text_of_wire(std::int64_t wire);
std::optional<std::int64_t> wire_of_text(std::string_view text);

/// The constant as PostgreSQL reads it: "2024-02-29 12:30:00.000001+00", with BC years.
/// REQUIRES: wire_of_datetime (wire_of_date) gives something.
std::string sql_text(DateTime value);
std::string sql_text(Date value);
std::string sql_text(Time value);

}  // namespace dataknobs::postgresql
