// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_load.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

namespace dataknobs::file {
namespace {

namespace fs = std::filesystem;

std::string hidden_name(const std::string& target, std::string_view ending) {
  const fs::path path(target);
  return (path.parent_path() / fmt::format(".{}.dataknobs-{}", path.filename().string(), ending)).string();
}

void make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    raise_system_error(errno, "cannot make the folder", path);
}

void remove_all(const std::string& path) noexcept {
  std::error_code error;
  fs::remove_all(path, error);
}

void remove_contents(const std::string& path) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) fs::remove_all(entry.path(), error);
  if (error) raise_system_error(error.value(), "cannot empty", path);
}

FileDescriptor lock_folder(const std::string& path) {
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) raise_system_error(errno, "cannot open", path);
  if (::flock(folder.number(), LOCK_EX | LOCK_NB) == 0) return folder;
  if (errno != EWOULDBLOCK) raise_system_error(errno, "cannot lock", path);
  raise_held(path);
}

/// Gives a folder its final name, which must be free, or that of an empty folder.
void publish_folder(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) {
    if (DiskObserver* observer = disk_observer()) observer->renamed(from, to);
    sync_folder_of(to);
    return;
  }
  if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) raise_exists(to);
  raise_system_error(errno, "cannot make", to);
}

}  // namespace

std::string staging_name(const std::string& target) {
  return hidden_name(target, "part");
}

FolderLoad::FolderLoad(const Shape& shape) : target_(shape.options.path) {
  std::string name = hidden_name(target_, "XXXXXX");
  if (::mkdtemp(name.data()) == nullptr) raise_system_error(errno, "cannot make a folder beside", target_);
  temporary_ = std::move(name);
  // Whoever may read what others make here may read this.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::chmod(temporary_.c_str(), 0777 & ~mask);
  try {
    parts_ = std::make_unique<FolderParts>(temporary_, shape);
  } catch (...) {
    abandon();
    throw;
  }
}

FolderLoad::~FolderLoad() {
  abandon();
}

void FolderLoad::finish() {
  parts_->finish();
  publish_folder(temporary_, target_);
  temporary_.clear();
}

void FolderLoad::abandon() noexcept {
  parts_.reset();
  if (!temporary_.empty()) remove_all(temporary_);
  temporary_.clear();
}

StagedFolder::StagedFolder(const Shape& shape, LoadLog log, Start start)
    : StagedLoad(shape.options.path, shape, std::move(log)) {
  part_ = staging_name(target_);
  begin(start);
  open();
  parts_ = std::make_unique<FolderParts>(part_, shape);
  if (committed_ && start == Start::resume) {
    parts_->restore(committed_->encoder);
  } else if (!committed_) {
    remove_contents(part_);
  }
}

void StagedFolder::open() {
  std::error_code error;
  const bool is_there = fs::is_directory(part_, error);
  if (committed_ && !is_there) {
    Error(ErrorCode::concurrency, fmt::format("{} is gone, and records were committed in it", part_))
        .hint("it was removed meanwhile; start the load anew")
        .raise();
  }
  make_folder(part_);
  lock_ = lock_folder(part_);
  check_latest();
}

StagedFolder::~StagedFolder() {
  parts_.reset();
  if (published_ || (committed_ && old_part_.empty())) return;
  remove_all(part_);
  if (!committed_) log_.release();
}

void StagedFolder::clear(const Shape& shape) {
  parts_.reset();
  if (committed_ && old_part_.empty()) {
    const std::string first = staging_name(target_);
    const std::string other = part_ == first ? first + "-2" : first;
    make_folder(other);
    old_lock_ = std::move(lock_);
    lock_ = lock_folder(other);
    old_part_ = std::exchange(part_, other);
  }
  remove_contents(part_);
  parts_ = std::make_unique<FolderParts>(part_, shape);
  restart();
}

LoadPoint StagedFolder::sync() {
  LoadPoint point;
  point.rows = all_rows();
  point.part = part_;
  point.shape = shape_;
  point.encoder = parts_->sync();
  if (!committed_ || !old_part_.empty()) sync_folder_of(part_);
  return point;
}

void StagedFolder::committed(LoadPoint point) {
  set_base(point);
  committed_ = std::move(point);
  if (old_part_.empty()) return;
  remove_all(old_part_);
  old_part_.clear();
  old_lock_ = FileDescriptor();
}

void StagedFolder::publish() {
  parts_->finish();
  publish_folder(part_, target_);
  published_ = true;
}

}  // namespace dataknobs::file
