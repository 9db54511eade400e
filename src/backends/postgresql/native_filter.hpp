// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparisons as PostgreSQL's own operators, with exactly the reference semantics. Each condition here is true where
/// the comparison is, and false or null elsewhere. Pure.

#include <optional>
#include <string>
#include <vector>

#include <dataknobs/expression.hpp>

#include "backends/postgresql/operand.hpp"

namespace dataknobs::postgresql {

/// `operand op literal` for `=` and the orderings. Nothing where no SQL says exactly that.
std::optional<std::string> compare_literal(const Operand& operand, Operator op, const Value& literal);
/// `left op right` for `=` and the orderings.
std::optional<std::string> compare_operands(const Operand& left, Operator op, const Operand& right);
/// `operand in (literals)`; nulls in the list are ignored.
std::optional<std::string> in_literals(const Operand& operand, const std::vector<Value>& literals);

/// Conditions with `and` or `or` between them, in brackets where there are several.
std::string all_of(const std::vector<std::string>& conditions);
std::string any_of(const std::vector<std::string>& conditions);

/// True wherever the condition is not, null included.
std::string negation(const std::string& condition);
/// A string as a text in collation "C".
std::string text_in_order(const Typed& string);

/// What jsonb_strip_nulls makes of a jsonb there or within that is equal to the literal. "null" if none can be; nothing
/// where it cannot be said.
std::optional<std::string> json_constant(const Operand& operand, const Value& literal);

}  // namespace dataknobs::postgresql
