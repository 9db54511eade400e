// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Patterns as regular expressions of PostgreSQL, for texts in collation "C": there its classes are ASCII's, as RE2's
/// are. Pure.

#include <optional>
#include <string>

namespace dataknobs::postgresql {

/// The regular expression that matches, of valid UTF-8 without U+0000, the same texts as RE2 does. Nothing where that
/// is not sure.
std::optional<std::string> translate_regex(const std::string& pattern);

/// The same for a pattern of ilike: each letter as the letters of the same simple case folding, because the server
/// folds by its locale.
std::optional<std::string> regex_of_ilike(const std::string& pattern);

}  // namespace dataknobs::postgresql
