// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The Backend contract: what a store must provide. A Backend is one store (a server, a file, a folder); a Dataset is
/// one table, index or file of it; a Session is a conversation with the store (autocommit, transaction, snapshot).
/// Layers (src/layers) are decorators over the same contract.
///
/// Rules for all of it:
/// - Errors are dataknobs::Error, made by one function per backend from the native ones.
/// - Results are the reference semantics' (docs/semantics.md): a backend takes only what it answers the same way.
/// - Cancelling any call at any await leaves the backend usable; the session that saw it may only be abandoned.
/// - Arguments passed by reference outlive the call.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <dataknobs/error.hpp>
#include <dataknobs/index.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>
#include <dataknobs/task.hpp>

#include "database/capabilities.hpp"
#include "database/dataset.hpp"
#include "database/state_store.hpp"
#include "query/push_down.hpp"
#include "record/batch.hpp"
#include "runtime/context.hpp"

namespace dataknobs {

class Precondition {
 public:
  explicit Precondition(Existence existence = Existence::any, std::optional<Version> version = {})
      : existence_(existence), version_(std::move(version)) {}
  Existence existence() const noexcept { return existence_; }
  /// The version that the record must have.
  const std::optional<Version>& version() const noexcept { return version_; }

 private:
  Existence existence_;
  std::optional<Version> version_;
};

/// What became of an item. `conflict`: a precondition did not hold (absent wanted, or another version); `rejected`:
/// the store refused the data (the error says why); `unknown`: the reply was lost.
enum class Outcome : std::uint8_t { written, unchanged, missing, conflict, rejected, unknown };

class ItemResult {
 public:
  explicit ItemResult(Outcome outcome, std::optional<Version> version = {},
                      std::shared_ptr<const Error> error = {})
      : outcome_(outcome), version_(std::move(version)), error_(std::move(error)) {}
  Outcome outcome() const noexcept { return outcome_; }
  const std::optional<Version>& version() const noexcept { return version_; }
  const std::shared_ptr<const Error>& error() const noexcept { return error_; }

 private:
  Outcome outcome_;
  std::optional<Version> version_;
  std::shared_ptr<const Error> error_;
};

/// A part of a dataset that one reader can take. The token is the backend's own, as text that survives a journal.
class Partition {
 public:
  Partition(std::string token, bool stable) : token_(std::move(token)), stable_(stable) {}
  const std::string& token() const noexcept { return token_; }
  /// A later session finds the same rows under the token as long as the source's fingerprint is the same.
  bool stable() const noexcept { return stable_; }
  std::uint64_t rows() const noexcept { return rows_; }    ///< Estimate; 0 if not known.
  std::uint64_t bytes() const noexcept { return bytes_; }  ///< Estimate; 0 if not known.
  Partition& set_rows(std::uint64_t rows) { return rows_ = rows, *this; }
  Partition& set_bytes(std::uint64_t bytes) { return bytes_ = bytes, *this; }

 private:
  std::string token_;
  bool stable_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

/// What a scan gives. Filter, sort, limit and offset are those that `Backend::plan` has taken.
class ScanRequest {
 public:
  explicit ScanRequest(DatasetPointer dataset) : dataset_(std::move(dataset)) {}

  const DatasetPointer& dataset() const noexcept { return dataset_; }
  const Expression& filter() const noexcept { return filter_; }
  /// Root names of the fields wanted; empty means all. More may be given.
  const std::vector<std::string>& fields() const noexcept { return fields_; }
  const std::vector<SortKey>& sort() const noexcept { return sort_; }
  const std::optional<std::uint64_t>& limit() const noexcept { return limit_; }
  std::uint64_t offset() const noexcept { return offset_; }
  /// The index to be used; empty: as the store likes.
  const std::string& hint() const noexcept { return hint_; }
  const std::optional<Partition>& partition() const noexcept { return partition_; }
  /// Encodings of wire bytes that the caller can use ("postgresql-binary-copy"); the reader may still give columns.
  const std::vector<std::string>& accept() const noexcept { return accept_; }
  /// About how large a batch should be.
  std::uint64_t batch_bytes() const noexcept { return batch_bytes_; }
  /// Columns rather than rows are wanted where both cost the same.
  bool prefer_columns() const noexcept { return prefer_columns_; }

