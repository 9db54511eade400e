// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <simdjson.h>

#include <dataknobs/value.hpp>

namespace dataknobs {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr int hex_digit(char byte) noexcept {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

constexpr std::array<signed char, 256> base64_values() {
  std::array<signed char, 256> values{};
  for (signed char& value : values) value = -1;
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<signed char>(i);
  }
  return values;
}

constexpr std::array<signed char, 256> kBase64Values = base64_values();

}  // namespace

std::string to_hex(const Binary& value) {
  std::string out;
  out.reserve(value.bytes.size() * 2);
  for (char byte : value.bytes) {
    auto bits = static_cast<unsigned char>(byte);
    out += kHexDigits[bits >> 4U];
    out += kHexDigits[bits & 15U];
  }
  return out;
}

std::optional<Binary> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Binary result;
  result.bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = hex_digit(text[i]);
    int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    result.bytes += static_cast<char>(high * 16 + low);
  }
  return result;
}

std::string to_base64(const Binary& value) {
  std::string out;
  out.reserve((value.bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < value.bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    std::size_t count = std::min<std::size_t>(3, value.bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (k < count ? static_cast<unsigned char>(value.bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kBase64Digits[bits >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return out;
}

std::optional<Binary> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Binary result;
  result.bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool is_padding = i + padding >= text.size();
    int digit = is_padding ? 0 : kBase64Values[static_cast<unsigned char>(text[i])];
    if (digit < 0) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    if (i % 4 != 3) continue;
    std::size_t count = i + 1 == text.size() ? 3 - padding : 3;
    for (std::size_t k = 0; k < count; ++k) result.bytes += static_cast<char>(bits >> (16U - 8U * k) & 255U);
    // Bits that no byte takes must be zero: else two texts would mean the same bytes.
    if (count < 3 && (bits & (0xFFFFFFU >> (8U * count))) != 0) return std::nullopt;
    bits = 0;
  }
  return result;
}

namespace {

// Lower case with hyphens, as it is printed.
bool is_printed_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    const char byte = text[i];
    const bool digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
    if (hyphen ? byte != '-' : !digit) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> parse_uuid(std::string_view text) {
  if (is_printed_uuid(text)) return std::string(text);
  if (text.size() > 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
  if (text.size() != 32 && text.size() != 36) return std::nullopt;
  bool has_hyphens = text.size() == 36;
  std::string out;
  out.reserve(36);
  for (char byte : text) {
    if (out.size() == 8 || out.size() == 13 || out.size() == 18 || out.size() == 23) {
      out += '-';
      if (has_hyphens) {
        if (byte != '-') return std::nullopt;
        continue;
      }
    }
    int digit = hex_digit(byte);
    if (digit < 0 || out.size() >= 36) return std::nullopt;
    out += kHexDigits[static_cast<std::size_t>(digit)];
  }
  return out;
}

bool is_valid_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace dataknobs
