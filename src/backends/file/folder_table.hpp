// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// FolderTable: a folder of parts as a table of records that is read, and not written one by one.

#include <memory>
#include <mutex>
#include <string>

#include "backends/file/file_table.hpp"

namespace dataknobs::file {

class FolderTable : public Table {
 public:
  explicit FolderTable(DatasetOptions options) : options_(std::move(options)) {}

  FileState state() override;
  std::shared_ptr<const FileDataset> describe() override;
  void change(const FileDataset& wanted, const std::function<void(FileChanges&)>& decide,
              const JointCommit* joint = nullptr) override;
  void close() override {}

 private:
  const DatasetOptions options_;
  std::mutex mutex_;
  FileState state_;
  std::string identity_;  ///< Of the folder that the state is of.
};

}  // namespace dataknobs::file
