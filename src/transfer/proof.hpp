// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Digests recomputed from a store: of a whole scan, or of the records that a copy has written.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "database/backend.hpp"
#include "record/canonical.hpp"
#include "runtime/memory_budget.hpp"
#include "transfer/convert.hpp"
#include "transfer/journal_format.hpp"
#include "transfer/progress_meter.hpp"
#include "transfer/source_scan.hpp"

namespace dataknobs {

/// What counts in a digest.
class DigestRule {
 public:
  DigestRule() = default;
  std::vector<std::string> uncounted;  ///< Fields left out.
  /// The logical types of fields that have one on both sides: there "interval" and "uuid" have canonical bytes of
  /// their own. Other strings count as plain text, whether a side knows more of them or not.
  std::map<std::string, std::string> logical;
  bool id = false;  ///< The id of a record counts as field `id`, where it has no such field.
};

/// The batch, as columns, without those fields.
Batch without_fields(const Batch& batch, const std::vector<std::string>& names);

/// The rows, for a digest: as columns of the rule's logical types, where it has any.
Batch with_logical_types(const Batch& batch, const DigestRule& rule);

DigestTotal digest_of(const Batch& batch, const DigestRule& rule);
/// Of each record of the batch, in order.
std::vector<Digest128> row_digests_of(const Batch& batch, const DigestRule& rule);

/// The ids of the records of a batch as that target has them.
std::vector<std::string> ids_of(const Batch& written, const Dataset& target);
/// Of the records that were found those fields alone (none: all): an existing record may have others too.
Batch pick(std::vector<std::optional<Record>> found, const std::vector<std::string>& fields);

/// The digest of all records of a scan, read in a session of its own with bounded memory; `converter`: as a
/// copy would write them, or nullptr.
Task<DigestTotal> digest_scan(Backend& backend, const SourceScan& scan, const DigestRule& rule,
                              std::uint64_t memory, ProgressMeter& meter,
                              const BatchConverter* converter = nullptr);

/// The next batch of a chunk as the copy writes it, which `counts` takes up: how much was read before says where it
/// begins. Empty where no record of it matches.
Batch convert_counted(const Batch& read, const SourceScan& scan, const BatchConverter& converter,
                      std::uint64_t chunk, TransferCounts& counts);

/// What a copy should have written, and what the target holds of the same keys.
class KeyedDigests {
 public:
  KeyedDigests() = default;
  TransferCounts expected;
  DigestTotal found;
};

/// Reads that chunk of the source again, converts it as the copy did, and digests it and the target's records of the
/// same keys.
Task<KeyedDigests> digest_by_key(Backend& source, const SourceScan& scan, const BatchConverter& converter,
                                 const ChunkBounds& bounds, std::uint64_t chunk, Backend& target,
                                 DatasetPointer target_dataset, const DigestRule& rule,
                                 const std::vector<std::string>& fields, ProgressMeter& meter);

}  // namespace dataknobs
