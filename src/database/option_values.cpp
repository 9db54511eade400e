// SPDX-License-Identifier: Apache-2.0
#include "database/option_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/error.hpp>

#include "record/nearest.hpp"

namespace dataknobs {

std::string parse_word(std::string_view option, const std::string& value,
                       std::span<const std::string_view> words) {
  if (std::find(words.begin(), words.end(), value) != words.end()) return value;
  const std::optional<std::string_view> nearest = nearest_name(value, words);
  Error(ErrorCode::configuration,
        fmt::format("{}= is one of {}, not '{}'", option, fmt::join(words, ", "), value))
      .hint(nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string())
      .raise();
}

std::chrono::milliseconds parse_duration(std::string_view option, const std::string& value) {
  std::int64_t count = 0;
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, count);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  constexpr std::int64_t kLargest = 1'000'000;
  using std::chrono::milliseconds;
  constexpr std::array<std::pair<std::string_view, milliseconds>, 5> kUnits{{{"ms", milliseconds(1)},
                                                                             {"s", milliseconds(1'000)},
                                                                             {"", milliseconds(1'000)},
                                                                             {"min", milliseconds(60'000)},
                                                                             {"h", milliseconds(3'600'000)}}};
  const auto* const known = std::find_if(kUnits.begin(), kUnits.end(),
                                         [&](const auto& candidate) { return candidate.first == unit; });
  if (error == std::errc() && count >= 0 && count <= kLargest && known != kUnits.end())
    return count * known->second;
  Error(ErrorCode::configuration, fmt::format("{}= is a time, not '{}'", option, value))
      .hint("write it as 500ms, 5s, 10min or 1h")
      .raise();
}

std::uint64_t parse_count(std::string_view option, const std::string& value, std::uint64_t least,
                          std::uint64_t greatest) {
  std::uint64_t count = 0;
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, count);
  if (error == std::errc() && rest == end && count >= least && count <= greatest) return count;
  Error(ErrorCode::configuration,
        fmt::format("{}= is a whole number from {} to {}, not '{}'", option, least, greatest, value))
      .raise();
}

}  // namespace dataknobs
