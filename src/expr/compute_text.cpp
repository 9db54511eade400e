// SPDX-License-Identifier: Apache-2.0
//
// Functions of texts. They count code points, from 1. A text of more than 16 MiB is not made: it is null.
#include <algorithm>
#include <limits>

#include "expr/case_mapping.hpp"
#include "expr/functions.hpp"
#include "expr/pattern.hpp"

namespace dataknobs {

namespace {

constexpr std::size_t kLongest = std::size_t{16} << 20U;

std::int64_t count_points(std::string_view text) {
  std::int64_t count = 0;
  while (!text.empty()) {
    take_code_point(text);
    ++count;
  }
  return count;
}

// The text from its code point `from` up to, without, its code point `to`, counted from 0.
std::string_view slice(std::string_view text, std::int64_t from, std::int64_t to) {
  std::string_view rest = text;
  for (std::int64_t i = 0; i < from && !rest.empty(); ++i) take_code_point(rest);
  const std::string_view start = rest;
  for (std::int64_t i = std::max<std::int64_t>(from, 0); i < to && !rest.empty(); ++i) take_code_point(rest);
  return start.substr(0, start.size() - rest.size());
}

Value substring(std::string_view text, std::int64_t start, std::optional<std::int64_t> count) {
  if (count && *count < 0) return {};
  const std::int64_t from = start == INT64_MIN ? start : start - 1;
  std::int64_t to = INT64_MAX;
  if (count && __builtin_add_overflow(from, *count, &to)) to = INT64_MAX;
  return slice(text, from, to);
}

// The first or last so many; of a negative number all but so many at the other end.
Value end_of_text(std::string_view text, std::int64_t count, bool is_left) {
  const std::int64_t size = count_points(text);
  const std::int64_t kept = count >= 0 ? std::min(count, size) : size + std::max(count, -size);
  return is_left ? slice(text, 0, kept) : slice(text, size - kept, size);
}

Value trimmed(std::string_view text, std::string_view set, bool at_start, bool at_end) {
  std::u32string characters;
  for (std::string_view rest = set; !rest.empty();) characters += take_code_point(rest);
  std::string_view rest = text;
  std::size_t end = 0;  // Behind the last code point that stays.
  std::size_t start = 0;
  bool is_leading = true;
  while (!rest.empty()) {
    const std::size_t offset = text.size() - rest.size();
    if (characters.find(take_code_point(rest)) != std::u32string::npos) continue;
    if (is_leading) start = offset;
    is_leading = false;
    end = text.size() - rest.size();
  }
  if (is_leading) return "";
  if (!at_start) start = 0;
  return text.substr(start, (at_end ? end : text.size()) - start);
}

Value repeated(std::string_view text, std::int64_t count) {
  if (count <= 0 || text.empty()) return "";
  if (static_cast<std::uint64_t>(count) > kLongest / text.size()) return {};
  std::string made;
  for (std::int64_t i = 0; i < count; ++i) made += text;
  return made;
}

// As long as `size`: cut at its end, or filled at one side.
Value padded(std::string_view text, std::int64_t size, std::string_view fill, bool is_left) {
  if (size <= 0) return "";
  const std::int64_t missing = size - count_points(text);
  if (missing <= 0) return slice(text, 0, size);
  if (fill.empty()) return text;
  if (static_cast<std::uint64_t>(missing) > kLongest) return {};
  std::string filling;
  std::string_view rest = fill;
  for (std::int64_t i = 0; i < missing; ++i) {
    if (rest.empty()) rest = fill;
    const std::string_view before = rest;
    take_code_point(rest);
    filling += before.substr(0, before.size() - rest.size());
  }
  if (filling.size() + text.size() > kLongest) return {};
  return is_left ? filling.append(text) : std::string(text).append(filling);
}

Value reversed(std::string_view text) {
  std::string made;
  made.resize(text.size());
  std::size_t end = text.size();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    take_code_point(rest);
    const std::size_t size = before.size() - rest.size();
    end -= size;
    std::copy_n(before.begin(), size, made.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return made;
}

Value replaced(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  std::string made;
  for (std::size_t at = 0;;) {
    const std::size_t next = text.find(from, at);
    made += text.substr(at, next - at);
    if (made.size() > kLongest) return {};
    if (next == std::string_view::npos) return made;
    made += to;
    at = next + from.size();
  }
}

Value concatenated(std::span<const Value* const> arguments) {
  std::string made;
  for (const Value* argument : arguments) {
    made += argument->get<std::string>();
    if (made.size() > kLongest) return {};
  }
  return made;
}

Value position(std::string_view text, std::string_view part) {
  const std::size_t offset = text.find(part);
  return offset == std::string_view::npos ? 0 : 1 + count_points(text.substr(0, offset));
}

// The part of that number, from the end if it is negative.
Value split_part(std::string_view text, std::string_view separator, std::int64_t number) {
  if (number == 0) return {};
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t next = separator.empty() ? std::string_view::npos : text.find(separator, at);
    parts.push_back(text.substr(at, next - at));
    if (next == std::string_view::npos) break;
    at = next + separator.size();
  }
  const auto size = static_cast<std::int64_t>(parts.size());
  if (number > size || number < -size) return "";
  return parts[static_cast<std::size_t>(number > 0 ? number - 1 : size + number)];
}

Value length_of(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return count_points(*text);
  if (const auto* binary = value.get_if<Binary>()) return static_cast<std::int64_t>(binary->bytes.size());
  if (const auto* vector = value.get_if<Vector>()) return static_cast<std::int64_t>(vector->size());
  const auto* json = value.get_if<Json>();
  if (json == nullptr) return {};
  if (json->is_array()) return static_cast<std::int64_t>(json->array().size());
  return static_cast<std::int64_t>(
      std::count_if(json->object().begin(), json->object().end(),
                    [](const auto& member) { return !member.second.is_null(); }));
}

// Functions of one text and of texts alone.
Value of_texts(Function function, std::span<const Value* const> arguments) {
  if (!std::all_of(arguments.begin(), arguments.end(),
                   [](const Value* value) { return value->type() == ValueType::string; }))
    return {};
  const std::string& text = arguments[0]->get<std::string>();
  const std::string_view second =
      arguments.size() > 1 ? std::string_view(arguments[1]->get<std::string>()) : " ";
  switch (function) {
    case Function::upper:
      return to_upper(text);
    case Function::lower:
      return to_lower(text);
    case Function::trim:
      return trimmed(text, second, true, true);
    case Function::ltrim:
      return trimmed(text, second, true, false);
    case Function::rtrim:
      return trimmed(text, second, false, true);
    case Function::reverse:
      return reversed(text);
    case Function::replace:
      return replaced(text, second, arguments[2]->get<std::string>());
    case Function::concat:
      return concatenated(arguments);
    default:
      return position(text, second);
  }
}

}  // namespace

Value compute_text(Function function, std::span<const Value* const> arguments) {
  if (function == Function::length) return length_of(*arguments[0]);
  const bool is_split = function == Function::split_part;
  const bool has_number = is_split || (function >= Function::substring && function <= Function::repeat);
  if (!has_number) return of_texts(function, arguments);
  const auto* text = arguments[0]->get_if<std::string>();
  const std::optional<std::int64_t> number = whole_number(*arguments[is_split ? 2 : 1]);
  if (text == nullptr || !number) return {};
  if (is_split) {
    const auto* separator = arguments[1]->get_if<std::string>();
    return separator != nullptr ? split_part(*text, *separator, *number) : Value();
  }
  if (function == Function::substring) {
    if (arguments.size() == 2) return substring(*text, *number, std::nullopt);
    const std::optional<std::int64_t> count = whole_number(*arguments[2]);
    return count ? substring(*text, *number, *count) : Value();
  }
  if (function == Function::repeat) return repeated(*text, *number);
  if (function == Function::left || function == Function::right)
    return end_of_text(*text, *number, function == Function::left);
  const auto* fill = arguments.size() > 2 ? arguments[2]->get_if<std::string>() : nullptr;
  if (arguments.size() > 2 && fill == nullptr) return {};
  return padded(*text, *number, fill != nullptr ? std::string_view(*fill) : " ", function == Function::lpad);
}

}  // namespace dataknobs
