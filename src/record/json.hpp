// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// JSON text to values and back (RFC 8259), exactly: numbers keep their value, duplicate names, invalid UTF-8
/// and lone surrogates are errors with their position.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs {

/// Parses one JSON text (scalars too). A number without fraction and exponent is an integer if it fits int64,
/// else a float if that double's shortest form is the same number, else a decimal. Errors: SerializationError
/// with line, column and an excerpt.
Value parse_json(std::string_view text);

/// Parses the text of one object into its members. Errors: as above, also for any other value.
Json::Object parse_json_object(std::string_view text);
/// As above, but numbers with a fraction, an exponent or beyond int64 are all decimals, so that they keep
/// their digits.
Json::Object parse_json_object_with_decimals(std::string_view text);

/// The vector of an array of numbers (or the strings "NaN", "Infinity", "-Infinity"); nothing if it is
/// anything else or a number overflows a float.
std::optional<Vector> vector_from_json(const Value& value);
/// True for the classes that a Json may hold, itself included.
bool is_json_leaf(ValueType type) noexcept;
/// True if natural JSON says the value exactly: its text reads back as an equal value of the same types.
bool is_natural_json(const Value& value);

/// Natural JSON. What JSON cannot say is written as text: decimal as a number with its digits, binary as
/// base64, the temporal types as RFC 3339, NaN and infinities as the strings "NaN", "Infinity", "-Infinity",
/// vectors as arrays. Only ASCII control characters, quotes and backslashes are escaped.
void append_json(std::string& out, const Value& value);
std::string to_json(const Value& value);
/// Indented by two blanks a level.
std::string to_pretty_json(const Value& value);

/// The document of a record: its fields as members. `types` holds the class of each value that natural JSON
/// cannot say, by its path: {"when": "datetime", "price": "decimal", "limits.high": "float", "list[2]":
/// "decimal"}. Names that are empty or hold one of . [ ] " are in double quotes there, a quote within
/// doubled.
struct Document {
  std::string data;                  ///< A JSON object.
  std::optional<std::string> types;  ///< A JSON object, or nothing where natural JSON says it all.
};
/// A float always prints with a point or an exponent, so only NaN and the infinities need a note; a decimal
/// has one where it would read as an integer or a float.
Document to_document(const Record& record);
/// The record of a document. A `types` entry whose value no longer parses is ignored and named in `warnings`.
/// The id is not set. Errors: SerializationError if `data` is not an object.
Record from_document(std::string_view data, std::optional<std::string_view> types,
                     std::vector<std::string>* warnings = nullptr);

}  // namespace dataknobs
