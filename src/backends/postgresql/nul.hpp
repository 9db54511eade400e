// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What is said of the character U+0000, which PostgreSQL keeps in no text and no jsonb.

#include <string_view>

#include "record/nul.hpp"

namespace dataknobs::postgresql {

/// Why a value with it is refused.
inline constexpr std::string_view nul_reason = "PostgreSQL cannot keep the character U+0000";

/// What to do about it.
inline constexpr std::string_view nul_hint =
    "write the text without it; a copy leaves such records out with --where \"not (FIELD regex '\\x00')\", "
    "or the "
    "field with --select";

}  // namespace dataknobs::postgresql
