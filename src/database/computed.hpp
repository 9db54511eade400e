// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Columns that the store computes. A record may say them, as one that was read does, but it cannot change them.

#include <optional>

#include <dataknobs/error.hpp>
#include <dataknobs/record.hpp>

#include "record/schema.hpp"

namespace dataknobs {

/// The record has a value for such a column, so what is stored must be compared with it.
bool gives_computed(const Record& record, const Schema& schema) noexcept;

/// A ValidationError with the first such column of which the stored record has another value than the given one, if
/// there is any.
std::optional<Error> find_computed_change(const Record& given, const Record& stored, const Schema& schema);

}  // namespace dataknobs
