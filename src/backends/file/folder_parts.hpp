// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// FolderParts: writes records as the files of a new folder: of a bounded size, in a Hive folder for each combination
/// of values of the fields that partition= names. One file is open at a time: records wait by folder until there are
/// many of one, and then go behind those that its file has. So memory and open files are bounded, however the records
/// come.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/file/encoder.hpp"
#include "backends/file/folder_note.hpp"
#include "database/dataset.hpp"

namespace dataknobs::file {

/// Errors: ConfigurationError if partition= names what is no column, or all of them.
void check_partition(const Shape& shape);
/// What a folder's name keeps of a type.
TypeMapping map_folder_type(const FieldType& type);

/// "part-00000.parquet"
constexpr std::string_view kPartPrefix = "part-";

class FolderParts {
 public:
  /// `folder`: is there, and holds nothing but what this writes.
  FolderParts(std::string folder, const Shape& shape);
  FolderParts(const FolderParts&) = delete;
  FolderParts& operator=(const FolderParts&) = delete;
  ~FolderParts();

  void set_buffer_bytes(std::uint64_t bytes) { buffer_bytes_ = bytes; }
  /// Errors: SerializationError that names record and field of a value that a folder's name does not keep.
  void write(const Batch& batch);
  /// Makes all that was written durable. What it gives tells another object where to go on.
  std::string sync();
  /// Goes on from there: what was written later is removed.
  void restore(const std::string& state);
  /// Makes all files complete and durable.
  void finish();

 private:
  /// The records of a Hive folder, and the file that they go to.
  struct Group {
    std::vector<Batch> waiting;
    std::uint64_t waiting_bytes = 0;
    std::string path;  ///< Of the file, within the folder; empty: there is none that can be gone on with.
    std::uint64_t number = 0;
    std::uint64_t length = 0;
    std::unique_ptr<Encoder> encoder;
    bool is_dirty = false;  ///< Written since it was last made durable.
  };

  void set_schema(Schema schema);
  void split(const Batch& batch);
  std::vector<std::string> folders_of(const Batch& batch);
  std::optional<std::string> text_of(const Batch& batch, std::int64_t row, std::size_t field,
                                     const Value& value);
  Batch without_fields(const Batch& batch) const;
  void flush_largest();
  void flush(Group& group);
  void put(Group& group, const Batch& batch);
  void open(Group& group);
  void make_file(Group& group, const std::string& folder);
  void complete_oldest();
  void suspend();
  void complete(Group& group);
  std::string full(const std::string& path) const { return folder_ + "/" + path; }
  int open_file(const std::string& path) const;
  void remove_later_files(std::uint64_t first) const;

  std::string folder_;
  Shape shape_;                          ///< Of all of it.
  Shape inner_;                          ///< Of its files.
  std::vector<FieldType> types_;         ///< Of the fields that folders name; of documents as they come.
  std::map<std::string, Group> groups_;  ///< By Hive folder.
  Group* open_group_ = nullptr;
  std::unique_ptr<OutputFile> output_;
  std::uint64_t waiting_bytes_ = 0;
  std::uint64_t buffer_bytes_ = std::uint64_t{32} << 20U;
  std::set<std::string> changed_folders_;  ///< Since the last sync, by what they are within the folder.
  std::uint64_t next_ = 0;                 ///< The number of the next file.
};

}  // namespace dataknobs::file
