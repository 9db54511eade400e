// SPDX-License-Identifier: Apache-2.0
#include "transfer/journal.hpp"

#include <charconv>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <dataknobs/error.hpp>

#include "runtime/wall_clock.hpp"

namespace dataknobs {

namespace {

// A lease lasts so long after its holder was last heard of; only holders on other hosts are judged by it.
constexpr std::chrono::minutes kLeaseTime{10};
constexpr std::chrono::seconds kLeaseCheck{5};

std::int64_t now_microseconds() {
  const auto now = wall_clock_now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string expiry_text() {
  return to_text(DateTime{now_microseconds() + std::chrono::microseconds(kLeaseTime).count()});
}

bool has_passed(const std::optional<std::string>& expiry) {
  if (!expiry) return true;
  const std::optional<DateTime> moment = parse_datetime(*expiry);
  return !moment || moment->microseconds < now_microseconds();
}

[[noreturn]] void refuse(const LeaseEntry& held) {
  Error(ErrorCode::concurrency,
        fmt::format("another copy writes to this target: {}, run {}", describe(held), held.run_id))
      .hint("wait until it has ended, or end it and run the same command again")
      .raise();
}

}  // namespace

std::string now_text() {
  return to_text(DateTime{now_microseconds()});
}

Journal::Journal(Backend& target, std::string dataset, std::string run_id, std::shared_ptr<StateStore> local)
    : target_(target), dataset_(std::move(dataset)), run_id_(std::move(run_id)), local_(std::move(local)) {}

Task<Journal::Place> Journal::open(Context& context) {
  if (local_) co_return Place(*local_);
  std::unique_ptr<Session> session = co_await target_.session(context, SessionMode::autocommit);
  co_return Place(std::move(session));
}

// True once we hold it; false if it has to be waited for.
Task<bool> Journal::try_lease(Context& context) {
  const Place place = co_await open(context);
  const std::string key = lease_key(dataset_);
  const std::optional<std::string> present = co_await place->get_state(context, key);
  LeaseEntry mine = new_lease(run_id_, 1);
  if (present) {
    const LeaseEntry held = decode_lease(*present);
    const HolderState state = holder_state(held, mine);
    if (state == HolderState::alive) refuse(held);
    if (state == HolderState::unknown) {
      const std::optional<std::string> expiry =
          co_await place->get_state(context, lease_expiry_key(dataset_));
      if (!has_passed(expiry)) co_return false;
    }
    mine.epoch = held.epoch + 1;
  }
  auto holder = std::make_unique<LivingHolder>(mine.holder);
  const Existence existence = present ? Existence::present : Existence::absent;
  if (!co_await place->put_state(context, key, encode(mine), existence, present)) {
    // Somebody else was quicker: let the next look decide.
    co_return false;
  }
  co_await place->put_state(context, lease_expiry_key(dataset_), expiry_text(), Existence::any, std::nullopt);
  lease_ = mine;
  holder_ = std::move(holder);
  co_return true;
}

Task<void> Journal::acquire_lease(Context& context) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (true) {
    const bool held = co_await try_lease(context);
    if (held) co_return;
    timer.expires_after(kLeaseCheck);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

Task<void> Journal::renew_lease(Context& context, Session& session) {
  // Writing the same text again makes whoever wants to take the lease over wait for our commit, or us for
  // theirs.
  StateStore& store = within(session);
  const std::string text = encode(*lease_);
  const std::optional<std::string> expected = text;
  const bool ours =
      co_await store.put_state(context, lease_key(dataset_), text, Existence::present, expected);
  if (!ours) {
    Error(ErrorCode::concurrency, "another copy has taken this target over")
        .hint("it was thought dead, for its lease had expired; let the other one end")
        .raise();
  }
  co_await store.put_state(context, lease_expiry_key(dataset_), expiry_text(), Existence::any, std::nullopt);
}

Task<void> Journal::release_lease(Context& context) {
  if (!lease_) co_return;
  const Place place = co_await open(context);
  const std::optional<std::string> present = co_await place->get_state(context, lease_key(dataset_));
  if (present == encode(*lease_)) co_await place->remove_state(context, lease_key(dataset_));
  lease_.reset();
  holder_.reset();
}

Task<std::optional<RunEntry>> Journal::find_run(Context& context) {
  const Place place = co_await open(context);
  const std::optional<std::string> text = co_await place->get_state(context, run_key(dataset_, run_id_));
  if (!text) co_return std::nullopt;
  co_return decode_run(*text);
}

Task<void> Journal::put_run(Context& context, StateStore& store, const RunEntry& entry) {
  const std::string key = run_key(dataset_, run_id_);
  const std::string text = encode(entry);
  co_await store.put_state(context, key, text, Existence::any, std::nullopt);
}

Task<void> Journal::put_run(Context& context, const RunEntry& entry) {
  const Place place = co_await open(context);
  co_await put_run(context, place.store(), entry);
}

Task<void> Journal::put_run(Context& context, Session& session, const RunEntry& entry) {
  return put_run(context, within(session), entry);
}

Task<void> Journal::forget_run(Context& context, StateStore& store) {
  co_await store.remove_state(context, chunks_prefix(dataset_, run_id_));
  co_await store.remove_state(context, run_key(dataset_, run_id_));
}

Task<void> Journal::forget_run(Context& context) {
  const Place place = co_await open(context);
  co_await forget_run(context, place.store());
}

Task<void> Journal::forget_run(Context& context, Session& session) {
  return forget_run(context, within(session));
}

Task<void> Journal::forget_all(Context& context, Session& session) {
  StateStore& store = within(session);
  co_await store.remove_state(context, chunks_prefix(dataset_));
  co_await store.remove_state(context, runs_prefix(dataset_));
}

Task<void> Journal::remove_chunks(Context& context) {
  const Place place = co_await open(context);
  co_await place->remove_state(context, chunks_prefix(dataset_, run_id_));
}

Task<bool> Journal::begin_chunk(Context& context, Session& session, const ChunkEntry& entry) {
  const std::string key = chunk_key(dataset_, run_id_, entry.number);
  const std::string text = encode(entry);
  // A local one may be there from a call that was ended; the lease keeps others from it.
  const Existence existence = local_ ? Existence::any : Existence::absent;
  co_return co_await within(session).put_state(context, key, text, existence, std::nullopt);
}

Task<void> Journal::finish_chunk(Context& context, Session& session, const ChunkEntry& entry) {
  const std::string key = chunk_key(dataset_, run_id_, entry.number);
  const std::string text = encode(entry);
  const bool present =
      co_await within(session).put_state(context, key, text, Existence::present, std::nullopt);
  if (!present) Error(ErrorCode::internal, "the journal lost the entry of a chunk").raise();
}

Task<void> Journal::put_chunk(Context& context, const ChunkEntry& entry) {
  const Place place = co_await open(context);
  const std::string key = chunk_key(dataset_, run_id_, entry.number);
  const std::string text = encode(entry);
  co_await place->put_state(context, key, text, Existence::any, std::nullopt);
}

Task<void> Journal::replace_chunks(Context& context, Session& session, const RunEntry& run,
                                   const ChunkEntry& whole) {
  co_await session.remove_state(context, chunks_prefix(dataset_, run_id_));
  co_await put_run(context, session, run);
  const std::string key = chunk_key(dataset_, run_id_, whole.number);
  const std::string text = encode(whole);
  co_await session.put_state(context, key, text, Existence::any, std::nullopt);
}

Task<std::optional<ChunkEntry>> Journal::find_chunk(Context& context, std::uint64_t number) {
  const Place place = co_await open(context);
  const std::string key = chunk_key(dataset_, run_id_, number);
  const std::optional<std::string> text = co_await place->get_state(context, key);
  if (!text) co_return std::nullopt;
  co_return decode_chunk(*text);
}

Task<std::vector<ChunkEntry>> Journal::list_chunks(Context& context, bool done) {
  const Place place = co_await open(context);
  const auto entries = co_await place->list_state(context, chunks_prefix(dataset_, run_id_));
  std::vector<ChunkEntry> result;
  for (const auto& [key, text] : entries) {
    ChunkEntry entry = decode_chunk(text);
    if (entry.done == done) result.push_back(std::move(entry));
  }
  co_return result;
}

Task<std::vector<ChunkEntry>> Journal::chunks(Context& context) {
  return list_chunks(context, true);
}

Task<std::vector<ChunkEntry>> Journal::begun_chunks(Context& context) {
  return list_chunks(context, false);
}

Task<TransferCounts> Journal::totals(Context& context) {
  TransferCounts totals;
  const std::vector<ChunkEntry> entries = co_await chunks(context);
  for (const ChunkEntry& entry : entries) totals += entry.counts;
  co_return totals;
}

}  // namespace dataknobs
