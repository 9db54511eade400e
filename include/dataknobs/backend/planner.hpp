// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The planner: how much of a query a store can take. Pure functions; a store says only what it makes of one
/// comparison.

#include <string>
#include <utility>
#include <vector>

#include <dataknobs/backend/push_down.hpp>
#include <dataknobs/backend/resolve.hpp>
#include <dataknobs/query.hpp>

namespace dataknobs {

/// What a store makes of a comparison.
class Translation {
 public:
  /// Nothing. `reason`: for `explain`.
  explicit Translation(std::string reason = {}) : native_(std::move(reason)) {}
  Translation(Bound bound, std::string native) : bound_(bound), native_(std::move(native)) {}
  Bound bound() const noexcept { return bound_; }
  const std::string& native() const noexcept { return native_; }

 private:
  Bound bound_ = Bound::none;
  std::string native_;
};

/// A store's part of the planner.
///
/// Of a comparison it may answer more than asked (a superset) where it stands below an even number of `not`s,
/// and less (a subset) below an odd one, because the `not` turns one into the other. When the store later
/// renders the taken expression, it must render each comparison by the same rule, and each `not` as true
/// wherever its operand is not true (in SQL: `(x) is not true`), since the language knows only two truth
/// values.
class Translator {
 public:
  virtual ~Translator() = default;
  /// `leaf`: a resolved comparison. `under_not`: it stands below an odd number of `not`s. Wanted is exact or
  /// superset, with `under_not` exact or subset; the other of both is taken as none.
  virtual Translation translate(const Expression& leaf, bool under_not) const = 0;
  /// True if the store sorts by these keys and then by id, nulls last, as the language does. No keys: by id.
  virtual bool sorts(const std::vector<SortKey>& keys) const = 0;
  /// True if the store applies limit and offset.
  virtual bool cuts() const = 0;
};

/// The part of the filter that the store takes: the most that never loses a record. Sort, limit and offset
/// are taken only where the filter is exact, limit and offset only where the sort is taken. Errors:
/// QueryError on an unknown field in filter, sort or select (where the fields are known).
PushDown plan(const Query& query, const FieldResolution& fields, const Translator& translator);
/// The filter alone.
PushDown plan(const Expression& filter, const FieldResolution& fields, const Translator& translator);

/// For a store that takes nothing. Errors: QueryError on an unknown field in sort or select.
void check_fields(const Query& query, const FieldResolution& fields);

}  // namespace dataknobs
