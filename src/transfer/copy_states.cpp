// SPDX-License-Identifier: Apache-2.0
//
// CopyRun where an interruption may have left source and target in states that do not belong together.
#include <algorithm>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "database/keys.hpp"
#include "transfer/catch_up.hpp"
#include "transfer/copy_run.hpp"
#include "transfer/kill_point.hpp"

namespace dataknobs {

// What a local journal does not know of the chunks that an earlier call began, the target does.
Task<void> CopyRun::settle_chunks() {
  Context context;
  const std::vector<ChunkEntry> begun = co_await journal_->begun_chunks(context);
  for (const ChunkEntry& entry : begun) co_await settle(entry);
}

Task<void> CopyRun::settle(ChunkEntry entry) {
  // Written by key it may be written again.
  if (options_.mode() == CopyMode::upsert) co_return;
  KeyedDigests digests;
  bool is_whole = false;
  bool is_absent = false;
  if (is_keyed()) {
    const BatchConverter converter(plan_, run_id_);
    const DigestRule counted = rule();
    const std::vector<std::string> fields = written_fields();
    const ChunkBounds& bounds = entry_.chunks[entry.number];
    digests = co_await digest_by_key(source_.backend(), *scan_, converter, bounds, entry.number,
                                     target_.backend(), target_.dataset(), counted, fields, meter_);
    is_absent = digests.found.count == 0;
    is_whole = digests.found == digests.expected.digest;
  } else {
    const std::uint64_t rows = co_await count_target();
    is_absent = rows == entry_.rows_before;
  }
  if (is_absent) co_return;
  if (!is_whole) {
    Error(ErrorCode::concurrency,
          fmt::format(
              "an interrupted call of this copy may have written chunk {} or not, and what the target holds "
              "does not tell",
              entry.number))
        .store(target_.display())
        .hint("verify names what differs; empty the target, then start anew with --fresh")
        .raise();
  }
  Context context;
  entry.done = true;
  entry.counts = digests.expected;
  co_await journal_->put_chunk(context, entry);
}

// A copy is of one state of its source, or says that it is not.
Task<void> CopyRun::check_source() {
  const std::string before = entry_.fingerprint;
  if (!before.empty()) {
    co_await source_.describe_again();
    if (source_.dataset() && source_.dataset()->fingerprint() == before) co_return;
    Error(ErrorCode::concurrency, "the source has changed while it was copied")
        .store(source_.display())
        .hint(hint_of_fresh(entry_))
        .raise();
  }
  if (entry_.sources_opened <= 1 || !options_.digest() || !target_.has_journal()) co_return;
  // Chunks were read from several states. One more look tells whether all of them were the same.
  Context context;
  const TransferCounts totals = co_await journal_->totals(context);
  const BatchConverter converter(plan_, run_id_);
  const DigestTotal now = co_await digest_source(converter);
  if (now == totals.digest) co_return;
  if (can_catch_up()) {
    co_await catch_up();
    co_return;
  }
  Error(ErrorCode::concurrency,
        "the source changed between the calls of this copy: its records are of several states")
      .store(source_.display())
      .hint(hint_of_fresh(entry_))
      .raise();
}

// Records are told apart by the same ids on both sides, and all of the target's are the copy's.
bool CopyRun::can_catch_up() const {
  if (journal_->is_local() || options_.mode() != CopyMode::insert || entry_.rows_before != 0 ||
      scan_->has_limit())
    return false;
  if (!target_.has_transactions() || !target_.dataset() || !is_keyed() || plan_.ids == IdOrigin::hashed)
    return false;
  const Dataset& source = *source_.existing();
  if (source.positional_ids() || !has_key(source)) return false;
  if (plan_.ids != IdOrigin::columns) return true;
  if (source.layout() == Layout::document) return plan_.id_column;
  std::vector<std::string> key;
  for (const std::string& name : source.key()) {
    for (const FieldMapping& field : plan_.fields) {
      if (field.source() == name) key.push_back(field.target());
    }
  }
  return key == plan_.view.key;
}

Task<void> CopyRun::catch_up() {
  Context context;
  meter_.begin(TransferStage::copying, source_.existing()->rows(), false);
  const BatchConverter converter(plan_, run_id_);
  const DigestRule counted = rule();
  const std::vector<std::string> fields = written_fields();
  const std::string moment = now_text();
  std::unique_ptr<Session> session = co_await target_.backend().session(context, SessionMode::transaction);
  const CaughtUp done =
      co_await dataknobs::catch_up(source_.backend(), *scan_, converter, target_.backend(), *session,
                                   target_.dataset(), counted, fields, options_.memory(), meter_);
  // One chunk takes the place of those that were of several states.
  entry_.caught_up = fmt::format(
      "equal as of {}: the source had changed since the copy began; {} records were written again and {} "
      "removed",
      moment, done.rewritten, done.removed);
  entry_.chunks.assign(1, ChunkBounds());
  entry_.sources_opened = 1;
  ChunkEntry whole;
  whole.done = true;
  whole.counts = done.counts;
  co_await journal_->replace_chunks(context, *session, entry_, whole);
  co_await journal_->renew_lease(context, *session);
  kill_point("before-caught-up");
  const CommitOutcome outcome = co_await session->commit(context);
  if (outcome == CommitOutcome::committed) co_return;
  Error(ErrorCode::connection, "the connection was lost in the commit")
      .retryable(true)
      .hint("run the same command again")
      .raise();
}

// To start anew empties the table. What others have written to it since would be lost with it.
Task<void> CopyRun::refuse_other_records(const RunEntry& entry) {
  if (!entry.created || !target_.dataset() || target_.backend().capabilities().publishes) co_return;
  const std::uint64_t rows = co_await count_target();
  if (rows == 0) co_return;
  bool own = false;
  if (entry.status == RunStatus::done) {
    own = rows == entry.target_rows;
    if (own) own = co_await is_target_unchanged(entry);
  } else {
    Context context;
    entry_ = entry;
    if (journal_->is_local()) co_await settle_chunks();
    const TransferCounts totals = co_await journal_->totals(context);
    own = rows <= totals.written;
  }
  if (own) co_return;
  Error(
      ErrorCode::concurrency,
      fmt::format("the {} that this copy made holds other records than it wrote, and --fresh would empty it",
                  target_.dataset()->native_kind()))
      .store(target_.display())
      .hint("empty or drop it yourself if nobody needs them, then run the same command again")
      .raise();
}

}  // namespace dataknobs
