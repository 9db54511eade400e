// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Gives copies of the records that a scan finds, batch by batch.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/memory/scan.hpp"

namespace dataknobs::memory {

class MemoryReader : public Reader {
 public:
  /// `snapshot`: kept until the reader ends; nullptr where the session keeps one.
  MemoryReader(std::shared_ptr<Store> store, Scan scan, const ScanRequest& request,
               std::unique_ptr<Snapshot> snapshot);
  Task<std::optional<Batch>> next(Context& context) override;
  void abandon() noexcept override;

 private:
  void fill();
  void end_scan() noexcept;
  Record copy(const Record& record) const;

  std::shared_ptr<Store> store_;
  std::optional<Scan> scan_;
  std::unique_ptr<Snapshot> snapshot_;
  std::vector<std::string> fields_;
  std::uint64_t batch_bytes_;
  std::vector<RecordPointer> found_;
  std::size_t position_ = 0;
};

}  // namespace dataknobs::memory
