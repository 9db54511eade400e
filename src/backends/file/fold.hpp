// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Folding: writing a file anew with the changes of its journal in it. Documents and lines that nobody changed are
/// copied byte for byte.

#include <string>

#include "backends/file/file_state.hpp"

namespace dataknobs::file {

FileContent content_of(const InputFile& file);

/// Errors: UnsupportedError if a file like this one can only be read.
void check_foldable(const FileDataset& dataset);

/// The new file, beside the old one until it takes its name.
class FoldedFile {
 public:
  /// Writes it and makes it durable.
  FoldedFile(const FileState& state, std::string target);
  FoldedFile(const FoldedFile&) = delete;
  FoldedFile& operator=(const FoldedFile&) = delete;
  ~FoldedFile();

  const FileContent& content() const noexcept { return content_; }
  /// Gives it the name of the old one, durably.
  void replace();

 private:
  std::string target_;
  std::string name_;
  FileContent content_;
  std::optional<std::string> side_file_;
  bool replaced_ = false;
};

}  // namespace dataknobs::file
