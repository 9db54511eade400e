// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What an error message shows of a value.

#include <cstddef>
#include <string>
#include <string_view>

namespace dataknobs {

/// A piece of text for an error message: at most `limit` bytes, control characters and torn UTF-8 escaped, in
/// quotes.
std::string excerpt(std::string_view text, std::size_t limit = 60);

}  // namespace dataknobs
