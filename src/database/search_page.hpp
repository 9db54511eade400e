// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Where a page of a search ended, as a text for the caller to come back with.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/value.hpp>

namespace dataknobs {

/// The values of the last record's sort keys and key; or, where records have no key that lasts, how many came before.
class PageToken {
 public:
  PageToken() = default;
  std::vector<Value> values;
  std::uint64_t offset = 0;

  /// ASCII letters, digits, `+`, `/` and `=`. It names the query that it belongs to.
  std::string encode(const Query& query) const;
  /// Errors: InvalidArgumentError if it is none, or of another query.
  static PageToken decode(std::string_view text, const Query& query);
};

}  // namespace dataknobs
