// SPDX-License-Identifier: Apache-2.0
#include "backends/file/source.hpp"

#include <charconv>

#include <fmt/format.h>

namespace dataknobs::file {

std::string Part::to_token() const {
  return fmt::format("{}-{}/{}+{}", begin, end, first_row, rows);
}

std::optional<Part> Part::from_token(std::string_view token) {
  Part part;
  const char* at = token.data();
  const char* const end = at + token.size();
  const auto take = [&](std::uint64_t& number, char separator) {
    const auto [behind, error] = std::from_chars(at, end, number);
    if (error != std::errc() || behind == at) return false;
    at = behind;
    if (separator == '\0') return at == end;
    return at != end && *at++ == separator;
  };
  const bool good =
      take(part.begin, '-') && take(part.end, '/') && take(part.first_row, '+') && take(part.rows, '\0');
  if (!good || part.end < part.begin) return std::nullopt;
  return part;
}

std::vector<Part> group_places(const std::vector<RecordPlace>& places, std::size_t wanted) {
  std::vector<Part> parts;
  if (places.size() < 2) return parts;
  const std::uint64_t begin = places.front().offset;
  const std::uint64_t bytes = places.back().offset - begin;
  std::size_t from = 0;
  for (std::size_t number = 1; number <= std::max<std::size_t>(wanted, 1) && from + 1 < places.size();
       ++number) {
    // The first place at or behind the ideal cut, and at least one part further.
    const std::uint64_t cut = begin + bytes / std::max<std::size_t>(wanted, 1) * number;
    std::size_t to = from + 1;
    while (to + 1 < places.size() && (number == wanted || places[to].offset < cut)) ++to;
    parts.push_back(
        {places[from].offset, places[to].offset, places[from].row, places[to].row - places[from].row});
    from = to;
  }
  return parts;
}

}  // namespace dataknobs::file
