// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Values of a URL's options. Errors of all: ConfigurationError which says what is wanted, and the nearest of it.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dataknobs {

/// One of the words.
std::string parse_word(std::string_view option, const std::string& value,
                       std::span<const std::string_view> words);
/// "500ms", "5s", "10min", "2h", or a plain number of seconds; not negative.
std::chrono::milliseconds parse_duration(std::string_view option, const std::string& value);
/// A whole number within the limits.
std::uint64_t parse_count(std::string_view option, const std::string& value, std::uint64_t least,
                          std::uint64_t greatest);

}  // namespace dataknobs
