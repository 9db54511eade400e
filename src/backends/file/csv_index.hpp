// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The first pass over a CSV file: its columns, the type of each over all values, and where records begin.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/file/csv_dialect.hpp"
#include "backends/file/input_file.hpp"
#include "backends/file/source.hpp"
#include "backends/file/text_types.hpp"
#include "record/schema.hpp"

namespace dataknobs::file {

/// What the first pass found. Immutable.
class CsvIndex {
 public:
  Schema schema;
  std::vector<std::uint64_t> nulls;  ///< Per column.
  std::vector<ColumnProfile>
      profiles;  ///< Per column: what other files of the same table have to agree with.
  std::uint64_t rows = 0;
  /// Starts of parts of about equal size; the last entry is the end of the data.
  std::vector<RecordPlace> places;
};

/// How the first pass is done.
struct IndexOptions {
  std::size_t part_bytes = 0;  ///< 0: by the size of the file.
  unsigned threads = 0;        ///< 0: one per processor.
};

/// Reads the whole file. `declared`: types that a side file claims, by column name.
/// Errors: SerializationError with line, column and excerpt.
std::shared_ptr<const CsvIndex> make_csv_index(const InputFile& file, const CsvDialect& dialect,
                                               const std::map<std::string, FieldType>& declared,
                                               const IndexOptions& options = {});

/// As above, kept for the life of the process as long as the file is the same.
std::shared_ptr<const CsvIndex> cached_csv_index(const InputFile& file, const CsvDialect& dialect,
                                                 const std::map<std::string, FieldType>& declared);

/// The longest record that is taken, in bytes.
constexpr std::size_t kMaximumRecordBytes = std::size_t{1} << 30U;

/// Gives the records of a range of a file in blocks of whole records. REQUIRES: `begin` starts a record.
class CsvBlocks {
 public:
  /// `end`: where the data ends, at the end of a record.
  CsvBlocks(const InputFile& file, const CsvDialect& dialect, std::uint64_t begin, std::uint64_t end,
            std::size_t block_bytes, std::size_t maximum_record = kMaximumRecordBytes);
  /// Whole records that begin before `limit`, or nothing at the end or on a fault; valid until the next call.
  std::optional<std::string_view> next(std::uint64_t limit);
  std::optional<std::string_view> next() { return next(end_); }
  /// Where in the file the block of the last `next` begins.
  std::uint64_t offset() const noexcept { return offset_; }
  /// What ended the blocks early, with its offset within the file.
  const std::optional<CsvFault>& fault() const noexcept { return fault_; }

 private:
  std::string_view load(std::size_t size);
  std::optional<std::string_view> take_long_record();

  const InputFile& file_;
  const CsvDialect& dialect_;
  std::uint64_t end_;
  std::size_t block_bytes_;
  std::size_t maximum_record_;
  std::uint64_t offset_;
  std::size_t used_ = 0;
  std::string buffer_;
  std::optional<CsvFault> fault_;
};

}  // namespace dataknobs::file
