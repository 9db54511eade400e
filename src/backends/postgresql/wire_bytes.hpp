// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Numbers in network byte order.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include <boost/endian/conversion.hpp>

namespace dataknobs::postgresql {

template <class T>
T load_big(const char* data) noexcept {
  T value;
  std::memcpy(&value, data, sizeof value);
  return boost::endian::big_to_native(value);
}
template <class T>
void store_big(char* data, T value) noexcept {
  value = boost::endian::native_to_big(value);
  std::memcpy(data, &value, sizeof value);
}
template <class T>
void append_big(std::string& out, T value) {
  value = boost::endian::native_to_big(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline std::uint16_t load_u16(const char* data) noexcept {
  return load_big<std::uint16_t>(data);
}
inline std::int16_t load_s16(const char* data) noexcept {
  return load_big<std::int16_t>(data);
}
inline void store_u16(char* data, std::uint16_t value) noexcept {
  store_big(data, value);
}
inline void append_u16(std::string& out, std::uint16_t value) {
  append_big(out, value);
}

inline double load_double(const char* data) noexcept {
  return std::bit_cast<double>(load_big<std::uint64_t>(data));
}
inline float load_float(const char* data) noexcept {
  return std::bit_cast<float>(load_big<std::uint32_t>(data));
}

}  // namespace dataknobs::postgresql
