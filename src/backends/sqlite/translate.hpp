// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Filters and sorts as SQL that answers exactly as the reference semantics does. SQLite's own operators are
/// used where they are exactly right for every cell that a column may hold, so that indexes serve; elsewhere
/// dk_match and dk_order decide. The table's alias is t.

#include <vector>

#include <dataknobs/query.hpp>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// What names mean in that dataset.
FieldResolution resolution(const TableDataset& dataset);

/// True of exactly the records that match; false or null of others.
/// Errors: QueryError on unknown fields and bad patterns.
Sql translate_filter(const Expression& filter, const TableDataset& dataset);

/// False for what exceeds SQLite's limits: more fields in one comparison than a function takes.
bool is_translatable(const Expression& filter, const TableDataset& dataset);

/// "a, b DESC NULLS LAST, id": all keys, then the id, ascending. REQUIRES: the dataset has a key.
Sql translate_order(const std::vector<SortKey>& sort, const TableDataset& dataset);

/// A column as SQL: t."name".
std::string column_sql(const TableColumn& column);

}  // namespace dataknobs::sqlite
