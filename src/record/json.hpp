// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// JSON text to values and back (RFC 8259), exactly: numbers keep their value, duplicate names, invalid UTF-8 and lone
/// surrogates are errors with their position.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs {

/// Parses one JSON text (scalars too). A number without fraction and exponent is an integer if it fits int64, else a
/// float if that double's shortest form is the same number, else a decimal.
/// Errors: SerializationError with line, column and an excerpt.
Value parse_json(std::string_view text);

/// Natural JSON. What JSON cannot say is written as text: decimal as a number with its digits, binary as base64, the
/// temporal types as RFC 3339, NaN and infinities as the strings "NaN", "Infinity", "-Infinity", vectors as arrays.
/// Only ASCII control characters, quotes and backslashes are escaped.
void append_json(std::string& out, const Value& value);
std::string to_json(const Value& value);
/// Indented by two blanks a level.
std::string to_pretty_json(const Value& value);

/// The document of a record: its fields as members. `types` holds the class of each top-level value (or path "a.b" of a nested one)
/// that natural JSON cannot say: {"when": "datetime", "price": "decimal", "x": "float"}.
struct Document {
  std::string data;                  ///< A JSON object.
  std::optional<std::string> types;  ///< A JSON object, or nothing where natural JSON says it all.
};
/// Numbers: a float that prints as an integer ("1e3" → 1000.0) or a decimal that would read as a float is noted in types.
Document to_document(const Record& record);
/// The record of a document. A `types` entry whose value no longer parses is ignored and named in `warnings`.
/// The id is not set. Errors: SerializationError if `data` is not an object.
Record from_document(std::string_view data, std::optional<std::string_view> types,
                     std::vector<std::string>* warnings = nullptr);

}  // namespace dataknobs
