// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a record must be to go into a table of columns.

#include <memory>
#include <optional>

#include <dataknobs/error.hpp>
#include <dataknobs/record.hpp>

#include "record/schema.hpp"

namespace dataknobs {

/// Makes the fields of a record those of the schema: in its order, missing ones null, each value in the class
/// of its column. The error names record and field: an unknown field, a value that does not fit, a null where
/// none may be.
std::optional<Error> conform(Record& record, const Schema& schema);

/// The value as that type keeps it, or nothing if it does not fit exactly.
std::optional<Value> conform_value(const Value& value, const FieldType& type);

}  // namespace dataknobs
