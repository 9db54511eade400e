// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_names.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace dataknobs::file {
namespace {

constexpr std::string_view kNull = "__HIVE_DEFAULT_PARTITION__";
// What Hive escapes, besides control characters.
constexpr std::string_view kEscaped = "\"#%'*/:=?\\{[]^\x7F";

std::optional<unsigned> hexadecimal_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

// A '%' without two digits behind it is one, as Hive takes it.
std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? hexadecimal_digit(text[i + 1]) : std::nullopt;
    const auto low = high ? hexadecimal_digit(text[i + 2]) : std::nullopt;
    if (low) {
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void append_escaped(std::string& out, char c) {
  out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
}

std::string encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || kEscaped.find(c) != std::string_view::npos) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

// The same text with its first character escaped, so that it does not mean what it would.
std::string disguised(std::string_view text) {
  std::string out;
  append_escaped(out, text.front());
  return out + encode(text.substr(1));
}

}  // namespace

bool is_folder(const std::string& path) {
  if (path.ends_with('/')) return true;
  std::error_code error;
  return path != "-" && std::filesystem::is_directory(path, error);
}

std::string folder_path(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::optional<PartitionName> PartitionName::parse(std::string_view name) {
  const std::size_t at = name.find('=');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  PartitionName result;
  result.field = decode(name.substr(0, at));
  if (name.substr(at + 1) != kNull) result.value = decode(name.substr(at + 1));
  return result;
}

std::string PartitionName::to_string() const {
  std::string out = field.starts_with('.') ? disguised(field) : encode(field);
  out += '=';
  if (!value) return out.append(kNull);
  return out + (*value == kNull ? disguised(*value) : encode(*value));
}

bool is_skipped_name(std::string_view name, bool is_folder) {
  if (name.starts_with('.')) return true;
  return name.starts_with('_') && !(is_folder && name.find('=') != std::string_view::npos);
}

}  // namespace dataknobs::file
