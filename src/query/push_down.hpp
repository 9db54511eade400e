// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// PushDown: what a store takes of a query, and what stays here.

#include <optional>
#include <string>

#include <dataknobs/query.hpp>

namespace dataknobs {

/// How the answer of what was taken relates to the filter's.
enum class Bound : std::uint8_t {
  exact,
  superset,  ///< It may give more: the residual decides.
  subset,    ///< It may give less (only of use below a `not`).
  none,
};

class PushDown {
 public:
  /// Nothing taken: the whole filter stays here.
  explicit PushDown(Expression residual) : residual_(std::move(residual)), bound_(Bound::none) {}
  PushDown(Expression taken, Expression residual, Bound bound)
      : taken_(std::move(taken)), residual_(std::move(residual)), bound_(bound) {}

  /// The filter that the store runs.
  const Expression& taken() const noexcept { return taken_; }
  /// What is still to be checked of each record that the store gives; always-true if nothing is.
  const Expression& residual() const noexcept { return residual_; }
  Bound bound() const noexcept { return bound_; }
  bool is_exact() const noexcept { return residual_.is_always_true(); }
  /// The store sorts (all keys, with the tie-break by id).
  bool sort_taken() const noexcept { return sort_taken_; }
  /// The store applies limit and offset. Only with an exact filter and, for an ordered query, a taken sort.
  bool range_taken() const noexcept { return range_taken_; }
  PushDown& set_sort_taken(bool taken) { return sort_taken_ = taken, *this; }
  PushDown& set_range_taken(bool taken) { return range_taken_ = taken, *this; }

 private:
  Expression taken_;
  Expression residual_;
  Bound bound_;
  bool sort_taken_ = false;
  bool range_taken_ = false;
};

}  // namespace dataknobs
