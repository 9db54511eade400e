// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Values as cells of a column and back. SQLite lets any cell hold any class, so what a cell means follows
/// from what is stored in it and from the column's type together; a value is written only if its cell reads
/// back as the same value.

#include <optional>
#include <string>
#include <string_view>

#include <dataknobs/value.hpp>

#include "backends/sqlite/column_type.hpp"
#include "backends/sqlite/connection.hpp"

namespace dataknobs::sqlite {

/// What a cell in a column of that type means. A cell of another class is the value that it stores.
/// Errors: SerializationError if text is not UTF-8, with the offset of the first bad byte.
Value decode(const Cell& cell, const FieldType& type);

/// True if the kind's ordinary cells are those of that storage class, one to one, so that a reader may pass
/// them on without looking closer (NaN, the one exception of floats, is text).
bool is_plain(ValueType kind, Cell::Storage storage) noexcept;

/// A value as a cell. Holds the bytes that the cell refers to where the value itself does not.
class Encoder {
 public:
  /// Nothing if it could be encoded, else why not: "does not fit a column of type integer". The cell is valid
  /// until the next call and while the value lives.
  std::optional<std::string> encode(const Value& value, const FieldType& type, Affinity affinity);
  const Cell& cell() const noexcept { return cell_; }

 private:
  bool encode_plain(const Value& value, const FieldType& type, Affinity affinity);
  bool encode_number(const Value& value, ValueType kind, Affinity affinity);
  bool encode_candidate(const Value& value, ValueType kind, Affinity affinity);
  void set_text(std::string text);
  Cell cell_;
  std::string buffer_;
};

/// The cell after SQLite has applied the column's affinity to it; nothing if that is not known exactly (it
/// would be a conversion of text to a number, which is never wanted).
std::optional<Cell> apply_affinity(const Cell& cell, Affinity affinity);

/// Where the text stops being UTF-8; nothing if it does not.
std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept;

}  // namespace dataknobs::sqlite
