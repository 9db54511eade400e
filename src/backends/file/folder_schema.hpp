// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The columns of a folder: those of all its files, each of a type that has every value.

#include <string>
#include <vector>

#include "backends/file/csv_index.hpp"
#include "backends/file/parquet_source.hpp"

namespace dataknobs::file {

/// Joins the columns of one file after the other.
class FolderSchema {
 public:
  /// Columns of text: a type holds if all files together show it, as if they were one.
  void add(const std::string& file, const CsvIndex& index);
  /// Errors: SerializationError that names both files if a column has types that no type has all values of.
  void add(const std::string& file, const ParquetIndex& index);

  /// In the order in which they came.
  Schema schema() const;
  /// By column: a null was seen, or a file with records that has no such column.
  std::vector<bool> has_null() const;
  /// The same, or it is not known.
  std::vector<bool> may_be_null() const;

 private:
  struct Column {
    std::string name;
    FieldType type;
    std::string file;  ///< The first one that has it.
    ColumnProfile profile;
    bool is_decided = false;  ///< Some file has values of it.
    bool is_mixed = false;    ///< Files of text show different types.
    bool nullable = true;
    bool has_null = false;
    bool may_be_null = false;
    std::size_t files = 0;  ///< With records, that have it.
  };
  Column& column(const std::string& name, const std::string& file, bool& is_new);

  std::vector<Column> columns_;
  std::size_t files_ = 0;  ///< With records.
};

/// The values of a column as those of the type that its folder has. REQUIRES: FolderSchema said so.
dataknobs::Column widened(const dataknobs::Column& column, const FieldType& type);

/// The value that a text of that type stands for. REQUIRES: can_read_as(text, type)
Value value_of_text(const std::string& text, const FieldType& type);

}  // namespace dataknobs::file
