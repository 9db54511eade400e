// SPDX-License-Identifier: Apache-2.0
#include "record/number.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace dataknobs::number {

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo53 = 9007199254740992.0;
constexpr std::int64_t kExponentCap = 2'000'000'000;

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

std::size_t digits_from(std::string_view text, std::size_t from) noexcept {
  std::size_t at = from;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at - from;
}

std::strong_ordering reverse(std::strong_ordering order) noexcept {
  return 0 <=> order;
}

// Numbers without sign, both not zero.
std::strong_ordering compare_magnitudes(const DecimalView& left, const DecimalView& right) noexcept {
  std::int64_t left_top = left.exponent + static_cast<std::int64_t>(left.digits.size());
  std::int64_t right_top = right.exponent + static_cast<std::int64_t>(right.digits.size());
  if (left_top != right_top) return left_top <=> right_top;
  std::size_t common = std::min(left.digits.size(), right.digits.size());
  int order = std::memcmp(left.digits.data(), right.digits.data(), common);
  if (order != 0) return order <=> 0;
  if (left.digits.find_first_not_of('0', common) != std::string_view::npos)
    return std::strong_ordering::greater;
  if (right.digits.find_first_not_of('0', common) != std::string_view::npos)
    return std::strong_ordering::less;
  return std::strong_ordering::equal;
}

// The digits and the power of ten of the first one, of the shortest text that reads back as the same double.
std::size_t shortest_digits(double magnitude, char* digits, int& first_exponent) noexcept {
  char text[32];
  char* end = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific).ptr;
  std::size_t size = 0;
  char* at = text;
  for (; *at != 'e'; ++at) {
    if (*at != '.') digits[size++] = *at;
  }
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, first_exponent);
  return size;
}

}  // namespace

DecimalView DecimalView::normalized() const noexcept {
  std::size_t last = digits.find_last_not_of('0');
  if (last == std::string_view::npos) return {};
  return {negative, digits.substr(0, last + 1),
          exponent + static_cast<std::int64_t>(digits.size() - last - 1)};
}

DecimalView view(const Decimal& value) noexcept {
  return {value.negative(), value.digits(), value.exponent()};
}

std::strong_ordering compare(const DecimalView& left, const DecimalView& right) noexcept {
  int left_sign = left.is_zero() ? 0 : left.negative ? -1 : 1;
  int right_sign = right.is_zero() ? 0 : right.negative ? -1 : 1;
  if (left_sign != right_sign) return left_sign <=> right_sign;
  if (left_sign == 0) return std::strong_ordering::equal;
  std::strong_ordering order = compare_magnitudes(left, right);
  return left_sign > 0 ? order : reverse(order);
}

void Digits::assign(std::uint64_t magnitude) noexcept {
  size_ = static_cast<std::size_t>(std::to_chars(text_, text_ + sizeof text_, magnitude).ptr - text_);
}

Digits::Digits(std::int64_t value) noexcept : negative_(value < 0) {
  std::uint64_t bits = static_cast<std::uint64_t>(value);
  assign(negative_ ? 0 - bits : bits);
}

Digits::Digits(double value) noexcept : negative_(value < 0) {
  double magnitude = std::fabs(value);
  if (is_int64(value)) {
    assign(static_cast<std::uint64_t>(magnitude));
    return;
  }
  int first_exponent = 0;
  size_ = shortest_digits(magnitude, text_, first_exponent);
  exponent_ = first_exponent - static_cast<std::int64_t>(size_) + 1;
}

bool is_int64(double value) noexcept {
  return std::fabs(value) < kTwoTo63 && std::trunc(value) == value;
}

// Distinct doubles have distinct D, in the same order: the intervals that round to them do not meet.
std::strong_ordering compare(double left, double right) noexcept {
  if (left < right) return std::strong_ordering::less;
  if (left > right) return std::strong_ordering::greater;
  if (left == right) return std::strong_ordering::equal;
  return static_cast<int>(std::isnan(left)) <=> static_cast<int>(std::isnan(right));
}

// The bits of a positive float sort as it does; those of a negative one by its magnitude.
std::int64_t order_key(double value) noexcept {
  if (std::isnan(value)) return INT64_MAX;
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits >= 0 ? bits : -(bits & INT64_MAX);
}

double from_order_key(std::int64_t key) noexcept {
  return key >= 0 ? std::bit_cast<double>(key) : -std::bit_cast<double>(-key);
}

// Two decimals of up to 15 digits never round to the same normal double. Digits and power of ten are exact
// doubles here, so their quotient is the nearest one; and an integer that comes out of it is below 2^53.
bool is_short(const DecimalView& value, double& out) noexcept {
  static constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (value.digits.size() > 15 || value.exponent > 0 || value.exponent < -22) return false;
  std::int64_t magnitude = 0;
  for (char digit : value.digits) magnitude = magnitude * 10 + (digit - '0');
  double quotient = static_cast<double>(magnitude) / kPowersOfTen[-value.exponent];
  out = value.negative ? -quotient : quotient;
  return true;
}

