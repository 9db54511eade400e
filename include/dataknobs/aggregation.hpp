// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Aggregation: counts, sums and the like over the records of a query, by groups or over all.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// What an aggregate computes of the values of a group; `Aggregate` says how each treats nulls and types.
enum class AggregateFunction : std::uint8_t { count, count_distinct, sum, average, minimum, maximum };

/// The name as it is written: "count", "count_distinct", "sum", "avg", "min", "max".
std::string_view to_string(AggregateFunction function) noexcept;

/// One number, or smallest or largest value, of a group. Nulls and missing fields do not count:
/// - count: how many values are there (without a field: how many records).
/// - count_distinct: how many different ones; 1 and 1.0 are equal.
/// - sum: of integers and decimals exact, a decimal where 64 bits do not hold it; with any float a float. Null without
///   values.
/// - avg: a float, for integers and decimals the nearest to the exact one. Null without values.
/// - min, max: by the order of sorts, whatever the class. Null without values.
class Aggregate {
 public:
  /// How many records, or how many values of a field that are not null.
  /// Errors of all that take a path: QueryError with position.
  static Aggregate count() { return Aggregate(AggregateFunction::count, std::nullopt); }
  static Aggregate count(std::string_view path) { return of(AggregateFunction::count, path); }
  /// How many different values.
  static Aggregate count_distinct(std::string_view path) {
    return of(AggregateFunction::count_distinct, path);
  }
  /// The sum of the numbers.
  static Aggregate sum(std::string_view path) { return of(AggregateFunction::sum, path); }
  /// The arithmetic mean of the numbers.
  static Aggregate average(std::string_view path) { return of(AggregateFunction::average, path); }
  /// The first value in the order of sorts.
  static Aggregate minimum(std::string_view path) { return of(AggregateFunction::minimum, path); }
  /// The last value in the order of sorts.
  static Aggregate maximum(std::string_view path) { return of(AggregateFunction::maximum, path); }
  /// The function of that field, or of the records themselves. REQUIRES: a path, unless the function is `count`.
  Aggregate(AggregateFunction function, std::optional<Path> path)
      : function_(function), path_(std::move(path)) {}

  /// Names the field of the answer; "sum(price)" otherwise.
  Aggregate& as(std::string name) & { return name_ = std::move(name), *this; }
  Aggregate&& as(std::string name) && { return name_ = std::move(name), std::move(*this); }

  /// What is computed.
  AggregateFunction function() const noexcept { return function_; }
  /// Nothing: the records themselves.
  const std::optional<Path>& path() const noexcept { return path_; }
  /// The name of the answer's field.
  std::string name() const { return name_.empty() ? text() : name_; }
  /// What is computed as it is written: "sum(price)".
  std::string text() const;

 private:
  static Aggregate of(AggregateFunction function, std::string_view path) {
    return Aggregate(function, Path::parse(path));
  }
  AggregateFunction function_;
  std::optional<Path> path_;
  std::string name_;
};

/// What is wanted of the records of a query: `Aggregation().by("city").add(Aggregate::sum("price").as("total"))`.
/// Without `by` the answer is one record; with it one per group of equal values, null being a value of its own.
///
/// ```cpp
/// Aggregation sales = Aggregation().by("city").add(Aggregate::count().as("n")).add(Aggregate::sum("price"));
/// for (const Record& city : co_await shops.aggregate(sales, Query::parse("price > 0 order by n desc"))) { ... }
/// ```
/// Thread safety: as for a standard container.
class Aggregation {
 public:
  Aggregation() = default;
  /// Parses `city, count() as n, sum(price)`: the fields to group by, and the functions of each group.
  /// Errors: QueryError with position.
  static Aggregation parse(std::string_view text);

  /// Adds a field to group by. The answer has it under the text of its path. Errors: QueryError with position.
  Aggregation& by(std::string_view path) & { return groups_.push_back(Path::parse(path)), *this; }
  Aggregation&& by(std::string_view path) && { return std::move(by(path)); }
  /// Adds what is computed of each group.
  Aggregation& add(Aggregate aggregate) & { return aggregates_.push_back(std::move(aggregate)), *this; }
  Aggregation&& add(Aggregate aggregate) && { return std::move(add(std::move(aggregate))); }
  /// Floats are summed exactly, each as the decimal that it prints as, and rounded once. Otherwise a store may sum them
  /// itself, and differ from another one in the last digits.
  Aggregation& exact(bool exact = true) & { return exact_ = exact, *this; }
  Aggregation&& exact(bool wanted = true) && { return std::move(exact(wanted)); }

  /// The fields to group by, in the order of `by`.
  const std::vector<Path>& groups() const noexcept { return groups_; }
  /// What is computed, in the order of `add`.
  const std::vector<Aggregate>& aggregates() const noexcept { return aggregates_; }
  /// True if `exact` was asked for.
  bool is_exact() const noexcept { return exact_; }
  /// The names of the answer's fields: of the groups, then of the aggregates.
  std::vector<std::string> names() const;
  /// The text that parses back to it.
  std::string to_string() const;

 private:
  std::vector<Path> groups_;
  std::vector<Aggregate> aggregates_;
  bool exact_ = false;
};

}  // namespace dataknobs
