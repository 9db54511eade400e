// SPDX-License-Identifier: Apache-2.0
#include "query/explain.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dataknobs {

namespace {

std::string filter_text(const Expression& filter) {
  return filter.is_always_true() ? "everything" : filter.to_string();
}

std::string leaves_text(const std::vector<PlannedLeaf>& leaves) {
  std::string text;
  for (const PlannedLeaf& leaf : leaves) {
    if (!text.empty()) text += '\n';
    text += fmt::format("{}: {}", leaf.leaf().to_string(), to_string(leaf.bound()));
    if (!leaf.native().empty()) text += fmt::format(": {}", leaf.native());
  }
  return text;
}

// "order by name limit 10"
std::string order_text(const Query& query, bool with_sort, bool with_range) {
  Query part;
  if (with_range) {
    if (query.limit()) part.limit(static_cast<std::int64_t>(*query.limit()));
    part.offset(static_cast<std::int64_t>(query.offset()));
  }
  if (with_sort) {
    for (const SortKey& key : query.sort()) part.sort(key.path().to_string(), key.descending());
  }
  std::string text = part.to_string();
  if (with_sort && query.sort().empty()) text = "order by id" + (text.empty() ? text : " " + text);
  return text;
}

}  // namespace

Explanation::Explanation(const Query& query, const PushDown& push_down, std::string native_plan,
                         const std::vector<std::string>& warnings) {
  auto add = [&](std::string name, std::string text) {
    if (!text.empty()) lines_.emplace_back(std::move(name), std::move(text));
  };
  std::string text = query.to_string();
  add("query", text.empty() ? "everything" : text);
  add("hint", query.hint());
  add("store", push_down.bound() == Bound::none ? "reads everything" : filter_text(push_down.taken()));
  add("bound", std::string(dataknobs::to_string(push_down.bound())));
  add("here", push_down.is_exact() ? "nothing" : push_down.residual().to_string());
  if (query.is_ordered()) {
    bool range = query.limit().has_value() || query.offset() != 0;
    add("store order", order_text(query, push_down.sort_taken(), range && push_down.range_taken()));
    add("order here", order_text(query, !push_down.sort_taken(), range && !push_down.range_taken()));
  }
  add("comparisons", leaves_text(push_down.leaves()));
  add("warnings", fmt::format("{}", fmt::join(warnings, "\n")));
  add("native plan", std::move(native_plan));
}

std::string_view Explanation::line(std::string_view name) const noexcept {
  for (const auto& [line_name, text] : lines_) {
    if (line_name == name) return text;
  }
  return {};
}

std::string Explanation::to_string() const {
  std::size_t width = 0;
  for (const auto& line : lines_) width = std::max(width, line.first.size());
  std::string out;
  for (const auto& [name, text] : lines_) {
    out += fmt::format("{:<{}}  ", name + ":", width + 1);
    for (char c : text) {
      out += c;
      if (c == '\n') out.append(width + 3, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace dataknobs
