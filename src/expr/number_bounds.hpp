// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparisons with a number as comparisons with a constant of a type's own: how translators rewrite literals, so that
/// no store's casts decide.

#include <cstdint>
#include <optional>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// `x op constant`; without a constant it is `always` so, for every x of the type, or never.
template <class T>
struct BoundedComparison {
  Operator op = Operator::equal;
  std::optional<T> constant;
  bool always = false;
};

/// What `x op number` is of integers. REQUIRES: op is `equal` or an ordering, and the value a number.
BoundedComparison<std::int64_t> integer_comparison(Operator op, const Value& number);

/// The same of floats, each by the decimal that it counts as, where -0 = 0, and NaN is above all and equals itself.
BoundedComparison<double> float_comparison(Operator op, const Value& number);

/// The least float that counts as more than the number, infinity at last. REQUIRES: no float counts as the number.
double float_above(const Decimal& number);

/// The least integer above a number that is none; nothing if that is beyond int64.
std::optional<std::int64_t> integer_above(const Decimal& number);

}  // namespace dataknobs
