// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The note in a folder that dataknobs wrote, `_dataknobs`: columns, key, format, and the fields of Hive folders. What
/// texts alone do not say is read by it, and a folder without records is one all the same. Other programs skip it; a
/// type that some value no longer fits is ignored.

#include <optional>
#include <string>
#include <vector>

#include "backends/file/options.hpp"
#include "record/schema.hpp"

namespace dataknobs::file {

struct FolderNote {
  Schema schema;  ///< Of documents: of the fields that folders name alone.
  std::vector<std::string> key;
  std::vector<std::string> partition;
  Format format = Format::csv;

  std::string to_text() const;
};

std::string folder_note_name(const std::string& folder);
/// Nothing if there is none. Errors: SerializationError if it is none of dataknobs, or of another version.
std::optional<FolderNote> read_folder_note(const std::string& folder);

}  // namespace dataknobs::file
