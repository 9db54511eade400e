// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The journal beside a file, `<name>.dataknobs-journal`, as far as this process has read it. It is there from the
/// first change of the file on until it is folded into it. Who changes it holds its lock, which goes with the process;
/// who only reads asks nobody, for a group that is not whole yet is none.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "backends/file/journal_format.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {

std::string journal_name(const std::string& path);

/// Thread safety: none; its FileTable guards it.
class JournalFile {
 public:
  explicit JournalFile(const std::string& data_path) : path_(journal_name(data_path)) {}

  const std::string& path() const noexcept { return path_; }
  /// Takes a group, and whether it is the last one; false if it is not to be counted as read.
  using Take = std::function<bool(std::string_view payload, bool is_last)>;
  /// Reads what is new, and gives each new group to `take`. `restart` is called first if what was taken before is void,
  /// since there is another journal now, or none. Errors: SerializationError if it is damaged.
  void read(const std::function<void()>& restart, const Take& take);
  /// Of the journal that was read; nothing if there is none.
  const std::optional<JournalHeader>& header() const noexcept { return header_; }
  /// Bytes that were read: the whole groups.
  std::uint64_t end() const noexcept { return end_; }

  /// Excludes all other writers of all processes, and waits for them. It makes the journal if there is none; one
  /// that is empty goes with the lock.
  class Lock {
   public:
    explicit Lock(JournalFile& journal);
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock();

    /// Starts it, with nothing in it yet: the changes of that file.
    void begin(const FileContent& base);
    /// Makes a group durable. REQUIRES: begun, and read to the end.
    void append(std::string_view payload);
    /// Takes back what was appended since it ended there.
    void cut(std::uint64_t end) noexcept;
    /// Removes the journal: what is in it is void.
    void remove();

   private:
    JournalFile& journal_;
    FileDescriptor locked_;
  };

 private:
  void forget();

  std::string path_;
  FileDescriptor held_;  ///< While it is open, no other file gets its inode number.
  std::uint64_t inode_ = 0;
  std::optional<JournalHeader> header_;
  std::uint64_t end_ = 0;
};

}  // namespace dataknobs::file
