// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Declared types of SQLite columns and what they mean here.

#include <cstdint>
#include <string>
#include <string_view>

#include "record/schema.hpp"

namespace dataknobs::sqlite {

/// What SQLite does to a value on its way into a column (https://www.sqlite.org/datatype3.html, section 3.1).
enum class Affinity : std::uint8_t { blob, text, numeric, integer, real };

Affinity affinity_of(std::string_view declared) noexcept;

/// True for the affinities that turn text which looks like a number into one.
constexpr bool is_numeric(Affinity affinity) noexcept {
  return affinity >= Affinity::numeric;
}

/// True if such a column would turn the text into a number: blanks around it, sign, digits, point, exponent.
bool looks_numeric(std::string_view text) noexcept;

/// The meaning of a declared type, by SQLite's own naming rules and common usage; its `native` is the
/// declared type. For what `declared_type` gives it is that same type again.
FieldType type_of_declared(std::string_view declared);

/// How a new column of that type is declared. Its affinity never changes a value of the type. What SQLite has
/// no word for follows in quotes: `TEXT "uuid"`.
std::string declared_type(const FieldType& type);

}  // namespace dataknobs::sqlite
