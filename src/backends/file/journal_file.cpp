// SPDX-License-Identifier: Apache-2.0
#include "backends/file/journal_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

namespace dataknobs::file {
namespace {

struct stat status_of(const FileDescriptor& descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor.number(), &status) != 0) raise_system_error(errno, "cannot read", path);
  return status;
}

std::uint64_t new_salt() {
  std::random_device random;
  return (std::uint64_t{random()} << 32U) | random();
}

}  // namespace

std::string journal_name(const std::string& path) {
  return path + ".dataknobs-journal";
}

void JournalFile::forget() {
  held_ = FileDescriptor();
  inode_ = 0;
  header_.reset();
  end_ = 0;
}

void JournalFile::read(const std::function<void()>& restart, const Take& take) {
  FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno != ENOENT) raise_system_error(errno, "cannot open", path_);
    if (header_) restart();
    forget();
    return;
  }
  const struct stat status = status_of(file, path_);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (status.st_ino != inode_ || size < end_) {
    if (header_) restart();
    forget();
  }
  inode_ = status.st_ino;
  std::swap(held_, file);
  if (size == end_) return;
  std::string text(static_cast<std::size_t>(size - end_), '\0');
  text.resize(read_at(held_.number(), end_, text.data(), text.size(), path_));
  std::string_view rest = text;
  if (!header_) {
    header_ = parse_header(rest, path_);
    if (!header_) {
      // Groups follow a header that is on the disk.
      if (size <= kJournalHeaderBytes) return;
      Error(ErrorCode::serialization, fmt::format("{} is no journal of dataknobs, or damaged", path_))
          .hint("restore it from a copy; or remove it, if the file beside it is as you want it")
          .raise();
    }
    end_ = kJournalHeaderBytes;
    rest.remove_prefix(kJournalHeaderBytes);
  }
  const JournalGroups groups = read_groups(rest, end_, header_->salt, path_);
  for (const std::string_view& payload : groups.payloads) {
    if (!take(payload, &payload == &groups.payloads.back())) return;
    end_ += kGroupHeadBytes + payload.size();
  }
}

JournalFile::Lock::Lock(JournalFile& journal) : journal_(journal) {
  const std::string& path = journal.path_;
  for (;;) {
    locked_ = open_or_make(path, 0666);
    while (::flock(locked_.number(), LOCK_EX) != 0) {
      if (errno != EINTR) raise_system_error(errno, "cannot lock", path);
    }
    // Whoever had it may have removed it: then the lock is one of a file without a name.
    struct stat named{};
    if (::stat(path.c_str(), &named) == 0 && named.st_ino == status_of(locked_, path).st_ino) return;
  }
}

JournalFile::Lock::~Lock() {
  struct stat status{};
  const bool named = ::fstat(locked_.number(), &status) == 0 && status.st_nlink > 0;
  const bool empty = static_cast<std::uint64_t>(status.st_size) <= kJournalHeaderBytes;
  if (named && empty) try_remove_file(journal_.path_);
}

void JournalFile::Lock::begin(const FileContent& base) {
  const std::string& path = journal_.path_;
  journal_.forget();
  const JournalHeader header{new_salt(), base};
  cut_file(locked_.number(), 0, path);
  write_at(locked_.number(), 0, header_text(header), path);
  sync_file(locked_.number(), path);
  sync_folder_of(path);
  journal_.inode_ = status_of(locked_, path).st_ino;
  journal_.header_ = header;
  journal_.end_ = kJournalHeaderBytes;
  journal_.held_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

void JournalFile::Lock::append(std::string_view payload) {
  const std::string& path = journal_.path_;
  const std::uint64_t end = journal_.end_;
  const std::string text = group_text(journal_.header_->salt, end, payload);
  try {
    // What is behind the last whole group was cut off in its write.
    if (static_cast<std::uint64_t>(status_of(locked_, path).st_size) != end)
      cut_file(locked_.number(), end, path);
    write_at(locked_.number(), end, text, path);
    sync_file(locked_.number(), path);
  } catch (const Error& error) {
    // It was not acknowledged, so it must not be seen later.
    if (::ftruncate(locked_.number(), static_cast<off_t>(end)) == 0) throw;
    Error(error).hint("it could not be taken back either: read what it would have written").raise();
  }
  journal_.end_ = end + text.size();
}

void JournalFile::Lock::cut(std::uint64_t end) noexcept {
  // Should this fail, the next writer cuts off what nothing has committed.
  if (::ftruncate(locked_.number(), static_cast<off_t>(end)) != 0) journal_.forget();
  journal_.end_ = std::min(journal_.end_, end);
}

void JournalFile::Lock::remove() {
  remove_file(journal_.path_);
  journal_.forget();
}

}  // namespace dataknobs::file
