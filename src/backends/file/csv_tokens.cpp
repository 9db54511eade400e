// SPDX-License-Identifier: Apache-2.0
#include "backends/file/csv_tokens.hpp"

#include <arrow/csv/options.h>
#include <fmt/format.h>

namespace dataknobs::file {

CsvTokens::CsvTokens(const CsvDialect& dialect, std::int32_t columns)
    : dialect_(dialect), columns_(columns) {}

std::optional<CsvFault> CsvTokens::parse(std::string_view records) {
  std::optional<CsvFault> fault;
  arrow::csv::ParseOptions options = arrow::csv::ParseOptions::Defaults();
  options.delimiter = dialect_.delimiter;
  options.quoting = dialect_.quote != '\0';
  options.quote_char = dialect_.quote;
  options.double_quote = true;
  options.escaping = false;
  options.newlines_in_values = true;
  options.ignore_empty_lines = false;
  options.invalid_row_handler = [&](const arrow::csv::InvalidRow& row) {
    // The text of the row is a view into `records`.
    const std::size_t offset = static_cast<std::size_t>(row.text.data() - records.data());
    fault = CsvFault{std::min(offset, records.size()),
                     fmt::format("{} field{} where the header has {}", row.actual_columns,
                                 row.actual_columns == 1 ? "" : "s", row.expected_columns),
                     "is the delimiter right, is a field with a delimiter quoted?"};
    return arrow::csv::InvalidRowResult::Error;
  };
  parser_ = std::make_unique<arrow::csv::BlockParser>(options, columns_, -1, INT32_MAX);
  std::uint32_t parsed = 0;
  const arrow::Status status = parser_->ParseFinal(records, &parsed);
  if (fault) return fault;
  if (!status.ok()) return CsvFault{parsed, status.message(), {}};
  if (parsed != records.size()) return CsvFault{parsed, "a record that cannot be told apart", {}};
  return std::nullopt;
}

}  // namespace dataknobs::file
