// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A record as the cells of a table's row.

#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/codec.hpp"
#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// Lifetime: refers to the dataset.
class TableRow {
 public:
  /// Errors: SerializationError that names the field: unknown, or a value that does not fit.
  TableRow(const TableDataset& dataset, const Record& record);

  /// INSERT of the columns that the record has: the others get the table's defaults.
  Sql insert_sql(const std::string& table) const;
  /// UPDATE of the columns that are no keys: all (those that the record lacks become null), or those that it
  /// has. Empty if there are none.
  Sql update_sql(const std::string& table, bool whole) const;
  /// "a" = excluded."a" and so on, of all columns that are no keys.
  std::string replacements() const;
  /// It has all columns that have defaults.
  bool is_whole() const noexcept { return whole_; }

 private:
  struct Item {
    std::size_t position;
    bool given = false;
    bool is_key = false;
    Parameter value;
  };
  const TableDataset& dataset_;
  std::vector<Item> items_;
  bool whole_ = true;
};

/// A cell's content as a parameter that lives by itself.
Parameter parameter_of(const Cell& cell);

/// Throws SerializationError with the nearest column.
[[noreturn]] void raise_unknown_field(const TableDataset& dataset, const std::string& field);

}  // namespace dataknobs::sqlite
