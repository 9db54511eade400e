// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// How a CSV file is written, and where its records end. Cells are told apart by Arrow's parser; what is here
/// knows quotes and line ends only, so that a file can be cut into whole records, and checks what Arrow's
/// parser tolerates.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dataknobs::file {

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';  ///< '\0': quotes are ordinary characters.
  bool header = true;
  bool blank_lines = true;  ///< An empty line is a record: the null of a single column. Else it is a fault.
  std::vector<std::string> nulls;  ///< Unquoted spellings of null besides the empty one.
  bool operator==(const CsvDialect&) const = default;
};

/// What is wrong, and where: an offset within the text that was looked at.
struct CsvFault {
  std::size_t offset;
  std::string what;
  std::string hint;
};

struct CsvSplit {
  std::size_t complete = 0;  ///< Bytes of whole records at the start of the text.
  std::optional<CsvFault> fault;
};

/// Finds how much of a text that starts with a record is whole records, and checks quotes, line ends and
/// UTF-8 of them. `final`: the text ends where the file ends, so that the last record needs no line end.
CsvSplit split_records(std::string_view text, const CsvDialect& dialect, bool final);

/// The offset behind the first line end outside quotes, where `text` is taken to start outside quotes
/// (perhaps within a field); npos if there is none.
std::size_t first_record_end(std::string_view text, const CsvDialect& dialect);

}  // namespace dataknobs::file
