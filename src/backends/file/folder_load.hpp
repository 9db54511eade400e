// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// New folders on their way: written in a hidden folder beside the target, which takes its name when it is whole. One
/// that is loaded in transactions is `.<target>.dataknobs-part`: a commit makes its files durable and then writes to
/// the state log how far each is; the next transaction first removes what was written after that.

#include <memory>
#include <string>

#include "backends/file/folder_parts.hpp"
#include "backends/file/load.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {

/// A folder written in one go.
class FolderLoad : public WholeLoad {
 public:
  explicit FolderLoad(const Shape& shape);
  ~FolderLoad() override;
  void set_buffer_bytes(std::uint64_t bytes) override { parts_->set_buffer_bytes(bytes); }
  void finish() override;
  void abandon() noexcept override;

 private:
  void put(const Batch& batch) override { parts_->write(batch); }

  std::string target_;
  std::string temporary_;
  std::unique_ptr<FolderParts> parts_;
};

/// A folder loaded in transactions.
class StagedFolder : public StagedLoad {
 public:
  StagedFolder(const Shape& shape, LoadLog log, Start start);
  /// Leaves what was committed; the rest goes when it is gone on with.
  ~StagedFolder() override;
  void set_buffer_bytes(std::uint64_t bytes) override { parts_->set_buffer_bytes(bytes); }
  void clear(const Shape& shape) override;
  LoadPoint sync() override;
  void committed(LoadPoint point) override;
  void publish() override;

 private:
  void put(const Batch& batch) override { parts_->write(batch); }
  void open();

  FileDescriptor lock_;
  FileDescriptor old_lock_;
  std::string old_part_;  ///< Set after `clear`.
  std::unique_ptr<FolderParts> parts_;
};

/// The name of the first folder in which a target is loaded.
std::string staging_name(const std::string& target);

}  // namespace dataknobs::file
