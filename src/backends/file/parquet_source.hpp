// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Reads the records of Parquet files as columns. Parts are ranges of row groups.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/error.hpp>

#include "backends/file/input_file.hpp"
#include "backends/file/source.hpp"

namespace dataknobs::file {

/// What the footer of a file says.
class ParquetIndex {
 public:
  Schema schema;
  std::vector<bool> may_be_null;         ///< By column.
  std::vector<bool> is_void;             ///< By column: of Arrow's type for nulls alone.
  std::vector<std::vector<int>> leaves;  ///< By column: Parquet's own columns.
  /// By column: why it cannot be read, where it cannot.
  std::vector<std::optional<Error>> unreadable;
  std::vector<std::string> key;  ///< As we had written it.
  std::string native_schema;     ///< In Parquet's own words.
  std::uint64_t rows = 0;
  std::uint64_t row_bytes = 1;      ///< Of a row, uncompressed.
  std::vector<RecordPlace> places;  ///< By row group; the last one is the end.
};

/// Errors: SerializationError if it is not a Parquet file, or its footer is torn.
std::shared_ptr<const ParquetIndex> read_parquet_index(const std::shared_ptr<const InputFile>& file);

struct ParquetTable {
  std::shared_ptr<const InputFile> file;
  std::shared_ptr<const ParquetIndex> index;
  std::vector<std::string> key;
};

std::unique_ptr<Source> read_parquet(const ParquetTable& table, const Part& part,
                                     const SourceRequest& request);

}  // namespace dataknobs::file
