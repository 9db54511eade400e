// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The character U+0000, which some stores keep in no text. Pure.

#include <string_view>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// False if JSON of that text surely holds none: a cheap look before `find_nul`.
bool may_hold_nul(std::string_view json) noexcept;

/// True if a string or a name within the value has it; `steps` then lead there.
bool find_nul(const Value& value, std::vector<Path::Step>& steps);

}  // namespace dataknobs
