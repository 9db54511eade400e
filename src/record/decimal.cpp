// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/decimal.hpp>

#include <algorithm>
#include <limits>

#include "record/number.hpp"

namespace dataknobs {

namespace {

constexpr std::int64_t kLimit = 1'000'000;
constexpr std::int64_t kPositionalZeros = 60;

}  // namespace

Decimal::Decimal(std::int64_t value) {
  number::Digits digits(value);
  negative_ = digits.view().negative;
  digits_ = digits.view().digits;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  number::Scanned scanned;
  if (text.empty() || number::scan(text, scanned) != text.size()) return std::nullopt;
  Decimal result;
  std::int64_t exponent = scanned.exponent - static_cast<std::int64_t>(scanned.fraction.size());
  std::size_t lead = scanned.whole.find_first_not_of('0');
  if (lead != std::string_view::npos) {
    result.digits_.assign(scanned.whole.substr(lead)).append(scanned.fraction);
  } else if (lead = scanned.fraction.find_first_not_of('0'); lead != std::string_view::npos) {
    result.digits_.assign(scanned.fraction.substr(lead));
  } else {
    // A zero keeps the places behind its point.
    result.exponent_ = static_cast<std::int32_t>(std::clamp<std::int64_t>(exponent, -kLimit, 0));
    return result;
  }
  std::int64_t first = exponent + static_cast<std::int64_t>(result.digits_.size()) - 1;
  if (first > kLimit || first < -kLimit || exponent < std::numeric_limits<std::int32_t>::min())
    return std::nullopt;
  result.negative_ = scanned.negative;
  result.exponent_ = static_cast<std::int32_t>(exponent);
  return result;
}

Decimal Decimal::from_double(double value) {
  number::Digits digits(value);
  Decimal result;
  result.negative_ = digits.view().negative;
  result.digits_ = digits.view().digits;
  result.exponent_ = static_cast<std::int32_t>(digits.view().exponent);
  return result;
}

Decimal Decimal::normalized() const {
  number::DecimalView view = number::view(*this).normalized();
  Decimal result;
  result.negative_ = view.negative;
  result.digits_ = view.digits;
  result.exponent_ = static_cast<std::int32_t>(view.exponent);
  return result;
}

std::string Decimal::to_string() const {
  std::string out;
  if (negative_) out += '-';
  std::int64_t size = static_cast<std::int64_t>(digits_.size());
  std::int64_t whole = size + exponent_;  // Digits before the point; not positive: zeros behind it.
  if (exponent_ > kPositionalZeros || -whole > kPositionalZeros) {
    out += digits_[0];
    if (size > 1) out.append(1, '.').append(digits_, 1);
    out += whole - 1 < 0 ? "e-" : "e+";
    number::append_text(out, whole - 1 < 0 ? 1 - whole : whole - 1);
  } else if (exponent_ >= 0) {
    out.append(digits_).append(static_cast<std::size_t>(exponent_), '0');
  } else if (whole <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-whole), '0').append(digits_);
  } else {
    out.append(digits_, 0, static_cast<std::size_t>(whole)).append(1, '.');
    out.append(digits_, static_cast<std::size_t>(whole));
  }
  return out;
}

double Decimal::to_double() const {
  if (is_zero()) return 0;
  std::string text = negative_ ? "-" : "";
  text.append(digits_).append(1, 'e');
  number::append_text(text, std::int64_t{exponent_});
  double result = 0;
  if (number::to_double(text, result)) return result;
  bool huge = exponent_ + static_cast<std::int64_t>(digits_.size()) > 0;
  double magnitude = huge ? std::numeric_limits<double>::infinity() : 0.0;
  return negative_ ? -magnitude : magnitude;
}

std::optional<std::int64_t> Decimal::to_int64() const noexcept {
  number::DecimalView view = number::view(*this).normalized();
  if (view.exponent < 0 || view.exponent + static_cast<std::int64_t>(view.digits.size()) > 19)
    return std::nullopt;
  std::uint64_t magnitude = 0;  // Up to 19 digits fit.
  for (char digit : view.digits) magnitude = magnitude * 10 + static_cast<std::uint64_t>(digit - '0');
  for (std::int64_t i = 0; i < view.exponent; ++i) magnitude *= 10;
  std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative_ ? 1 : 0);
  if (magnitude > limit) return std::nullopt;
  return static_cast<std::int64_t>(view.negative ? 0 - magnitude : magnitude);
}

std::strong_ordering Decimal::compare(const Decimal& left, const Decimal& right) noexcept {
  return number::compare(number::view(left), number::view(right));
}

}  // namespace dataknobs
