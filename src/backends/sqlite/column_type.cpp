// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/column_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace dataknobs::sqlite {

namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

bool contains(std::string_view text, std::string_view word) noexcept {
  return text.find(word) != std::string_view::npos;
}

// The words by which SQLite finds an affinity, wherever they stand in a declared type.
constexpr std::array<std::string_view, 8> kAffinityWords{"INT",  "CHAR", "CLOB", "TEXT",
                                                         "BLOB", "REAL", "FLOA", "DOUB"};

Affinity affinity_of_upper(std::string_view declared) noexcept {
  if (contains(declared, "INT")) return Affinity::integer;
  if (contains(declared, "CHAR") || contains(declared, "CLOB") || contains(declared, "TEXT"))
    return Affinity::text;
  if (declared.empty() || contains(declared, "BLOB")) return Affinity::blob;
  if (contains(declared, "REAL") || contains(declared, "FLOA") || contains(declared, "DOUB"))
    return Affinity::real;
  return Affinity::numeric;
}

struct Base {
  std::string_view name;
  ValueType kind;
  std::int32_t width;
};

// The words that new columns are declared with. The affinity of each keeps every value of its kind as it is.
constexpr std::array<Base, 15> kBases{{
    {"BOOLEAN", ValueType::boolean, 64},
    {"INTEGER", ValueType::integer, 64},
    {"INTEGER8", ValueType::integer, 8},
    {"INTEGER16", ValueType::integer, 16},
    {"INTEGER32", ValueType::integer, 32},
    {"REAL", ValueType::floating, 64},
    {"REAL32", ValueType::floating, 32},
    {"DECIMAL_TEXT", ValueType::decimal, 64},
    {"TEXT", ValueType::string, 64},
    {"BLOB", ValueType::binary, 64},
    {"DATETIME", ValueType::datetime, 64},
    {"DATE", ValueType::date, 64},
    {"TIME", ValueType::time, 64},
    {"JSON", ValueType::json, 64},
    {"VECTOR_TEXT", ValueType::vector, 64},
}};

// A declared type that `declared_type` may have made, taken apart: BASE ["logical"] [(n[, m])].
struct Parts {
  std::string_view base;
  std::optional<std::string> logical;
  std::optional<std::int32_t> first;
  std::optional<std::int32_t> second;
};

