// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A record's id and its key fields: two forms of one thing, kept equal here alone.

#include <optional>
#include <string>

#include <dataknobs/error.hpp>
#include <dataknobs/record.hpp>

#include "database/dataset.hpp"

namespace dataknobs {

/// The types of the key columns, in their order. Columns layout only.
std::vector<FieldType> key_types(const Dataset& dataset);

/// The id that the values of key columns make, in their order; nothing where one of them is null, or there is none.
std::optional<std::string> id_of_key(const std::vector<Value>& key);

/// The id that the record's key fields say: all key columns in a columns layout, the field `id` (a string or
/// an integer) in a document one. Nothing if one is missing or null, or the dataset has no key. Errors:
/// SerializationError if a value is not of its column's class.
std::optional<std::string> id_of_fields(const Record& record, const Dataset& dataset);

/// Makes both forms of the key agree: sets the id from the fields where it is missing, and, in a columns
/// layout, missing key fields from the id. Where neither is there, nothing changes. Errors:
/// SerializationError (with record id and field) if both are there and differ, or the id is no such key.
void reconcile_key(Record& record, const Dataset& dataset);

/// The dataset's records are told apart by a key that lasts.
bool has_key(const Dataset& dataset) noexcept;

}  // namespace dataknobs
