// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// How exactly values of one type are kept by another, and the conversion of single values between them.
/// Pure.

#include <optional>
#include <string>
#include <string_view>

#include <dataknobs/value.hpp>

#include "database/dataset.hpp"
#include "record/schema.hpp"

namespace dataknobs {

/// "exact", "exact if it fits", "reversible encoding", "lossy", "impossible".
std::string_view to_string(Exactness exactness) noexcept;

/// What becomes of values of type `source` in a column of type `target` that exists.
TypeMapping classify(const FieldType& source, const FieldType& target);

/// True if times of a clock become moments, for which their time zone must be known.
bool gains_time_zone(const FieldType& source, const FieldType& target) noexcept;

/// True if a value of the column's own kind may still not fit: an integer beyond its width, too long a text
/// ...
bool needs_check(const FieldType& source, const FieldType& target) noexcept;
/// Whether the value, which is of the type's kind, lies within its limits (width, precision and scale,
/// length).
bool fits(const Value& value, const FieldType& type);

/// The value as a column of type `target` holds it: equal to the given one, or its reversible text. Nothing
/// if there is none, which is what "exact if" means. Null stays null.
std::optional<Value> convert_value(const Value& value, const FieldType& target);

}  // namespace dataknobs
