// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Conditions that SQLite can look up in an index, for cells that keep values as JSON does: numbers, and texts for
/// strings, moments, times and binary values. They are true wherever the comparison is, and may be true elsewhere too.
///
/// What they allow for: SQLite reads numbers as integers of 64 bits or as floats which may be off in the last digits;
/// it ends a text at U+0000; a moment may be written with any offset, and years beyond four digits with a sign; true is
/// 1; NaN and the infinities are texts; a list reads as a text.

#include <optional>
#include <span>
#include <string>

#include <dataknobs/expression.hpp>

#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// Nothing where no such condition is known. REQUIRES: the operands are literals, as of `comparison_of`; texts of the
/// cell compare by code point.
std::optional<Sql> superset_condition(const std::string& cell, Operator op,
                                      std::span<const Expression> right);

}  // namespace dataknobs::sqlite
