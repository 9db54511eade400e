// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_tables.hpp"

#include <filesystem>

namespace dataknobs::file {

DatasetOptions FileTables::resolve(const DatasetOptions& options) const {
  namespace fs = std::filesystem;
  const std::string& name = options.name();
  if (is_pipe() || name == root_.name() || name.empty() || name.find('/') != std::string::npos)
    return options;
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

std::shared_ptr<FileTable> FileTables::table(const DatasetOptions& options) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<FileTable>& table = tables_[real_path(options.name())];
  if (!table) table = std::make_shared<FileTable>(options);
  return table;
}

void FileTables::close() {
  std::map<std::string, std::shared_ptr<FileTable>> tables;
  {
    const std::lock_guard lock(mutex_);
    tables = tables_;
  }
  for (const auto& [path, table] : tables) table->close();
}

}  // namespace dataknobs::file
