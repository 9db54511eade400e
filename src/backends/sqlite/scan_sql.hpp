// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The statements of scans.

#include <optional>
#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/sql.hpp"
#include "database/backend.hpp"

namespace dataknobs::sqlite {

/// SELECT `list` of what the request finds, in its order.
Sql select_sql(const ScanRequest& request, const TableDataset& dataset, std::string_view list);
/// SELECT of the number of records found.
Sql count_sql(const ScanRequest& request, const TableDataset& dataset);
/// DELETE of what is found. Errors: UnsupportedError where a range needs a key and there is none.
Sql delete_sql(const ScanRequest& request, const TableDataset& dataset);

/// True of the rows of a partition. Errors: InvalidArgumentError if it is none of ours.
Sql partition_condition(const Partition& partition, const TableDataset& dataset);

/// Splits the table into about `wanted` ranges of row numbers, or of keys where it has none.
std::vector<Partition> make_partitions(Connection& connection, const TableDataset& dataset,
                                       std::size_t wanted);

}  // namespace dataknobs::sqlite
