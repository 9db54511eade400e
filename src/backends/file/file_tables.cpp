// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_tables.hpp"

#include <filesystem>

#include "backends/file/folder_names.hpp"
#include "backends/file/folder_table.hpp"

namespace dataknobs::file {

DatasetOptions FileTables::resolve(const DatasetOptions& options) const {
  namespace fs = std::filesystem;
  const std::string& name = options.name();
  const bool is_path = folder_path(name).find('/') != std::string::npos;
  if (is_pipe() || name == root_.name() || name.empty() || is_path) return options;
  const fs::path root(root_.name());
  std::error_code error;
  DatasetOptions resolved = options;
  if (fs::is_directory(root, error)) {
    resolved.set_name((root / name).string());
  } else if (!has_known_extension(name)) {
    resolved.set_name((root.parent_path() / (name + all_extensions(root_.name()))).string());
  }
  return resolved;
}

std::shared_ptr<Table> FileTables::table(const DatasetOptions& options) {
  const bool folder = is_folder(options.name());
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Table>& table = tables_[{real_path(folder_path(options.name())), folder}];
  if (!table && folder) table = std::make_shared<FolderTable>(options);
  if (!table) table = std::make_shared<FileTable>(options);
  return table;
}

void FileTables::close() {
  std::map<std::pair<std::string, bool>, std::shared_ptr<Table>> tables;
  {
    const std::lock_guard lock(mutex_);
    tables = tables_;
  }
  for (const auto& [path, table] : tables) table->close();
}

}  // namespace dataknobs::file
