// SPDX-License-Identifier: Apache-2.0
#include "backends/file/type_json.hpp"

namespace dataknobs::file {
namespace {

const Json* json_of(const Value& value) {
  return value.get_if<Json>();
}

std::optional<std::int32_t> small_integer(const Json& object, std::string_view name) {
  const Value* member = object.find(name);
  const auto* number = member == nullptr ? nullptr : member->get_if<std::int64_t>();
  if (number == nullptr || *number < INT32_MIN || *number > INT32_MAX) return std::nullopt;
  return static_cast<std::int32_t>(*number);
}

void append_type(Json::Object& object, const FieldType& type) {
  object.emplace_back("type", type.is_any() ? std::string("any") : std::string(to_string(type.kind())));
  if (!type.logical().empty()) object.emplace_back("logical", type.logical());
  if (type.precision()) object.emplace_back("precision", std::int64_t{*type.precision()});
  if (type.scale()) object.emplace_back("scale", std::int64_t{*type.scale()});
  if (type.width() != 64) object.emplace_back("width", std::int64_t{type.width()});
  if (type.length()) object.emplace_back("length", std::int64_t{*type.length()});
}

}  // namespace

Value type_to_json(const FieldType& type) {
  Json::Object object;
  append_type(object, type);
  return Json(std::move(object));
}

std::optional<FieldType> type_from_json(const Value& value) {
  const Json* json = json_of(value);
  if (json == nullptr || !json->is_object()) return std::nullopt;
  const Value* member = json->find("type");
  const std::string* name = member == nullptr ? nullptr : member->get_if<std::string>();
  if (name == nullptr) return std::nullopt;
  const std::optional<ValueType> kind = *name == "any" ? ValueType::null : value_type_from_string(*name);
  if (!kind) return std::nullopt;
  FieldType type(*kind);
  if (const Value* logical = json->find("logical")) {
    const std::string* text = logical->get_if<std::string>();
    if (text == nullptr) return std::nullopt;
    type.set_logical(*text);
  }
  type.set_precision(small_integer(*json, "precision"), small_integer(*json, "scale"));
  type.set_width(small_integer(*json, "width").value_or(64));
  type.set_length(small_integer(*json, "length"));
  return type;
}

Value schema_to_json(const Schema& schema) {
  Json::Array array;
  for (const FieldDescription& field : schema.fields()) {
    Json::Object object;
    object.emplace_back("name", field.name());
    append_type(object, field.type());
    if (!field.nullable()) object.emplace_back("nullable", false);
    array.emplace_back(Json(std::move(object)));
  }
  return Json(std::move(array));
}

std::optional<Schema> schema_from_json(const Value& value) {
  const Json* json = json_of(value);
  if (json == nullptr || !json->is_array()) return std::nullopt;
  std::vector<FieldDescription> fields;
  for (const Value& element : json->array()) {
    const std::optional<FieldType> type = type_from_json(element);
    if (!type) return std::nullopt;
    const Value* member = json_of(element)->find("name");
    const std::string* name = member == nullptr ? nullptr : member->get_if<std::string>();
    if (name == nullptr) return std::nullopt;
    const Value* nullable = json_of(element)->find("nullable");
    const bool* may_be_null = nullable == nullptr ? nullptr : nullable->get_if<bool>();
    fields.emplace_back(*name, *type, may_be_null == nullptr || *may_be_null);
  }
  return Schema(std::move(fields));
}

Value names_to_json(const std::vector<std::string>& names) {
  Json::Array array;
  for (const std::string& name : names) array.emplace_back(name);
  return Json(std::move(array));
}

std::optional<std::vector<std::string>> names_from_json(const Value& value) {
  const Json* json = json_of(value);
  if (json == nullptr || !json->is_array()) return std::nullopt;
  std::vector<std::string> names;
  for (const Value& element : json->array()) {
    const std::string* name = element.get_if<std::string>();
    if (name == nullptr) return std::nullopt;
    names.push_back(*name);
  }
  return names;
}

}  // namespace dataknobs::file