  ScanRequest& set_filter(Expression filter) { return filter_ = std::move(filter), *this; }
  ScanRequest& set_fields(std::vector<std::string> fields) { return fields_ = std::move(fields), *this; }
  ScanRequest& set_sort(std::vector<SortKey> sort) { return sort_ = std::move(sort), *this; }
  ScanRequest& set_range(std::optional<std::uint64_t> limit, std::uint64_t offset) {
    return limit_ = limit, offset_ = offset, *this;
  }
  ScanRequest& set_hint(std::string index) { return hint_ = std::move(index), *this; }
  ScanRequest& set_partition(std::optional<Partition> partition) {
    return partition_ = std::move(partition), *this;
  }
  ScanRequest& set_accept(std::vector<std::string> encodings) {
    return accept_ = std::move(encodings), *this;
  }
  ScanRequest& set_batch_bytes(std::uint64_t bytes) { return batch_bytes_ = bytes, *this; }
  ScanRequest& set_prefer_columns(bool prefer) { return prefer_columns_ = prefer, *this; }

 private:
  DatasetPointer dataset_;
  Expression filter_;
  std::vector<std::string> fields_;
  std::vector<SortKey> sort_;
  std::optional<std::uint64_t> limit_;
  std::uint64_t offset_ = 0;
  std::string hint_;
  std::optional<Partition> partition_;
  std::vector<std::string> accept_;
  std::uint64_t batch_bytes_ = 1U << 20U;
  bool prefer_columns_ = false;
};

enum class WriteMode : std::uint8_t {
  insert,  ///< An existing id is a conflict.
  upsert,  ///< Replaces or inserts.
  update,  ///< Replaces; an absent id is `missing`.
  patch,   ///< Merges the given fields; an absent id is `missing`.
};

/// A small write whose outcome is wanted for each record.
class WriteRequest {
 public:
  WriteRequest(DatasetPointer dataset, WriteMode mode, std::span<Record> records)
      : dataset_(std::move(dataset)), mode_(mode), records_(records) {}
  const DatasetPointer& dataset() const noexcept { return dataset_; }
  WriteMode mode() const noexcept { return mode_; }
  /// Each has an id, unless the dataset makes them itself (Dataset::generates_ids): the store then sets them here.
  std::span<Record> records() const noexcept { return records_; }
  /// One per record, or empty: only what the mode says.
  std::span<const Precondition> preconditions() const noexcept { return preconditions_; }
  /// If any item is not written, none is (where the store has transactions; the capability says).
  bool all_or_nothing() const noexcept { return all_or_nothing_; }
  WriteRequest& set_preconditions(std::span<const Precondition> value) {
    return preconditions_ = value, *this;
  }
  WriteRequest& set_all_or_nothing(bool value) { return all_or_nothing_ = value, *this; }

 private:
  DatasetPointer dataset_;
  WriteMode mode_;
  std::span<Record> records_;
  std::span<const Precondition> preconditions_;
  bool all_or_nothing_ = true;
};

/// A bulk load. Its batches are written as fast as the store can; a refused record ends it with an error that names
/// the record, unless rejects are collected.
class WriterOptions {
 public:
  WriterOptions(DatasetPointer dataset, WriteMode mode) : dataset_(std::move(dataset)), mode_(mode) {}
  const DatasetPointer& dataset() const noexcept { return dataset_; }
  WriteMode mode() const noexcept { return mode_; }
  std::uint64_t expected_rows() const noexcept { return expected_rows_; }
  WriterOptions& set_expected_rows(std::uint64_t rows) { return expected_rows_ = rows, *this; }
  /// About how many bytes of records the writer may hold back, to write them better together.
  std::uint64_t buffer_bytes() const noexcept { return buffer_bytes_; }
  WriterOptions& set_buffer_bytes(std::uint64_t bytes) { return buffer_bytes_ = bytes, *this; }

