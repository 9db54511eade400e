// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What the formats have in common on the reading side: blocking readers of a part of a file.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/expression.hpp>

#include "record/batch.hpp"

namespace dataknobs::file {

/// Gives the records of a part of a file; runs on the offload pool.
class Source {
 public:
  virtual ~Source() = default;
  /// The next batch, never empty; nothing at the end.
  virtual std::optional<Batch> next() = 0;
};

/// A part of a file: bytes, or row groups, and how many records are before it.
struct Part {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;

  /// "<begin>-<end>/<first row>+<rows>", the token of a partition.
  std::string to_token() const;
  /// Nothing if it is not such a token.
  static std::optional<Part> from_token(std::string_view token);
};

/// Groups neighbouring places (the last one is the end) into about `wanted` parts of equal size.
struct RecordPlace {
  std::uint64_t offset = 0;  ///< Where a record begins.
  std::uint64_t row = 0;     ///< How many records are before it.
};
std::vector<Part> group_places(const std::vector<RecordPlace>& places, std::size_t wanted);

/// What a reader needs to know of a scan.
struct SourceRequest {
  std::vector<std::string> fields;  ///< Root names wanted; empty: all.
  std::size_t batch_bytes = 1U << 20U;
  bool keyed_ids = true;  ///< Ids are wanted where key columns say them too.
  /// Of a folder: about the fields that its Hive folders name, so that it says which of its files are read.
  Expression filter;
  // Of a file of a folder.
  std::uint64_t rows_before = 0;  ///< Records of the files before it, which count in positional ids.
  std::vector<std::pair<std::string, Value>> constants;  ///< Fields that all its documents have besides.
};

}  // namespace dataknobs::file
