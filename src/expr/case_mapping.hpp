// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Upper and lower case by Unicode's simple mappings: one code point for one.

#include <string>
#include <string_view>

namespace dataknobs {

/// Bytes that are no UTF-8 stay as they are.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

}  // namespace dataknobs