 private:
  DatasetPointer dataset_;
  WriteMode mode_;
  std::uint64_t expected_rows_ = 0;
  std::uint64_t buffer_bytes_ = std::uint64_t{32} << 20U;
};

/// Gives the batches of a scan. One call at a time.
class Reader {
 public:
  virtual ~Reader() = default;
  /// The next batch, never empty; nothing at the end.
  virtual Task<std::optional<Batch>> next(Context& context) = 0;
  /// Ends early: the session is usable again (or dropped by its pool), whatever was in flight.
  virtual void abandon() noexcept = 0;
};

/// Takes the batches of a bulk load. One call at a time.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual Task<void> write(Context& context, const Batch& batch) = 0;
  /// All acknowledged and, outside a transaction, durable. The number of records written.
  virtual Task<std::uint64_t> finish(Context& context) = 0;
  virtual void abandon() noexcept = 0;
};

enum class SessionMode : std::uint8_t {
  autocommit,
  transaction,  ///< Reads its own writes; nothing is seen by others before `commit`.
  snapshot,     ///< Read only; every scan sees the same state.
};

/// commit's answer. `unknown`: the connection broke while it was on its way; look up what it would have left.
enum class CommitOutcome : std::uint8_t { committed, unknown };

/// How a new dataset is to look.
class CreateRequest {
 public:
  CreateRequest(DatasetOptions options, Layout layout) : options_(std::move(options)), layout_(layout) {}
  const DatasetOptions& options() const noexcept { return options_; }
  Layout layout() const noexcept { return layout_; }
  /// Columns layout: the columns to make. Document layout: empty.
  const Schema& schema() const noexcept { return schema_; }
  /// Names of the key columns; empty: the store's own row identity, or no key.
  const std::vector<std::string>& key() const noexcept { return key_; }
  CreateRequest& set_schema(Schema schema) { return schema_ = std::move(schema), *this; }
  CreateRequest& set_key(std::vector<std::string> key) { return key_ = std::move(key), *this; }

