// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// AnswerMemory: what an answer takes while it is put together, against the most that it may.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <dataknobs/database.hpp>

namespace dataknobs {

/// About what a record takes in memory, in bytes, as if it shared nothing.
std::uint64_t memory_of(const Record& record) noexcept;

/// Thread safety: as for a standard container.
class AnswerMemory {
 public:
  /// Nothing is counted.
  AnswerMemory() = default;
  /// What the database was given by `with_memory`, if it was.
  explicit AnswerMemory(const Database::State& state);

  /// Counts records that are kept. Errors: ResourceError, which names stream_read.
  void add_all(std::span<const Record> records);
  /// Counts records of which some may be kept.
  void count(std::span<const Record> records) noexcept;
  /// Errors: the same, if so many of what was counted, kept to be sorted, are too much.
  void check_sorted(std::size_t kept) const;

 private:
  [[noreturn]] void raise(std::string_view hint) const;
  std::optional<std::uint64_t> limit_;
  std::string store_;
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace dataknobs
