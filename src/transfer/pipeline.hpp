// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The pipeline of a copy: chunks are read, converted and digested, and written, each step beside the others,
/// with bounded memory between them.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "database/backend.hpp"
#include "runtime/memory_budget.hpp"
#include "transfer/convert.hpp"
#include "transfer/journal.hpp"
#include "transfer/progress_meter.hpp"
#include "transfer/proof.hpp"
#include "transfer/source_scan.hpp"

namespace dataknobs {

/// What the lanes of a pipeline share. Held by shared_ptr, so that it outlives whatever is still on its way.
class PipelineState {
 public:
  PipelineState(Backend& from, Backend& to, const SourceScan& source_scan, BatchConverter batch_converter,
                Journal& run_journal, ProgressMeter& progress, std::uint64_t memory)
      : source(from),
        target(to),
        scan(source_scan),
        converter(std::move(batch_converter)),
        journal(run_journal),
        meter(progress),
        budget(memory) {}

  Backend& source;
  Backend& target;
  const SourceScan& scan;
  const BatchConverter converter;
  Journal& journal;
  ProgressMeter& meter;
  MemoryBudget budget;
  DatasetPointer target_dataset;
  WriteMode mode = WriteMode::insert;
  bool digest = true;
  DigestRule rule;
  /// Wire bytes pass through in this encoding; empty: columns or rows.
  std::string wire_encoding;
  std::vector<ChunkBounds> chunks;
  /// Numbers of the chunks that are still to be copied, in order.
  std::vector<std::uint64_t> todo;
  std::size_t next = 0;   ///< Into `todo`.
  TransferCounts totals;  ///< Of the chunks committed by this pipeline.
  bool has_journal = true;
  std::uint64_t max_record = 0;  ///< Larger records are refused, in bytes.
};

/// Copies the chunks of `state->todo`. Errors: of the first step that fails; the others are cancelled.
Task<void> run_pipeline(std::shared_ptr<PipelineState> state, unsigned lanes);

}  // namespace dataknobs