 private:
  DatasetOptions options_;
  Layout layout_;
  Schema schema_;
  std::vector<std::string> key_;
};

/// A conversation with the store. One call at a time; readers and writers made by it count as calls until they end.
/// Lifetime: destroying a session abandons it.
///
/// State is kept in the store beside the data: within a transaction it commits with them, and an uncommitted insert of
/// the same key by another session is waited for.
/// Errors: PermissionError, when it is first read, if the caller lacks a right that writing it wants.
class Session : public StateStore {
 public:
  /// Positional; missing ids give nothing. `fields`: root names wanted, empty means all.
  virtual Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                        std::span<const std::string> ids) = 0;
  virtual Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) = 0;
  /// The number of records of that scan; limit and offset count.
  virtual Task<std::uint64_t> count(Context& context, const ScanRequest& request) = 0;
  /// Positional results.
  virtual Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) = 0;
  virtual Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) = 0;
  /// Positional results; `preconditions` as in WriteRequest.
  virtual Task<std::vector<ItemResult>> remove(Context& context, const DatasetPointer& dataset,
                                               std::span<const std::string> ids,
                                               std::span<const Precondition> preconditions) = 0;
  /// Removes what the scan would give; how many.
  virtual Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) = 0;

  /// Splits a scan into about `wanted` parts that together give each record once.
  virtual Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                                 std::size_t wanted) = 0;

  /// Makes a dataset. Errors: duplicate if there is one. One that was made earlier and not published yet is continued
  /// (Capabilities::publishes): its `rows()` say what is committed.
  virtual Task<DatasetPointer> create_dataset(Context& context, const CreateRequest& request) = 0;
  /// Shows a new dataset, loaded in transactions, under its name and as a whole. Nothing to do where the store shows
  /// what was committed by itself. May be repeated: after a crash it is called again.
  /// REQUIRES: autocommit mode, and no transaction that still writes to it.
  virtual Task<void> publish(Context& context, const DatasetPointer& dataset) = 0;

  /// Runs a query in the store's own language that only reads (Capabilities::native_queries).
  virtual Task<std::unique_ptr<Reader>> native_query(Context&, const std::string& /*text*/,
                                                     std::span<const Value> /*parameters*/) {
    raise_absent();
  }

  // Indexes (Capabilities::indexes).
  /// Makes an index, which has a name and known fields. Errors: duplicate_record if there is one of that name, or if
  /// the records are not unique.
  virtual Task<void> create_index(Context&, const DatasetPointer&, const Index&) { raise_absent(); }
  /// Those that were made by somebody, by name.
  virtual Task<std::vector<Index>> indexes(Context&, const DatasetPointer&) { raise_absent(); }
  /// REQUIRES: there was one when `indexes` was asked.
  virtual Task<void> drop_index(Context&, const DatasetPointer&, const std::string&) { raise_absent(); }

  virtual Task<void> savepoint(Context& context, const std::string& name) = 0;
  virtual Task<void> rollback_to(Context& context, const std::string& name) = 0;
  /// REQUIRES: not in autocommit mode. The session is done afterwards.
  virtual Task<CommitOutcome> commit(Context& context) = 0;
  virtual Task<void> rollback(Context& context) = 0;
  /// Gives everything up without waiting: rolls back, closes cursors, drops what cannot be saved.
  virtual void abandon() noexcept = 0;

 private:
  [[noreturn]] static void raise_absent() {
    Error(ErrorCode::internal, "what the store does not have was asked for").raise();
  }
};

/// A store. Thread safety: may be shared between event loops; each session belongs to the loop that made it.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual const Capabilities& capabilities() const noexcept = 0;
  /// The URL without secrets, for errors and logs.
  virtual std::string display_name() const = 0;

  /// Reads what there is to know of a dataset: nothing if it does not exist. `exact` counts rows.
  virtual Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) = 0;
  /// Names of the datasets of the store.
  virtual Task<std::vector<std::string>> list(Context& context) = 0;
  /// The one name of that dataset within the store, whether it exists yet or not: equal for all options that mean it.
  virtual Task<std::string> identity(Context&, const DatasetOptions& options) { co_return options.name(); }

  /// What to do about a dataset that is not there, where it is not the names of the store that say it; else empty.
  virtual Task<std::string> missing_hint(Context&, const DatasetOptions&) { co_return std::string(); }

  /// What the store takes of a query on that dataset. Pure: no I/O.
  virtual PushDown plan(const Query& query, const Dataset& dataset) const = 0;
  /// The store's own plan of a scan (EXPLAIN), as text; empty where it has none.
  virtual Task<std::string> explain(Context& context, const ScanRequest& request) = 0;
  /// The layout of a new dataset, where `wanted` would suit its maker best: a store that has one layout says so. Pure.
  virtual Layout creation_layout(const DatasetOptions& options, Layout wanted) const {
    return options.layout().value_or(wanted);
  }
  /// The statements that `create_dataset` would run. Pure.
  virtual std::vector<std::string> creation_statements(const CreateRequest& request) const = 0;
  /// The type that a column of a new dataset gets for that type, and whether every value of it is kept exactly.
  /// Pure. A planner asks it for each field of a copy.
  virtual TypeMapping map_type(const FieldType& type) const = 0;
  /// The same for the field of that name, where the place of a field decides. Pure.
  virtual TypeMapping map_field(const std::string& /*name*/, const FieldType& type) const {
    return map_type(type);
  }

  virtual Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) = 0;
  /// Closes connections of the calling loop; sessions that are out are abandoned.
  virtual Task<void> close(Context& context) = 0;
};

}  // namespace dataknobs
