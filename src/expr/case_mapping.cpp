// SPDX-License-Identifier: Apache-2.0
#include "expr/case_mapping.hpp"

#include <algorithm>

#include "expr/case_folding_table.hpp"
#include "expr/pattern.hpp"

namespace dataknobs {

namespace {

template <class Table>
char32_t map_point(const Table& table, char32_t point) noexcept {
  const auto* range =
      std::lower_bound(table.begin(), table.end(), point,
                       [](const CaseFoldingRange& entry, char32_t wanted) { return entry.last < wanted; });
  if (range == table.end() || point < range->first || (point - range->first) % range->stride != 0)
    return point;
  return static_cast<char32_t>(static_cast<std::int32_t>(point) + range->delta);
}

template <class Table>
std::string map_text(const Table& table, std::string_view text) {
  std::string mapped;
  mapped.reserve(text.size());
  while (!text.empty()) append_code_point(mapped, map_point(table, take_code_point(text)));
  return mapped;
}

}  // namespace

char32_t fold_case(char32_t point) noexcept {
  if (point < 0x80) return point >= U'A' && point <= U'Z' ? point + 32 : point;
  return map_point(kCaseFolding, point);
}

std::string to_upper(std::string_view text) {
  return map_text(kUpperCase, text);
}

std::string to_lower(std::string_view text) {
  return map_text(kLowerCase, text);
}

}  // namespace dataknobs
