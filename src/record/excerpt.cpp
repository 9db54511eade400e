// SPDX-License-Identifier: Apache-2.0
#include "record/excerpt.hpp"

#include <fmt/format.h>

#include <dataknobs/value.hpp>

namespace dataknobs {

std::string excerpt(std::string_view text, std::size_t limit) {
  std::string shown = "'";
  const bool cut = text.size() > limit;
  if (cut) text = text.substr(0, limit);
  while (cut && !text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U)
    text.remove_suffix(1);
  if (cut && !text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.remove_suffix(1);
  // Bytes that are no UTF-8 are shown as such; what is well-formed stays readable.
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    const bool valid = is_valid_utf8(text.substr(i, length)) && i + length <= text.size();
    if (!valid || byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\x{:02x}", byte);
      ++i;
    } else {
      shown += text.substr(i, length);
      i += length;
    }
  }
  return shown + (cut ? "'..." : "'");
}

}  // namespace dataknobs
