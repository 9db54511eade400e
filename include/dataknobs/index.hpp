// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Index: what a store keeps beside the records of a database to find some of them without looking at all.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dataknobs {

/// What an index can find.
enum class IndexKind : std::uint8_t {
  ordered,  ///< Serves equality, ranges, prefixes and, where the store can, sorts.
  hash,     ///< Serves equality alone.
};

/// An index over fields, to be made or as a store has it: `Index({"city", "age"}).unique(true)`.
/// Thread safety: as for a standard container.
class Index {
 public:
  /// An index that is to be made. `fields`: paths in the notation of queries, the most significant one first:
  /// `address.city`.
  explicit Index(std::vector<std::string> fields) : fields_(std::move(fields)) {}

  /// What it is over; where an index of a store is over something else than fields, the store's own words for it.
  const std::vector<std::string>& fields() const noexcept { return fields_; }
  /// Its name. Empty: it is named after its table and fields when it is made.
  const std::string& name() const noexcept { return name_; }
  /// What it can find. Default: ordered.
  IndexKind kind() const noexcept { return kind_; }
  /// True: no two records may have equal values in all of its fields. A record in which one of them is null or missing
  /// collides with none.
  bool unique() const noexcept { return unique_; }

  Index& name(std::string value) & { return name_ = std::move(value), *this; }
  Index&& name(std::string value) && { return std::move(name(std::move(value))); }
  Index& kind(IndexKind value) & { return kind_ = value, *this; }
  Index&& kind(IndexKind value) && { return std::move(kind(value)); }
  Index& unique(bool value) & { return unique_ = value, *this; }
  Index&& unique(bool value) && { return std::move(unique(value)); }

  bool operator==(const Index&) const = default;

 private:
  std::vector<std::string> fields_;
  std::string name_;
  IndexKind kind_ = IndexKind::ordered;
  bool unique_ = false;
};

}  // namespace dataknobs
