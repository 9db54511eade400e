// SPDX-License-Identifier: Apache-2.0
#include "record/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dataknobs {

namespace {

// Names longer than this are no mistypings of each other that a person would want to hear of.
constexpr std::size_t kLongestName = 200;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Damerau-Levenshtein distance (optimal string alignment): three rows of the usual table.
std::size_t distance(std::string_view left, std::string_view right) {
  std::size_t width = right.size() + 1;
  std::vector<std::size_t> before_last(width);
  std::vector<std::size_t> last(width);
  std::vector<std::size_t> row(width);
  for (std::size_t j = 0; j < width; ++j) last[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      char a = lower(left[i - 1]);
      char b = lower(right[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a == b ? 0 : 1)});
      if (i > 1 && j > 1 && a == lower(right[j - 2]) && lower(left[i - 2]) == b) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[right.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view wanted,
                                             std::span<const std::string_view> known) {
  if (wanted.empty() || wanted.size() > kLongestName) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t allowed = std::max<std::size_t>(1, wanted.size() / 3);
  for (std::string_view name : known) {
    std::size_t difference =
        name.size() > wanted.size() ? name.size() - wanted.size() : wanted.size() - name.size();
    if (difference > allowed) continue;
    std::size_t changes = distance(wanted, name);
    if (changes > allowed || changes >= std::max(wanted.size(), name.size())) continue;
    nearest = name;
    if (changes == 0) break;
    allowed = changes - 1;
  }
  return nearest;
}

}  // namespace dataknobs
