// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Aggregator: the answer of an aggregation, made of records one by one. The reference of all stores.

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <dataknobs/aggregation.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

#include "expr/evaluate.hpp"
#include "record/batch.hpp"
#include "record/canonical.hpp"
#include "record/exact_sum.hpp"

namespace dataknobs {

class ColumnReader;

/// One function over the values of one group.
class Accumulator {
 public:
  // The same for a cell of a column.
  void add_integer(std::int64_t value) {
    ++count_;
    exact_.add(value);
  }
  void add_floating(double value) {
    ++count_;
    has_float_ = true;
    floats_.add(value);
  }
  /// Takes a value that is not null. Errors: ValidationError if it is no number where one is wanted.
  void add(AggregateFunction function, const Value& value, bool exact);
  void count() noexcept { ++count_; }
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
  /// How an error names a record.
  using IdOf = std::function<std::optional<std::string>(const Record&)>;
  /// Errors: QueryError on an unknown field, equal names in the answer, or if nothing is asked for.
  Aggregator(Aggregation aggregation, const FieldResolution& fields, IdOf id_of = &Record::id);

  /// What is read of a record; none: that it is there.
  std::vector<Path> paths() const;
  /// Errors: ValidationError with record id and field for a value that is no number where one is wanted.
  void add(const Record& record);
  /// All records of the batch: column by column where it has columns, with the same result.
  void add(const Batch& batch);
  /// The groups in the order that the query says by the names of the answer, else by the values of the groups; cut to
  /// its limit and offset. Errors: QueryError for a sort by a name that the answer does not have.
  std::vector<Record> take(const Query& query);

 private:
  struct Group {
    std::vector<Value> values;
    std::vector<Accumulator> accumulators;
  };
  class Columns;
  std::size_t group_of(const Record& record);
  /// The group of these values.
  std::size_t group_of(const std::vector<Value>& values);
  void add_value(Accumulator& accumulator, const Aggregate& aggregate, const Value& value) const;
  void add_columns(const Columns& columns, const Batch& batch);
  std::vector<std::size_t> groups_of(const Columns& columns, std::uint64_t rows);
  void add_column(std::size_t index, const ColumnReader& reader, const std::vector<std::size_t>& groups,
                  const Batch& batch);
  [[noreturn]] void raise(const ValidationError& error, const Aggregate& aggregate,
                          const Record& record) const;

  Aggregation aggregation_;
  IdOf id_of_;
  bool by_columns_ = true;  ///< Every path is a whole column of a batch of columns.
  std::vector<PathReader> group_paths_;
  std::vector<std::optional<PathReader>> aggregate_paths_;
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> index_;  ///< By the canonical bytes of the group's values.
  std::string key_;
  std::vector<Value> values_;
};

}  // namespace dataknobs
