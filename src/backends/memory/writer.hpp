// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The bulk load: each batch goes in as a whole or, with an error that names the record, not at all.

#include "backends/memory/session.hpp"

namespace dataknobs::memory {

class MemoryWriter : public Writer {
 public:
  /// Lifetime: the session outlives it.
  MemoryWriter(MemorySession& session, const WriterOptions& options)
      : session_(session), dataset_(options.dataset()), mode_(options.mode()) {}
  Task<void> write(Context& context, const Batch& batch) override;
  Task<std::uint64_t> finish(Context& context) override;
  void abandon() noexcept override {}

 private:
  MemorySession& session_;
  DatasetPointer dataset_;
  WriteMode mode_;
  std::uint64_t written_ = 0;
};

}  // namespace dataknobs::memory
