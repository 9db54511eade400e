// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Computed values as SQL, where the server's functions give exactly what the language says. Pure.

#include <optional>

#include <dataknobs/expression.hpp>

#include "backends/postgresql/operand.hpp"

namespace dataknobs::postgresql {

class Table;

/// What the call is, as an operand: nothing where no SQL says exactly that, or where the server would raise an error
/// for some values. REQUIRES: its paths are ones of the table.
std::optional<Operand> computed_operand(const Table& table, const Expression& call);

}  // namespace dataknobs::postgresql
