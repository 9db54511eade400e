// SPDX-License-Identifier: Apache-2.0
//
// Streams that are read, as they are or changed on their way.
#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <dataknobs/database.hpp>

#include "database/query_run.hpp"
#include "database/stream_config.hpp"
#include "runtime/channel.hpp"

namespace dataknobs {

// With batches read ahead it is shared with the coroutine that reads them, which alone uses all but the channel.
// The members' order is the order of their lives: the reader ends before its session.
struct RecordStream::State {
  State(StatePointer of, StreamConfig how, RecordTransform change)
      : state(std::move(of)),
        session(*state),
        config(std::move(how)),
        deadline(deadline_of(config)),
        transform(std::move(change)) {}
  ~State() {
    if (!ended) abandon();
  }

  Task<void> open(Query query);
  Task<void> open_native(std::string text, std::vector<Value> parameters);
  Task<std::optional<Records>> take();

  StatePointer state;
  SessionLease session;
  const StreamConfig config;
  const std::optional<TimePoint> deadline;
  const RecordTransform transform;
  // One of these.
  std::optional<QueryRun> run;
  std::unique_ptr<Reader> reader;
  bool ended = false;
  std::optional<Channel<Records>> ahead;

 private:
  void abandon() noexcept;
  Task<void> fetch();
  Task<std::optional<Records>> next_batch(Context& context);
  Records next_part();
  Records changed(Records part);

  Records pending_;  // What the store gave at once, to be given in parts; the next one is at `position_`.
  std::size_t position_ = 0;
  std::uint64_t index_ = 0;  // In the stream, of the next record.
};

Task<void> RecordStream::State::open(Query query) {
  Context context = call_context(*state, deadline);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  run.emplace(*state->backend, dataset, query);
  run->limit_memory(AnswerMemory(*state));
  co_await run->start(*session, context);
}

Task<void> RecordStream::State::open_native(std::string text, std::vector<Value> parameters) {
  Context context = call_context(*state, deadline);
  if (!session.is_open()) co_await session.open(context);
  reader = co_await session->native_query(context, text, parameters);
}

void RecordStream::State::abandon() noexcept {
  if (run) run->abandon();
  if (reader) reader->abandon();
}

Task<std::optional<Records>> RecordStream::State::take() {
  std::optional<Records> result;
  while (true) {
    if (position_ == pending_.size() && !ended) co_await fetch();
    if (position_ == pending_.size()) co_return result;
    Records part = next_part();
    if (transform) part = changed(std::move(part));
    if (part.empty()) continue;
    result = std::move(part);
    co_return result;
  }
}

Task<std::optional<Records>> RecordStream::State::next_batch(Context& context) {
  if (run) co_return co_await run->next(context);
  std::optional<Records> records;
  std::optional<Batch> batch = co_await reader->next(context);
  if (batch) records = std::move(*batch).take_rows();
  co_return records;
}

Task<void> RecordStream::State::fetch() {
  Context context = call_context(*state, deadline);
  pending_.clear();
  position_ = 0;
  std::optional<Records> batch = co_await next_batch(context);
  if (batch) {
    pending_ = std::move(*batch);
  } else {
    ended = true;
    session.done();
  }
}

Records RecordStream::State::next_part() {
  const std::size_t end = std::min(position_ + config.batch_size(), pending_.size());
  if (position_ == 0 && end == pending_.size()) return std::exchange(pending_, {});
  const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(position_);
  const auto last = pending_.begin() + static_cast<std::ptrdiff_t>(end);
  position_ = end;
  return Records(std::move_iterator(first), std::move_iterator(last));
}

Records RecordStream::State::changed(Records part) {
  Records result;
  result.reserve(part.size());
  for (Record& record : part) {
    const std::uint64_t index = index_++;
    const std::string id = record.id().value_or("");
    try {
      if (std::optional<Record> made = transform(std::move(record))) result.push_back(std::move(*made));
    } catch (const Error& error) {
      if (!config.on_error()) throw;
      if (config.on_error()(StreamError(index, id, std::make_shared<const Error>(error)))) continue;
      abandon();
      ended = true;
      pending_.clear();
      position_ = 0;
      break;
    }
  }
  return result;
}

namespace {

using StreamPointer = std::shared_ptr<RecordStream::State>;

Task<void> read_ahead(StreamPointer stream) {
  try {
    while (std::optional<Records> records = co_await stream->take()) {
      const bool wanted = co_await stream->ahead->send(std::move(*records));
      if (!wanted) co_return;
    }
    stream->ahead->close();
  } catch (...) {
    stream->ahead->fail(std::current_exception());
  }
}

Task<RecordStream> open_stream(StatePointer state, Query query, RecordTransform transform,
                               StreamConfig config) {
  check_config(config, transform ? StreamUse::transform : StreamUse::read, *state);
  auto stream =
      std::make_shared<RecordStream::State>(std::move(state), std::move(config), std::move(transform));
  co_await stream->open(std::move(query));
  if (stream->config.prefetch() > 0) {
    stream->ahead.emplace(stream->config.prefetch());
    boost::asio::co_spawn(co_await boost::asio::this_coro::executor, read_ahead(stream),
                          boost::asio::detached);
  }
  co_return RecordStream(std::move(stream));
}

Task<RecordStream> open_native_stream(StatePointer state, std::string text, std::vector<Value> parameters) {
  auto stream = std::make_shared<RecordStream::State>(std::move(state), StreamConfig(), RecordTransform());
  co_await stream->open_native(std::move(text), std::move(parameters));
  co_return RecordStream(std::move(stream));
}

Task<std::optional<Records>> next_records(StreamPointer stream) {
  if (stream->ahead) co_return co_await stream->ahead->receive();
  co_return co_await stream->take();
}

}  // namespace

RecordStream::RecordStream(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
RecordStream::RecordStream(RecordStream&&) noexcept = default;
RecordStream& RecordStream::operator=(RecordStream&& other) noexcept {
  state_.swap(other.state_);
  return *this;
}
RecordStream::~RecordStream() {
  // Whoever reads ahead stops with the batch at hand.
  if (state_ && state_->ahead) state_->ahead->close();
}
Task<std::optional<Records>> RecordStream::next() {
  return next_records(state_);
}

Task<RecordStream> Database::stream_read(Query query, StreamConfig config) {
  return open_stream(state_, std::move(query), nullptr, std::move(config));
}
Task<RecordStream> Database::native_query(std::string text, std::vector<Value> parameters) {
  return open_native_stream(state_, std::move(text), std::move(parameters));
}
Task<RecordStream> Database::stream_transform(Query query, RecordTransform transform, StreamConfig config) {
  return open_stream(state_, std::move(query), std::move(transform), std::move(config));
}

}  // namespace dataknobs
