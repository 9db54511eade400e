// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// FileTables: the files of a store that are in use, and what their names mean.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "backends/file/file_table.hpp"

namespace dataknobs::file {

/// Thread safety: may be shared.
class FileTables {
 public:
  /// `root`: what the URL says; a file, a folder of files, or `-`.
  explicit FileTables(DatasetOptions root) : root_(std::move(root)) {}

  bool is_pipe() const noexcept { return root_.name() == "-"; }
  const DatasetOptions& root() const noexcept { return root_; }
  /// With the path in place of a name. In a store of one file a name without extension is a file beside it that is
  /// named alike; in one of a folder a name without `/` is a file in it.
  DatasetOptions resolve(const DatasetOptions& options) const;
  /// The table of a file or folder. REQUIRES: resolved; not a pipe.
  std::shared_ptr<Table> table(const DatasetOptions& options);
  /// Folds journals in.
  void close();

 private:
  const DatasetOptions root_;
  std::mutex mutex_;
  std::map<std::pair<std::string, bool>, std::shared_ptr<Table>>
      tables_;  ///< By path, and whether it is a folder.
};

}  // namespace dataknobs::file
