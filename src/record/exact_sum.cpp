// SPDX-License-Identifier: Apache-2.0
#include "record/exact_sum.hpp"

#include <charconv>
#include <cmath>
#include <map>

#include <boost/multiprecision/cpp_int.hpp>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

using Integer = boost::multiprecision::cpp_int;

constexpr std::size_t kNarrowDigits = 18;
constexpr std::size_t kNarrowExponents = 24;

// As many as PostgreSQL's numeric has; the text of more takes too long to be made (its time is quadratic).
constexpr std::int64_t kMostDigits = 131'072 + 16'383;

// digits x 10^exponent
struct Total {
  Integer digits = 0;
  std::int64_t exponent = 0;
};

Integer power_of_ten(std::int64_t exponent) {
  return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

Decimal to_decimal(const Integer& digits, std::int64_t exponent) {
  std::optional<Decimal> decimal = Decimal::parse(digits.str() + "e" + std::to_string(exponent));
  if (!decimal) Error(ErrorCode::resource, "a sum is beyond the range of decimal numbers").raise();
  return std::move(*decimal);
}

}  // namespace

struct ExactSum::Fractions {
  /// Of numbers of few digits, by the number of digits after the point: no allocation.
  Wide narrow[kNarrowExponents] = {};
  std::map<std::int64_t, Integer> by_exponent;
};

namespace {

void add_to(Total& total, const Integer& digits, std::int64_t exponent) {
  if (digits.is_zero()) return;
  if (total.digits.is_zero()) total.exponent = exponent;
  if (std::abs(total.exponent - exponent) > kMostDigits)
    Error(ErrorCode::resource, "numbers of very different size have a sum of too many digits").raise();
  if (exponent < total.exponent) {
    total.digits *= power_of_ten(total.exponent - exponent);
    total.exponent = exponent;
  }
  total.digits +=
      exponent > total.exponent ? Integer(digits * power_of_ten(exponent - total.exponent)) : digits;
}

template <class Wide, class Fractions>
Total total_of(const Wide& integers, const Fractions* fractions) {
  Total total;
  add_to(total, Integer(integers), 0);
  if (fractions == nullptr) return total;
  std::int64_t exponent = 0;
  for (const Wide& sum : fractions->narrow) add_to(total, Integer(sum), exponent--);
  for (const auto& [wide_exponent, digits] : fractions->by_exponent) add_to(total, digits, wide_exponent);
  return total;
}

}  // namespace

ExactSum::ExactSum() = default;
ExactSum::ExactSum(ExactSum&&) noexcept = default;
ExactSum& ExactSum::operator=(ExactSum&&) noexcept = default;
ExactSum::~ExactSum() = default;

ExactSum::Fractions& ExactSum::fractions() {
  if (!fractions_) fractions_ = std::make_unique<Fractions>();
  return *fractions_;
}

void ExactSum::add(std::int64_t value) {
  integers_ += value;
}

void ExactSum::add(const number::DecimalView& value) {
  // 2^63 numbers below 10^18 stay within 128 bits.
  const bool is_narrow = value.digits.size() <= kNarrowDigits && value.exponent <= 0 &&
                         value.exponent > -static_cast<std::int64_t>(kNarrowExponents);
  if (is_narrow) {
    std::int64_t digits = 0;
    std::from_chars(value.digits.data(), value.digits.data() + value.digits.size(), digits);
    fractions().narrow[-value.exponent] += value.negative ? -digits : digits;
    return;
  }
  const Integer digits{std::string(value.digits)};
  Integer& sum = fractions().by_exponent[value.exponent];
  sum += value.negative ? Integer(-digits) : digits;
}

Decimal ExactSum::total() const {
  const Total total = total_of(integers_, fractions_.get());
  return to_decimal(total.digits, total.exponent);
}

double ExactSum::divided_by(std::uint64_t count) const {
  // More digits than a double can tell apart, and a last one that says whether anything follows.
  constexpr std::int64_t kDigits = 40;
  const Total total = total_of(integers_, fractions_.get());
  if (total.digits.is_zero()) return 0;
  const Integer scaled = total.digits * power_of_ten(kDigits);
  Integer quotient;
  Integer rest;
  boost::multiprecision::divide_qr(scaled, Integer(count), quotient, rest);
  quotient *= 10;
  if (!rest.is_zero()) quotient += total.digits.sign();
  return to_decimal(quotient, total.exponent - kDigits - 1).to_double();
}

void FloatSum::add(double value) noexcept {
  const double sum = sum_ + value;
  lost_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
  sum_ = sum;
}

double FloatSum::total() const noexcept {
  // Where the sum is infinite or no number, so is what was lost.
  return std::isfinite(sum_) ? sum_ + lost_ : sum_;
}

}  // namespace dataknobs
