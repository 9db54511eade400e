// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Query: which records, which of their fields, in which order.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// One key of a sort. Nulls come last in both directions.
class SortKey {
 public:
  /// By the value at that path.
  explicit SortKey(Path path, bool descending = false) : path_(std::move(path)), descending_(descending) {}
  /// What is sorted by.
  const Path& path() const noexcept { return path_; }
  /// True: greatest first. Nulls are last all the same.
  bool descending() const noexcept { return descending_; }
  bool operator==(const SortKey&) const = default;

 private:
  Path path_;
  bool descending_;
};

/// A query: `Query::where(field("age") >= 18).sort("name").limit(10)`. Ties of a sort are broken by id, ascending;
/// a limit or offset without a sort sorts by id.
/// Thread safety: as for a standard container.
class Query {
 public:
  /// Everything.
  Query() = default;
  /// The records for which the condition holds.
  static Query where(Expression filter);
  /// Parses `age >= 30 order by name desc limit 10 offset 20`. The filter may be missing.
  /// Errors: QueryError with position.
  static Query parse(std::string_view text);

  /// Reads the JSON form that dataknobs-data has of its queries, which is answered by the semantics of this library:
  /// `{"filters": [{"field": "age", "operator": ">=", "value": 30}], "sort": [{"field": "name", "order": "desc"}],
  /// "limit": 10, "offset": 20, "fields": ["name"]}`, or in place of `filters` a `condition`: a filter
  /// `{"type": "filter", "filter": {...}}`, `{"type": "logic", "operator": "and", "conditions": [...]}` (also `or`,
  /// `not`), or ``{"type": "expression", "expression": "upper(name) = 'ADA'"}``.
  /// Errors: QueryError with the place of what is wrong and the nearest known name; UnsupportedError for
  /// `vector_query`.
  static Query from_json(std::string_view text);

  /// Adds a condition: both must hold.
  Query& filter(Expression condition) &;
  Query&& filter(Expression condition) && { return std::move(filter(std::move(condition))); }
  /// Adds a key to sort by, behind those that are there. Errors: QueryError with position.
  Query& sort(std::string_view path, bool descending = false) &;
  Query&& sort(std::string_view path, bool descending = false) && {
    return std::move(sort(path, descending));
  }
  /// At most so many records; 0 gives an empty answer. Errors: QueryError if negative.
  Query& limit(std::int64_t count) &;
  Query&& limit(std::int64_t count) && { return std::move(limit(count)); }
  /// Leaves out so many records at the beginning. Errors: QueryError if negative.
  Query& offset(std::int64_t count) &;
  Query&& offset(std::int64_t count) && { return std::move(offset(count)); }
  /// Only these fields (a path into a field gives a field named by the path's text). Id and metadata are kept.
  Query& select(std::vector<Path> fields) &;
  Query&& select(std::vector<Path> fields) && { return std::move(select(std::move(fields))); }

  /// The store is to use the index of that name. Answers do not change by it.
  /// Errors, once it runs: NotFoundError with the nearest name; UnsupportedError where the store takes no hints or the
  /// index cannot serve the query.
  Query& hint(std::string index) & { return hint_ = std::move(index), *this; }
  Query&& hint(std::string index) && { return std::move(hint(std::move(index))); }

  const Expression& filter() const noexcept { return filter_; }
  const std::vector<SortKey>& sort() const noexcept { return sort_; }
  const std::optional<std::uint64_t>& limit() const noexcept { return limit_; }
  std::uint64_t offset() const noexcept { return offset_; }
  const std::vector<Path>& select() const noexcept { return select_; }
  /// Empty: the store chooses.
  const std::string& hint() const noexcept { return hint_; }
  /// A limit, an offset or a sort: the answer is a list, else a set.
  bool is_ordered() const noexcept { return !sort_.empty() || limit_ || offset_ != 0; }
  /// The text of filter, sort, limit and offset, which parses back to them. (The language has no word for select
  /// and hint.)
  std::string to_string() const;
  /// All of it, as `from_json` reads it.
  std::string to_json() const;

 private:
  Expression filter_;
  std::vector<SortKey> sort_;
  std::optional<std::uint64_t> limit_;
  std::uint64_t offset_ = 0;
  std::vector<Path> select_;
  std::string hint_;
};

}  // namespace dataknobs
