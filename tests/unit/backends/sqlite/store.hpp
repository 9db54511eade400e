// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A temporary database for tests, with the backend's calls made blocking.

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "backends/sqlite/backend.hpp"
#include "record/batch.hpp"

namespace dataknobs::sqlite {

/// A folder that is removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dataknobs-sqlite-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Runs a task to its end on a loop of its own.
template <class T>
T run(boost::asio::io_context& loop, Task<T> task) {
  std::exception_ptr failure;
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) { failure = error; });
    loop.restart();
    loop.run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<T> result;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
      failure = error;
      if (!error) result.emplace(std::move(value));
    });
    loop.restart();
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }
}

/// A backend over a database file.
class TestStore {
 public:
  /// `options`: "&journal_mode=delete"
  explicit TestStore(const std::string& options = {})
      : TestStore(std::make_shared<TemporaryFolder>(), options) {}
  TestStore(std::shared_ptr<TemporaryFolder> folder, const std::string& options)
      : folder_(std::move(folder)), path_(folder_->file("test.db")) {
    open("sqlite:" + path_ + "?" + options);
  }
  ~TestStore() { wait(backend_->close(context)); }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;

  const std::shared_ptr<TemporaryFolder>& folder() const { return folder_; }
  const std::string& path() const { return path_; }
  Backend& backend() { return *backend_; }
  boost::asio::io_context& loop() { return loop_; }

  template <class T>
  T wait(Task<T> task) {
    return run(loop_, std::move(task));
  }

  /// Runs SQL as another program would.
  void execute(const std::string& sql) {
    sqlite3* handle = nullptr;
    char* message = nullptr;
    sqlite3_open(path_.c_str(), &handle);
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message);
    const std::string text = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(handle);
    if (code != SQLITE_OK) throw std::runtime_error(text);
  }
  /// The first column of all rows, as text.
  std::vector<std::string> query(const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    sqlite3_open(path_.c_str(), &handle);
    std::vector<std::string> rows;
    const int code = sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
    const std::string message = sqlite3_errmsg(handle);
    while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      rows.emplace_back(text == nullptr ? "NULL" : text);
    }
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    if (code != SQLITE_OK) throw std::runtime_error(message);
    return rows;
  }

  DatasetPointer describe(const DatasetOptions& options, bool exact = false) {
    return wait(backend_->describe(context, options, exact));
  }
  DatasetPointer describe(const std::string& table) { return describe(DatasetOptions(table)); }
  std::unique_ptr<Session> session(SessionMode mode = SessionMode::autocommit) {
    return wait(backend_->session(context, mode));
  }
  DatasetPointer create(const CreateRequest& request) {
    const std::unique_ptr<Session> session = this->session();
    return wait(session->create_dataset(context, request));
  }
  DatasetPointer create_documents(const std::string& table) {
    return create(CreateRequest(DatasetOptions(table), Layout::document));
  }

  std::vector<ItemResult> write(const DatasetPointer& dataset, WriteMode mode, std::vector<Record>& records,
                                bool all_or_nothing = true) {
    const std::unique_ptr<Session> session = this->session();
    WriteRequest request(dataset, mode, records);
    request.set_all_or_nothing(all_or_nothing);
    return wait(session->write(context, request));
  }
  ItemResult write(const DatasetPointer& dataset, WriteMode mode, Record record) {
    std::vector<Record> records{std::move(record)};
    return write(dataset, mode, records).front();
  }
  std::optional<Record> read(const DatasetPointer& dataset, const std::string& id) {
    const std::unique_ptr<Session> session = this->session();
    const std::vector<std::string> ids{id};
    return wait(session->read(context, dataset, ids)).front();
  }
  std::vector<Record> scan(const ScanRequest& request) {
    const std::unique_ptr<Session> session = this->session();
    return scan(*session, request);
  }
  std::vector<Record> scan(Session& session, const ScanRequest& request) {
    const std::unique_ptr<Reader> reader = wait(session.scan(context, request));
    std::vector<Record> records;
    while (std::optional<Batch> batch = wait(reader->next(context))) {
      records.insert(records.end(), batch->rows().begin(), batch->rows().end());
    }
    return records;
  }
  std::vector<Record> all(const DatasetPointer& dataset) { return scan(ScanRequest(dataset)); }
  /// A request for what the query asks, all of it taken by the store.
  ScanRequest request(const DatasetPointer& dataset, const Query& query) {
    ScanRequest request(dataset);
    request.set_filter(query.filter()).set_sort(query.sort()).set_range(query.limit(), query.offset());
    return request;
  }
  std::vector<Record> search(const DatasetPointer& dataset, const std::string& query) {
    return scan(request(dataset, Query::parse(query)));
  }
  std::vector<std::string> search_ids(const DatasetPointer& dataset, const std::string& query) {
    std::vector<std::string> ids;
    for (const Record& record : search(dataset, query)) ids.push_back(record.id().value_or("-"));
    return ids;
  }

  Context context;

 private:
  void open(const std::string& url) {
    const std::unique_ptr<BackendDriver> driver = make_sqlite_driver();
    backend_ = driver->make(StoreUrl::parse(url));
  }
  std::shared_ptr<TemporaryFolder> folder_;
  std::string path_;
  boost::asio::io_context loop_;
  std::shared_ptr<Backend> backend_;
};

}  // namespace dataknobs::sqlite
