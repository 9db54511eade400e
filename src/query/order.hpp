// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The order of records: by sort keys, then by id.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

#include "expr/evaluate.hpp"

namespace dataknobs {

/// How the records of a dataset are ordered by their key.
class IdOrder {
 public:
  /// Ids are texts, by code point: document layouts.
  static IdOrder text() { return IdOrder(Kind::text, {}); }
  /// Ids are integers: positions in a file.
  static IdOrder integer() { return IdOrder(Kind::integer, {}); }
  /// Columns layouts: the key columns one after the other, each in the order of its class.
  static IdOrder key(std::vector<std::string> columns) { return IdOrder(Kind::key, std::move(columns)); }
  /// There is no key.
  static IdOrder none() { return IdOrder(Kind::none, {}); }

  /// Ascending. Records without id come last. Equal does not mean the same record where there is no key.
  std::strong_ordering compare(const Record& left, const Record& right) const;
  /// The ids alone. REQUIRES: text or integer.
  std::strong_ordering compare_ids(const std::optional<std::string>& left,
                                   const std::optional<std::string>& right) const;

 private:
  enum class Kind : std::uint8_t { text, integer, key, none };
  IdOrder(Kind kind, std::vector<std::string> columns) : kind_(kind), columns_(std::move(columns)) {}
  Kind kind_;
  std::vector<std::string> columns_;
};

/// A total order of records: nulls last in both directions, then by class and value; ties by id, always
/// ascending; then by the canonical bytes of the fields. Thread safety: immutable; share freely.
class RecordOrder {
 public:
  /// Errors: QueryError on an unknown field (where the fields are known).
  RecordOrder(const std::vector<SortKey>& keys, const FieldResolution& fields, IdOrder ids);

  std::strong_ordering compare(const Record& left, const Record& right) const;
  bool operator()(const Record& left, const Record& right) const { return compare(left, right) < 0; }

 private:
  struct Key {
    PathReader path;
    bool descending;
  };
  std::vector<Key> keys_;
  IdOrder ids_;
};

/// Keeps the records of a limit and offset out of any number: never more than limit + offset of them at once.
class TopRecords {
 public:
  /// REQUIRES: the order outlives it.
  TopRecords(const RecordOrder& order, std::optional<std::uint64_t> limit, std::uint64_t offset);

  void add(const Record& record);
  void add(Record&& record);
  /// How many are held now.
  std::size_t size() const noexcept { return heap_.size(); }
  /// The answer in its order. Leaves it empty and usable.
  std::vector<Record> take();

 private:
  bool wants(const Record& record);
  void push(Record record);

  const RecordOrder& order_;
  std::optional<std::uint64_t> capacity_;
  std::uint64_t offset_;
  /// A heap whose front is the last in order, once there is a capacity.
  std::vector<Record> heap_;
};

/// Sorts all records.
void sort_records(std::vector<Record>& records, const RecordOrder& order);
/// Cuts the sorted records to the limit and offset.
void cut_records(std::vector<Record>& records, std::optional<std::uint64_t> limit, std::uint64_t offset);

}  // namespace dataknobs
