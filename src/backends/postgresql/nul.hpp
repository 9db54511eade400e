// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The character U+0000, which PostgreSQL keeps in no text and no jsonb. Pure.

#include <string_view>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs::postgresql {

/// Why a value with it is refused.
inline constexpr std::string_view nul_reason = "PostgreSQL cannot keep the character U+0000";

/// False if JSON of that text surely holds none: a cheap look before `find_nul`.
bool may_hold_nul(std::string_view json) noexcept;

/// True if a string or a name within the value has it; `steps` then lead there.
bool find_nul(const Value& value, std::vector<Path::Step>& steps);

}  // namespace dataknobs::postgresql
