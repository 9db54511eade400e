// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Keys of tables in the columns layout as SQL.

#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// True of the row with that key. REQUIRES: one value for each key column, not null.
Sql key_condition(const TableDataset& dataset, const std::vector<Value>& key);

/// "a", "b"
std::string key_list(const TableDataset& dataset);

/// Throws UnsupportedError: verbs by id need a key.
[[noreturn]] void raise_no_key(const TableDataset& dataset);

}  // namespace dataknobs::sqlite
