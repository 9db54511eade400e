// SPDX-License-Identifier: Apache-2.0
#include "backends/file/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10U;

}  // namespace

OutputFile::OutputFile(std::string name, int descriptor, std::uint64_t position, Compression compression)
    : name_(std::move(name)), descriptor_(descriptor), written_(position) {
  if (compression != Compression::none) compressed_.emplace(compression);
}

OutputFile::~OutputFile() {
  if (descriptor_ != STDOUT_FILENO) ::close(descriptor_);
}

void OutputFile::append(std::string_view bytes) {
  if (compressed_) {
    compressed_->write(bytes, buffer_);
  } else if (bytes.size() < kBufferBytes) {
    buffer_ += bytes;
  } else {
    // A large record does not pass through the buffer, which would keep its size.
    flush();
    put(bytes);
  }
  if (buffer_.size() >= kBufferBytes) flush();
}

void OutputFile::flush() {
  // After an error nothing of it is written a second time.
  std::string block;
  block.swap(buffer_);
  put(block);
  block.clear();
  buffer_.swap(block);
}

void OutputFile::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) raise_system_error(errno, "cannot write", name_);
    if (DiskObserver* observer = disk_observer()) {
      observer->wrote(name_, written_, bytes.substr(0, static_cast<std::size_t>(put)));
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
    written_ += static_cast<std::uint64_t>(put);
  }
}

void OutputFile::complete() {
  if (compressed_) {
    if (position() == 0) compressed_->begin();  // Nothing, compressed, is not nothing.
    compressed_->end(buffer_);
  }
  flush();
}

void OutputFile::sync() {
  complete();
  if (descriptor_ == STDOUT_FILENO) return;
  sync_file(descriptor_, name_);
}

std::string OutputFile::read(std::uint64_t offset, std::size_t size) {
  flush();
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t got =
        ::pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) raise_system_error(got == 0 ? EIO : errno, "cannot read", name_);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

void OutputFile::truncate(std::uint64_t length) {
  buffer_.clear();
  if (compressed_) compressed_->reset();
  if (::ftruncate(descriptor_, static_cast<off_t>(length)) != 0 ||
      ::lseek(descriptor_, static_cast<off_t>(length), SEEK_SET) < 0) {
    raise_system_error(errno, "cannot shorten", name_);
  }
  written_ = length;
}

void raise_exists(const std::string& path) {
  Error(ErrorCode::duplicate_record, fmt::format("{} exists already", path))
      .hint("choose another name, or remove the file first")
      .raise();
}

void rename_to_new(const std::string& from, const std::string& to) {
  int result = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // The file system cannot rename so: a link does not replace either.
    result = ::link(from.c_str(), to.c_str());
    if (result == 0) ::unlink(from.c_str());
  }
  if (result != 0 && errno == EEXIST) raise_exists(to);
  if (result != 0) raise_system_error(errno, "cannot make", to);
}

std::string absolute_path(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path full = fs::absolute(path).lexically_normal();
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(full.parent_path(), error);
  return error ? full.string() : (folder / full.filename()).string();
}

}  // namespace dataknobs::file
