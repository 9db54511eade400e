// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The Backend contract: what a store must provide (docs/adding-a-backend.md). A Backend is one store (a server, a
/// file, a folder); a Dataset is one table, index or file of it; a Session is a conversation with the store
/// (autocommit, transaction, snapshot). Layers are decorators over the same contract (forward.hpp).
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

#include <dataknobs/backend/batch.hpp>
#include <dataknobs/backend/capabilities.hpp>
#include <dataknobs/backend/context.hpp>
#include <dataknobs/backend/dataset.hpp>
#include <dataknobs/backend/push_down.hpp>
#include <dataknobs/backend/requests.hpp>
#include <dataknobs/backend/state_store.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/index.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>
#include <dataknobs/task.hpp>

namespace dataknobs {

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

/// A conversation with the store. One call at a time; readers and writers made by it count as calls until they end.
/// A backend overrides the calls of the capabilities that it has natively; no other call reaches it.
/// Lifetime: destroying a session abandons it.
///
/// State is kept in the store beside the data: within a transaction it commits with them, and an uncommitted insert of
/// the same key by another session is waited for.
/// Errors: PermissionError, when it is first read, if the caller lacks a right that writing it wants.
class Session : public StateStore {
 public:
  /// Positional; missing ids give nothing.
  virtual Task<std::vector<std::optional<Record>>> read(Context&, const DatasetPointer&,
                                                        std::span<const std::string> /*ids*/) {
    raise_absent();
  }
  virtual Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) = 0;
  /// The number of records of that scan; limit and offset count.
  virtual Task<std::uint64_t> count(Context&, const ScanRequest&) { raise_absent(); }
  /// Positional results.
  virtual Task<std::vector<ItemResult>> write(Context&, const WriteRequest&) { raise_absent(); }
  virtual Task<std::unique_ptr<Writer>> writer(Context&, const WriterOptions&) { raise_absent(); }
  /// Positional results; `preconditions` as in WriteRequest. A store that writes removes too.
  virtual Task<std::vector<ItemResult>> remove(Context&, const DatasetPointer&,
                                               std::span<const std::string> /*ids*/,
                                               std::span<const Precondition> /*preconditions*/) {
    raise_absent();
  }
  /// Removes what the scan would give; how many.
  virtual Task<std::uint64_t> remove_range(Context&, const ScanRequest&) { raise_absent(); }

  /// Splits a scan into about `wanted` parts that together give each record once.
  virtual Task<std::vector<Partition>> partition(Context&, const ScanRequest&, std::size_t /*wanted*/) {
    raise_absent();
  }

  // Capabilities::state; as in StateStore.
  Task<std::optional<std::string>> get_state(Context&, const std::string&) override { raise_absent(); }
  Task<bool> put_state(Context&, const std::string&, const std::string&, Existence,
                       const std::optional<std::string>&) override {
    raise_absent();
  }
  Task<void> remove_state(Context&, const std::string&) override { raise_absent(); }
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context&, const std::string&) override {
    raise_absent();
  }

  /// Makes a dataset. Errors: duplicate if there is one. One that was made earlier and not published yet is continued
  /// (Capabilities::publishes): its `rows()` say what is committed.
  virtual Task<DatasetPointer> create_dataset(Context&, const CreateRequest&) { raise_absent(); }
  /// Shows a new dataset, loaded in transactions, under its name and as a whole. Nothing to do where the store shows
  /// what was committed by itself. May be repeated: after a crash it is called again.
  /// REQUIRES: autocommit mode, and no transaction that still writes to it.
  virtual Task<void> publish(Context&, const DatasetPointer&) { co_return; }

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

  virtual Task<void> savepoint(Context&, const std::string& /*name*/) { raise_absent(); }
  virtual Task<void> rollback_to(Context&, const std::string& /*name*/) { raise_absent(); }
  /// REQUIRES: not in autocommit mode. The session is done afterwards.
  virtual Task<CommitOutcome> commit(Context&) { raise_absent(); }
  virtual Task<void> rollback(Context&) { raise_absent(); }
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
  virtual Task<std::string> explain(Context&, const ScanRequest&) { co_return std::string(); }
  /// The layout of a new dataset, where `wanted` would suit its maker best: a store that has one layout says so. Pure.
  virtual Layout creation_layout(const DatasetOptions& options, Layout wanted) const {
    return options.layout().value_or(wanted);
  }
  /// The statements that `create_dataset` would run. Pure.
  virtual std::vector<std::string> creation_statements(const CreateRequest&) const { return {}; }
  /// The type that a column of a new dataset gets for that type, and whether every value of it is kept exactly.
  /// Pure. A planner asks it for each field of a copy.
  virtual TypeMapping map_type(const FieldType& type) const { return {type, Exactness::exact}; }
  /// The same for the field of that name, where the place of a field decides. Pure.
  virtual TypeMapping map_field(const std::string& /*name*/, const FieldType& type) const {
    return map_type(type);
  }

  virtual Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) = 0;
  /// Closes connections of the calling loop; sessions that are out are abandoned.
  virtual Task<void> close(Context&) { co_return; }
};

}  // namespace dataknobs
