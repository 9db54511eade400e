// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Journal: the entries of one run in the state of its target, and the lease that lets one run write to it at
/// a time.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/task.hpp>

#include "database/backend.hpp"
#include "transfer/lease.hpp"

namespace dataknobs {

/// Lifetime: the backend outlives it. One call at a time, but for `check_lease`, which each lane calls in its
/// own transaction.
class Journal {
 public:
  Journal(Backend& target, std::string dataset, std::string run_id);

  const std::string& run_id() const noexcept { return run_id_; }

  /// Becomes the one run that may write to the target. The lease of a dead holder is taken over, that of a
  /// holder on another host is waited for. Errors: ConcurrencyError if a living one holds it.
  Task<void> acquire_lease(Context& context);
  /// Within a transaction that writes to the target: fails unless the lease is still ours, and renews it.
  Task<void> renew_lease(Context& context, Session& session);
  /// Gives it back; what goes wrong with that is of no matter, for our process will soon be dead.
  Task<void> release_lease(Context& context);

  /// The entry of the run, or nothing.
  Task<std::optional<RunEntry>> find_run(Context& context);
  /// In a session of its own, or within a transaction.
  Task<void> put_run(Context& context, const RunEntry& entry);
  Task<void> put_run(Context& context, Session& session, const RunEntry& entry);
  /// Of all chunks of the run that are in the journal.
  Task<TransferCounts> totals(Context& context);
  /// Removes the run and its chunks.
  Task<void> forget_run(Context& context, Session& session);
  /// Removes all runs into the target: nothing that they wrote is there any more.
  Task<void> forget_all(Context& context, Session& session);
  Task<void> remove_chunks(Context& context);

  /// First in a chunk's transaction: waits for another session that has inserted it and not yet committed.
  /// False if the chunk is done already.
  Task<bool> begin_chunk(Context& context, Session& session, const ChunkEntry& entry);
  /// Last in it.
  Task<void> finish_chunk(Context& context, Session& session, const ChunkEntry& entry);
  /// The entry of a chunk on a new connection, for a commit whose outcome is unknown.
  Task<std::optional<ChunkEntry>> find_chunk(Context& context, std::uint64_t number);
  /// The chunks that are done, by number.
  Task<std::vector<ChunkEntry>> chunks(Context& context);

 private:
  Task<bool> try_lease(Context& context);
  Task<std::unique_ptr<Session>> autocommit(Context& context);

  Backend& target_;
  std::string dataset_;
  std::string run_id_;
  std::optional<LeaseEntry> lease_;
  std::unique_ptr<LivingHolder> holder_;
};

/// The moment as RFC 3339.
std::string now_text();

}  // namespace dataknobs
