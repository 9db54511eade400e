// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Paths as `types` beside a document has them: "limits.high", "list[2]", "\"x.y\"".

#include <cstdint>
#include <string>
#include <string_view>

namespace dataknobs {

/// The first step is a name.
void append_types_name(std::string& path, std::string_view name);
/// Further steps.
void append_types_member(std::string& path, std::string_view name);
void append_types_index(std::string& path, std::size_t index);

}  // namespace dataknobs
