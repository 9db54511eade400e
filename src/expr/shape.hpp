// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Which operands an operator takes.

#include <optional>
#include <span>
#include <string>

#include <dataknobs/expression.hpp>

namespace dataknobs {

struct Problem {
  std::string message;
  std::string hint;
};

/// What is wrong with these operands of that operator, or nothing.
std::optional<Problem> find_problem(Operator op, std::span<const Expression> operands);

}  // namespace dataknobs
