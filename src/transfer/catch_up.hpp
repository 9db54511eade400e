// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What is done when a copy was read from several states of its source: the target is made to hold one of them.

#include <string>
#include <vector>

#include "database/backend.hpp"
#include "transfer/convert.hpp"
#include "transfer/journal_format.hpp"
#include "transfer/progress_meter.hpp"
#include "transfer/proof.hpp"
#include "transfer/source_scan.hpp"

namespace dataknobs {

class CaughtUp {
 public:
  CaughtUp() = default;
  TransferCounts counts;        ///< Of the whole source in that state.
  std::uint64_t rewritten = 0;  ///< Records of the target that were changed or were missing.
  std::uint64_t removed = 0;    ///< Records of the target that the source has no more.
};

/// Opens one snapshot of the source, writes what differs in the target and removes what the source does not have, all
/// in the target's transaction `session`. Both sides are read by batches of `memory`'s share.
/// REQUIRES: the ids of both sides are the same, and the target holds nothing but what the copy wrote.
Task<CaughtUp> catch_up(Backend& source, const SourceScan& scan, const BatchConverter& converter,
                        Backend& target, Session& session, DatasetPointer target_dataset,
                        const DigestRule& rule, const std::vector<std::string>& fields, std::uint64_t memory,
                        ProgressMeter& meter);

}  // namespace dataknobs
