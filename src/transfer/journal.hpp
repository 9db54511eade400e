// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Journal: the entries of one run into a target, and the lease that lets one run write to it at a time. They are in
/// the target's own state and commit with the data, or, where the target cannot keep them, on this machine.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/task.hpp>

#include "database/backend.hpp"
#include "transfer/lease.hpp"

namespace dataknobs {

/// In a local journal a chunk is begun before its transaction and finished after it: of one that was begun and not
/// finished, the target alone knows whether it was committed.
/// Lifetime: the backend outlives it. One call at a time, but for `check_lease`, which each lane calls in its
/// own transaction.
class Journal {
 public:
  /// `local`: where the target cannot keep it; nullptr: in the target.
  Journal(Backend& target, std::string dataset, std::string run_id, std::shared_ptr<StateStore> local);

  bool is_local() const noexcept { return local_ != nullptr; }
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
  Task<void> forget_run(Context& context);
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
  /// Those that were begun and not finished. REQUIRES: is_local().
  Task<std::vector<ChunkEntry>> begun_chunks(Context& context);
  Task<void> put_chunk(Context& context, const ChunkEntry& entry);
  /// Within a transaction: the run has this chunk instead of all that it had. REQUIRES: not a local journal.
  Task<void> replace_chunks(Context& context, Session& session, const RunEntry& run, const ChunkEntry& whole);

 private:
  Task<bool> try_lease(Context& context);
  /// The entries outside a transaction. Held for one call.
  class Place {
   public:
    explicit Place(StateStore& local) : store_(&local) {}
    explicit Place(std::unique_ptr<Session> session) : session_(std::move(session)), store_(session_.get()) {}
    StateStore& store() const noexcept { return *store_; }
    StateStore* operator->() const noexcept { return store_; }

   private:
    std::unique_ptr<Session> session_;
    StateStore* store_;
  };
  Task<Place> open(Context& context);
  StateStore& within(Session& session) const { return local_ ? *local_ : static_cast<StateStore&>(session); }
  Task<std::vector<ChunkEntry>> list_chunks(Context& context, bool done);
  Task<void> put_run(Context& context, StateStore& store, const RunEntry& entry);
  Task<void> forget_run(Context& context, StateStore& store);

  Backend& target_;
  std::string dataset_;
  std::string run_id_;
  std::shared_ptr<StateStore> local_;
  std::optional<LeaseEntry> lease_;
  std::unique_ptr<LivingHolder> holder_;
};

/// The moment as RFC 3339.
std::string now_text();

}  // namespace dataknobs
