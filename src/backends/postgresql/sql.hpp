// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Names and constants in SQL text, so that no text of a user is ever taken as SQL. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace dataknobs::postgresql {

/// "name" with its quotes doubled. Errors: ConfigurationError if it is empty, longer than 63 bytes (the server would
/// cut it) or holds U+0000.
std::string quote_identifier(std::string_view name);

/// 'text', as an escape string where there is a backslash, so that no setting of the server matters.
/// REQUIRES: no U+0000.
std::string quote_literal(std::string_view text);

/// Names quoted, with commas between; `prefix` goes before each ("excluded.").
std::string identifier_list(const std::vector<std::string>& names, std::string_view prefix = {});

}  // namespace dataknobs::postgresql
