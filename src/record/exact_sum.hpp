// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Sums of numbers without rounding.

#include <cstdint>
#include <memory>

#include <dataknobs/value.hpp>

#include "record/number.hpp"

namespace dataknobs {

/// The exact sum of any number of integers and decimals, in any order. Small numbers cost no allocation.
class ExactSum {
 public:
  ExactSum();
  ExactSum(ExactSum&&) noexcept;
  ExactSum& operator=(ExactSum&&) noexcept;
  ~ExactSum();

  void add(std::int64_t value);
  void add(const number::DecimalView& value);
  /// Errors: Error{resource} if the sum has more than 147 455 digits or is beyond the limits of Decimal.
  Decimal total() const;
  /// The total divided by `count`, as the nearest double (ties to even). REQUIRES: count > 0.
  double divided_by(std::uint64_t count) const;

 private:
  __extension__ using Wide = __int128;
  struct Fractions;  ///< Sums of numbers with a fraction, or of many digits.
  Fractions& fractions();

  Wide integers_ = 0;
  std::unique_ptr<Fractions> fractions_;
};

/// The sum of floats, with the rounding errors of the single additions made good (Neumaier 1974).
class FloatSum {
 public:
  void add(double value) noexcept;
  double total() const noexcept;

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace dataknobs
