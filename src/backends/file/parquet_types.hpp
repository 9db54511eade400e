// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Columns of Parquet files as ours, and ours as Parquet's.

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "record/batch.hpp"

namespace dataknobs::file {

/// What Parquet itself says of a column beyond Arrow's type.
enum class ParquetHint : std::uint8_t { none, uuid, json };

/// The type of a column of another writer. Lists, structs and maps are json; what we have no class for travels as text
/// with its logical type.
FieldType type_of_arrow(const arrow::DataType& type, ParquetHint hint);
/// The column of an array as it was read. `type`: what type_of_arrow said, or the type that we had written.
Column column_of_arrow(const FieldType& type, const std::shared_ptr<arrow::Array>& array);

/// The Arrow type as which a column of that type is written.
std::shared_ptr<arrow::DataType> arrow_type_of(const FieldType& type);
/// The array to write. Values that it cannot hold are given to `misfit(row, value)`, which throws.
std::shared_ptr<arrow::Array> arrow_of_column(const Column& column,
                                              const std::function<void(std::int64_t, const Value&)>& misfit);

}  // namespace dataknobs::file
