// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Whole records of CSV text as cells, by Arrow's parser.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/csv/parser.h>

#include "backends/file/csv_dialect.hpp"

namespace dataknobs::file {

/// The cells of a block of records, column by column.
class CsvTokens {
 public:
  /// `columns`: how many cells each record must have; -1: as many as the first one.
  CsvTokens(const CsvDialect& dialect, std::int32_t columns);

  /// Takes whole records (what `split_records` found complete). A record with another number of cells is a
  /// fault.
  std::optional<CsvFault> parse(std::string_view records);

  std::int32_t rows() const { return parser_->num_rows(); }
  std::int32_t columns() const { return parser_->num_cols(); }
  /// Calls `visit(text, is_null)` for each cell of a column, in the order of the records.
  template <class Visit>
  void visit(std::int32_t column, Visit&& visit) const {
    const auto each = [&](const std::uint8_t* data, std::uint32_t size, bool quoted) {
      const std::string_view text(reinterpret_cast<const char*>(data), size);
      visit(text, !quoted && is_null(text));
      return arrow::Status::OK();
    };
    (void)parser_->VisitColumn(column, each);
  }

 private:
  bool is_null(std::string_view text) const noexcept {
    if (text.empty()) return true;
    for (const std::string& null : dialect_.nulls) {
      if (text == null) return true;
    }
    return false;
  }

  const CsvDialect& dialect_;
  std::int32_t columns_;
  std::unique_ptr<arrow::csv::BlockParser> parser_;
};

}  // namespace dataknobs::file
