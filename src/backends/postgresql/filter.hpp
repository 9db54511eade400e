// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Expressions and sorts as SQL, with exactly the reference semantics. Pure.

#include <string>
#include <vector>

#include <dataknobs/query.hpp>

namespace dataknobs::postgresql {

class Table;

/// A condition that is true for exactly the rows that the expression is true for.
/// REQUIRES: the expression was taken by the planner for that table.
std::string filter_sql(const Table& table, const Expression& filter);

/// What follows ORDER BY: the keys, then the id. Empty where there is nothing to sort by.
std::string order_sql(const Table& table, const std::vector<SortKey>& sort);

}  // namespace dataknobs::postgresql
