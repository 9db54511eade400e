// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A file that is written from its start to its end, through a buffer.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/file/compression.hpp"

namespace dataknobs::file {

/// Errors of all calls: as the system says, naming the file (a full disk: Error{resource}).
class OutputFile {
 public:
  /// Takes the descriptor over, unless it is standard output. `position`: where the file ends now.
  OutputFile(std::string name, int descriptor, std::uint64_t position,
             Compression compression = Compression::none);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  const std::string& name() const noexcept { return name_; }
  void append(std::string_view bytes);
  /// Bytes written and buffered so far: of a compressed file those that are ready.
  std::uint64_t position() const noexcept { return written_ + buffer_.size(); }
  void flush();
  /// Completes what was compressed so far, and flushes.
  void complete();
  /// The same, and waits until the bytes are on the disk.
  void sync();
  /// Reads back what was written. REQUIRES: not standard output.
  std::string read(std::uint64_t offset, std::size_t size);
  /// Drops the buffer and cuts the file off.
  void truncate(std::uint64_t length);

 private:
  void put(std::string_view bytes);

  std::string name_;
  int descriptor_;
  std::uint64_t written_;
  std::string buffer_;
  std::optional<CompressedOutput> compressed_;
};

[[noreturn]] void raise_exists(const std::string& path);
/// Gives a file its final name, which must be free. Errors: DuplicateRecordError if it is not.
void rename_to_new(const std::string& from, const std::string& to);
/// The path with its folder resolved, so that two spellings of one file are equal.
std::string absolute_path(const std::string& path);

}  // namespace dataknobs::file
