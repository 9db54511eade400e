// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Types of columns as JSON, for side files, the metadata of Parquet files and the log of loads.

#include <optional>
#include <string>
#include <vector>

#include "record/schema.hpp"

namespace dataknobs::file {

/// {"type": "decimal", "precision": 10, "scale": 2, "logical": "money"}; "any" where it has none.
Value type_to_json(const FieldType& type);
/// Nothing if it is not of that form.
std::optional<FieldType> type_from_json(const Value& value);

/// [{"name": "price", "type": "decimal"}, ...]
Value schema_to_json(const Schema& schema);
std::optional<Schema> schema_from_json(const Value& value);

Value names_to_json(const std::vector<std::string>& names);
std::optional<std::vector<std::string>> names_from_json(const Value& value);

}  // namespace dataknobs::file
