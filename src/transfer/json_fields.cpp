// SPDX-License-Identifier: Apache-2.0
#include "transfer/json_fields.hpp"

#include <charconv>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

namespace dataknobs {

JsonObjectBuilder& JsonObjectBuilder::add(std::string_view name, const std::vector<std::string>& texts) {
  Json::Array array;
  array.reserve(texts.size());
  for (const std::string& text : texts) array.emplace_back(text);
  return add(name, Value(Json(std::move(array))));
}

JsonObjectReader::JsonObjectReader(Value object, std::string entry)
    : object_(std::move(object)), entry_(std::move(entry)) {
  const Json* json = object_.get_if<Json>();
  if (json == nullptr || !json->is_object()) {
    Error(ErrorCode::serialization, fmt::format("{} is not a JSON object", entry_)).raise();
  }
}

const Value& JsonObjectReader::member(std::string_view name) const {
  static const Value none;
  const Value* found = object_.get<Json>().find(name);
  return found == nullptr ? none : *found;
}

void JsonObjectReader::fail(std::string_view name, std::string_view expected) const {
  Error(ErrorCode::serialization, fmt::format("{}: member '{}' is not {}", entry_, name, expected)).raise();
}

std::string JsonObjectReader::text(std::string_view name) const {
  const std::string* found = member(name).get_if<std::string>();
  if (found == nullptr) fail(name, "a text");
  return *found;
}

std::uint64_t JsonObjectReader::number(std::string_view name) const {
  const std::int64_t* found = member(name).get_if<std::int64_t>();
  if (found == nullptr || *found < 0) fail(name, "a count");
  return static_cast<std::uint64_t>(*found);
}

bool JsonObjectReader::flag(std::string_view name) const {
  const bool* found = member(name).get_if<bool>();
  if (found == nullptr) fail(name, "true or false");
  return *found;
}

std::vector<Value> JsonObjectReader::values(std::string_view name) const {
  const Json* found = member(name).get_if<Json>();
  if (found == nullptr || !found->is_array()) fail(name, "a list");
  return found->array();
}

std::vector<std::string> JsonObjectReader::texts(std::string_view name) const {
  std::vector<std::string> result;
  for (const Value& value : values(name)) {
    const std::string* text = value.get_if<std::string>();
    if (text == nullptr) fail(name, "a list of texts");
    result.push_back(*text);
  }
  return result;
}

std::optional<std::string> JsonObjectReader::optional_text(std::string_view name) const {
  if (member(name).is_null()) return std::nullopt;
  return text(name);
}

std::optional<std::uint64_t> JsonObjectReader::optional_number(std::string_view name) const {
  if (member(name).is_null()) return std::nullopt;
  return number(name);
}

void JsonObjectReader::check_version(std::uint64_t known) const {
  const std::uint64_t version = number("version");
  if (version == known) return;
  Error(ErrorCode::serialization,
        fmt::format("{} has format version {}; this program knows version {}", entry_, version, known))
      .hint("finish the run with the program version that began it, or start anew with --fresh")
      .raise();
}

std::optional<DigestTotal> parse_digest(std::string_view text) noexcept {
  constexpr std::string_view kPrefix = "dk1:";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  DigestTotal total;
  const char* end = text.data() + text.size();
  const auto count = std::from_chars(text.data(), end, total.count);
  if (count.ec != std::errc() || count.ptr == end || *count.ptr != ':') return std::nullopt;
  const char* digits = count.ptr + 1;
  if (end - digits != 32) return std::nullopt;
  const auto high = std::from_chars(digits, digits + 16, total.sum.high, 16);
  const auto low = std::from_chars(digits + 16, end, total.sum.low, 16);
  if (high.ec != std::errc() || high.ptr != digits + 16) return std::nullopt;
  if (low.ec != std::errc() || low.ptr != end) return std::nullopt;
  return total;
}

}  // namespace dataknobs
