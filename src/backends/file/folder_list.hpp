// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Which files of a folder are its parts.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "backends/file/folder_names.hpp"
#include "backends/file/options.hpp"

namespace dataknobs::file {

/// What is in a folder, before a file of it is opened.
class FolderListing {
 public:
  struct File {
    std::string path;  ///< As it is to be opened.
    Compression compression = Compression::none;
    std::size_t group = 0;
  };

  bool is_there = false;
  std::optional<Format> format;     ///< Of all files; nothing if there is none.
  std::vector<std::string> fields;  ///< That Hive folders name, the outermost first.
  /// What the Hive folders of a group of files say, by field.
  std::vector<std::vector<std::optional<std::string>>> groups;
  std::vector<File> files;           ///< In the order of their paths by bytes.
  std::vector<std::string> skipped;  ///< Names that are hidden or marks.
};

/// Lists a folder and the Hive folders in it. `format`: what the caller says that all files are.
/// Errors: ConfigurationError that names the files if there are several formats, something that is no part, a loop of
/// links, or folders of different fields; as the system says what cannot be read.
FolderListing list_folder(const std::string& path, std::optional<Format> format,
                          std::optional<Compression> compression);

}  // namespace dataknobs::file
