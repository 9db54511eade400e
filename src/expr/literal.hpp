// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Literals: their text, and what a string literal counts as beside a value of another class.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <dataknobs/value.hpp>

namespace dataknobs {

/// The number that an unquoted literal means: an integer if it has neither fraction nor exponent and fits,
/// else a float if it has one of them and that double counts as exactly this number, else a decimal. Nothing
/// if it is out of the limits of a decimal. REQUIRES: the text is [+-]digits[.digits][e[+-]digits].
std::optional<Value> parse_number_literal(std::string_view text);

/// The value of a typed literal, `date '2024-02-29'`: the words are those of the classes that have no literal
/// of their own. Nothing if the text is no such value. REQUIRES: is_literal_type(word)
std::optional<Value> parse_typed_literal(std::string_view word, const std::string& text);
/// True for datetime, date, time, binary, decimal, float, json and vector, in any case.
bool is_literal_type(std::string_view word) noexcept;
/// These words.
std::span<const std::string_view> literal_types() noexcept;

/// The text of a literal, which the parser reads as an equal value of the same type.
void append_literal(std::string& out, const Value& value);

/// What a string literal counts as beside a value of class `type`: a moment (also as a date), a time, or
/// binary
/// (`\x` and hexadecimal digits, or base64). Nothing if the class does not adapt literals, or the text does
/// not parse: then the comparison is one across classes.
std::optional<Value> adapt_literal(const std::string& text, ValueType type);

}  // namespace dataknobs
