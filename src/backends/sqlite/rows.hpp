// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Rows of a result as records or as columns.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "record/batch.hpp"

namespace dataknobs::sqlite {

/// What is selected of a table, and how its rows become records.
class RowShape {
 public:
  /// `fields`: root names wanted; empty means all. Key columns are always among them. Unknown names are left
  /// out: they are null in every record. Of a document all is read.
  RowShape(std::shared_ptr<const TableDataset> dataset, const std::vector<std::string>& fields);

  /// "t.a, t.b"
  const std::string& select_list() const noexcept { return select_list_; }
  int width() const noexcept {
    return static_cast<int>(std::max<std::size_t>(positions_.size(), document() ? 5 : 1));
  }

  /// The record of the statement's row. In a columns layout it has no version yet (RowVersions).
  /// Errors: SerializationError with record id and field.
  Record record(const Statement& statement) const;
  /// The selected columns.
  Schema schema() const;
  const std::vector<std::size_t>& positions() const noexcept { return positions_; }
  /// Every column is selected.
  bool is_whole() const noexcept { return whole_; }
  const TableDataset& dataset() const noexcept { return *dataset_; }

  /// About how many bytes the row holds.
  std::uint64_t size_of(const Statement& statement) const;

 private:
  bool document() const noexcept { return dataset_->layout() == Layout::document; }
  Record document_record(const Statement& statement) const;
  void set_id(Record& record) const;

  std::shared_ptr<const TableDataset> dataset_;
  std::string select_list_;
  std::vector<std::size_t> positions_;  // In dataset.columns.
  bool whole_ = true;
};

/// Collects rows into columns. REQUIRES: a columns layout.
class ColumnCollector {
 public:
  explicit ColumnCollector(const RowShape& shape);
  ColumnCollector(const ColumnCollector&) = delete;
  ColumnCollector& operator=(const ColumnCollector&) = delete;
  /// Returns about how many bytes the row takes. Errors: SerializationError with field.
  std::uint64_t append(const Statement& statement);
  std::int64_t rows() const noexcept { return rows_; }
  Batch finish();

 private:
  std::uint64_t append_cell(std::size_t index, const Cell& cell);
  const RowShape& shape_;
  std::vector<ColumnBuilder> builders_;
  std::int64_t rows_ = 0;
};

}  // namespace dataknobs::sqlite