// D of a double of 2^63 and more is beyond every int64, in both directions; and D of one that is not integral
// lies strictly between the same two integers as the double itself.
std::strong_ordering compare(std::int64_t left, double right) noexcept {
  if (std::isnan(right) || right >= kTwoTo63) return std::strong_ordering::less;
  if (right <= -kTwoTo63) return std::strong_ordering::greater;
  double floor = std::floor(right);
  std::int64_t whole = static_cast<std::int64_t>(floor);
  if (left != whole) return left <=> whole;
  return floor == right ? std::strong_ordering::equal : std::strong_ordering::less;
}

std::strong_ordering compare(double left, const Decimal& right) noexcept {
  if (std::isnan(left)) return std::strong_ordering::greater;
  if (std::isinf(left)) return left > 0 ? std::strong_ordering::greater : std::strong_ordering::less;
  double nearest = 0;
  if (is_short(view(right), nearest)) return compare(left, nearest);
  return compare(Digits(left).view(), view(right));
}

std::strong_ordering compare(std::int64_t left, const Decimal& right) noexcept {
  double nearest = 0;
  if (is_short(view(right), nearest)) return compare(left, nearest);
  return compare(Digits(left).view(), view(right));
}

void append_text(std::string& out, std::int64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_text(std::string& out, double value) {
  if (std::signbit(value)) out += '-';
  double magnitude = std::fabs(value);
  if (is_int64(magnitude)) {
    append_text(out, static_cast<std::int64_t>(magnitude));
    out += ".0";
    return;
  }
  char digits[24];
  int first = 0;
  std::size_t size = shortest_digits(magnitude, digits, first);
  if (first < -7 || first >= 21) {
    out += digits[0];
    if (size > 1) out.append(1, '.').append(digits + 1, size - 1);
    out += first < 0 ? "e-" : "e+";
    append_text(out, std::int64_t{first < 0 ? -first : first});
  } else if (first < 0) {
    out.append("0.").append(static_cast<std::size_t>(-first - 1), '0').append(digits, size);
  } else if (std::size_t whole = static_cast<std::size_t>(first) + 1; whole >= size) {
    out.append(digits, size).append(whole - size, '0').append(".0");
  } else {
    out.append(digits, whole).append(1, '.').append(digits + whole, size - whole);
  }
}

void append_any_text(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
  } else {
    append_text(out, value);
  }
}

std::size_t scan(std::string_view text, Scanned& out) noexcept {
  out = {};
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  std::size_t count = digits_from(text, at);
  if (count == 0) return 0;
  out.whole = text.substr(at, count);
  at += count;
  if (at < text.size() && text[at] == '.') {
    count = digits_from(text, at + 1);
    if (count == 0) return at;
    out.has_point = true;
    out.fraction = text.substr(at + 1, count);
    at += count + 1;
  }
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  std::size_t from = at + 1;
  bool negative = false;
  if (from < text.size() && (text[from] == '-' || text[from] == '+')) negative = text[from++] == '-';
  count = digits_from(text, from);
  if (count == 0) return at;
  out.has_exponent = true;
  for (char digit : text.substr(from, count)) {
    out.exponent = std::min(out.exponent * 10 + (digit - '0'), kExponentCap);
  }
  if (negative) out.exponent = -out.exponent;
  return from + count;
}

bool to_double(std::string_view text, double& out) noexcept {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

namespace {

// Significant digits, up to 18: more are of no interest here.
int significant_digits(const Scanned& scanned) noexcept {
  int count = 0;
  int pending = 0;
  for (std::string_view part : {scanned.whole, scanned.fraction}) {
    for (char digit : part) {
      if (digit == '0') {
        if (count > 0) ++pending;
      } else {
        count += pending + 1;
        pending = 0;
        if (count > 17) return 18;
      }
    }
  }
  return count;
}

}  // namespace

// Two decimals of up to 15 digits never round to the same normal double, so such a one is the shortest form
// of its own. Between 2^53 and 2^63 it is the exact integer that counts, not the shortest form.
bool is_exactly(const Scanned& scanned, double value) noexcept {
  double magnitude = std::fabs(value);
  int significant = significant_digits(scanned);
  if (significant == 0) return magnitude == 0;
  bool normal = magnitude >= std::numeric_limits<double>::min();
  if (significant <= 15 && normal && (magnitude < kTwoTo53 || magnitude >= kTwoTo63)) return true;
  if (magnitude == 0) return false;
  Digits digits(value);
  DecimalView exact = digits.view().normalized();
  if (significant > 17 && exact.digits.size() <= 17) return false;

  // Walks the written digits without leading zeros beside the exact ones.
  std::size_t matched = 0;
  std::int64_t first_place = 0;
  std::int64_t place = static_cast<std::int64_t>(scanned.whole.size()) - 1 + scanned.exponent;
  bool started = false;
  for (std::string_view part : {scanned.whole, scanned.fraction}) {
    for (char digit : part) {
      if (!started && digit != '0') {
        started = true;
        first_place = place;
      }
      if (started) {
        char expected = matched < exact.digits.size() ? exact.digits[matched] : '0';
        if (digit != expected) return false;
        ++matched;
      }
      --place;
    }
  }
  std::int64_t exact_first = exact.exponent + static_cast<std::int64_t>(exact.digits.size()) - 1;
  return first_place == exact_first && exact.digits.find_first_not_of('0', matched) == std::string_view::npos;
}

}  // namespace dataknobs::number
