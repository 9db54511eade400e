// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// An index of a table: which slots hold records of which keys. A slot is under the key of each version of its record
/// that some snapshot may see, so that what is found is looked at again as its reader sees it.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <dataknobs/index.hpp>
#include <dataknobs/record.hpp>

#include "backends/memory/key_ranges.hpp"
#include "expr/evaluate.hpp"

namespace dataknobs::memory {

/// Thread safety: as its table.
class TableIndex {
 public:
  /// Errors: QueryError on an unknown field.
  TableIndex(Index definition, const FieldResolution& fields);

  const Index& definition() const noexcept { return definition_; }
  /// Tells indexes of this process apart.
  std::uint64_t number() const noexcept { return number_; }

  /// The record's values in the index, as bytes that sort as these do, one field after the other.
  std::string key_of(const Record& record) const;
  /// The same; nothing where a null keeps it from colliding with others.
  std::optional<std::string> unique_key_of(const Record& record) const;
  void add(const Record& record, std::size_t slot);
  void remove(std::string_view key, std::size_t slot);
  void find(const std::string& key, std::vector<std::size_t>& slots) const;

  /// The keys of its own that hold all records which match; nothing if it does not help. `points`: how many of its
  /// fields have single values. REQUIRES: a resolved filter.
  std::optional<std::vector<KeyRange>> ranges(const Expression& filter, std::size_t& points) const;
  /// Adds the slots under keys of these ranges, each once. False if there are more than `most`.
  bool collect(const std::vector<KeyRange>& ranges, std::size_t most, std::vector<std::size_t>& slots) const;
  /// It is ordered by that field alone.
  bool sorts_by(const Path& field) const;
  /// Gives all slots of a key at a time, in the order of keys or from the last one to the first, nulls last in both,
  /// until `visit(key, slots)` returns false. REQUIRES: sorts_by
  template <class Visit>
  void visit_in_order(bool descending, Visit&& visit) const;

 private:
  struct Place {
    std::string key;
    std::size_t slot;
  };
  struct Before {
    using is_transparent = void;
    bool operator()(const Place& left, const Place& right) const noexcept {
      const int order = left.key.compare(right.key);
      return order != 0 ? order < 0 : left.slot < right.slot;
    }
    bool operator()(const Place& left, std::string_view right) const noexcept { return left.key < right; }
    bool operator()(std::string_view left, const Place& right) const noexcept { return left < right.key; }
  };
  using Places = std::set<Place, Before>;

  Index definition_;
  std::uint64_t number_;
  std::vector<Path> paths_;
  std::vector<PathReader> readers_;
  Places places_;                                                          // Ordered.
  std::unordered_map<std::string, std::unordered_set<std::size_t>> keys_;  // Hash.
};

template <class Visit>
void TableIndex::visit_in_order(bool descending, Visit&& visit) const {
  std::vector<std::size_t> slots;
  const auto nulls = places_.lower_bound(std::string_view(&kNullKey, 1));
  bool more = true;
  const auto walk = [&](auto from, auto to) {
    while (more && from != to) {
      const std::string& key = from->key;
      slots.clear();
      for (; from != to && from->key == key; ++from) slots.push_back(from->slot);
      more = visit(key, slots);
    }
  };
  if (descending) {
    walk(std::make_reverse_iterator(nulls), places_.rend());
  } else {
    walk(places_.begin(), nulls);
  }
  walk(nulls, places_.end());
}

}  // namespace dataknobs::memory
