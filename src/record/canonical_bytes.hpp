// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The pieces of the canonical form that rows and columns share.

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "record/canonical.hpp"
#include "record/number.hpp"

namespace dataknobs::canonical {

/// The tag and 8 bytes: the greatest canonical form of a number that is not 'd'.
constexpr std::size_t kShort = 9;
constexpr std::uint64_t kNan = 0x7ff8000000000000U;

inline void put_uint32(char* out, std::uint32_t value) noexcept {
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
  std::memcpy(out, &value, sizeof value);
}

inline void put_uint64(char* out, std::uint64_t value) noexcept {
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
  std::memcpy(out, &value, sizeof value);
}

inline void append_uint32(std::string& out, std::uint32_t value) {
  char bytes[4];
  put_uint32(bytes, value);
  out.append(bytes, sizeof bytes);
}

/// Writes the tag and the integer to `out`; returns the size.
inline std::size_t put_integer(char* out, char tag, std::int64_t value) noexcept {
  out[0] = tag;
  put_uint64(out + 1, static_cast<std::uint64_t>(value));
  return kShort;
}

/// Writes 'i' or 'f' to `out`; returns the size.
inline std::size_t put_number(char* out, double value) noexcept {
  if (number::is_int64(value)) return put_integer(out, 'i', static_cast<std::int64_t>(value));
  std::uint64_t bits = std::isnan(value) ? kNan : std::bit_cast<std::uint64_t>(value);
  return put_integer(out, 'f', static_cast<std::int64_t>(bits));
}
void append_number(std::string& out, const Decimal& value);
/// A string of that logical type: "uuid" in lower case, "interval" as 'v' if it parses, else as it is.
void append_text(std::string& out, std::string_view text, std::string_view logical);

/// The digest of a record from the sum of its fields.
Digest128 finish_record(Digest128 sum) noexcept;

}  // namespace dataknobs::canonical
