// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_note.hpp"

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/file/input_file.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

constexpr std::string_view kMark = "dataknobs-folder";
constexpr std::int64_t kVersion = 1;

std::vector<std::string> names_member(const Json& json, std::string_view name) {
  const Value* value = json.find(name);
  return value == nullptr ? std::vector<std::string>()
                          : names_from_json(*value).value_or(std::vector<std::string>());
}

}  // namespace

std::string FolderNote::to_text() const {
  Json::Object object;
  object.emplace_back(std::string(kMark), kVersion);
  object.emplace_back("format", std::string(file::to_string(format)));
  object.emplace_back("columns", schema_to_json(schema));
  if (!partition.empty()) object.emplace_back("partition", names_to_json(partition));
  if (!key.empty()) object.emplace_back("key", names_to_json(key));
  return to_pretty_json(Value(Json(std::move(object)))) + "\n";
}

std::string folder_note_name(const std::string& folder) {
  return folder + "/_dataknobs";
}

std::optional<FolderNote> read_folder_note(const std::string& folder) {
  const std::string name = folder_note_name(folder);
  const std::shared_ptr<const InputFile> file = InputFile::open_existing(name);
  if (!file) return std::nullopt;
  const auto refuse = [&](std::string_view why) {
    Error(ErrorCode::serialization, fmt::format("{} {}", name, why))
        .hint(fmt::format("it tells the types of {}; remove it to read the folder without", folder))
        .raise();
  };
  Json json;
  try {
    json = Json(parse_json_object(file->read(0, static_cast<std::size_t>(file->size()))));
  } catch (const Error& error) {
    refuse("is no note of a folder: " + error.message());
  }
  const Value* version = json.find(kMark);
  if (version == nullptr) refuse("is no note of dataknobs");
  if (*version != Value(kVersion)) refuse("is of another version");
  const Value* columns = json.find("columns");
  const std::optional<Schema> schema = columns == nullptr ? std::nullopt : schema_from_json(*columns);
  const Value* format = json.find("format");
  const auto* word = format == nullptr ? nullptr : format->get_if<std::string>();
  const std::optional<Format> known = word == nullptr ? std::nullopt : format_from_string(*word);
  if (!schema || !known) refuse("does not say columns and format");
  FolderNote note;
  note.schema = *schema;
  note.format = *known;
  note.partition = names_member(json, "partition");
  note.key = names_member(json, "key");
  return note;
}

}  // namespace dataknobs::file
