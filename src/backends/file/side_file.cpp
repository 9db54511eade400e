// SPDX-License-Identifier: Apache-2.0
#include "backends/file/side_file.hpp"

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "backends/file/input_file.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

constexpr std::string_view kMark = "dataknobs-side-file";
constexpr std::int64_t kVersion = 1;

}  // namespace

std::string side_file_name(const std::string& path) {
  return path + ".dataknobs";
}

std::string side_file_content(const Schema& schema, const std::vector<std::string>& key) {
  Json::Object object;
  object.emplace_back(std::string(kMark), kVersion);
  object.emplace_back("columns", schema_to_json(schema));
  if (!key.empty()) object.emplace_back("key", names_to_json(key));
  return to_pretty_json(Value(Json(std::move(object)))) + "\n";
}

SideFile read_side_file(const std::string& path) {
  SideFile side;
  if (path == "-") return side;
  const std::string name = side_file_name(path);
  const std::shared_ptr<const InputFile> file = InputFile::open_existing(name);
  if (!file) return side;
  const auto refuse = [&](std::string_view why) {
    Error(ErrorCode::serialization, fmt::format("{} {}", name, why))
        .hint(fmt::format("it tells the types of {}; remove it to read the file without", path))
        .raise();
  };
  Json json;
  try {
    json = Json(parse_json_object(file->read(0, static_cast<std::size_t>(file->size()))));
  } catch (const Error& error) {
    refuse("is no side file: " + error.message());
  }
  const Value* version = json.find(kMark);
  if (version == nullptr) refuse("is no side file of dataknobs");
  if (*version != Value(kVersion)) refuse("is of another version");
  const Value* columns = json.find("columns");
  const std::optional<Schema> schema = columns == nullptr ? std::nullopt : schema_from_json(*columns);
  if (!schema) refuse("has no columns");
  for (const FieldDescription& field : schema->fields()) {
    if (!field.type().is_any()) side.types.emplace(field.name(), field.type());
  }
  if (const Value* key = json.find("key"))
    side.key = names_from_json(*key).value_or(std::vector<std::string>());
  return side;
}

}  // namespace dataknobs::file
