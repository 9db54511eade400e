// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparison: a leaf of a filter that compares one path with literals, as stores and indexes look at it.

#include <optional>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// A comparison with its path on the left side.
struct Comparison {
  Operator op;
  Expression path;
  std::vector<Expression> right;  ///< Literals.
};

/// Nothing if it does not compare one path with literals. REQUIRES: no `and`, `or`, `not`.
std::optional<Comparison> comparison_of(const Expression& leaf);

}  // namespace dataknobs