std::optional<std::int32_t> take_integer(std::string_view& text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

constexpr std::string_view kHex = "0123456789abcdef";

// Names of logical types are free text; what could mislead SQLite's search for affinity words is written as
// %xx.
std::string encode_logical(std::string_view logical) {
  const std::string searched = upper(logical);
  std::string result;
  for (std::size_t i = 0; i < logical.size(); ++i) {
    bool escape = logical[i] == '%' || logical[i] == '"' || static_cast<unsigned char>(logical[i]) < ' ';
    for (std::string_view word : kAffinityWords) {
      escape |= i > 0 && searched.compare(i - 1, word.size(), word) == 0;
    }
    if (escape) {
      const auto byte = static_cast<unsigned char>(logical[i]);
      result += '%';
      result += kHex[byte >> 4U];
      result += kHex[byte & 15U];
    } else {
      result += logical[i];
    }
  }
  return result;
}

std::optional<std::string> decode_logical(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (text.front() != '%') {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    unsigned byte = 0;
    if (text.size() < 3) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
    if (error != std::errc() || end != text.data() + 3) return std::nullopt;
    result += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  return result;
}

std::optional<Parts> take_apart(std::string_view declared) {
  Parts parts;
  const std::size_t end = std::min(declared.find_first_of(" (\""), declared.size());
  parts.base = declared.substr(0, end);
  declared.remove_prefix(end);
  if (declared.starts_with(" \"")) {
    const std::size_t quote = declared.find('"', 2);
    if (quote == std::string_view::npos) return std::nullopt;
    parts.logical = decode_logical(declared.substr(2, quote - 2));
    if (!parts.logical) return std::nullopt;
    declared.remove_prefix(quote + 1);
  }
  if (declared.starts_with('(')) {
    declared.remove_prefix(1);
    parts.first = take_integer(declared);
    if (!parts.first) return std::nullopt;
    if (declared.starts_with(',')) {
      declared.remove_prefix(1);
      parts.second = take_integer(declared);
      if (!parts.second) return std::nullopt;
    }
    if (!declared.starts_with(')')) return std::nullopt;
    declared.remove_prefix(1);
  }
  if (!declared.empty()) return std::nullopt;
  return parts;
}

// The type if the text is of the form that `declared_type` gives, to the letter.
std::optional<FieldType> own_type(std::string_view declared) {
  const std::optional<Parts> parts = take_apart(declared);
  if (!parts) return std::nullopt;
  for (const Base& base : kBases) {
    if (base.name != parts->base) continue;
    FieldType type(base.kind);
    type.set_width(base.width);
    if (parts->logical) type.set_logical(*parts->logical);
    if (base.kind == ValueType::decimal) {
      type.set_precision(parts->first, parts->second);
    } else if (base.kind == ValueType::string && !parts->second) {
      type.set_length(parts->first);
    } else if (parts->first) {
      return std::nullopt;
    }
    return type;
  }
  return std::nullopt;
}

bool is_word(std::string_view declared, std::string_view word) noexcept {
  if (!declared.starts_with(word)) return false;
  return declared.size() == word.size() || declared[word.size()] == ' ' || declared[word.size()] == '(';
}

// Declared types of tables that others made.
ValueType foreign_kind(const std::string& declared) {
  if (declared.empty()) return ValueType::null;
  if (is_word(declared, "BOOLEAN") || is_word(declared, "BOOL")) return ValueType::boolean;
  if (is_word(declared, "DATETIME") || is_word(declared, "TIMESTAMP") || is_word(declared, "TIMESTAMPTZ")) {
    return ValueType::datetime;
  }
  if (is_word(declared, "DATE")) return ValueType::date;
  if (is_word(declared, "TIME")) return ValueType::time;
  if (is_word(declared, "JSON") || is_word(declared, "JSONB")) return ValueType::json;
  switch (affinity_of_upper(declared)) {
    case Affinity::integer:
      return ValueType::integer;
    case Affinity::text:
      return contains(declared, "DECIMAL") ? ValueType::decimal : ValueType::string;
    case Affinity::blob:
      return ValueType::binary;
    case Affinity::real:
      return ValueType::floating;
    case Affinity::numeric:
      break;
  }
  if (contains(declared, "NUMERIC") || contains(declared, "DECIMAL") || contains(declared, "NUMBER") ||
      contains(declared, "MONEY")) {
    return ValueType::decimal;
  }
  if (is_word(declared, "UUID") || is_word(declared, "STRING") || is_word(declared, "ENUM"))
    return ValueType::string;
  return ValueType::null;
}

}  // namespace

Affinity affinity_of(std::string_view declared) noexcept {
  return affinity_of_upper(upper(declared));
}

bool looks_numeric(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const auto take_digits = [&] {
    std::size_t count = 0;
    while (!text.empty() && is_digit(text.front())) {
      text.remove_prefix(1);
      ++count;
    }
    return count;
  };
  const auto take_sign = [&] {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  };
  take_sign();
  std::size_t digits = take_digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += take_digits();
  }
  if (digits == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    take_sign();
    if (take_digits() == 0) return false;
  }
  return text.empty();
}

FieldType type_of_declared(std::string_view declared) {
  FieldType type;
  if (std::optional<FieldType> own = own_type(declared)) {
    type = std::move(*own);
  } else {
    const std::string name = upper(declared);
    type = FieldType(foreign_kind(name));
    if (is_word(name, "UUID")) type.set_logical("uuid");
  }
  return type.set_native(std::string(declared));
}

std::string declared_type(const FieldType& type) {
  std::string result;
  for (const Base& base : kBases) {
    if (base.kind != type.kind()) continue;
    if (result.empty() || base.width == type.width()) result = base.name;
  }
  if (result.empty()) return result;
  if (!type.logical().empty()) result += fmt::format(" \"{}\"", encode_logical(type.logical()));
  if (type.kind() == ValueType::decimal && type.precision()) {
    result += type.scale() ? fmt::format("({},{})", *type.precision(), *type.scale())
                           : fmt::format("({})", *type.precision());
  }
  if (type.kind() == ValueType::string && type.length()) result += fmt::format("({})", *type.length());
  return result;
}

}  // namespace dataknobs::sqlite
