// SPDX-License-Identifier: Apache-2.0
#include "backends/file/document_format.hpp"

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "backends/file/type_json.hpp"
#include "database/keys.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::string_view kMark = "$dataknobs";

/// The text behind "{" and blanks begins with the mark.
bool is_marked(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t brace = text.find_first_not_of(blanks);
  if (brace == std::string_view::npos || text[brace] != '{') return false;
  const std::size_t quote = text.find_first_not_of(blanks, brace + 1);
  return quote != std::string_view::npos && text.substr(quote).starts_with("\"$dataknobs\"");
}

const Value* member(const Json::Object& object, std::string_view name) {
  for (const auto& [key, value] : object) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// A record under the note of its file, without a word of its own, reads back as it is.
bool is_plain(const Record& record, const FileNote& note) {
  for (const Field& field : record.fields()) {
    if (field.name().starts_with('$')) return false;
    if (field.value().is_null()) continue;
    const auto noted = note.types.find(field.name());
    if (noted != note.types.end() ? noted->second != field.value().type() : !is_natural_json(field.value())) {
      return false;
    }
  }
  return true;
}

Record escaped(const Record& record) {
  Record result;
  result.reserve(record.size());
  for (const Field& field : record.fields()) {
    result.append(field.name().starts_with('$') ? "$" + field.name() : field.name(), field.value());
  }
  return result;
}

void append_member(std::string& out, std::string_view name, std::string_view json) {
  out += fmt::format(",\"{}\":{}", name, json);
}

/// A marked document: its members that are ours, taken out.
ReadDocument read_marked(std::string_view text, const Json::Object& members,
                         const std::string& note_types_text) {
  const Value* types = member(members, "$types");
  const std::string types_text = types != nullptr ? to_json(*types) : note_types_text;
  const Record all = from_document(text, types_text);
  ReadDocument result;
  result.record.reserve(all.size());
  for (const Field& field : all.fields()) {
    const std::string& name = field.name();
    if (!name.starts_with('$')) {
      result.record.append(name, field.value());
    } else if (name.starts_with("$$")) {
      result.record.append(name.substr(1), field.value());
    } else if (name == "$id" && field.value().get_if<std::string>() != nullptr) {
      result.record.set_id(field.value().get<std::string>());
    } else if (name == "$metadata" && field.value().get_if<Json>() != nullptr) {
      result.record.set_metadata(field.value().get<Json>());
    } else if (name == "$file") {
      result.note = FileNote::from_json(field.value());
    } else if (name != kMark && name != "$types" && name != "$version") {
      Error(ErrorCode::serialization, fmt::format("unknown member '{}' in a document marked {}", name, kMark))
          .raise();
    }
  }
  return result;
}

}  // namespace

std::string FileNote::to_json() const {
  Json::Object object;
  Json::Object named;
  for (const auto& [name, type] : types) named.emplace_back(name, std::string(to_string(type)));
  if (!named.empty()) object.emplace_back("types", Json(std::move(named)));
  if (!key.empty()) object.emplace_back("key", names_to_json(key));
  return dataknobs::to_json(Value(Json(std::move(object))));
}

FileNote FileNote::from_json(const Value& value) {
  FileNote note;
  const Json* json = value.get_if<Json>();
  if (json == nullptr || !json->is_object()) return note;
  const Value* types = json->find("types");
  const Json* named = types == nullptr ? nullptr : types->get_if<Json>();
  if (named != nullptr && named->is_object()) {
    for (const auto& [name, type] : named->object()) {
      const auto* text = type.get_if<std::string>();
      const std::optional<ValueType> kind = text == nullptr ? std::nullopt : value_type_from_string(*text);
      if (kind) note.types.emplace(name, *kind);
    }
  }
  if (const Value* key = json->find("key"))
    note.key = names_from_json(*key).value_or(std::vector<std::string>());
  return note;
}

std::string FileNote::types_json() const {
  // Names in "$types" are paths: those with points and brackets are quoted there.
  Json::Object object;
  for (const auto& [name, type] : types) {
    std::string path = name;
    if (path.empty() || path.find_first_of(".[]\"") != std::string::npos) {
      std::string quoted = "\"";
      for (const char c : path) quoted += c == '"' ? "\"\"" : std::string(1, c);
      path = quoted + "\"";
    }
    object.emplace_back(std::move(path), std::string(to_string(type)));
  }
  return dataknobs::to_json(Value(Json(std::move(object))));
}

ReadDocument read_document(std::string_view text, const FileNote& note, const std::string& note_types_text) {
  if (is_marked(text)) {
    const Json::Object members = parse_json_object(text);
    const Value* version = member(members, kMark);
    if (*version == Value(kVersion)) return read_marked(text, members, note_types_text);
    if (version->type() == ValueType::integer) {
      Error(ErrorCode::serialization,
            fmt::format("the document is of version {} of the format", to_text(*version)))
          .hint("read it with a newer dataknobs")
          .raise();
    }
  }
  ReadDocument result;
  result.record =
      note.types.empty() ? from_document(text, std::nullopt) : from_document(text, note_types_text);
  return result;
}

void append_document(std::string& out, const Record& record, const FileNote& note, bool first,
                     bool id_is_known) {
  const bool has_metadata =
      record.metadata() && !(record.metadata()->is_object() && record.metadata()->object().empty());
  const bool has_note = first && !note.empty();
  const bool plain = is_plain(record, note);
  if (plain && !has_note && !has_metadata && id_is_known) {
    out += to_document(record).data;
    return;
  }
  Record body = escaped(record);
  if (has_metadata) body.append("$metadata", *record.metadata());
  const Document document = to_document(body);
  out += fmt::format("{{\"{}\":{}", kMark, kVersion);
  if (has_note) append_member(out, "$file", note.to_json());
  if (!plain || (has_metadata && document.types)) append_member(out, "$types", document.types.value_or("{}"));
  if (!id_is_known) append_member(out, "$id", to_json(Value(*record.id())));
  if (body.empty()) {
    out += '}';
  } else {
    out += ',';
    out += std::string_view(document.data).substr(1);
  }
}

bool is_noted(ValueType type) noexcept {
  switch (type) {
    case ValueType::decimal:
    case ValueType::binary:
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
    case ValueType::vector:
      return true;
    default:
      return false;
  }
}

void note_types(FileNote& note, const std::vector<Record>& records) {
  for (const Record& record : records) {
    for (const Field& field : record.fields()) {
      if (field.name().starts_with('$') || !is_noted(field.value().type())) continue;
      note.types.emplace(field.name(), field.value().type());
    }
  }
}

std::optional<std::string> id_of_members(const Record& record, const std::vector<std::string>& key) {
  std::vector<Value> values;
  for (const std::string& name : key) values.push_back(record[name]);
  return id_of_key(values);
}

}  // namespace dataknobs::file
