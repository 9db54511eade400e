// SPDX-License-Identifier: Apache-2.0
#include "database/index_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/error.hpp>

#include "record/nearest.hpp"

namespace dataknobs {

void require_index(const std::vector<Index>& known, const std::string& name, const Dataset& dataset) {
  std::vector<std::string_view> names;
  for (const Index& index : known) {
    if (index.name() == name) return;
    names.push_back(index.name());
  }
  const std::optional<std::string_view> nearest = nearest_name(name, names);
  Error(ErrorCode::not_found, fmt::format("{} has no index {}", dataset.name(), name))
      .hint(nearest         ? fmt::format("did you mean '{}'?", *nearest)
            : names.empty() ? std::string("it has no indexes")
                            : fmt::format("its indexes are {}", fmt::join(names, ", ")))
      .raise();
}

}  // namespace dataknobs
