// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Looks for a name that occurs twice: among the fields of a record, or the members of an object.

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace dataknobs {

/// A name that two of the items have, or nothing. `name_of` gives a view into the item. Few names are compared with
/// each other, which needs no memory.
template <class Item, class NameOf>
std::optional<std::string_view> repeated_name(const std::vector<Item>& items, NameOf name_of) {
  constexpr std::size_t few = 16;
  if (items.size() <= few) {
    for (auto item = items.begin(); item != items.end(); ++item) {
      const std::string_view name = name_of(*item);
      const auto same = [&](const Item& other) { return name_of(other) == name; };
      if (std::any_of(items.begin(), item, same)) return name;
    }
    return std::nullopt;
  }
  std::vector<std::string_view> names;
  names.reserve(items.size());
  for (const Item& item : items) names.push_back(name_of(item));
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return std::nullopt;
  return *twice;
}

}  // namespace dataknobs
