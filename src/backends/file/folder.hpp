// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A folder of parts: files of one format that together are one dataset. They are opened one after the other, when they
/// are read; what is kept of each is where it is, how it was found, and its place among the others.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends/file/document_source.hpp"
#include "backends/file/file_dataset.hpp"

namespace dataknobs::file {

/// The files of a folder as they were found. Places within it count bytes (Parquet: row groups) over all of its files.
/// Immutable.
class Folder {
 public:
  struct File {
    std::string path;
    Compression compression = Compression::none;
    std::string identity;
    std::size_t group = 0;
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    std::uint64_t first_row = 0;  ///< How many records are before it.
    std::uint64_t begin = 0;      ///< Its place in the folder.
    std::uint64_t end = 0;
    std::uint64_t first_offset = 0;                           ///< Where its records begin in the file itself.
    std::shared_ptr<const std::vector<std::string>> columns;  ///< CSV: shared by files with the same ones.
    std::shared_ptr<const DocumentIndex> documents;           ///< NDJSON and JSON; without its places.
  };

  std::vector<FieldDescription> fields;  ///< That Hive folders name.
  std::vector<Record> groups;            ///< Their values, by group of files.
  std::vector<File> files;
  std::vector<RecordPlace> places;  ///< Of all files; the last one is the end.
  // By column of the dataset.
  std::vector<bool> has_null;  ///< Some record surely has none.
  std::vector<bool> may_be_null;

  bool has_field(std::string_view name) const noexcept;
  /// The names of the folders of a group: "country=FR/year=2024".
  std::string group_name(std::size_t group) const;
  /// By file: its records may be among those of a filter that is about the fields of folders alone.
  std::vector<bool> matching(const FileDataset& dataset, const Expression& filter) const;
};

/// "folder of CSV files"
std::string folder_kind(const std::string& kind_of_files);

/// Reads what there is to know of a folder; nothing if it has no files. Blocking.
/// Errors: as those of its files, and as FolderListing and FolderSchema.
std::shared_ptr<const FileDataset> describe_folder(const DatasetOptions& options);

/// What changes when a file of it changes, comes or goes. Cheaper than to describe it.
std::string folder_identity(const DatasetOptions& options);

/// How many records of a part, or of all of it, the filter leaves: one that is about the fields of folders alone.
std::uint64_t count_rows(const FileDataset& dataset, const std::optional<Part>& part,
                         const Expression& filter);

/// Which files are read: "2 of 12 files of people/ (10 of 90 bytes): country=FR, country=DE".
std::string explain_folder(const FileDataset& dataset, const Expression& filter);

/// Single records of a folder cannot be written.
[[noreturn]] void raise_folder_is_whole(const FileDataset& dataset);

}  // namespace dataknobs::file
