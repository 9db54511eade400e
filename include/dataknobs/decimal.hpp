// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Exact decimal numbers of any precision.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dataknobs {

/// An exact decimal number: sign x digits x 10^exponent. It keeps the digits it was given, so that "1.50"
/// prints as "1.50" while it equals 1.5. It has neither NaN nor infinities nor a negative zero.
///
/// ```cpp
/// Decimal price = *Decimal::parse("9.50");
/// price == *Decimal::parse("9.5");  // true
/// ```
/// Limits: the exponent of the first digit lies within +-1'000'000.
/// Thread safety: as for a standard container.
class Decimal {
 public:
  /// Zero.
  Decimal() = default;
  /// That integer, exactly.
  Decimal(std::int64_t value);

  /// Parses `[+-]digits[.digits][e[+-]digits]`, the whole text; nothing if it is not a number or out of the
  /// limits.
  static std::optional<Decimal> parse(std::string_view text);
  /// The shortest decimal that reads back as the same double (for an integral |x| < 2^63 its exact integer).
  /// REQUIRES: value is finite.
  static Decimal from_double(double value);

  /// True below zero.
  bool negative() const noexcept { return negative_; }
  /// Decimal digits without leading zeros, "0" for zero; the trailing zeros that were given are kept.
  const std::string& digits() const noexcept { return digits_; }
  /// The power of ten of the last digit: 1.50 is 150 with exponent -2.
  std::int32_t exponent() const noexcept { return exponent_; }
  /// True for zero, with whatever exponent.
  bool is_zero() const noexcept {
    return digits_ == "0" || digits_.find_first_not_of('0') == std::string::npos;
  }

  /// The same number without trailing zeros (zero: "0", exponent 0).
  Decimal normalized() const;
  /// Positional text, "-12.50"; with an exponent ("1e+400") where that would need more than 60 zeros.
  std::string to_string() const;
  /// The nearest double (ties to even); +-infinity beyond its range.
  double to_double() const;
  /// The integer, if it is one and fits.
  std::optional<std::int64_t> to_int64() const noexcept;

  /// By exact value: 1.0 equals 1.00.
  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) noexcept {
    return compare(left, right);
  }
  friend bool operator==(const Decimal& left, const Decimal& right) noexcept {
    return compare(left, right) == 0;
  }

 private:
  static std::strong_ordering compare(const Decimal& left, const Decimal& right) noexcept;
  bool negative_ = false;
  std::string digits_ = "0";
  std::int32_t exponent_ = 0;
};

}  // namespace dataknobs
