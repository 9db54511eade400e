// SPDX-License-Identifier: Apache-2.0
#include "record/decimal_arithmetic.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <boost/multiprecision/cpp_int.hpp>

namespace dataknobs::number {

namespace {

using Integer = boost::multiprecision::cpp_int;

constexpr std::int64_t kMostDigits = 131'072 + 16'383;
constexpr std::int64_t kQuotientDigits = 38;
// Beyond the limits of Decimal in either direction.
constexpr std::int64_t kMostPlaces = 3'000'000;

Integer power_of_ten(std::int64_t exponent) {
  return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

Integer integer_of(const Decimal& value) {
  Integer integer(value.digits());
  return value.negative() ? Integer(-integer) : integer;
}

std::int64_t size_of(const Decimal& value) {
  return static_cast<std::int64_t>(value.digits().size());
}

std::optional<Decimal> make(const Integer& digits, std::int64_t exponent) {
  return Decimal::parse(digits.str() + "e" + std::to_string(exponent));
}

// Both as integers of one power of ten.
struct Aligned {
  Integer left;
  Integer right;
  std::int64_t exponent;
};

std::optional<Aligned> align(const Decimal& left, const Decimal& right) {
  const std::int64_t exponent = std::min(left.exponent(), right.exponent());
  const std::int64_t left_shift = left.exponent() - exponent;
  const std::int64_t right_shift = right.exponent() - exponent;
  if (std::max(size_of(left) + left_shift, size_of(right) + right_shift) > kMostDigits) return std::nullopt;
  return Aligned{integer_of(left) * power_of_ten(left_shift), integer_of(right) * power_of_ten(right_shift),
                 exponent};
}

bool is_smaller(const Decimal& left, const Decimal& right) {
  const Decimal left_magnitude = left.negative() ? negate(left) : left;
  return left_magnitude < (right.negative() ? negate(right) : right);
}

void increment(std::string& digits) {
  std::size_t at = digits.size();
  while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
  if (at == 0) {
    digits.insert(digits.begin(), '1');
  } else {
    ++digits[at - 1];
  }
}

bool rounds_up(const Decimal& value, std::int64_t dropped, Rounding rounding) {
  if (value.is_zero()) return false;
  const std::string& digits = value.digits();
  const std::int64_t kept = size_of(value) - dropped;
  const bool is_whole =
      kept >= 0 && digits.find_first_not_of('0', static_cast<std::size_t>(kept)) == std::string::npos;
  switch (rounding) {
    case Rounding::half_away:
      return kept >= 0 && digits[static_cast<std::size_t>(kept)] >= '5';
    case Rounding::floor:
      return value.negative() && !is_whole;
    case Rounding::ceiling:
      return !value.negative() && !is_whole;
    case Rounding::down:
      break;
  }
  return false;
}

}  // namespace

Decimal negate(const Decimal& value) {
  if (value.is_zero()) return value;
  std::string text = value.negative() ? "" : "-";
  text += value.digits() + "e" + std::to_string(value.exponent());
  return Decimal::parse(text).value();
}

std::optional<Decimal> add(const Decimal& left, const Decimal& right) {
  const std::optional<Aligned> aligned = align(left, right);
  if (aligned) return make(aligned->left + aligned->right, aligned->exponent);
  if (left.is_zero()) return right;
  if (right.is_zero()) return left;
  return std::nullopt;
}

std::optional<Decimal> subtract(const Decimal& left, const Decimal& right) {
  return add(left, negate(right));
}

std::optional<Decimal> multiply(const Decimal& left, const Decimal& right) {
  if (size_of(left) + size_of(right) > kMostDigits) return std::nullopt;
  return make(integer_of(left) * integer_of(right),
              std::int64_t{left.exponent()} + std::int64_t{right.exponent()});
}

std::optional<Decimal> divide(const Decimal& left, const Decimal& right) {
  if (left.is_zero()) return Decimal();
  // One digit more than is asked for at least, so that the rest decides.
  const std::int64_t shift = std::max<std::int64_t>(0, kQuotientDigits + 1 + size_of(right) - size_of(left));
  Integer quotient;
  Integer rest;
  const Integer divisor(right.digits());
  boost::multiprecision::divide_qr(Integer(Integer(left.digits()) * power_of_ten(shift)), divisor, quotient,
                                   rest);
  std::string digits = quotient.str();
  const std::size_t kept = kQuotientDigits;
  const std::size_t dropped = digits.size() - kept;
  const std::string tail = digits.substr(kept);
  digits.resize(kept);
  const bool is_half =
      tail[0] == '5' && tail.find_first_not_of('0', 1) == std::string::npos && rest.is_zero();
  if (is_half ? (digits.back() - '0') % 2 == 1 : tail[0] >= '5') increment(digits);
  const std::int64_t exponent = std::int64_t{left.exponent()} - std::int64_t{right.exponent()} - shift +
                                static_cast<std::int64_t>(dropped);
  std::optional<Decimal> made = Decimal::parse(digits + "e" + std::to_string(exponent));
  if (!made) return std::nullopt;
  return left.negative() != right.negative() ? negate(made->normalized()) : made->normalized();
}

std::optional<Decimal> divide_whole(const Decimal& left, const Decimal& right) {
  if (is_smaller(left, right)) return Decimal();
  const std::optional<Aligned> aligned = align(left, right);
  if (!aligned) return std::nullopt;
  return make(aligned->left / aligned->right, 0);
}

std::optional<Decimal> remainder(const Decimal& left, const Decimal& right) {
  if (is_smaller(left, right)) return left;
  const std::optional<Aligned> aligned = align(left, right);
  if (!aligned) return std::nullopt;
  return make(aligned->left % aligned->right, aligned->exponent);
}

std::optional<Decimal> round(const Decimal& value, std::int64_t places, Rounding rounding) {
  const std::int64_t place = -std::clamp(places, -kMostPlaces, kMostPlaces);
  const std::int64_t dropped = place - value.exponent();
  if (dropped <= 0) return value;
  std::string digits =
      value.digits().substr(0, static_cast<std::size_t>(std::max<std::int64_t>(0, size_of(value) - dropped)));
  if (digits.empty()) digits = "0";
  if (rounds_up(value, dropped, rounding)) increment(digits);
  if (digits == "0") return Decimal();
  return Decimal::parse((value.negative() ? "-" : "") + digits + "e" + std::to_string(place));
}

}  // namespace dataknobs::number
