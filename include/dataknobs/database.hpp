// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Database: records in one table, file or index of a store. Store: a server, file or folder that has databases and
/// transactions. Both are asynchronous; dataknobs::sync has the same API blocking.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dataknobs/aggregation.hpp>
#include <dataknobs/changes.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/index.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>
#include <dataknobs/stream.hpp>
#include <dataknobs/task.hpp>

namespace dataknobs {

class Backend;
class Database;
class Reader;
class Session;

/// What became of one item of a batch.
enum class WriteStatus : std::uint8_t {
  written,           ///< It happened: a record was created, replaced or removed.
  missing,           ///< There is no record of that id.
  duplicate,         ///< There is a record of that id already.
  version_conflict,  ///< The record has another version than was expected.
  rejected,          ///< The store refused it, or it was not tried because another item failed.
  unknown,           ///< The connection broke: whether it happened is not known.
};

/// The outcome of one item of a batch.
/// Thread safety: as for a standard container.
class WriteItem {
 public:
  /// REQUIRES: `error` is set unless the status is `written`.
  WriteItem(std::string id, WriteStatus status, std::optional<Version> version = {},
            std::shared_ptr<const Error> error = {})
      : id_(std::move(id)), status_(status), version_(std::move(version)), error_(std::move(error)) {}
  /// The id of the record, a new one where the store made it; empty if it never had one.
  const std::string& id() const noexcept { return id_; }
  /// What became of it.
  WriteStatus status() const noexcept { return status_; }
  /// status() == WriteStatus::written
  bool ok() const noexcept { return status_ == WriteStatus::written; }
  /// The version that the record has now, where the store tells it.
  const std::optional<Version>& version() const noexcept { return version_; }
  /// Why it was not written. Set unless ok.
  const std::shared_ptr<const Error>& error() const noexcept { return error_; }

 private:
  std::string id_;
  WriteStatus status_;
  std::optional<Version> version_;
  std::shared_ptr<const Error> error_;
};

/// The answer of `search_page`.
class RecordPage {
 public:
  Records records;
  /// The token of the next page; empty: this is the last one.
  std::string next;
};

/// Options of single writes.
class WriteOptions {
 public:
  WriteOptions() = default;
  /// The write happens only if the record still has this version; else ConcurrencyError.
  WriteOptions& expected_version(Version version) { return expected_version_ = std::move(version), *this; }
  const std::optional<Version>& expected_version() const noexcept { return expected_version_; }

 private:
  std::optional<Version> expected_version_;
};

/// Records of one table, file or index.
///
/// ```cpp
/// Task<void> example() {
///   Database people = co_await Database::open("sqlite:app.db?table=people");
///   Record ada{{"name", "Ada"}, {"age", 36}};
///   std::string id = co_await people.create(ada);
///   Query adults = Query::where(field("age") >= 18).sort("name").limit(10);
///   for (const Record& record : co_await people.search(adults)) { ... }
/// }
/// ```
/// Errors: every call may throw ConnectionError, TimeoutError, UnsupportedError; searches, counts and streams of a
/// table that is not there NotFoundError (by id it has no record); others as said.
/// Cancellation: any call may be cancelled through its coroutine's slot; the database stays usable. Whether a write
/// had happened by then is not known.
/// Lifetime: a call may outlive the Database that it was made on. What is given by reference (a record that takes its
/// id, the records of a batch) must live until the call ends.
/// Thread safety: copies refer to the same database and may be used from different threads and loops.
class Database {
 public:
  /// None: to be assigned to. (Completion tokens of Asio need it.)
  Database() noexcept = default;
  /// Opens by URL, or by a name of the configuration file in DATAKNOBS_CONFIG. The table need not exist: it is empty,
  /// and the first write makes it, in the document layout unless `layout=` says otherwise.
  /// Errors: ConfigurationError.
  static Task<Database> open(std::string_view url);

  /// Stores a new record and returns its id, which is put on the record too.
  /// Errors: DuplicateRecordError if the id exists; then nothing changes.
  Task<std::string> create(Record& record);
  Task<std::string> create(Record&& record);
  /// The record of that id, or nothing.
  Task<std::optional<Record>> read(std::string id);
  /// Replaces the record of that id as a whole. False if there is none.
  /// Errors: ConcurrencyError if it has another version than the expected one; InvalidArgumentError if `record` has
  /// another id.
  Task<bool> update(std::string id, Record record, WriteOptions options = {});
  /// Sets the given fields in the record of that id, and leaves the others; objects are set as a whole. False if there
  /// is none. Errors: as `update`.
  Task<bool> patch(std::string id, Record changes, WriteOptions options = {});
  /// Replaces or creates; the record's id is made if it has none, and put on it. With an expected version it only
  /// replaces. Returns the id. Errors: ConcurrencyError if there is no record of the expected version.
  Task<std::string> upsert(Record& record, WriteOptions options = {});
  Task<std::string> upsert(Record&& record, WriteOptions options = {});
  /// Removes the record of that id. True if there was one.
  /// Errors: ConcurrencyError if it has another version than the expected one.
  Task<bool> remove(std::string id, WriteOptions options = {});
  /// The record of that record's id as it is stored, or the given one, which is created; `second`: it was created.
  /// Errors: InvalidArgumentError if it has no id.
  Task<std::pair<Record, bool>> get_or_create(Record record);
  /// True if there is such a record.
  Task<bool> exists(std::string id);
  /// The version of the record, or nothing if there is none.
  Task<std::optional<Version>> get_version(std::string id);

