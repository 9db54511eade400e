// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Which values of a field can a filter match, as ranges of keys. A key is a value as bytes that sort as values do
/// (record/order_key.hpp), or the one key of nulls, behind them all.

#include <optional>
#include <string>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs::memory {

/// Keys from `low` on that are less than `high`.
struct KeyRange {
  std::string low;
  std::string high;
  /// Just the one key `low`.
  bool is_point() const noexcept {
    return high.size() == low.size() + 1 && high.back() == '\0' && high.starts_with(low);
  }
};

/// The key of a value, nulls included.
std::string value_key(const Value& value);
inline constexpr char kNullKey = '\xff';

/// Sorted ranges without a common key, which hold the key of that field of every record that matches; nothing if
/// any value might match. REQUIRES: a resolved condition.
std::optional<std::vector<KeyRange>> key_ranges(const Expression& condition, const Path& field);

}  // namespace dataknobs::memory
