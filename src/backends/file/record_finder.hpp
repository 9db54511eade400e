// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// RecordFinder: the records of a file by id, through an index of the places where they are.

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "backends/file/file_dataset.hpp"
#include "backends/file/overlay.hpp"

namespace dataknobs::file {

using FoundRecords = std::unordered_map<std::string, RecordPointer>;

/// The index is made when records are looked for the second time: the first time a scan costs no more.
/// Thread safety: may be shared.
class RecordFinder {
 public:
  /// Files of more records are scanned: 16 bytes of memory a record are all that an index may take.
  static constexpr std::uint64_t kMostIndexed = 4U << 20U;

  /// `version`: of all records of the file.
  RecordFinder(std::shared_ptr<const FileDataset> dataset, Version version)
      : dataset_(std::move(dataset)), version_(std::move(version)) {}

  const Version& version() const noexcept { return version_; }
  /// Those that are there. Errors: SerializationError, with the id, if there are two of one id.
  FoundRecords find(std::span<const std::string> ids);

 private:
  struct Place {
    std::uint64_t hash;
    std::uint32_t part;
    bool operator<(const Place& other) const noexcept { return hash < other.hash; }
  };

  void make_index();
  void scan(const std::optional<Part>& part, const std::unordered_set<std::string_view>& wanted,
            FoundRecords& found) const;

  std::shared_ptr<const FileDataset> dataset_;
  Version version_;
  std::mutex mutex_;
  bool asked_ = false;
  bool indexed_ = false;
  std::vector<Part> parts_;
  std::vector<Place> places_;  ///< By hash of the id.
};

}  // namespace dataknobs::file
