// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Rows to columns and back, for Batch.

#include "record/batch.hpp"

namespace dataknobs {

struct ColumnSet {
  Schema schema;
  std::vector<Column> columns;
  std::shared_ptr<arrow::Array> ids;
};

/// Columns with a type per field, as Batch::columns says.
ColumnSet columns_from_rows(const std::vector<Record>& rows);
/// Columns of that schema. Errors: SerializationError on a field that the schema lacks.
ColumnSet columns_from_rows(const std::vector<Record>& rows, const Schema& schema);
std::vector<Record> rows_from_columns(const ColumnSet& set, std::uint64_t size);
/// Errors: SerializationError on a column that the schema lacks and some row has.
ColumnSet columns_with_schema(const ColumnSet& set, std::uint64_t size, const Schema& schema);
ColumnSet slice_columns(const ColumnSet& set, std::int64_t offset, std::int64_t count);
ColumnSet select_columns(const ColumnSet& set, const std::vector<bool>& selection);
/// Errors: SerializationError unless all have the size, the storage type of their kind and the ids are text.
void check_columns(const ColumnSet& set, std::int64_t size);
std::uint64_t memory_of(const ColumnSet& set);
std::uint64_t memory_of(const std::vector<Record>& rows);

}  // namespace dataknobs
