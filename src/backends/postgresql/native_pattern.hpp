// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Matches of texts and lists as SQL, with exactly the reference semantics. Pure.

#include <optional>
#include <string>

#include "backends/postgresql/operand.hpp"
#include "expr/operators.hpp"

namespace dataknobs::postgresql {

/// `operand op literal` for like, ilike, regex, starts with and contains. Nothing where no SQL says exactly that.
std::optional<std::string> match_literal(const Operand& operand, Operator op, const Value& literal);

}  // namespace dataknobs::postgresql
