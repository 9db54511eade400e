// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Explanation: which part of a query the store runs and which runs here.

#include <string>
#include <utility>
#include <vector>

#include <dataknobs/query.hpp>

#include "query/push_down.hpp"

namespace dataknobs {

/// Lines of a name and a text, for people and for tests.
class Explanation {
 public:
  /// `native_plan`: the store's own plan, empty where it has none. `warnings`: a line each.
  Explanation(const Query& query, const PushDown& push_down, std::string native_plan = {},
              const std::vector<std::string>& warnings = {});

  const std::vector<std::pair<std::string, std::string>>& lines() const noexcept { return lines_; }
  /// The text of the line of that name, or the empty one.
  std::string_view line(std::string_view name) const noexcept;
  /// One line each, names padded to one width; further lines of a text are indented below it.
  std::string to_string() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace dataknobs
