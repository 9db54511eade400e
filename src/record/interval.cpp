// SPDX-License-Identifier: Apache-2.0
//
// Strings with a logical type in the canonical form.
#include <limits>

#include "record/canonical_bytes.hpp"

namespace dataknobs::canonical {

namespace {

struct Interval {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t microseconds = 0;
};

constexpr std::int64_t kSecond = 1'000'000;

// A count with an optional sign and fraction, in millionths. False if there is none or it is out of range.
bool take_count(std::string_view& text, std::int64_t& millionths, bool& has_fraction) noexcept {
  number::Scanned scanned;
  std::size_t size = number::scan(text, scanned);
  if (size == 0 || scanned.has_exponent || scanned.fraction.size() > 6 || scanned.whole.size() > 18)
    return false;
  std::int64_t whole = 0;
  for (char digit : scanned.whole) whole = whole * 10 + (digit - '0');
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    fraction = fraction * 10 + (i < scanned.fraction.size() ? scanned.fraction[i] - '0' : 0);
  }
  if (__builtin_mul_overflow(whole, kSecond, &millionths)) return false;
  if (__builtin_add_overflow(millionths, fraction, &millionths)) return false;
  if (scanned.negative) millionths = -millionths;
  has_fraction = scanned.has_point;
  text.remove_prefix(size);
  return true;
}

bool add(std::int64_t& sum, std::int64_t count, std::int64_t unit) noexcept {
  std::int64_t product = 0;
  return !__builtin_mul_overflow(count, unit, &product) && !__builtin_add_overflow(sum, product, &sum);
}

bool add_part(Interval& interval, char unit, bool in_time, std::int64_t millionths,
              bool has_fraction) noexcept {
  if (in_time && unit == 'S') return add(interval.microseconds, millionths, 1);
  if (has_fraction) return false;
  std::int64_t count = millionths / kSecond;
  switch (unit) {
    case 'Y':
      return !in_time && add(interval.months, count, 12);
    case 'M':
      return in_time ? add(interval.microseconds, count, 60 * kSecond) : add(interval.months, count, 1);
    case 'W':
      return !in_time && add(interval.days, count, 7);
    case 'D':
      return !in_time && add(interval.days, count, 1);
    case 'H':
      return in_time && add(interval.microseconds, count, 3600 * kSecond);
    default:
      return false;
  }
}

// ISO 8601 with designators, any part with a sign: "P1Y-2M3DT-4H5M6.789S".
bool parse_interval(std::string_view text, Interval& interval) noexcept {
  if (text.size() < 3 || text.front() != 'P') return false;
  text.remove_prefix(1);
  bool in_time = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
      if (text.empty()) return false;
    }
    std::int64_t millionths = 0;
    bool has_fraction = false;
    if (!take_count(text, millionths, has_fraction) || text.empty()) return false;
    if (!add_part(interval, text.front(), in_time, millionths, has_fraction)) return false;
    text.remove_prefix(1);
  }
  auto fits = [](std::int64_t value) {
    return value >= std::numeric_limits<std::int32_t>::min() &&
           value <= std::numeric_limits<std::int32_t>::max();
  };
  return fits(interval.months) && fits(interval.days);
}

}  // namespace

void append_text(std::string& out, std::string_view text, std::string_view logical) {
  if (logical == "uuid") {
    if (std::optional<std::string> uuid = parse_uuid(text)) {
      out.append(1, 's').append(*uuid);
      return;
    }
  } else if (Interval interval; logical == "interval" && parse_interval(text, interval)) {
    out += 'v';
    append_uint32(out, static_cast<std::uint32_t>(interval.months));
    append_uint32(out, static_cast<std::uint32_t>(interval.days));
    char bytes[8];
    put_uint64(bytes, static_cast<std::uint64_t>(interval.microseconds));
    out.append(bytes, sizeof bytes);
    return;
  }
  out.append(1, 's').append(text);
}

}  // namespace dataknobs::canonical
