// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Streams of records: how they are read, written and changed on their way, with bounded memory.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/error.hpp>
#include <dataknobs/record.hpp>
#include <dataknobs/task.hpp>

namespace dataknobs {

/// The answer of `search`: records of one moment, independent of the store.
using Records = std::vector<Record>;

/// A stream of records with bounded memory, from `Database::stream_read`.
///
/// ```cpp
/// RecordStream stream = co_await people.stream_read(query);
/// while (std::optional<Records> batch = co_await stream.next()) { ... }
/// ```
/// Behavior: within a transaction no other call runs until the stream is destroyed.
/// Thread safety: one call at a time. Lifetime: independent of the Database. Destroying it early is fine.
/// Memory: a batch, and those that are read ahead (`StreamConfig::prefetch`).
class RecordStream {
 public:
  struct State;
  /// None: to be assigned to.
  RecordStream() noexcept = default;
  explicit RecordStream(std::shared_ptr<State> state) noexcept;
  RecordStream(RecordStream&&) noexcept;
  RecordStream& operator=(RecordStream&&) noexcept;
  ~RecordStream();
  /// The next records, never empty; nothing at the end.
  /// Errors: those of searches; TimeoutError past the deadline; what a transform throws. After an error, and after it
  /// was cancelled, it is not to be asked again.
  Task<std::optional<Records>> next();

 private:
  std::shared_ptr<State> state_;
};

/// Gives the records of a stream that is written: some at a time, nothing at the end.
using RecordSource = std::function<Task<std::optional<Records>>()>;
/// What becomes of a record on its way; nothing: it is left out.
using RecordTransform = std::function<std::optional<Record>(Record)>;

/// What a written stream does with a record whose id the store has already.
enum class ConflictPolicy : std::uint8_t {
  insert,  ///< It fails (DuplicateRecordError).
  upsert,  ///< The stored record is replaced.
  skip,    ///< The stored record stays, and the new one counts as skipped.
};

/// A record of a stream that failed.
class StreamError {
 public:
  /// The record of that place and id, and what is wrong with it. REQUIRES: `error` is set.
  StreamError(std::uint64_t index, std::string id, std::shared_ptr<const Error> error)
      : index_(index), id_(std::move(id)), error_(std::move(error)) {}
  /// Its place in the stream, from 0.
  std::uint64_t index() const noexcept { return index_; }
  /// Empty if it has none.
  const std::string& id() const noexcept { return id_; }
  /// Why it failed.
  const Error& error() const noexcept { return *error_; }

 private:
  std::uint64_t index_;
  std::string id_;
  std::shared_ptr<const Error> error_;
};

/// How a stream is read or written. Options that a stream has no use for are refused (InvalidArgumentError).
class StreamConfig {
 public:
  StreamConfig() = default;
  /// Records in a batch, at least 1: at most so many are given by `RecordStream::next`, so many are written at once.
  /// Default: 1000.
  StreamConfig& batch_size(std::size_t records) { return batch_size_ = records, *this; }
  /// How many batches are read before they are asked for, while others are worked on. Default: 0.
  StreamConfig& prefetch(std::size_t batches) { return prefetch_ = batches, *this; }
  /// Writing: how many batches are written at the same time, at least 1; more than one only outside of transactions.
  /// Default: 1.
  StreamConfig& concurrency(std::size_t batches) { return concurrency_ = batches, *this; }
  /// The whole stream gives up after that time with TimeoutError. Default: never.
  StreamConfig& deadline(std::chrono::milliseconds time) { return deadline_ = time, *this; }
  /// Writing and changing: called with each record that fails, by one batch at a time; true: the stream goes on, false:
  /// it stops, and the result says so. Without it the first failure is thrown, and where the store has transactions its
  /// whole batch is not written; batches before it are.
  StreamConfig& on_error(std::function<bool(const StreamError&)> handler) {
    return on_error_ = std::move(handler), *this;
  }
  /// Writing. Default: insert.
  StreamConfig& on_conflict(ConflictPolicy policy) { return on_conflict_ = policy, *this; }

  std::size_t batch_size() const noexcept { return batch_size_; }
  std::size_t prefetch() const noexcept { return prefetch_; }
  std::size_t concurrency() const noexcept { return concurrency_; }
  const std::optional<std::chrono::milliseconds>& deadline() const noexcept { return deadline_; }
  const std::function<bool(const StreamError&)>& on_error() const noexcept { return on_error_; }
  ConflictPolicy on_conflict() const noexcept { return on_conflict_; }

 private:
  std::size_t batch_size_ = 1000;
  std::size_t prefetch_ = 0;
  std::size_t concurrency_ = 1;
  std::optional<std::chrono::milliseconds> deadline_;
  std::function<bool(const StreamError&)> on_error_;
  ConflictPolicy on_conflict_ = ConflictPolicy::insert;
};

/// What `stream_write` did: processed = successful + failed + skipped.
class StreamResult {
 public:
  std::uint64_t processed = 0;
  std::uint64_t successful = 0;
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  /// False: `on_error` stopped it, and there may be more in the source.
  bool complete = true;
  /// Those that failed, in their order.
  std::vector<StreamError> errors;
  std::chrono::duration<double> duration{};
};

}  // namespace dataknobs
