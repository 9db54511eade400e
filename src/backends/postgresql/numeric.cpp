// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/numeric.hpp"

#include <algorithm>

#include "backends/postgresql/wire_bytes.hpp"
#include "record/number.hpp"

namespace dataknobs::postgresql {
namespace {

// src/backend/utils/adt/numeric.c of PostgreSQL: numeric_send.
constexpr std::uint16_t sign_positive = 0x0000;
constexpr std::uint16_t sign_negative = 0x4000;
constexpr std::uint16_t sign_nan = 0xC000;
constexpr std::uint16_t sign_infinity = 0xD000;
constexpr std::uint16_t sign_negative_infinity = 0xF000;
constexpr std::int64_t scale_limit = 0x3FFF;
constexpr std::int64_t weight_limit = 32767;

// Writes the four digits of a group; returns what is behind them.
char* put_group(char* out, unsigned group) noexcept {
  *out++ = static_cast<char>('0' + group / 1000);
  *out++ = static_cast<char>('0' + group / 100 % 10);
  *out++ = static_cast<char>('0' + group / 10 % 10);
  *out++ = static_cast<char>('0' + group % 10);
  return out;
}

// As above without leading zeros, but for a single one.
char* put_first_group(char* out, unsigned group) noexcept {
  char digits[4];
  put_group(digits, group);
  const char* first = digits;
  while (first != digits + 3 && *first == '0') ++first;
  return std::copy(first, static_cast<const char*>(digits + 4), out);
}

std::int64_t floor_divide_by_4(std::int64_t value) {
  return value >> 2;
}

// The digits of a scanned number as one run, the point aside.
class DigitRun {
 public:
  explicit DigitRun(const number::Scanned& scanned) : whole_(scanned.whole), fraction_(scanned.fraction) {}
  std::size_t size() const { return whole_.size() + fraction_.size(); }
  char operator[](std::size_t i) const {
    return i < whole_.size() ? whole_[i] : fraction_[i - whole_.size()];
  }

 private:
  std::string_view whole_;
  std::string_view fraction_;
};

}  // namespace

NumericClass append_numeric_text(std::string& out, std::string_view wire) {
  if (wire.size() < 8) return NumericClass::malformed;
  const std::size_t count = load_u16(wire.data());
  const std::int64_t weight = load_s16(wire.data() + 2);
  const std::uint16_t sign = load_u16(wire.data() + 4);
  const std::size_t scale = load_u16(wire.data() + 6);
  if (sign == sign_nan) return NumericClass::nan;
  if (sign == sign_infinity) return NumericClass::infinity;
  if (sign == sign_negative_infinity) return NumericClass::negative_infinity;
  const bool fits = wire.size() == 8 + 2 * count && scale <= scale_limit;
  if (!fits || (sign != sign_positive && sign != sign_negative)) return NumericClass::malformed;
  const auto group = [&](std::int64_t index) -> unsigned {
    if (index < 0 || index >= static_cast<std::int64_t>(count)) return 0;
    return load_u16(wire.data() + 8 + 2 * index);
  };
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(count); ++i) {
    if (group(i) > 9999) return NumericClass::malformed;
  }
  // Groups [0, point) are before the decimal point, [point, last) behind it.
  const std::int64_t point = weight + 1;
  const std::int64_t last =
      std::max(point + (static_cast<std::int64_t>(scale) + 3) / 4, static_cast<std::int64_t>(count));
  const std::size_t begin = out.size();
  out.resize(begin + 2 +
             4 * static_cast<std::size_t>(std::max<std::int64_t>(point, 1) +
                                          std::max<std::int64_t>(last - point, 0)));
  char* at = out.data() + begin;
  if (sign == sign_negative) *at++ = '-';
  std::int64_t i = 0;
  while (i < weight && group(i) == 0) ++i;
  at = put_first_group(at, group(i < point ? i : -1));
  for (++i; i < point; ++i) at = put_group(at, group(i));
  *at++ = '.';
  char* const end = at + scale;
  for (i = point; i < last; ++i) at = put_group(at, group(i));
  // Digits behind the scale would be lost.
  if (std::any_of(end, at, [](char digit) { return digit != '0'; })) return NumericClass::malformed;
  out.resize(static_cast<std::size_t>((scale == 0 ? end - 1 : end) - out.data()));
  return NumericClass::finite;
}

bool append_numeric_wire(std::string& out, std::string_view text) {
  number::Scanned scanned;
  if (number::scan(text, scanned) != text.size() || text.empty()) return false;
  const DigitRun digits(scanned);
  std::size_t first = 0;
  while (first < digits.size() && digits[first] == '0') ++first;
  // Digits before the decimal point, counted from the first that is not zero; negative for 0.00x.
  const std::int64_t scale =
      std::max<std::int64_t>(0, static_cast<std::int64_t>(scanned.fraction.size()) - scanned.exponent);
  if (scale > scale_limit) return false;
  const bool zero = first == digits.size();
  const std::int64_t point =
      static_cast<std::int64_t>(scanned.whole.size()) + scanned.exponent - static_cast<std::int64_t>(first);
  const std::int64_t weight = zero ? 0 : floor_divide_by_4(point + 3) - 1;
  if (weight > weight_limit || weight < -weight_limit) return false;

  const std::size_t begin = out.size();
  out.append(8, '\0');
  std::size_t count = 0;
  std::size_t used = begin + 8;  // Trailing groups of zeros are not sent.
  // The first group may begin in its middle: 12345 is 0001 2345.
  std::int64_t position = static_cast<std::int64_t>(first) - (4 * (weight + 1) - point);
  for (; !zero && position < static_cast<std::int64_t>(digits.size()); position += 4) {
    unsigned group = 0;
    for (std::int64_t i = position; i < position + 4; ++i) {
      const bool given =
          i >= static_cast<std::int64_t>(first) && i < static_cast<std::int64_t>(digits.size());
      group = group * 10 + (given ? static_cast<unsigned>(digits[static_cast<std::size_t>(i)] - '0') : 0U);
    }
    append_u16(out, static_cast<std::uint16_t>(group));
    if (group != 0) used = out.size();
  }
  out.resize(used);
  count = (used - begin - 8) / 2;
  if (count > 0xFFFF) {
    out.resize(begin);
    return false;
  }
  store_u16(out.data() + begin, static_cast<std::uint16_t>(count));
  store_u16(out.data() + begin + 2, static_cast<std::uint16_t>(static_cast<std::int16_t>(weight)));
  store_u16(out.data() + begin + 4, scanned.negative && !zero ? sign_negative : sign_positive);
  store_u16(out.data() + begin + 6, static_cast<std::uint16_t>(scale));
  return true;
}

void append_numeric_special(std::string& out, NumericClass value) {
  append_u16(out, 0);
  append_u16(out, 0);
  append_u16(out, value == NumericClass::nan        ? sign_nan
                  : value == NumericClass::infinity ? sign_infinity
                                                    : sign_negative_infinity);
  append_u16(out, 0);
}

}  // namespace dataknobs::postgresql
