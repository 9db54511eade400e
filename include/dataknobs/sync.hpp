// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The blocking API: the same classes and verbs as Database and Store, without a loop.

#include <dataknobs/database.hpp>

namespace dataknobs::sync {

/// Runs a task to its end on this thread. Tasks that never wait (memory, SQLite) run inline at the cost of a few
/// function calls. REQUIRES: not called from within a task on the same thread.
class Runner;

/// As dataknobs::Database, blocking. Each object has a private loop.
/// Thread safety: one thread at a time; use one object per thread.
///
/// ```cpp
/// sync::Database people("sqlite:app.db?table=people");
/// Record ada{{"name", "Ada"}, {"age", 36}};
/// people.create(ada);
/// ```
class Database {
 public:
  explicit Database(std::string_view url);
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
  bool exists(const std::string& id);
  std::optional<Version> get_version(const std::string& id);

  std::vector<WriteItem> create_batch(std::span<Record> records);
  std::vector<std::optional<Record>> read_batch(std::vector<std::string> ids);
  std::vector<WriteItem> update_batch(std::span<Record> records);
  std::vector<WriteItem> upsert_batch(std::span<Record> records);
  std::vector<WriteItem> remove_batch(std::vector<std::string> ids);

  Records search(const Query& query);
  Records all();
  std::uint64_t count(const Query& query = {});
  std::uint64_t remove_where(const Query& query);
  std::uint64_t clear();
  /// Calls `consume` with each batch of the query's answer, with bounded memory.
  void stream_read(const Query& query, const std::function<void(Records)>& consume);
  std::string explain(const Query& query);
  std::string name() const;

 private:
  std::unique_ptr<Runner> runner_;
  std::optional<dataknobs::Database> database_;
};

}  // namespace dataknobs::sync
