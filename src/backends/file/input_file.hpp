// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A file that is read: by offsets, with an identity that changes when its content may have changed, and with
/// errors that name line and column.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <dataknobs/error.hpp>

#include "backends/file/compression.hpp"

namespace dataknobs::file {

/// Thread safety: const members may be called from any thread.
class InputFile {
 public:
  /// Opens a file for reading; `-` is standard input, which is copied to a temporary file without a name
  /// first (once a process). Errors: NotFoundError, Error{permission}.
  static std::shared_ptr<const InputFile> open(const std::string& path);
  /// As `open`, but nothing if there is no such file. A compressed file is unpacked into a temporary file without a
  /// name first, so that it can be read by offsets, and by several at once; all offsets are of the unpacked content.
  /// Errors: SerializationError if it is damaged or ends in the middle, Error{resource} if there is no room for it.
  /// Text of another `encoding` is turned into UTF-8 in the same way.
  static std::shared_ptr<const InputFile> open_existing(const std::string& path,
                                                        Compression compression = Compression::none,
                                                        const std::string& encoding = {});
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  /// As the user named it; "standard input" for `-`.
  const std::string& name() const noexcept { return name_; }
  std::uint64_t size() const noexcept { return size_; }
  /// Device, inode, size and time of the last change.
  const std::string& identity() const noexcept { return identity_; }
  /// The identity of the file of that name now; empty if there is none.
  static std::string identity_at(const std::string& path);
  /// The identity will not be found again by another process.
  bool is_temporary() const noexcept { return temporary_; }
  /// The last change is so recent that another one could hide behind the same time stamp.
  bool is_fresh() const noexcept { return fresh_; }
  int descriptor() const noexcept { return descriptor_; }

  /// Reads `size` bytes from `offset`, fewer only at the end of the file.
  std::size_t read(std::uint64_t offset, char* to, std::size_t size) const;
  std::string read(std::uint64_t offset, std::size_t size) const;
  /// Errors: ConcurrencyError if the file was changed after it was opened.
  void check_unchanged() const;

  /// "people.csv, line 3, column 7: <what>: <excerpt>".
  [[noreturn]] void raise_at(std::uint64_t offset, std::string_view what, std::string_view hint = {}) const;

 private:
  InputFile(std::string name, int descriptor, bool temporary);
  InputFile(std::shared_ptr<const InputFile> packed, int descriptor);

  std::shared_ptr<const InputFile> packed_;  ///< What this one was unpacked from.
  std::string name_;
  int descriptor_;
  bool temporary_;
  bool fresh_ = false;
  std::uint64_t size_ = 0;
  std::string identity_;
};

}  // namespace dataknobs::file
