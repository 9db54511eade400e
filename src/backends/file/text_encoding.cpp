// SPDX-License-Identifier: Apache-2.0
#include "backends/file/text_encoding.hpp"

#include <iconv.h>

#include <cerrno>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

namespace dataknobs::file {

TextDecoder::TextDecoder(const std::string& encoding) : handle_(::iconv_open("UTF-8", encoding.c_str())) {
  // A name with a suffix such as //IGNORE would leave characters out without a word.
  const bool is_name = !encoding.empty() && encoding.find('/') == std::string::npos;
  if (is_name && handle_ != iconv_t(-1)) return;
  if (handle_ != iconv_t(-1)) ::iconv_close(handle_);
  Error(ErrorCode::configuration, fmt::format("unknown encoding '{}'", encoding))
      .hint("for example windows-1252, iso-8859-1, utf-16, shift_jis; 'iconv --list' names all")
      .raise();
}

TextDecoder::~TextDecoder() {
  ::iconv_close(handle_);
}

std::optional<std::uint64_t> TextDecoder::decode(std::string_view bytes, std::string& out) {
  pending_ += bytes;
  char* from = pending_.data();
  std::size_t left = pending_.size();
  std::string room(pending_.size() * 2 + 16, '\0');
  while (left > 0) {
    char* to = room.data();
    std::size_t free = room.size();
    const std::size_t result = ::iconv(handle_, &from, &left, &to, &free);
    out.append(room.data(), room.size() - free);
    if (result != std::size_t(-1) || errno == EINVAL) break;  // EINVAL: the last character is not complete.
    if (errno == E2BIG) continue;
    return done_ + (pending_.size() - left);
  }
  done_ += pending_.size() - left;
  pending_.erase(0, pending_.size() - left);
  return std::nullopt;
}

}  // namespace dataknobs::file