  /// Stores new records, and puts their ids on them; results by position. All or nothing where the store has
  /// transactions: then the first item that fails is thrown as its error. Elsewhere each item tells its own outcome.
  /// Errors: DuplicateRecordError; SerializationError or UnsupportedError for a record that cannot be kept there.
  Task<std::vector<WriteItem>> create_batch(std::span<Record> records);
  /// The records of these ids by position, nothing where there is none.
  Task<std::vector<std::optional<Record>>> read_batch(std::vector<std::string> ids);
  /// Replaces records by their ids, as `create_batch` creates them. Errors: NotFoundError; InvalidArgumentError for a
  /// record without an id.
  Task<std::vector<WriteItem>> update_batch(std::span<Record> records);
  /// Replaces or creates records, as `create_batch` creates them.
  Task<std::vector<WriteItem>> upsert_batch(std::span<Record> records);
  /// Removes records by their ids; results by position. An id without a record is `missing`, which is no error.
  Task<std::vector<WriteItem>> remove_batch(std::vector<std::string> ids);

  /// The records that the query finds, all at once, and of one moment.
  /// Errors: QueryError for a query that makes no sense here, such as an unknown column of a table. Memory: the answer;
  /// `stream_read` takes a batch at a time.
  Task<Records> search(Query query);
  /// All records. Memory: as `search`.
  Task<Records> all();
  /// One page of a search, as many records as the query's limit. A page goes on after the last record of the one
  /// before, wherever that is now: what is inserted or removed meanwhile shifts no page, and a page far back costs no
  /// more than the first. Where records have no key (files without an id) pages are counted off instead.
  ///
  /// ```cpp
  /// RecordPage page;
  /// do {
  ///   page = co_await people.search_page(Query().sort("name").limit(100), page.next);
  /// } while (!page.next.empty());
  /// ```
  /// `token`: `next` of the page before; empty for the first one.
  /// Errors: QueryError without a limit or with an offset; InvalidArgumentError for the token of another query;
  /// UnsupportedError where the page before ended at a list or an object that is sorted by.
  Task<RecordPage> search_page(Query query, std::string token = {});
  /// How many records the query finds; its limit and offset count.
  Task<std::uint64_t> count(Query query = {});
  /// Counts, sums and the like over the records that match the query's filter. Its sort, limit and offset are of the
  /// answer, by the names of its fields; without a sort the groups are in the order of their values.
  ///
  /// ```cpp
  /// co_await sales.aggregate(Aggregation::parse("city, count() as n, sum(price)"), Query::parse("order by n desc"));
  /// ```
  /// Memory: one record for each group. Errors: QueryError; ValidationError with the record's id for a value that is no
  /// number where one is wanted.
  Task<Records> aggregate(Aggregation aggregation, Query query = {});
  /// The different values of a field in the records that the query finds, in the order of sorts; no null.
  /// Errors: QueryError for a query with a sort, limit or offset. Memory: the values.
  Task<std::vector<Value>> distinct(std::string path, Query query = {});
  /// Merges the given fields into what the query finds, as a whole where the store has transactions; how many.
  Task<std::uint64_t> update_where(Query query, Record changes);
  /// The same with values that are computed from each record as it was: `Changes::parse("price = price * 1.1")`.
  /// Memory: the new values of all records that are found. Errors: ValidationError with the record's id where a
  /// computation has no result; ConcurrencyError where a record was changed meanwhile.
  Task<std::uint64_t> update_where(Query query, Changes changes);
  /// Removes what the query finds, as a whole where the store has transactions; how many.
  Task<std::uint64_t> remove_where(Query query);
  /// Removes every record; how many.
  Task<std::uint64_t> clear();
  /// What the query finds, with bounded memory.
  Task<RecordStream> stream_read(Query query = {}, StreamConfig config = {});
  /// The same, each record as `transform` makes it. An Error that it throws is the record's.
  Task<RecordStream> stream_transform(Query query, RecordTransform transform, StreamConfig config = {});
  /// Writes what `source` gives until it gives nothing. Where `config` has `on_error`, records that fail are counted
  /// and told; else the first of them ends the stream by its error.
  ///
  /// ```cpp
  /// RecordStream stream = co_await people.stream_read();
  /// auto source = [&]() -> Task<std::optional<Records>> { return stream.next(); };
  /// auto handler = [](const StreamError& failed) { return failed.error().code() == ErrorCode::validation; };
  /// StreamResult result = co_await copies.stream_write(source, StreamConfig().concurrency(4).on_error(handler));
  /// ```
  Task<StreamResult> stream_write(RecordSource source, StreamConfig config = {});
  /// For people: what the store runs of the query, what stays here, and the store's own plan.
  /// Errors: NotFoundError if there is no such table yet.
  Task<std::string> explain(Query query);

