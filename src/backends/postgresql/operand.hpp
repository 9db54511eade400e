// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The value at a path as SQL. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs::postgresql {

class Table;

/// How SQL has the values of a class.
enum class Kind : std::uint8_t {
  none,      ///< No value is of that class.
  integer,   ///< smallint, integer, bigint.
  floating,  ///< real, double precision.
  numeric,   ///< Exact, with NaN and infinities. Of moments and times: microseconds since 1970 or midnight.
  text,      ///< Compared in collation "C".
  padded_text,  ///< char(n).
  uuid,
  date,
  timestamp,
  timestamptz,
  time,
  native,  ///< The class has one type alone: boolean, bytea, jsonb.
};

/// An expression that is null wherever the value is of another class.
struct Typed {
  Kind kind = Kind::none;
  std::string sql;

  explicit operator bool() const noexcept { return kind != Kind::none; }
};

/// The value at a path, class by class.
struct Operand {
  /// Conditions, which are never null; empty where there is no telling.
  std::string exists = "false";
  std::string missing = "true";
  /// False: there are values of which SQL says at most that they exist.
  bool exact = true;

  Typed boolean;
  Typed number;
  Typed string;
  Typed binary;
  Typed moment;
  Typed time;
  /// Objects and arrays, as jsonb.
  Typed json;
  /// Where texts may stand among moments: what each text begins with, a condition that is true of the texts, and one
  /// that is true of the moments; both null of null.
  std::string string_prefix;
  std::string is_string;
  std::string is_moment;

  /// The jsonb that the value is a member of, and the way there. Empty: it is none.
  std::string document;
  std::vector<std::string> members;
  /// Where `types` stand beside the document: the value's own entry as text, and the paths of the floats below it
  /// that JSON has no numbers for, as a jsonb array or null. Empty: a value is what JSON says.
  std::string note;
  std::string noted_floats;
};

/// REQUIRES: the path is one of the table.
Operand operand_of(const Table& table, const Path& path);

}  // namespace dataknobs::postgresql
