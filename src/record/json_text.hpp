// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Finds what must be escaped in a JSON string, eight bytes at a time.

#include <bit>
#include <cstdint>
#include <cstring>

namespace dataknobs {

/// True of the bytes that end a plain run within a string: the quote, the backslash, control characters.
inline bool ends_run(char byte) noexcept {
  return static_cast<unsigned char>(byte) < 0x20 || byte == '"' || byte == '\\';
}

/// The end of the plain run from `at`: the first byte that ends it, or `end`.
inline const char* end_of_run(const char* at, const char* end) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  while (end - at >= 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, 8);
    std::uint64_t quote = bytes ^ (kOnes * '"');
    std::uint64_t backslash = bytes ^ (kOnes * '\\');
    // A byte's high bit is set if it ends the run; above the lowest such byte there may be false ones.
    std::uint64_t found = (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
                           ((bytes - kOnes * 0x20) & ~bytes)) &
                          kHigh;
    if (found != 0) {
      if constexpr (std::endian::native == std::endian::little) return at + std::countr_zero(found) / 8;
      break;
    }
    at += 8;
  }
  while (at != end && !ends_run(*at)) ++at;
  return at;
}

}  // namespace dataknobs
