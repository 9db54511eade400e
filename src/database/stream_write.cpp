// SPDX-License-Identifier: Apache-2.0
//
// Streams that are written.
#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <dataknobs/database.hpp>

#include "database/batch_write.hpp"
#include "database/stream_config.hpp"
#include "runtime/channel.hpp"
#include "runtime/task_group.hpp"

namespace dataknobs {

namespace {

// A batch, and the place of its first record in the stream.
class Part {
 public:
  std::uint64_t index = 0;
  Records records;
};

// Cuts what the source gives into batches.
class PartSource {
 public:
  PartSource(RecordSource source, std::size_t size) : source_(std::move(source)), size_(size) {}
  Task<std::optional<Part>> next();

 private:
  RecordSource source_;
  const std::size_t size_;
  Records pending_;
  std::size_t position_ = 0;
  std::uint64_t index_ = 0;
  bool ended_ = false;
};

Task<std::optional<Part>> PartSource::next() {
  Part part;
  part.index = index_;
  while (part.records.size() < size_ && !ended_) {
    if (position_ == pending_.size()) {
      position_ = 0;
      pending_.clear();
      std::optional<Records> given = co_await source_();
      ended_ = !given;
      if (given) pending_ = std::move(*given);
      continue;
    }
    const std::size_t count = std::min(size_ - part.records.size(), pending_.size() - position_);
    const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(position_);
    part.records.insert(part.records.end(), std::move_iterator(first),
                        std::move_iterator(first + static_cast<std::ptrdiff_t>(count)));
    position_ += count;
  }
  index_ += part.records.size();
  std::optional<Part> result;
  if (!part.records.empty()) result = std::move(part);
  co_return result;
}

// One stream on its way. On one strand.
class StreamWrite {
 public:
  StreamWrite(StatePointer state, RecordSource source, StreamConfig config)
      : state_(std::move(state)),
        config_(std::move(config)),
        deadline_(deadline_of(config_)),
        source_(std::move(source), config_.batch_size()),
        // What is read while all write is one batch at least.
        parts_(std::max<std::size_t>(config_.prefetch(), 1)) {}

  /// The source is asked for a batch when the one before is written.
  Task<void> run_in_turn();
  /// The source is read while batches are written, several at once.
  static Task<void> run_at_once(std::shared_ptr<StreamWrite> self);
  bool needs_turns_only() const noexcept {
    return config_.concurrency() == 1 && config_.prefetch() == 0 && !deadline_;
  }
  StreamResult take_result();

 private:
  static Task<void> read(std::shared_ptr<StreamWrite> self);
  static Task<void> write_parts(std::shared_ptr<StreamWrite> self);
  static Task<void> watch_deadline(std::shared_ptr<StreamWrite> self);
  Task<void> write(Part part);
  void count(const Part& part, const std::vector<WriteItem>& items);
  void count_failure(std::uint64_t index, const WriteItem& item);

  const StatePointer state_;
  const StreamConfig config_;
  const std::optional<TimePoint> deadline_;
  PartSource source_;
  Channel<Part> parts_;
  std::size_t writing_ = 0;
  Signal ended_;
  StreamResult result_;
  const TimePoint start_ = Clock::now();
};

Task<void> StreamWrite::run_in_turn() {
  while (result_.complete) {
    std::optional<Part> part = co_await source_.next();
    if (!part) co_return;
    co_await write(std::move(*part));
  }
}

Task<void> StreamWrite::run_at_once(std::shared_ptr<StreamWrite> self) {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  self->writing_ = self->config_.concurrency();
  group.start(read(self));
  for (std::size_t i = 0; i < self->config_.concurrency(); ++i) group.start(write_parts(self));
  if (self->deadline_) group.start(watch_deadline(self));
  co_await group.join();
}

Task<void> StreamWrite::read(std::shared_ptr<StreamWrite> self) {
  while (std::optional<Part> part = co_await self->source_.next()) {
    const bool wanted = co_await self->parts_.send(std::move(*part));
    if (!wanted) co_return;
  }
  self->parts_.close();
}

Task<void> StreamWrite::write_parts(std::shared_ptr<StreamWrite> self) {
  while (self->result_.complete) {
    std::optional<Part> part = co_await self->parts_.receive();
    if (!part) break;
    co_await self->write(std::move(*part));
  }
  self->parts_.close();
  if (--self->writing_ == 0) self->ended_.notify();
}

// The source may be waiting for something else than the store: only its end can be waited for.
Task<void> StreamWrite::watch_deadline(std::shared_ptr<StreamWrite> self) {
  const bool in_time = co_await self->ended_.wait(self->deadline_);
  if (!in_time) raise_stream_timeout(*self->state_);
}

Task<void> StreamWrite::write(Part part) {
  const bool upsert = config_.on_conflict() == ConflictPolicy::upsert;
  const bool whole = !config_.on_error() && config_.on_conflict() != ConflictPolicy::skip;
  const Context context = call_context(*state_, deadline_);
  const std::vector<WriteItem> items =
      co_await write_batch(state_, context, upsert ? WriteMode::upsert : WriteMode::insert,
                           upsert ? "upsert" : "create", part.records, whole);
  count(part, items);
}

void StreamWrite::count(const Part& part, const std::vector<WriteItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    ++result_.processed;
    if (items[i].ok()) {
      ++result_.successful;
    } else if (config_.on_conflict() == ConflictPolicy::skip && items[i].status() == WriteStatus::duplicate) {
      ++result_.skipped;
    } else {
      count_failure(part.index + i, items[i]);
    }
  }
}

void StreamWrite::count_failure(std::uint64_t index, const WriteItem& item) {
  ++result_.failed;
  if (!config_.on_error()) item.error()->raise();
  result_.errors.emplace_back(index, item.id(), item.error());
  if (result_.complete) result_.complete = config_.on_error()(result_.errors.back());
}

StreamResult StreamWrite::take_result() {
  // Batches end in any order.
  std::sort(result_.errors.begin(), result_.errors.end(),
            [](const StreamError& a, const StreamError& b) { return a.index() < b.index(); });
  result_.duration = Clock::now() - start_;
  return std::move(result_);
}

Task<StreamResult> write_stream(StatePointer state, RecordSource source, StreamConfig config) {
  check_config(config, StreamUse::write, *state);
  auto stream = std::make_shared<StreamWrite>(std::move(state), std::move(source), std::move(config));
  if (stream->needs_turns_only()) {
    co_await stream->run_in_turn();
  } else {
    // The loop may have several threads.
    const auto strand = boost::asio::make_strand(co_await boost::asio::this_coro::executor);
    Task<void> work = StreamWrite::run_at_once(stream);
    co_await boost::asio::co_spawn(strand, std::move(work), boost::asio::use_awaitable);
  }
  co_return stream->take_result();
}

}  // namespace

Task<StreamResult> Database::stream_write(RecordSource source, StreamConfig config) {
  return write_stream(state_, std::move(source), std::move(config));
}

}  // namespace dataknobs
