// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Names of folders: which paths mean a folder of parts, and what a Hive folder `field=value` says. Values are percent
/// encoded as Hive does it; a null is `__HIVE_DEFAULT_PARTITION__`.

#include <optional>
#include <string>
#include <string_view>

namespace dataknobs::file {

/// True of a folder that is there, and of a name that ends in `/`.
bool is_folder(const std::string& path);
/// The path without `/` at its end.
std::string folder_path(std::string path);

/// What the name of a Hive folder says.
struct PartitionName {
  std::string field;
  std::optional<std::string> value;  ///< As text; nothing: null.

  /// Nothing if it is no `field=value`.
  static std::optional<PartitionName> parse(std::string_view name);
  /// "country=FR"
  std::string to_string() const;
  bool operator==(const PartitionName&) const = default;
};

/// Hidden, or a mark of another program such as `_SUCCESS`. Of a Hive folder the name of a field may begin with `_`.
bool is_skipped_name(std::string_view name, bool is_folder);

}  // namespace dataknobs::file
