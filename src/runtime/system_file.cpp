// SPDX-License-Identifier: Apache-2.0
#include "runtime/system_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

DiskObserver* the_observer = nullptr;

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::permission;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EPIPE:
      return ErrorCode::resource;
    case EEXIST:
      return ErrorCode::concurrency;
    default:
      return ErrorCode::serialization;
  }
}

std::string_view hint_of(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "make room, then run the same command again";
    case EROFS:
    case EACCES:
    case EPERM:
      return "check the permissions of the file and its folder";
    default:
      return {};
  }
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

void raise_system_error(int error_number, std::string_view what, std::string_view path) {
  const std::string text = std::strerror(error_number);
  Error(code_of(error_number), fmt::format("{} {}: {}", what, path, text))
      .native(strerrorname_np(error_number) != nullptr ? strerrorname_np(error_number) : "", text)
      .hint(hint_of(error_number))
      .raise();
}

void set_disk_observer(DiskObserver* observer) noexcept {
  the_observer = observer;
}

DiskObserver* disk_observer() noexcept {
  return the_observer;
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

FileDescriptor open_or_make(const std::string& path, unsigned mode) {
  for (;;) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (file.is_open()) return file;
    if (errno != ENOENT) raise_system_error(errno, "cannot open", path);
    file = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.is_open()) {
      if (the_observer != nullptr) the_observer->made(path);
      return file;
    }
    if (errno != EEXIST) raise_system_error(errno, "cannot make", path);
  }
}

void write_all(int descriptor, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) raise_system_error(errno, "cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void write_at(int descriptor, std::uint64_t offset, std::string_view bytes, const std::string& path) {
  if (the_observer != nullptr) the_observer->wrote(path, offset, bytes);
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) raise_system_error(errno, "cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
}

void sync_file(int descriptor, const std::string& path) {
  if (::fdatasync(descriptor) != 0) raise_system_error(errno, "cannot write", path);
  if (the_observer != nullptr) the_observer->synced(path);
}

void cut_file(int descriptor, std::uint64_t length, const std::string& path) {
  if (::ftruncate(descriptor, static_cast<off_t>(length)) != 0)
    raise_system_error(errno, "cannot shorten", path);
  if (the_observer != nullptr) the_observer->cut(path, length);
}

void rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) raise_system_error(errno, "cannot replace", to);
  if (the_observer != nullptr) the_observer->renamed(from, to);
}

bool try_remove_file(const std::string& path) noexcept {
  if (::unlink(path.c_str()) != 0) return errno == ENOENT;
  if (the_observer != nullptr) the_observer->removed(path);
  return true;
}

void remove_file(const std::string& path) {
  if (!try_remove_file(path)) raise_system_error(errno, "cannot remove", path);
}

std::size_t read_at(int descriptor, std::uint64_t offset, char* to, std::size_t size, std::string_view path) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(descriptor, to + done, size - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) raise_system_error(errno, "cannot read", path);
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void sync_folder_of(const std::string& path) {
  const std::string folder = folder_of(path);
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) raise_system_error(errno, "cannot open the folder", folder);
  // Some file systems have nothing to sync in a folder.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL)
    raise_system_error(errno, "cannot write the folder", folder);
  if (the_observer != nullptr) the_observer->synced_folder_of(path);
}

std::pair<std::string, int> make_file_beside(const std::string& path) {
  const std::filesystem::path target(path);
  std::random_device random;
  for (;;) {
    const std::string name = fmt::format(".{}.dataknobs-{:08x}", target.filename().string(), random());
    std::string full = (target.parent_path() / name).string();
    const int descriptor = ::open(full.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 && the_observer != nullptr) the_observer->made(full);
    if (descriptor >= 0) return {std::move(full), descriptor};
    if (errno != EEXIST) raise_system_error(errno, "cannot make a file beside", path);
  }
}

void write_whole_file(const std::string& path, std::string_view content) {
  const auto [name, number] = make_file_beside(path);
  const FileDescriptor descriptor(number);
  try {
    write_at(number, 0, content, name);
    sync_file(number, name);
    rename_file(name, path);
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
  sync_folder_of(path);
}

}  // namespace dataknobs