  /// The rows of a query in the store's own language, as records without ids; it only reads. Parameters are bound by
  /// the store and no part of the text: `native_query("select a from t where b > ?", {18})` in SQLite.
  /// Errors: UnsupportedError where the store has no such language; InvalidArgumentError if the text would write, is
  /// more than one statement, or takes another number of parameters; QueryError as the store says.
  Task<RecordStream> native_query(std::string text, std::vector<Value> parameters = {});

  /// Makes an index over fields, which searches use from then on; its name. Answers do not change by it.
  /// Errors: NotFoundError if there is no such table yet; DuplicateRecordError if there is an index of that name, or if
  /// records that are there are no unique ones; UnsupportedError where the store has no such indexes.
  Task<std::string> create_index(Index index);
  /// The indexes that were made, by name.
  Task<std::vector<Index>> indexes();
  /// Drops an index. Errors: NotFoundError with the nearest name.
  Task<void> drop_index(std::string name);

  /// The same database, each of whose calls gives up after that time with TimeoutError, which names the operation; the
  /// store and its connections stay usable. Whether a write had happened by then is not known. `with_deadline`
  /// (deadline.hpp) limits any task, such as one of several calls.
  Database with_timeout(std::chrono::milliseconds timeout) const;
  /// The same database, whose searches end with ResourceError once their answer, or what must be sorted here for it,
  /// takes more than so many bytes. `stream_read` has no need of memory for whole answers.
  Database with_memory(std::uint64_t bytes) const;
  /// The URL without secrets.
  std::string name() const;
  /// Closes idle connections of this loop, and folds the journal of a file into it; other databases of the same Store
  /// object share these. Calls that wait for a connection get ConnectionError; a later call opens again.
  Task<void> close();

  struct State;
  explicit Database(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
  State& state() const noexcept { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

/// A transaction over databases of one store. Destroying it without commit rolls back.
/// Behavior: reads see its own writes; others see nothing before commit. One call at a time: a second one, while
/// another has not ended or a stream is alive, is an InvalidArgumentError, as is any call after commit or rollback.
/// Thread safety: of one loop; one call at a time.
class Transaction {
 public:
  /// None: to be assigned to.
  Transaction() noexcept = default;
  struct State;
  explicit Transaction(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
  /// The same database within this transaction. Errors: InvalidArgumentError if it belongs to another store.
  Database in(const Database& database) const;
  /// Makes all of it last. Errors: ConcurrencyError (retryable) where the store found a conflict; ConnectionError if
  /// the outcome is unknown.
  Task<void> commit();
  /// Gives all of it up.
  Task<void> rollback();
  State& state() const noexcept { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

/// A server, a file, a folder or a bucket, with the databases in it.
///
/// ```cpp
/// Store app = co_await Store::open("sqlite:app.db");
/// for (const std::string& name : co_await app.list()) { ... }
/// Database people = app.database("people");
/// ```
/// Thread safety: as for Database.
class Store {
 public:
  /// None: to be assigned to.
  Store() noexcept = default;
  /// Opens by URL or configured name, as Database::open, without need of a table. Errors: ConfigurationError.
  static Task<Store> open(std::string_view url);
  /// Names of its tables, files or indexes.
  Task<std::vector<std::string>> list();
  /// A database of this store by name, which need not exist.
  Database database(std::string_view name) const;
  /// Begins a transaction. `transact` does so too, and ends it. Errors: UnsupportedError where the store has none.
  Task<Transaction> begin();
  /// Runs `work` in a transaction and commits it; what it throws rolls it back. Where that is a conflict with others
  /// (a retryable ConcurrencyError), it runs again from the start, up to five times in all, so it should have no
  /// effects besides the transaction.
  ///
  /// ```cpp
  /// Task<void> move(Store store, Database from, Database to, std::string id) {
  ///   auto work = [&](Transaction& transaction) -> Task<void> {
  ///     Database source = transaction.in(from);
  ///     Database target = transaction.in(to);
  ///     std::optional<Record> record = co_await source.read(id);
  ///     if (!record) co_return;
  ///     co_await target.create(*record);
  ///     co_await source.remove(id);
  ///   };
  ///   co_await store.transact(work);
  /// }
  /// ```
  /// Errors: those of `begin`, of `work` and of `commit`.
  Task<void> transact(std::function<Task<void>(Transaction&)> work);
  /// The URL without secrets.
  std::string name() const;
  /// As Database::close.
  Task<void> close();

  struct State;
  explicit Store(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

}  // namespace dataknobs
