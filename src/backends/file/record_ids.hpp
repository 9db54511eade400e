// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The ids of records that were read as columns.

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "backends/file/input_file.hpp"
#include "record/batch.hpp"

namespace dataknobs::file {

/// Of the key columns; without a key the positions of the records from 1, `first_row` of which are before these.
/// Errors: SerializationError if a key is null.
std::shared_ptr<arrow::Array> make_ids(const InputFile& file, const std::vector<std::string>& key,
                                       const Schema& schema, const std::vector<Column>& columns,
                                       std::uint64_t first_row, std::int64_t rows);

}  // namespace dataknobs::file
