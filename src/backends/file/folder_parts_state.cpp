// SPDX-License-Identifier: Apache-2.0
//
// How far the files of a new folder are: what a commit notes, where another load goes on, and their end.
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "backends/file/folder_parts.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

namespace fs = std::filesystem;

/// The number in the name of a file; nothing of one that is no part.
std::optional<std::uint64_t> number_of(const std::string& name) {
  if (!name.starts_with(kPartPrefix)) return std::nullopt;
  std::uint64_t number = 0;
  const char* const begin = name.data() + kPartPrefix.size();
  const auto [end, error] = std::from_chars(begin, name.data() + name.size(), number);
  return error == std::errc() && end != begin ? std::optional(number) : std::nullopt;
}

const Value& member(const Json& json, std::string_view name) {
  const Value* value = json.find(name);
  if (value == nullptr) Error(ErrorCode::serialization, "the state of a load is damaged").raise();
  return *value;
}

std::uint64_t number_member(const Json& json, std::string_view name) {
  return static_cast<std::uint64_t>(member(json, name).get<std::int64_t>());
}

}  // namespace

std::string FolderParts::sync() {
  for (auto& [folder, group] : groups_) flush(group);
  suspend();
  // The names of new files and folders are durable too.
  for (const std::string& folder : changed_folders_)
    sync_folder_of(full(folder.empty() ? "x" : folder + "/x"));
  changed_folders_.clear();
  Json::Array files;
  for (auto& [folder, group] : groups_) {
    if (group.path.empty()) continue;
    if (group.is_dirty) {
      const FileDescriptor file(open_file(group.path));
      sync_file(file.number(), full(group.path));
      group.is_dirty = false;
    }
    Json::Object object;
    object.emplace_back("folder", folder);
    object.emplace_back("path", group.path);
    object.emplace_back("length", static_cast<std::int64_t>(group.length));
    object.emplace_back("encoder", group.encoder->state());
    files.emplace_back(Json(std::move(object)));
  }
  Json::Array types;
  for (const FieldType& type : types_) types.push_back(type_to_json(type));
  Json::Object object;
  object.emplace_back("next", static_cast<std::int64_t>(next_));
  object.emplace_back("columns", schema_to_json(shape_.schema));
  object.emplace_back("types", Json(std::move(types)));
  object.emplace_back("files", Json(std::move(files)));
  return to_json(Value(Json(std::move(object))));
}

void FolderParts::restore(const std::string& state) {
  const Json json(parse_json_object(state));
  next_ = number_member(json, "next");
  std::optional<Schema> schema = schema_from_json(member(json, "columns"));
  if (!schema) Error(ErrorCode::serialization, "the state of a load is damaged").raise();
  set_schema(std::move(*schema));
  const Json::Array& types = member(json, "types").get<Json>().array();
  for (std::size_t i = 0; i < types_.size(); ++i) types_[i] = type_from_json(types[i]).value_or(FieldType());
  groups_.clear();
  for (const Value& entry : member(json, "files").get<Json>().array()) {
    const Json& file = entry.get<Json>();
    Group& group = groups_[member(file, "folder").get<std::string>()];
    group.path = member(file, "path").get<std::string>();
    group.number = number_of(fs::path(group.path).filename().string()).value_or(0);
    group.length = number_member(file, "length");
    group.encoder = make_encoder(inner_);
    group.encoder->restore(member(file, "encoder").get<std::string>());
    group.is_dirty = true;  // What is behind its length is still to be cut off.
    std::error_code error;
    const std::uint64_t found = fs::file_size(full(group.path), error);
    if (!error && found >= group.length) continue;
    Error(ErrorCode::concurrency,
          fmt::format("{} has not the {} bytes that were committed", full(group.path), group.length))
        .hint("it was cut or removed meanwhile; start the load anew")
        .raise();
  }
  remove_later_files(next_);
}

/// Of what was not committed.
void FolderParts::remove_later_files(std::uint64_t first) const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_)) {
    if (!entry.is_directory() && number_of(entry.path().filename().string()).value_or(first) >= first)
      files.push_back(entry.path());
  }
  for (const fs::path& file : files) {
    remove_file(file.string());
    // Folders that are empty now go too; the others cannot.
    for (fs::path folder = file.parent_path(); folder != fs::path(folder_); folder = folder.parent_path()) {
      if (::rmdir(folder.c_str()) != 0) break;
    }
  }
}

void FolderParts::finish() {
  for (auto& [folder, group] : groups_) {
    flush(group);
    if (!group.path.empty()) complete(group);
  }
  // Without a record there is a file all the same, if it can be known in which folder.
  if (next_ == 0 && types_.empty()) {
    Group& group = groups_[""];
    open(group);
    complete(group);
  }
  sync();
  FolderNote note;
  note.format = shape_.options.format;
  note.partition = shape_.options.partition;
  if (layout_of(note.format) == Layout::columns) {
    note.schema = shape_.schema;
    note.key = shape_.key;
  } else {
    std::vector<FieldDescription> fields;
    for (std::size_t i = 0; i < types_.size(); ++i) fields.emplace_back(note.partition[i], types_[i]);
    note.schema = Schema(std::move(fields));
  }
  write_whole_file(folder_note_name(folder_), note.to_text());
}

}  // namespace dataknobs::file
