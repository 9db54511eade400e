// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Seeded random records and queries whose literals meet the records' values.

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

#include "support/random_call.hpp"

namespace dataknobs::conformance {

/// Values of a type that have hurt somebody: extremes, near misses, odd text. Records draw from them.
const std::vector<Value>& pool(ValueType type);

/// The fields of random records. A field of type `null` holds values of any class.
class World {
 public:
  struct FieldSpec {
    std::string name;
    ValueType type;
    std::vector<Value> values;
  };

  /// Every type, mixed classes, nested paths, odd names, metadata.
  static World document();
  /// One field a type, and no values of other classes.
  static World columns(const std::vector<ValueType>& types);

  const std::vector<FieldSpec>& fields() const noexcept { return fields_; }
  std::vector<FieldSpec>& fields() noexcept { return fields_; }
  bool mixed() const noexcept { return mixed_; }
  /// Missing and null fields, values of other classes.
  bool has_metadata() const noexcept { return metadata_; }
  World& set_metadata(bool value) { return metadata_ = value, *this; }
  /// Ids count as a field `id` too, as key columns do.
  bool id_is_field() const noexcept { return id_is_field_; }
  World& set_id_is_field(bool value) { return id_is_field_ = value, *this; }

 private:
  std::vector<FieldSpec> fields_;
  bool mixed_ = false;
  bool metadata_ = false;
  bool id_is_field_ = false;
};

/// Thread safety: none. Equal seeds give equal records and queries.
class Generator {
 public:
  Generator(const World& world, std::uint64_t seed) : world_(world), random_(seed) {}

  /// How many of a hundred comparisons have a computed operand; none of itself.
  Generator& set_computed(unsigned percent) { return computed_ = percent, *this; }

  Record record();
  /// Records with distinct ids.
  std::vector<Record> records(std::size_t count);
  /// A query; some of its literals come from `records`.
  Query query(const std::vector<Record>& records);
  Expression expression(const std::vector<Record>& records, int depth);
  /// A call of a function.
  Expression computed(const std::vector<Record>& records);

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  const T& one_of(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  Value any_value();
  Value value_of(const World::FieldSpec& field);
  const World::FieldSpec& field() { return one_of(world_.fields()); }
  Path path(const World::FieldSpec& field, bool nested);
  Value literal(const World::FieldSpec& field, const std::vector<Record>& records);
  Value text_of(const Value& value);
  std::string pattern(const std::vector<Record>& records);
  Expression leaf(const std::vector<Record>& records);
  Expression computed_leaf(const std::vector<Record>& records);
  Expression argument(test::ArgumentKind kind);
  Expression id_leaf(const std::vector<Record>& records);
  Expression comparison(const World::FieldSpec& field, Expression left, const std::vector<Record>& records);

  const World& world_;
  std::mt19937_64 random_;
  unsigned computed_ = 0;
};

}  // namespace dataknobs::conformance
