// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Small files that must survive a crash, and the errors of file calls. Linux (open(2), fsync(2), rename(2)).

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dataknobs {

/// The error for a failed system call on a file: not_found, permission, resource (full disk) or
/// serialization.
[[noreturn]] void raise_system_error(int error_number, std::string_view what, std::string_view path);

/// Closes its descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) noexcept : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  bool is_open() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// Is told what is done to files, in order, after it was done. Tests find out with it what a crash would leave.
class DiskObserver {
 public:
  virtual ~DiskObserver() = default;
  virtual void made(const std::string& path) = 0;
  virtual void wrote(const std::string& path, std::uint64_t offset, std::string_view bytes) = 0;
  virtual void cut(const std::string& path, std::uint64_t length) = 0;
  virtual void synced(const std::string& path) = 0;
  virtual void renamed(const std::string& from, const std::string& to) = 0;
  virtual void removed(const std::string& path) = 0;
  virtual void synced_folder_of(const std::string& path) = 0;
};
/// The one that the functions below tell; nullptr: none, as at the start.
/// Thread safety: not while files are written.
void set_disk_observer(DiskObserver* observer) noexcept;
DiskObserver* disk_observer() noexcept;

/// Opens a file for reading and writing, and makes it if it is not there.
FileDescriptor open_or_make(const std::string& path, unsigned mode);
/// Writes all of it where the file stands. `path`: for errors.
void write_all(int descriptor, std::string_view bytes, std::string_view path);
/// Writes all of it at that place. `path`: for errors.
void write_at(int descriptor, std::uint64_t offset, std::string_view bytes, const std::string& path);
/// Waits until what was written is on the disk.
void sync_file(int descriptor, const std::string& path);
/// Cuts the file off.
void cut_file(int descriptor, std::uint64_t length, const std::string& path);
/// Gives a file another name, in place of what has it. The folder is still to be synced.
void rename_file(const std::string& from, const std::string& to);
/// Removes a file, if it is there. The folder is still to be synced.
void remove_file(const std::string& path);
/// As `remove_file`; false if it cannot.
bool try_remove_file(const std::string& path) noexcept;
/// Reads from `offset`: fewer bytes only at the end of the file.
std::size_t read_at(int descriptor, std::uint64_t offset, char* to, std::size_t size, std::string_view path);

/// Makes the entries of a file's folder durable.
void sync_folder_of(const std::string& path);
/// Makes a new file beside `path` with a name of its own, for writing. Returns the name and the descriptor.
std::pair<std::string, int> make_file_beside(const std::string& path);
/// Writes a small file so that it is either there as a whole or not at all.
void write_whole_file(const std::string& path, std::string_view content);

}  // namespace dataknobs
