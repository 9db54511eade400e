// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The side file of a CSV file, `<name>.dataknobs`: types and key that the text alone does not say. It is
/// written only where reading would find other types; without it (after a renaming) the types are those that
/// the text shows. A type that some value no longer fits is ignored.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/schema.hpp"

namespace dataknobs::file {

struct SideFile {
  std::map<std::string, FieldType> types;
  std::vector<std::string> key;
};

std::string side_file_name(const std::string& path);
std::string side_file_content(const Schema& schema, const std::vector<std::string>& key);
/// Errors: SerializationError if there is a file of that name which is not a side file, or of another
/// version.
SideFile read_side_file(const std::string& path);

}  // namespace dataknobs::file
