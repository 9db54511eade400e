// SPDX-License-Identifier: Apache-2.0
#include "database/missing_dataset.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/nearest.hpp"

namespace dataknobs {

Task<Error> missing_dataset(Backend& backend, Context& context, const DatasetOptions& options,
                            std::string store) {
  const std::vector<std::string> names = co_await backend.list(context);
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::optional<std::string_view> nearest = nearest_name(options.name(), known);
  std::string hint = co_await backend.missing_hint(context, options);
  if (!hint.empty()) {
    // The store knows better.
  } else if (nearest) {
    hint = fmt::format("did you mean '{}'?", *nearest);
  } else if (!names.empty()) {
    constexpr std::size_t kMost = 5;
    const std::size_t shown = std::min(kMost, names.size());
    hint = fmt::format("the store has {}{}",
                       fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "),
                       shown < names.size() ? ", ..." : "");
  } else {
    hint = "the store is empty: the first write makes it";
  }
  Error error(ErrorCode::not_found, fmt::format("there is no '{}'", options.name()));
  error.store(store).hint(hint);
  co_return error;
}

}  // namespace dataknobs
