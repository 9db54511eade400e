// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Which record the server means by a line of a COPY.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/postgresql/copy_binary.hpp"

namespace dataknobs::postgresql {

/// The keys of the rows that a COPY sent last: the server takes rows later than they are sent, and tells only the
/// line of one that it refuses.
class SentKeys {
 public:
  /// A COPY begins: its lines count from 1.
  void begin();
  /// So many rows more; `key`: their key columns, empty where nobody knows them.
  void add(std::uint64_t rows, std::vector<Column> key);
  /// The same for rows that were sent as they came: their cells of the key columns alone, as rows of a COPY.
  void add(std::uint64_t rows, std::vector<WireColumn> key, std::string cells);
  /// All rows that were sent.
  std::uint64_t rows() const noexcept { return next_line_ - 1; }
  /// The id of the record in that line; nothing if its key was not given or is no longer here.
  std::optional<std::string> id_of(std::uint64_t line) const;

 private:
  struct Part {
    std::uint64_t first_line = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::vector<Column> key;
    // Or, to be decoded if somebody asks:
    std::vector<WireColumn> wire_key;
    std::string cells;
  };
  void add(Part part);
  std::deque<Part> parts_;
  std::uint64_t next_line_ = 1;
  std::uint64_t bytes_ = 0;
};

/// The line that an error of a COPY into that table speaks of: "COPY people, line 7, column age", in the server's
/// language.
std::optional<std::uint64_t> line_of_copy(std::string_view native_text, std::string_view table);

}  // namespace dataknobs::postgresql
