// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The blocking API: the same classes and verbs as Database and Store, without a loop.

#include <dataknobs/config.hpp>
#include <dataknobs/database.hpp>

namespace dataknobs::sync {

/// Runs a task to its end on this thread. Tasks that never wait (memory, SQLite) run inline at the cost of a few
/// function calls. REQUIRES: not called from within a task on the same thread.
class Runner;

/// As dataknobs::Database, blocking. Each object has a private loop, which it shares with the databases, the store and
/// the transactions that were made from it or that it was made from.
/// Thread safety: one thread at a time for all that share a loop; open one per thread.
///
/// ```cpp
/// sync::Database people("sqlite:app.db?table=people");
/// Record ada{{"name", "Ada"}, {"age", 36}};
/// people.create(ada);
/// ```
class Database {
 public:
  /// Opens by URL or configured name. Errors: ConfigurationError.
  explicit Database(std::string_view url);
  /// The database of that name in a configuration. Errors: ConfigurationError.
  Database(const Config& config, std::string_view name);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  std::string create(Record& record);
  std::string create(Record&& record);
  std::optional<Record> read(const std::string& id);
  bool update(const std::string& id, Record record, WriteOptions options = {});
  bool patch(const std::string& id, Record changes, WriteOptions options = {});
  std::string upsert(Record& record, WriteOptions options = {});
  std::string upsert(Record&& record, WriteOptions options = {});
  bool remove(const std::string& id, WriteOptions options = {});
  std::pair<Record, bool> get_or_create(Record record);
  bool exists(const std::string& id);
  std::optional<Version> get_version(const std::string& id);

  std::vector<WriteItem> create_batch(std::span<Record> records);
  std::vector<std::optional<Record>> read_batch(std::vector<std::string> ids);
  std::vector<WriteItem> update_batch(std::span<Record> records);
  std::vector<WriteItem> upsert_batch(std::span<Record> records);
  std::vector<WriteItem> remove_batch(std::vector<std::string> ids);

  Records search(const Query& query);
  Records all();
  RecordPage search_page(const Query& query, const std::string& token = {});
  std::uint64_t count(const Query& query = {});
  Records aggregate(Aggregation aggregation, const Query& query = {});
  std::vector<Value> distinct(const std::string& path, const Query& query = {});
  std::uint64_t update_where(const Query& query, Record changes);
  std::uint64_t update_where(const Query& query, Changes changes);
  std::uint64_t remove_where(const Query& query);
  std::uint64_t clear();
  /// Calls `consume` with each batch of the query's answer, with bounded memory.
  void stream_read(const Query& query, const std::function<void(Records)>& consume, StreamConfig config = {});
  void stream_transform(const Query& query, RecordTransform transform,
                        const std::function<void(Records)>& consume, StreamConfig config = {});
  /// Writes what `source` gives until it gives nothing.
  StreamResult stream_write(const std::function<std::optional<Records>()>& source, StreamConfig config = {});
  std::string explain(const Query& query);
  /// All rows at once.
  Records native_query(const std::string& text, std::vector<Value> parameters = {});
  std::string create_index(Index index);
  std::vector<Index> indexes();
  void drop_index(const std::string& name);
  Database with_timeout(std::chrono::milliseconds timeout) const;
  Database with_memory(std::uint64_t bytes) const;
  std::string name() const;
  void close();

 private:
  friend class Store;
  friend class Transaction;
  Database(std::shared_ptr<Runner> runner, dataknobs::Database database);
  // The database ends before the loop that it was used on.
  std::shared_ptr<Runner> runner_;
  std::optional<dataknobs::Database> database_;
};

/// As dataknobs::Transaction, blocking. REQUIRES: what it is used with was made from the same sync::Store.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  ~Transaction();
  Database in(const Database& database) const;
  void commit();
  void rollback();

 private:
  friend class Store;
  Transaction(std::shared_ptr<Runner> runner, dataknobs::Transaction transaction);
  void abandon() noexcept;
  std::shared_ptr<Runner> runner_;
  std::optional<dataknobs::Transaction> transaction_;
};

/// As dataknobs::Store, blocking.
///
/// ```cpp
/// sync::Store app("sqlite:app.db");
/// sync::Database people = app.database("people");
/// app.transact([&](sync::Transaction& transaction) {
///   sync::Database inside = transaction.in(people);
///   inside.patch("ada", Record{{"age", 37}});
/// });
/// ```
class Store {
 public:
  /// Opens by URL or configured name. Errors: ConfigurationError.
  explicit Store(std::string_view url);
  /// The store of the database of that name in a configuration. Errors: ConfigurationError.
  Store(const Config& config, std::string_view name);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();
  std::vector<std::string> list();
  Database database(std::string_view name) const;
  Transaction begin();
  void transact(const std::function<void(Transaction&)>& work);
  std::string name() const;
  void close();

 private:
  std::shared_ptr<Runner> runner_;
  std::optional<dataknobs::Store> store_;
};

}  // namespace dataknobs::sync
