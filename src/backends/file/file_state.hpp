// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// FileState: one moment of a file with the journal beside it.

#include <memory>

#include "backends/file/file_dataset.hpp"
#include "backends/file/overlay.hpp"
#include "backends/file/record_finder.hpp"

namespace dataknobs::file {

/// Copies share.
struct FileState {
  std::shared_ptr<const FileDataset> base;  ///< nullptr: there is no such file.
  std::shared_ptr<const Overlay> overlay;   ///< nullptr: no changes.
  std::shared_ptr<RecordFinder> finder;     ///< Of the base.

  std::uint64_t rows() const;
  /// Those that are there, with their versions.
  FoundRecords find(std::span<const std::string> ids) const;
};

/// The records of a part of the file, or of all of it, as the changes leave them. Those that were added are in its last
/// part. REQUIRES: there is a base, or an overlay and no part.
std::unique_ptr<Source> open_state(const FileState& state, const std::optional<Part>& part,
                                   const SourceRequest& request);
/// Splits it into about so many parts.
std::vector<Part> split_state(const FileState& state, std::size_t wanted);

}  // namespace dataknobs::file
