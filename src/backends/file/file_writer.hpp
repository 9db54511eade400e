// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The Writer of files.

#include <memory>

#include "backends/file/load.hpp"
#include "database/backend.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::file {

/// Writes a new file or folder off the loop.
class FileWriter : public Writer {
 public:
  FileWriter(DatasetPointer dataset, std::unique_ptr<WholeLoad> whole, std::shared_ptr<StagedLoad> part)
      : dataset_(std::move(dataset)), whole_(std::move(whole)), part_(std::move(part)) {}
  ~FileWriter() override { abandon(); }

  Task<void> write(Context&, const Batch& batch) override {
    auto work = [&] {
      try {
        Load& load = whole_ ? static_cast<Load&>(*whole_) : *part_;
        load.write(batch);
        rows_ += batch.size();
      } catch (...) {
        abandon();
        throw;
      }
    };
    co_await offload(work);
  }

  Task<std::uint64_t> finish(Context&) override {
    auto work = [&] {
      if (!whole_ && !part_) Error(ErrorCode::invalid_argument, "the writer has ended").raise();
      // Whether it succeeds or not, nothing but the file itself is left.
      const std::unique_ptr<WholeLoad> whole = std::move(whole_);
      if (whole) whole->finish();
      part_.reset();
      return rows_;
    };
    co_return co_await offload(work);
  }

  void abandon() noexcept override {
    if (part_) part_->spoil();
    part_.reset();
    whole_.reset();
  }

 private:
  DatasetPointer dataset_;
  std::unique_ptr<WholeLoad> whole_;
  std::shared_ptr<StagedLoad> part_;
  std::uint64_t rows_ = 0;
};

}  // namespace dataknobs::file
