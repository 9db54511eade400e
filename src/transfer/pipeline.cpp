// SPDX-License-Identifier: Apache-2.0
#include "transfer/pipeline.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/this_coro.hpp>

#include <dataknobs/error.hpp>

#include "runtime/channel.hpp"
#include "runtime/offload.hpp"
#include "runtime/task_group.hpp"
#include "transfer/batch_size.hpp"
#include "transfer/kill_point.hpp"

namespace dataknobs {

namespace {

constexpr std::uint64_t kDecodedBytes = std::uint64_t{256} << 10U;

// A batch on its way, or the end of its chunk (then it is empty).
struct Piece {
  std::uint64_t chunk = 0;
  std::uint64_t ordinal = 0;  // Of its first record within the chunk as it was read.
  bool last = false;
  Batch batch;
  TransferCounts counts;
  MemoryBudget::Share share;
};

using PieceChannel = Channel<Piece>;

// Wire bytes by parts, whose columns stay in the processor's cache and go with them.
DigestTotal digest_by_parts(const Batch& batch, const DigestRule& rule) {
  if (batch.wire() == nullptr) return digest_of(batch, rule);
  const std::uint64_t rows =
      std::max<std::uint64_t>(1, batch.size() * kDecodedBytes / (batch.wire()->bytes.size() + 1));
  DigestTotal total;
  for (std::uint64_t row = 0; row < batch.size(); row += rows)
    total += digest_of(batch.slice(row, rows), rule);
  return total;
}

// One row of reader, converter and writer.
class Lane {
 public:
  explicit Lane(std::shared_ptr<PipelineState> state)
      : state_(std::move(state)), read_(kBatchesAhead), converted_(kBatchesAhead) {}

  static Task<void> read(std::shared_ptr<Lane> lane) {
    co_await lane->read_chunks();
    lane->read_.close();
  }
  static Task<void> convert(std::shared_ptr<Lane> lane) {
    co_await lane->convert_pieces();
    lane->converted_.close();
  }
  static Task<void> write(std::shared_ptr<Lane> lane) { co_await lane->write_chunks(); }

 private:
  Task<void> read_chunks();
  Task<void> read_chunk(Session& session, std::uint64_t number);
  void refuse_large_record(const Batch& batch, std::uint64_t ordinal) const;
  Task<void> convert_pieces();
  void convert_piece(Piece& piece) const;
  void digest_piece(Piece& piece) const;
  Task<void> write_chunks();
  Task<void> write_chunk(Piece first);
  Task<void> write_pieces(Session& session, ChunkEntry& entry, Piece first);
  Task<void> commit(std::unique_ptr<Session> session, const ChunkEntry& entry);
  std::uint64_t batch_bytes() const { return batch_bytes_within(state_->budget.limit()); }

