// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// PushDown: what a store takes of a query, and what stays here.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dataknobs/query.hpp>

namespace dataknobs {

/// How the answer of what was taken relates to the filter's.
enum class Bound : std::uint8_t {
  exact,
  superset,  ///< It may give more: the residual decides.
  subset,    ///< It may give less (only of use below a `not`).
  none,
};

std::string_view to_string(Bound bound) noexcept;

/// One comparison of a filter and what the store makes of it, for `explain`.
class PlannedLeaf {
 public:
  PlannedLeaf(Expression leaf, Bound bound, std::string native)
      : leaf_(std::move(leaf)), bound_(bound), native_(std::move(native)) {}
  const Expression& leaf() const noexcept { return leaf_; }
  Bound bound() const noexcept { return bound_; }
  /// In the store's own language; where it takes nothing, the reason if there is one to tell.
  const std::string& native() const noexcept { return native_; }

 private:
  Expression leaf_;
  Bound bound_;
  std::string native_;
};

/// What a store takes of a query. `plan` in planner.hpp makes it.
class PushDown {
 public:
  /// Nothing taken: the whole filter stays here.
  explicit PushDown(Expression residual) : residual_(std::move(residual)), bound_(Bound::none) {}
  PushDown(Expression taken, Expression residual, Bound bound)
      : taken_(std::move(taken)), residual_(std::move(residual)), bound_(bound) {}

  /// The filter that the store runs.
  const Expression& taken() const noexcept { return taken_; }
  /// What is still to be checked of each record that the store gives; always-true if nothing is. Its names
  /// and literals are resolved, and may be resolved again.
  const Expression& residual() const noexcept { return residual_; }
  Bound bound() const noexcept { return bound_; }
  bool is_exact() const noexcept { return residual_.is_always_true(); }
  /// The store sorts (all keys, with the tie-break by id).
  bool sort_taken() const noexcept { return sort_taken_; }
  /// The store applies limit and offset. Only with an exact filter and, for an ordered query, a taken sort.
  bool range_taken() const noexcept { return range_taken_; }
  /// Each comparison of the filter, in its order.
  const std::vector<PlannedLeaf>& leaves() const noexcept { return leaves_; }
  PushDown& set_sort_taken(bool taken) { return sort_taken_ = taken, *this; }
  PushDown& set_range_taken(bool taken) { return range_taken_ = taken, *this; }
  PushDown& set_leaves(std::vector<PlannedLeaf> leaves) { return leaves_ = std::move(leaves), *this; }

 private:
  Expression taken_;
  Expression residual_;
  Bound bound_;
  bool sort_taken_ = false;
  bool range_taken_ = false;
  std::vector<PlannedLeaf> leaves_;
};

}  // namespace dataknobs
