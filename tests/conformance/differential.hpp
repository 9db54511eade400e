// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Random queries on a store and on its judge (the memory store; for the memory store itself the naive
/// evaluator).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/generator.hpp"
#include "conformance/suite.hpp"

namespace dataknobs::conformance {

/// A store and its judge, side by side, on one table.
class Differential {
 public:
  explicit Differential(ConformanceTest& test);

  /// The fields that the store can hold, with the values that it takes.
  const World& world() const noexcept { return world_; }
  /// Makes both hold these records, and nothing else.
  void fill(std::vector<Record> records);
  /// Makes indexes of the store over its fields, and some over several, where it takes them.
  void make_indexes();
  /// What differs between the two answers, or nothing.
  std::optional<std::string> difference(const Query& query);
  /// As difference, for `count`.
  std::optional<std::string> count_difference(const Query& query);
  /// Is the query planned without a residual?
  bool planned_exactly(const Query& query);
  const std::vector<Record>& records() const noexcept { return records_; }
  Database& store() noexcept { return *store_; }
  /// A failing query made as small as can be, with as few records: the text of a case, and what differs.
  std::string shrunk(const Query& query);

 private:
  class Shrinker;
  void probe();
  std::vector<Record> judged(const Query& query);
  std::vector<ValueType> types() const;

  ConformanceTest& test_;
  World world_;
  std::vector<Record> records_;
  std::optional<Database> store_;
  std::optional<Database> judge_;
  DatasetPointer dataset_;
  std::uint64_t made_ = 0;
};

/// Smaller expressions that may fail as well, the smallest first.
std::vector<Expression> simpler(const Expression& expression);
/// A query of these parts.
Query query_of(const Expression& filter, const std::vector<SortKey>& sort, std::optional<std::uint64_t> limit,
               std::uint64_t offset, const std::vector<Path>& select);

}  // namespace dataknobs::conformance
