// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Reads the records of a CSV file as columns.

#include <memory>

#include "backends/file/csv_index.hpp"
#include "backends/file/source.hpp"

namespace dataknobs::file {

/// What stays the same for all parts of a file.
struct CsvTable {
  std::shared_ptr<const InputFile> file;
  CsvDialect dialect;
  std::shared_ptr<const CsvIndex> index;
  std::vector<std::string> key;  ///< Empty: ids are the positions of records, from 1.
};

std::unique_ptr<Source> read_csv(const CsvTable& table, const Part& part, const SourceRequest& request);

}  // namespace dataknobs::file
