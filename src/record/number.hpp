// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Numbers by their exact decimal value, without memory allocation: what a float counts as (D(x) of
/// docs/semantics.md), exact comparison of integers, floats and decimals, and their text.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <dataknobs/decimal.hpp>

namespace dataknobs::number {

/// sign x digits x 10^exponent, not owning its digits. Digits have no leading zeros; zero is "0".
struct DecimalView {
  bool negative = false;
  std::string_view digits = "0";
  std::int64_t exponent = 0;

  bool is_zero() const noexcept { return digits.find_first_not_of('0') == std::string_view::npos; }
  /// The same number without trailing zeros.
  DecimalView normalized() const noexcept;
};

DecimalView view(const Decimal& value) noexcept;

std::strong_ordering compare(const DecimalView& left, const DecimalView& right) noexcept;

/// The digits of an integer, or of D(x) of a finite float.
class Digits {
 public:
  explicit Digits(std::int64_t value) noexcept;
  explicit Digits(double value) noexcept;
  DecimalView view() const noexcept { return {negative_, {text_, size_}, exponent_}; }

 private:
  void assign(std::uint64_t magnitude) noexcept;
  bool negative_ = false;
  char text_[24] = {};
  std::size_t size_ = 0;
  std::int64_t exponent_ = 0;
};

/// True if D(value) is an integer that fits int64: value is integral and |value| < 2^63.
bool is_int64(double value) noexcept;

/// True if the number is written with up to 15 digits and without zeros before its point (12.50, not 1e3):
/// then `out` is its nearest double, and the number is D(out) exactly.
bool is_short(const DecimalView& value, double& out) noexcept;

/// NaN equals NaN and is above all numbers; zeros are equal.
std::strong_ordering compare(double left, double right) noexcept;
std::strong_ordering compare(std::int64_t left, double right) noexcept;
std::strong_ordering compare(double left, const Decimal& right) noexcept;
std::strong_ordering compare(std::int64_t left, const Decimal& right) noexcept;

/// An integer that compares as the float does, and back: zeros have one, and NaNs.
std::int64_t order_key(double value) noexcept;
double from_order_key(std::int64_t key) noexcept;

void append_text(std::string& out, std::int64_t value);
/// The text of D(value): always with a point or an exponent, "1.0", "0.1", "1e+21". REQUIRES: value is
/// finite.
void append_text(std::string& out, double value);
/// As above, and "NaN", "Infinity", "-Infinity".
void append_any_text(std::string& out, double value);

/// A number as it was written, taken apart.
struct Scanned {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  /// As written, held within -2'000'000'000 to 2'000'000'000.
  std::int64_t exponent = 0;
  bool has_point = false;
  bool has_exponent = false;
};

/// Takes [+-]digits[.digits][e[+-]digits] from the start of the text. Returns the length taken, 0 if there is
/// no number.
std::size_t scan(std::string_view text, Scanned& out) noexcept;

/// The nearest double of a scanned text; false if it overflows or underflows. REQUIRES: text was scanned
/// whole.
bool to_double(std::string_view text, double& out) noexcept;

/// True if D(value) is exactly the scanned number. REQUIRES: value is its nearest double, finite.
bool is_exactly(const Scanned& scanned, double value) noexcept;

}  // namespace dataknobs::number
