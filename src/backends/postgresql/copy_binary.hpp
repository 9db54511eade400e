// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The binary format of COPY, to and from columns: pure, without a server, and without a Value per cell.
/// https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/postgresql/wire_type.hpp"
#include "record/batch.hpp"

namespace dataknobs::postgresql {

/// A column as it travels.
struct WireColumn {
  std::string name;
  Codec codec = Codec::text;
  FieldType type;
  /// atttypmod: the server rounds or cuts silently to what it says, so the encoder refuses what would not stay whole.
  std::int32_t modifier = -1;
};

/// What comes before the first row.
std::string_view copy_header() noexcept;
/// What comes after the last row.
std::string_view copy_trailer() noexcept;

/// One value within bytes that live elsewhere. size -1: null.
struct Cell {
  const char* data = nullptr;
  std::int32_t size = -1;
};

/// The bytes behind the header. Errors: SerializationError if there is no header, or one of an unknown form.
std::string_view strip_copy_header(std::string_view bytes);

/// Takes whole rows apart, some at a time.
class RowSplitter {
 public:
  RowSplitter(std::string_view rows, std::size_t columns) : rows_(rows), columns_(columns) {}
  /// Replaces `cells` by those of the next rows, row by row, `most` rows at most; how many rows these are.
  /// Errors: SerializationError with the row where the bytes are not such rows.
  std::size_t next(std::vector<Cell>& cells, std::size_t most);

 private:
  std::string_view rows_;
  std::size_t columns_;
  std::size_t done_ = 0;
};

/// The cells of whole rows, row by row. Errors: SerializationError with the row where the bytes are not such rows.
std::vector<Cell> split_rows(std::string_view rows, std::size_t columns);

/// The rows with these of their columns alone. Errors: SerializationError with the row.
std::string select_cells(const WireBytes& wire, const std::vector<std::size_t>& columns);

/// The column made of every `stride`-th cell from `first` on. Errors: SerializationError naming column and row.
Column decode_column(const WireColumn& column, const Cell* first, std::size_t stride, std::size_t rows);

/// Rows of a COPY as columns, in their order. `expected`: how many rows these are, as far as that is known.
std::vector<Column> decode_rows(const std::vector<WireColumn>& columns, std::string_view rows,
                                std::uint64_t expected = 0);

/// Appends length and bytes of a value. Returns what is wrong if the type cannot keep it; nothing is appended then.
std::optional<std::string> append_value(std::string& out, const Value& value, Codec codec);

/// As above for a number in decimal text; false if it is none or has too many digits.
bool append_numeric_cell(std::string& out, std::string_view text);

/// What the modifier of the column's type (a scale, a length, a precision of seconds) would change of the value, in
/// words.
std::optional<std::string> modifier_problem(const Value& value, const WireColumn& column);
/// The same for a number in decimal text and for a string.
bool fits_scale(std::string_view number, std::int32_t scale);
bool fits_length(std::string_view text, const WireColumn& column);

/// Appends the cell of row `row`. The fast paths of it are chosen once per column.
class ColumnEncoder {
 public:
  /// `column` may be nullptr: every value is null. It must live as long as the encoder.
  ColumnEncoder(const WireColumn& target, const Column* column);
  /// Errors: ValidationError that names the field and shows the value.
  void append(std::string& out, std::int64_t row) const;

 private:
  enum class Path : std::uint8_t {
    none,
    boolean,
    int2,
    int4,
    int8,
    float4,
    float8,
    text,
    json,
    numeric,
    timestamp,
    date,
    value,
  };
  bool append_fast(std::string& out, std::int64_t row) const;
  bool is_null(std::int64_t row) const noexcept;
  static Path choose(const WireColumn& target, ValueType kind);
  void append_slow(std::string& out, std::int64_t row) const;
  [[noreturn]] void raise(std::int64_t row, const std::string& reason) const;

  WireColumn target_;
  const Column* column_;
  Path path_ = Path::none;
  const std::uint8_t* valid_ = nullptr;  ///< Bitmap, or nullptr where all are.
  std::int64_t offset_ = 0;
  const char* values_ = nullptr;
  const std::int32_t* offsets_ = nullptr;
};

/// Appends rows [begin, end) as COPY wants them.
void encode_rows(std::string& out, const std::vector<ColumnEncoder>& columns, std::int64_t begin,
                 std::int64_t end);

/// A one-dimensional array parameter of all values of the column, in the binary format.
std::string encode_array(const ColumnEncoder& column, Codec codec, std::int64_t begin, std::int64_t end);

}  // namespace dataknobs::postgresql
