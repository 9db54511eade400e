// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Batch: the unit of work between stores, as rows, as Arrow columns, or as bytes of a wire format. Rows and
/// columns are converted into each other on demand, exactly both ways, and wire bytes into columns.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <dataknobs/backend/schema.hpp>
#include <dataknobs/record.hpp>

// Whoever makes columns of his own includes Arrow; records need none of it.
namespace arrow {
class Array;
class DataType;
}  // namespace arrow

namespace dataknobs {

/// A column: an Arrow array of the one storage type of its kind, plus what that type cannot say.
///
/// Storage by kind: boolean -> bool, integer -> int64, floating -> float64, decimal -> utf8 (its text), string ->
/// utf8, binary -> binary, datetime -> timestamp[us, UTC] (infinities as the extremes), date -> date32, time ->
/// time64[us], json -> utf8 (its JSON text), vector -> utf8 (its JSON text), any (ValueType::null) -> null type:
/// every value that is there is an exception.
class Column {
 public:
  Column(FieldType type, std::shared_ptr<arrow::Array> array)
      : type_(std::move(type)), array_(std::move(array)) {}

  const FieldType& type() const noexcept { return type_; }
  const std::shared_ptr<arrow::Array>& array() const noexcept { return array_; }
  std::int64_t size() const noexcept;

  /// Values of another class than the column's, or that its storage cannot hold, by row. The array is null
  /// there.
  const std::map<std::int64_t, Value>& exceptions() const noexcept { return exceptions_; }
  Column& set_exceptions(std::map<std::int64_t, Value> exceptions) {
    return exceptions_ = std::move(exceptions), *this;
  }
  /// Rows in which the field is missing rather than null; empty where none is.
  const std::vector<bool>& missing() const noexcept { return missing_; }
  Column& set_missing(std::vector<bool> missing) { return missing_ = std::move(missing), *this; }

  /// The value in that row; null where it is null or missing.
  Value value(std::int64_t row) const;
  bool is_missing(std::int64_t row) const noexcept {
    return !missing_.empty() && missing_[static_cast<std::size_t>(row)];
  }
  /// Rows [offset, offset + count), sharing memory.
  Column slice(std::int64_t offset, std::int64_t count) const;

 private:
  FieldType type_;
  std::shared_ptr<arrow::Array> array_;
  std::map<std::int64_t, Value> exceptions_;
  std::vector<bool> missing_;
};

/// Collects values of one field into a Column; a value of another class becomes an exception.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(FieldType type);
  ~ColumnBuilder();
  ColumnBuilder(ColumnBuilder&&) noexcept;
  ColumnBuilder& operator=(ColumnBuilder&&) noexcept;
  void reserve(std::int64_t rows);
  void append(const Value& value);
  void append_null();
  void append_missing();
  // Typed appends, REQUIRES: the kind of the column is that type's (text: decimal, string, json or vector).
  void append_boolean(bool value);
  void append_integer(std::int64_t value);  ///< Also datetime, date and time, in their units.
  void append_floating(double value);
  void append_text(std::string_view value);  ///< Also binary.
  std::int64_t size() const noexcept;
  /// Leaves the builder empty and usable.
  Column finish();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Bytes as they go over the wire of a store, with the fingerprint of the columns they hold: a writer that
/// takes the same format and fingerprint passes them through untouched.
struct WireBytes {
  std::string encoding;             ///< "postgresql-binary-copy"
  std::string fingerprint;          ///< Column names and types as the store knows them.
  std::string bytes;                ///< Whole rows only, without header and trailer.
  std::vector<std::uint32_t> rows;  ///< Where each row begins within `bytes`.

  /// The bytes of rows [offset, offset + count). REQUIRES: they are there.
  std::string_view of_rows(std::uint64_t offset, std::uint64_t count) const;
};

class Batch;

/// Makes columns of `count` whole rows of wire bytes. Errors: SerializationError where they are not such rows.
/// Thread safety: may be called by several threads.
using WireDecoder = std::function<Batch(std::string_view rows, std::uint64_t count)>;

/// Records on their way. Immutable once made; copies share.
/// Thread safety: const access may be shared except for the first conversion, which is guarded.
class Batch {
 public:
  Batch();
  static Batch from_rows(std::vector<Record> rows);
  /// `ids`: an utf8 array of the records' ids, or nullptr where they have none (or the key columns say it
  /// all). Errors: SerializationError on columns of unequal size or equal names.
  static Batch from_columns(Schema schema, std::vector<Column> columns,
                            std::shared_ptr<arrow::Array> ids = nullptr);
  /// `decode` makes the columns if somebody asks for them.
  static Batch from_wire(WireBytes bytes, WireDecoder decode);

  std::uint64_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  /// About how much memory it holds, in bytes.
  std::uint64_t memory() const;

  /// Records are there already.
  bool has_rows() const noexcept;
  /// Columns are there already, or are what its wire bytes are decoded into.
  bool has_columns() const noexcept;
  /// The wire bytes, or nullptr. A part of a batch of wire bytes has none, but can still be read.
  const WireBytes* wire() const noexcept;

  /// The records; made from the columns on first use.
  const std::vector<Record>& rows() const;
  /// The columns; decoded from the wire bytes on first use, or made from the records, with a type per field:
  /// the class of all its values where there is one, else the first one's with exceptions. A field that some
  /// record lacks is `missing` there.
  const Schema& schema() const;
  const std::vector<Column>& columns() const;
  /// utf8 array of ids or nullptr (columnar batches only).
  const std::shared_ptr<arrow::Array>& ids() const;
  /// Moves the records out. REQUIRES: nobody shares the batch, or a copy is made.
  std::vector<Record> take_rows() &&;

  /// The same records as columns of the given schema: values of another class become exceptions; fields
  /// beyond the schema are an error. Errors: SerializationError with record id and field.
  Batch with_schema(const Schema& schema) const;
  /// Rows [offset, offset + count), sharing memory.
  Batch slice(std::uint64_t offset, std::uint64_t count) const;
  /// The rows whose bit is set, in order. REQUIRES: selection.size() == size()
  Batch select(const std::vector<bool>& selection) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// A writer that takes records rather than columns takes a batch in slices of so many: records made of columns
/// take several times their memory, and those of a slice go with it.
inline constexpr std::uint64_t kRecordsAtOnce = 256;

/// The Arrow storage type of a kind, as in Column.
std::shared_ptr<arrow::DataType> storage_type(ValueType kind);

}  // namespace dataknobs
