// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/sql.hpp"

#include <fmt/format.h>

#include <dataknobs/error.hpp>

namespace dataknobs::postgresql {

std::string quote_identifier(std::string_view name) {
  constexpr std::size_t longest = 63;  // NAMEDATALEN - 1
  if (name.empty() || name.size() > longest || name.find('\0') != std::string_view::npos) {
    Error(ErrorCode::configuration,
          fmt::format("a name in PostgreSQL has 1 to 63 bytes and no U+0000; this one has {}", name.size()))
        .field_path(name.substr(0, longest))
        .hint("choose a shorter name")
        .raise();
  }
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::string quote_literal(std::string_view text) {
  const bool escaped = text.find('\\') != std::string_view::npos;
  // The blank keeps E apart from a word before it.
  std::string quoted = escaped ? " E'" : "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted += '\'';
}

std::string identifier_list(const std::vector<std::string>& names, std::string_view prefix) {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ", ";
    list += prefix;
    list += quote_identifier(name);
  }
  return list;
}

}  // namespace dataknobs::postgresql
