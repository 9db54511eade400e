// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Types that a user gives to columns of a CSV file (`type=price:decimal`), in place of those that are found.

#include <map>
#include <string>
#include <vector>

#include "backends/file/file_dataset.hpp"

namespace dataknobs::file {

/// Column names and types out of the values of `type=`. Errors: ConfigurationError.
std::map<std::string, FieldType> parse_declared_types(const std::vector<std::string>& declarations);

/// Checks that the columns have the declared types. Errors: ConfigurationError if there is no such column;
/// SerializationError that names the first record whose value cannot be read as the type.
void check_declared_types(const FileDataset& dataset);

}  // namespace dataknobs::file
