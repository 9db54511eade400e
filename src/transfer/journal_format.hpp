// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The entries of a transfer's journal as versioned JSON text. Pure: what is read and written, not where.
/// Entries of an unknown version are refused, so an older program never continues what it does not
/// understand.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/canonical.hpp"

namespace dataknobs {

/// What became of the records of a chunk, or of all chunks. read = written + filtered + rejected + skipped.
class TransferCounts {
 public:
  TransferCounts() = default;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::uint64_t filtered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t skipped = 0;
  std::uint64_t bytes = 0;
  DigestTotal digest;

  bool balanced() const noexcept { return read == written + filtered + rejected + skipped; }
  TransferCounts& operator+=(const TransferCounts& other) noexcept;
  bool operator==(const TransferCounts&) const = default;
};

/// A part of the source that is copied in one transaction. An empty token is the whole source.
class ChunkBounds {
 public:
  ChunkBounds() = default;
  std::string token;
  bool stable = false;
  std::uint64_t rows = 0;   ///< Estimate; 0 if not known.
  std::uint64_t bytes = 0;  ///< Estimate; 0 if not known.
  bool operator==(const ChunkBounds&) const = default;
};

enum class RunStatus : std::uint8_t { running, done };

/// The entry of a run: written before its first chunk is read, replaced by its end.
class RunEntry {
 public:
  RunEntry() = default;
  std::string run_id;
  RunStatus status = RunStatus::running;
  std::string source;
  std::string target;
  std::string plan_hash;
  std::string fingerprint;                   ///< The source's, empty where it has none.
  bool created = false;                      ///< The run made the target.
  std::uint64_t rows_before = 0;             ///< Records of the target before the run.
  std::optional<DigestTotal> digest_before;  ///< Of the target, where the proof needs it.
  bool digest = true;                        ///< Chunks carry digests.
  std::string started;                       ///< RFC 3339
  std::vector<ChunkBounds> chunks;
  std::string caught_up;             ///< Of which state the target is, where the source changed on the way.
  std::uint32_t sources_opened = 0;  ///< How often a state of the source was opened to read from it.
  // A run that is done.
  std::string certificate;        ///< CopyReport as JSON.
  std::uint64_t target_rows = 0;  ///< Of the target at the end.
  std::string target_fingerprint;
  bool operator==(const RunEntry&) const = default;
};

/// The entry of a chunk: inserted first in its transaction, completed last.
class ChunkEntry {
 public:
  ChunkEntry() = default;
  std::uint64_t number = 0;
  std::string token;
  bool done = false;
  TransferCounts counts;
  bool operator==(const ChunkEntry&) const = default;
};

/// Who holds a target.
class LeaseEntry {
 public:
  LeaseEntry() = default;
  std::string run_id;
  std::string host;  ///< Name and process namespace.
  std::string boot;  ///< Changes when the host is started again.
  std::uint64_t process = 0;
  std::uint64_t process_start =
      0;                     ///< Clock ticks after boot: tells a process from a later one of the same number.
  std::uint64_t holder = 0;  ///< Tells the holders within one process.
  std::uint64_t epoch = 0;   ///< Grows with each holder.
  bool operator==(const LeaseEntry&) const = default;
};

std::string encode(const RunEntry& entry);
std::string encode(const ChunkEntry& entry);
std::string encode(const LeaseEntry& entry);
/// Errors: SerializationError for text that is no such entry or has an unknown version.
RunEntry decode_run(std::string_view text);
ChunkEntry decode_chunk(std::string_view text);
LeaseEntry decode_lease(std::string_view text);

// Keys of the entries in a store's state. Dataset names are escaped, so that no name is a prefix of another's
// keys.
std::string lease_key(std::string_view dataset);
std::string lease_expiry_key(std::string_view dataset);
std::string run_key(std::string_view dataset, std::string_view run_id);
std::string runs_prefix(std::string_view dataset);
std::string chunks_prefix(std::string_view dataset);
std::string chunk_key(std::string_view dataset, std::string_view run_id, std::uint64_t number);
std::string chunks_prefix(std::string_view dataset, std::string_view run_id);

}  // namespace dataknobs
