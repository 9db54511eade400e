// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The known name that a mistyped one most likely stands for.

#include <optional>
#include <span>
#include <string_view>

namespace dataknobs {

/// The known name nearest to `wanted` by insertions, deletions, substitutions and swaps of neighbours, where
/// ASCII case does not count; the first of equally near ones. Nothing if none is near enough to be a
/// mistyping: at most one change for every three bytes, but always one.
std::optional<std::string_view> nearest_name(std::string_view wanted,
                                             std::span<const std::string_view> known);

}  // namespace dataknobs
