// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparisons with a number as comparisons that SQLite makes exactly. SQLite compares integers and floats by
/// their exact values; the semantics compares them by D(x), which differs for floats beyond 2^63 and beside
/// decimals. Constants are chosen so that both agree for every cell.

#include <optional>

#include <dataknobs/expression.hpp>

#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// `cell op constant`; without a constant it is false of every number.
struct NumberCondition {
  Operator op = Operator::equal;
  std::optional<Parameter> constant;
};

/// Nothing where no such constant does it. REQUIRES: op is `equal` or an ordering.
std::optional<NumberCondition> number_condition(Operator op, const Value& number);

}  // namespace dataknobs::sqlite
