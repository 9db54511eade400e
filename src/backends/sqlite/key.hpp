// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Keys of tables in the columns layout as SQL.

#include <optional>
#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// True of the row with that key. REQUIRES: one value for each key column, not null.
Sql key_condition(const TableDataset& dataset, const std::vector<Value>& key);

/// True of all rows that may have this id with values of other classes than declared in their key, which SQLite lets
/// columns hold; of some others too, so that their ids have to be compared. Nothing where no row can.
std::optional<Sql> odd_key_condition(const TableDataset& dataset, const std::string& id);
/// True of the row with that key, whose values are of the classes that it has there.
Sql stored_key_condition(const TableDataset& dataset, const std::vector<Value>& key);

/// "a", "b"
std::string key_list(const TableDataset& dataset);

/// Throws UnsupportedError: verbs by id need a key.
[[noreturn]] void raise_no_key(const TableDataset& dataset);

}  // namespace dataknobs::sqlite
