// SPDX-License-Identifier: Apache-2.0
#include "expr/comparison.hpp"

#include <span>

#include "expr/operators.hpp"

namespace dataknobs {

namespace {

bool all_literals(std::span<const Expression> operands) {
  for (const Expression& operand : operands) {
    if (!operand.is_literal()) return false;
  }
  return true;
}

}  // namespace

std::optional<Comparison> comparison_of(const Expression& leaf) {
  const std::vector<Expression>& operands = leaf.operands();
  Comparison comparison{leaf.op(), operands.front(), {operands.begin() + 1, operands.end()}};
  if (comparison.path.is_literal() && operands.size() == 2 && operands[1].is_path()) {
    const std::optional<Operator> op = mirrored(leaf.op());
    if (!op) return std::nullopt;
    comparison = Comparison{*op, operands[1], {operands[0]}};
  }
  if (!comparison.path.is_path() || !all_literals(comparison.right)) return std::nullopt;
  return comparison;
}

}  // namespace dataknobs
