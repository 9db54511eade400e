// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_table.hpp"

#include "backends/file/folder.hpp"

namespace dataknobs::file {

FileState FolderTable::state() {
  const std::lock_guard guard(mutex_);
  if (state_.base && folder_identity(options_) == identity_) return state_;
  state_ = FileState();
  state_.base = describe_folder(options_);
  identity_ = state_.base ? state_.base->fingerprint() : std::string();
  if (state_.base) state_.finder = std::make_shared<RecordFinder>(state_.base, version_of_file(identity_));
  return state_;
}

std::shared_ptr<const FileDataset> FolderTable::describe() {
  return state().base;
}

void FolderTable::change(const FileDataset& wanted, const std::function<void(FileChanges&)>&,
                         const JointCommit*) {
  raise_folder_is_whole(wanted);
}

}  // namespace dataknobs::file