  std::shared_ptr<PipelineState> state_;
  PieceChannel read_;
  PieceChannel converted_;
};

Task<void> Lane::read_chunks() {
  Context context;
  std::unique_ptr<Session> session = co_await reading_session(context, state_->source);
  while (state_->next < state_->todo.size()) {
    const std::uint64_t number = state_->todo[state_->next++];
    co_await read_chunk(*session, number);
  }
}

Task<void> Lane::read_chunk(Session& session, std::uint64_t number) {
  Context context;
  const ChunkBounds& bounds = state_->chunks[number];
  ScanRequest request = state_->scan.request();
  request.set_batch_bytes(batch_bytes()).set_prefer_columns(true);
  if (!bounds.token.empty()) request.set_partition(Partition(bounds.token, bounds.stable));
  if (!state_->wire_encoding.empty()) request.set_accept({state_->wire_encoding});
  std::unique_ptr<Reader> reader = co_await state_->scan.open(context, session, request);
  std::uint64_t ordinal = 0;
  // The share is taken before the batch exists, of a size which batches have had so far.
  std::uint64_t expected = batch_bytes();
  while (true) {
    MemoryBudget::Share share = co_await state_->budget.acquire(expected);
    std::optional<Batch> batch = co_await reader->next(context);
    Piece piece;
    piece.chunk = number;
    piece.ordinal = ordinal;
    piece.last = !batch;
    if (batch) {
      const std::uint64_t bytes = batch->memory();
      if (bytes > state_->max_record) refuse_large_record(*batch, ordinal);
      share.resize(bytes);
      expected = reading_bytes(bytes, batch_bytes());
      ordinal += batch->size();
      piece.counts.read = batch->size();
      piece.counts.bytes = bytes;
      piece.batch = std::move(*batch);
      piece.share = std::move(share);
      state_->meter.now().read += piece.counts.read;
      state_->meter.now().bytes += bytes;
      state_->meter.tick();
    }
    const bool last = piece.last;
    if (!co_await read_.send(std::move(piece)) || last) co_return;
  }
}

// One that is left out by the condition may be as large as it is.
void Lane::refuse_large_record(const Batch& batch, std::uint64_t ordinal) const {
  for (std::uint64_t row = 0; row < batch.size(); ++row) {
    const Batch record = batch.slice(row, 1);
    const std::uint64_t bytes = record.memory();
    if (bytes <= state_->max_record || state_->scan.refine(record).empty()) continue;
    Error(ErrorCode::resource,
          fmt::format("a record of {} bytes is larger than the {} bytes that one may have", bytes,
                      state_->max_record))
        .store(state_->source.display_name())
        .record_id(state_->converter.name_of(record, 0, ordinal + row))
        .hint("let it pass with --max-record, give more with --memory, or leave the record out with --where")
        .raise();
  }
}

Task<void> Lane::convert_pieces() {
  while (true) {
    std::optional<Piece> piece = co_await read_.receive();
    if (!piece) co_return;
    if (!piece->last && (state_->digest || piece->batch.wire() == nullptr)) {
      auto work = [this, &piece] { convert_piece(*piece); };
      co_await offload(work);
    } else {
      piece->counts.written = piece->counts.read;
    }
    if (!co_await converted_.send(std::move(*piece))) co_return;
  }
}

void Lane::digest_piece(Piece& piece) const {
  try {
    piece.counts.digest = digest_by_parts(piece.batch, state_->rule);
  } catch (const SerializationError& error) {
    // The text of a cell is not of its column's kind: its record is the first that shows it alone.
    Error named = error;
    for (std::uint64_t row = 0; row < piece.batch.size() && named.record_id().empty(); ++row) {
      const Batch one = piece.batch.slice(row, 1);
      try {
        digest_of(one, state_->rule);
      } catch (const SerializationError&) {
        named.record_id(state_->converter.name_of(one, 0, piece.ordinal + row));
      }
    }
    named.raise();
  }
}

void Lane::convert_piece(Piece& piece) const {
  if (piece.batch.wire() != nullptr) {
    piece.counts.written = piece.counts.read;
  } else {
    Batch matching = state_->scan.refine(piece.batch);
    piece.counts.filtered = piece.counts.read - matching.size();
    piece.counts.written = matching.size();
    piece.batch =
        matching.empty() ? Batch() : state_->converter.convert(matching, piece.chunk, piece.ordinal);
  }
  if (state_->digest) digest_piece(piece);
  // What was read is gone by now; what was made of it may be larger.
  piece.share.resize(piece.batch.memory());
}

Task<void> Lane::write_chunks() {
  while (true) {
    std::optional<Piece> piece = co_await converted_.receive();
    if (!piece) co_return;
    co_await write_chunk(std::move(*piece));
  }
}

Task<void> Lane::write_chunk(Piece first) {
  Context context;
  ChunkEntry entry;
  entry.number = first.chunk;
  entry.token = state_->chunks[first.chunk].token;
  if (entry.number == state_->todo.back()) kill_point("last-chunk");
  const bool transactions = state_->target.capabilities().transactions != Support::absent;
  const SessionMode mode = transactions ? SessionMode::transaction : SessionMode::autocommit;
  std::unique_ptr<Session> session = co_await state_->target.session(context, mode);
  kill_point("before-journal");
  if (state_->has_journal && !co_await state_->journal.begin_chunk(context, *session, entry)) {
    Error(ErrorCode::concurrency, fmt::format("chunk {} was written by another copy meanwhile", entry.number))
        .hint("run the same command again")
        .raise();
  }
  kill_point("after-journal");
  co_await write_pieces(*session, entry, std::move(first));
  if (!entry.counts.balanced()) {
    Error(ErrorCode::verification,
          fmt::format("chunk {}: {} records read, {} written, {} filtered", entry.number, entry.counts.read,
                      entry.counts.written, entry.counts.filtered))
        .raise();
  }
  entry.done = true;
  const bool is_local = state_->journal.is_local();
  if (state_->has_journal && !is_local) co_await state_->journal.finish_chunk(context, *session, entry);
  if (state_->has_journal) co_await state_->journal.renew_lease(context, *session);
  kill_point("before-commit");
  if (transactions) co_await commit(std::move(session), entry);
  kill_point("after-commit");
  if (is_local) co_await state_->journal.put_chunk(context, entry);
  state_->totals += entry.counts;
  ++state_->meter.now().chunks_done;
  state_->meter.tick();
}

Task<void> Lane::write_pieces(Session& session, ChunkEntry& entry, Piece first) {
  Context context;
  WriterOptions options(state_->target_dataset, state_->mode);
  options.set_expected_rows(state_->chunks[entry.number].rows)
      .set_buffer_bytes(buffer_bytes_within(state_->budget.limit()));
  std::unique_ptr<Writer> writer = co_await session.writer(context, options);
  std::optional<Piece> piece(std::move(first));
  while (piece && !piece->last) {
    if (!piece->batch.empty()) co_await writer->write(context, piece->batch);
    entry.counts += piece->counts;
    state_->meter.now().written += piece->counts.written;
    state_->meter.now().filtered += piece->counts.filtered;
    state_->meter.tick();
    kill_point("in-chunk");
    // The share goes before the wait for the next batch, which may need it.
    piece.reset();
    piece = co_await converted_.receive();
  }
  const std::uint64_t written = co_await writer->finish(context);
  if (!piece) Error(ErrorCode::internal, "the end of a chunk is missing").raise();
  if (written != entry.counts.written) {
    Error(ErrorCode::verification,
          fmt::format("chunk {}: {} records were given to the target, which reports {}", entry.number,
                      entry.counts.written, written))
        .hint("a trigger or rule of the target may leave records out")
        .raise();
  }
}

Task<void> Lane::commit(std::unique_ptr<Session> session, const ChunkEntry& entry) {
  Context context;
  const CommitOutcome outcome = co_await session->commit(context);
  if (outcome == CommitOutcome::committed) co_return;
  session.reset();
  // The reply was lost. What the transaction would have left tells whether it happened.
  std::optional<ChunkEntry> found;
  if (state_->has_journal) found = co_await state_->journal.find_chunk(context, entry.number);
  if (found && found->done) co_return;
  Error(ErrorCode::connection, fmt::format("the connection was lost in the commit of chunk {}", entry.number))
      .retryable(state_->has_journal)
      .hint(state_->has_journal ? "run the same command again: it goes on with this chunk"
                                : "look whether the records are there: without a journal nothing tells")
      .raise();
}

}  // namespace

Task<void> run_pipeline(std::shared_ptr<PipelineState> state, unsigned lanes) {
  if (state->todo.empty()) co_return;
  TaskGroup group(co_await boost::asio::this_coro::executor);
  for (unsigned i = 0; i < std::max(1U, lanes); ++i) {
    auto lane = std::make_shared<Lane>(state);
    group.start(Lane::read(lane));
    group.start(Lane::convert(lane));
    group.start(Lane::write(lane));
  }
  co_await group.join();
}

}  // namespace dataknobs
