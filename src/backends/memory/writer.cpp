// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/writer.hpp"

#include "database/write_rules.hpp"

namespace dataknobs::memory {

Task<void> MemoryWriter::write(Context&, const Batch& batch) {
  const std::vector<Record>& rows = batch.rows();
  const std::vector<ItemResult> results =
      session_.write_records(memory_dataset(dataset_), mode_, rows, {}, true);
  require_written(results, rows);
  written_ += rows.size();
  co_return;
}

Task<std::uint64_t> MemoryWriter::finish(Context&) {
  co_return written_;
}

}  // namespace dataknobs::memory
