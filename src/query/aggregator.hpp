// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Aggregator: the answer of an aggregation, made of records one by one. The reference of all stores.

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <dataknobs/aggregation.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

#include "expr/evaluate.hpp"
#include "record/canonical.hpp"
#include "record/exact_sum.hpp"

namespace dataknobs {

/// One function over the values of one group.
class Accumulator {
 public:
  /// Takes a value that is not null. Errors: ValidationError if it is no number where one is wanted.
  void add(AggregateFunction function, const Value& value, bool exact);
  void add_record() noexcept { ++count_; }
  Value result(AggregateFunction function) const;

 private:
  struct HashOfDigest {
    std::size_t operator()(const Digest128& digest) const noexcept { return digest.low; }
  };
  using Distinct = std::unordered_set<Digest128, HashOfDigest>;

  void add_number(const Value& value, bool exact);
  Value sum() const;
  Value average() const;

  std::uint64_t count_ = 0;
  bool has_float_ = false;
  bool has_decimal_ = false;
  FloatSum floats_;
  ExactSum exact_;
  Value extreme_;
  std::unique_ptr<Distinct> distinct_;
};

/// Thread safety: one thread at a time.
class Aggregator {
 public:
  /// Errors: QueryError on an unknown field, equal names in the answer, or if nothing is asked for.
  Aggregator(Aggregation aggregation, const FieldResolution& fields);

  /// What is read of a record; none: that it is there.
  std::vector<Path> paths() const;
  /// Errors: ValidationError with record id and field for a value that is no number where one is wanted.
  void add(const Record& record);
  /// The groups in the order that the query says by the names of the answer, else by the values of the groups; cut to
  /// its limit and offset. Errors: QueryError for a sort by a name that the answer does not have.
  std::vector<Record> take(const Query& query);

 private:
  struct Group {
    std::vector<Value> values;
    std::vector<Accumulator> accumulators;
  };
  Group& group_of(const Record& record);

  Aggregation aggregation_;
  std::vector<PathReader> group_paths_;
  std::vector<std::optional<PathReader>> aggregate_paths_;
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> index_;  ///< By the canonical bytes of the group's values.
  std::string key_;
  std::vector<Value> values_;
};

}  // namespace dataknobs
