// SPDX-License-Identifier: Apache-2.0
#include "transfer/journal.hpp"

#include <charconv>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <dataknobs/error.hpp>

namespace dataknobs {

namespace {

// A lease lasts so long after its holder was last heard of; only holders on other hosts are judged by it.
constexpr std::chrono::minutes kLeaseTime{10};
constexpr std::chrono::seconds kLeaseCheck{5};

std::int64_t now_microseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
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

Journal::Journal(Backend& target, std::string dataset, std::string run_id)
    : target_(target), dataset_(std::move(dataset)), run_id_(std::move(run_id)) {}

Task<std::unique_ptr<Session>> Journal::autocommit(Context& context) {
  return target_.session(context, SessionMode::autocommit);
}

// True once we hold it; false if it has to be waited for.
Task<bool> Journal::try_lease(Context& context) {
  std::unique_ptr<Session> session = co_await autocommit(context);
  const std::string key = lease_key(dataset_);
  const std::optional<std::string> present = co_await session->get_state(context, key);
  LeaseEntry mine = new_lease(run_id_, 1);
  if (present) {
    const LeaseEntry held = decode_lease(*present);
    const HolderState state = holder_state(held, mine);
    if (state == HolderState::alive) refuse(held);
    if (state == HolderState::unknown) {
      const std::optional<std::string> expiry =
          co_await session->get_state(context, lease_expiry_key(dataset_));
      if (!has_passed(expiry)) co_return false;
    }
    mine.epoch = held.epoch + 1;
  }
  auto holder = std::make_unique<LivingHolder>(mine.holder);
  const Existence existence = present ? Existence::present : Existence::absent;
  if (!co_await session->put_state(context, key, encode(mine), existence, present)) {
    // Somebody else was quicker: let the next look decide.
    co_return false;
  }
  co_await session->put_state(context, lease_expiry_key(dataset_), expiry_text(), Existence::any,
                              std::nullopt);
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
  const std::string text = encode(*lease_);
  const std::optional<std::string> expected = text;
  const bool ours =
      co_await session.put_state(context, lease_key(dataset_), text, Existence::present, expected);
  if (!ours) {
    Error(ErrorCode::concurrency, "another copy has taken this target over")
        .hint("it was thought dead, for its lease had expired; let the other one end")
        .raise();
  }
  co_await session.put_state(context, lease_expiry_key(dataset_), expiry_text(), Existence::any,
                             std::nullopt);
}

Task<void> Journal::release_lease(Context& context) {
  if (!lease_) co_return;
  std::unique_ptr<Session> session = co_await autocommit(context);
  const std::optional<std::string> present = co_await session->get_state(context, lease_key(dataset_));
  if (present == encode(*lease_)) co_await session->remove_state(context, lease_key(dataset_));
  lease_.reset();
  holder_.reset();
}

Task<std::optional<RunEntry>> Journal::find_run(Context& context) {
  std::unique_ptr<Session> session = co_await autocommit(context);
  const std::optional<std::string> text = co_await session->get_state(context, run_key(dataset_, run_id_));
  if (!text) co_return std::nullopt;
  co_return decode_run(*text);
}

Task<void> Journal::put_run(Context& context, const RunEntry& entry) {
  std::unique_ptr<Session> session = co_await autocommit(context);
  co_await put_run(context, *session, entry);
}

Task<void> Journal::put_run(Context& context, Session& session, const RunEntry& entry) {
  co_await session.put_state(context, run_key(dataset_, run_id_), encode(entry), Existence::any,
                             std::nullopt);
}

Task<void> Journal::forget_run(Context& context, Session& session) {
  co_await session.remove_state(context, chunks_prefix(dataset_, run_id_));
  co_await session.remove_state(context, run_key(dataset_, run_id_));
}

Task<void> Journal::forget_all(Context& context, Session& session) {
  co_await session.remove_state(context, chunks_prefix(dataset_));
  co_await session.remove_state(context, runs_prefix(dataset_));
}

Task<void> Journal::remove_chunks(Context& context) {
  std::unique_ptr<Session> session = co_await autocommit(context);
  co_await session->remove_state(context, chunks_prefix(dataset_, run_id_));
}

Task<bool> Journal::begin_chunk(Context& context, Session& session, const ChunkEntry& entry) {
  const std::string key = chunk_key(dataset_, run_id_, entry.number);
  const std::string text = encode(entry);
  co_return co_await session.put_state(context, key, text, Existence::absent, std::nullopt);
}

Task<void> Journal::finish_chunk(Context& context, Session& session, const ChunkEntry& entry) {
  const std::string key = chunk_key(dataset_, run_id_, entry.number);
  const bool present =
      co_await session.put_state(context, key, encode(entry), Existence::present, std::nullopt);
  if (!present) Error(ErrorCode::internal, "the journal lost the entry of a chunk").raise();
}

Task<std::optional<ChunkEntry>> Journal::find_chunk(Context& context, std::uint64_t number) {
  std::unique_ptr<Session> session = co_await autocommit(context);
  const std::string key = chunk_key(dataset_, run_id_, number);
  const std::optional<std::string> text = co_await session->get_state(context, key);
  if (!text) co_return std::nullopt;
  co_return decode_chunk(*text);
}

Task<std::vector<ChunkEntry>> Journal::chunks(Context& context) {
  std::unique_ptr<Session> session = co_await autocommit(context);
  const auto entries = co_await session->list_state(context, chunks_prefix(dataset_, run_id_));
  std::vector<ChunkEntry> result;
  for (const auto& [key, text] : entries) {
    ChunkEntry entry = decode_chunk(text);
    if (entry.done) result.push_back(std::move(entry));
  }
  co_return result;
}

Task<TransferCounts> Journal::totals(Context& context) {
  TransferCounts totals;
  const std::vector<ChunkEntry> entries = co_await chunks(context);
  for (const ChunkEntry& entry : entries) totals += entry.counts;
  co_return totals;
}

}  // namespace dataknobs
