// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// TextDecoder: text of another encoding as UTF-8. What is known is what iconv(3) of the C library knows.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dataknobs::file {

/// One stream of bytes. One thread at a time.
class TextDecoder {
 public:
  /// Errors: ConfigurationError if there is no such encoding.
  explicit TextDecoder(const std::string& encoding);
  TextDecoder(const TextDecoder&) = delete;
  TextDecoder& operator=(const TextDecoder&) = delete;
  ~TextDecoder();

  /// Appends what the bytes say; those of a character that is not complete are kept for the next call. The offset
  /// within all bytes so far of one that is none of the encoding, or nothing.
  std::optional<std::uint64_t> decode(std::string_view bytes, std::string& out);
  /// All characters are complete.
  bool is_complete() const noexcept { return pending_.empty(); }

 private:
  void* handle_;
  std::string pending_;
  std::uint64_t done_ = 0;
};

}  // namespace dataknobs::file
