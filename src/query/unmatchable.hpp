// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Literals that no value of a declared column can match.

#include <string>
#include <vector>

#include <dataknobs/expression.hpp>

#include "record/schema.hpp"

namespace dataknobs {

/// A sentence for each literal of the condition that is of another class than every value of the column beside it:
/// the comparison answers the same for all records. Columns without a declared type and paths into values say nothing.
std::vector<std::string> unmatchable_literals(const Expression& condition, const Schema& schema);

}  // namespace dataknobs
