// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What the tests of the file store share: a temporary folder, a blocking run of tasks, whole reads.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "backends/file/backend.hpp"
#include "database/backend.hpp"
#include "database/registry.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::file_test {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "dataknobs-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, error);
    std::filesystem::remove_all(path_, error);
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& root() const { return path_; }
  std::string write(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  /// Names of all that is in it, sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      result.push_back(entry.path().filename().string());
    }
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  std::filesystem::path path_;
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Runs a task to its end on this thread.
template <class T>
T run(Task<T> task) {
  boost::asio::io_context loop;
  const InlineOffload no_threads;
  std::exception_ptr failure;
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) { failure = error; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<T> result;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
      failure = error;
      if (!error) result.emplace(std::move(value));
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }
}

/// A store and a dataset of it, by URL.
class Opened {
 public:
  explicit Opened(std::string_view url) : driver_(make_file_driver()) {
    const StoreUrl parsed = StoreUrl::parse(url);
    options_ = driver_->dataset(parsed);
    backend_ = driver_->make(parsed);
  }
  Backend& backend() { return *backend_; }
  const DatasetOptions& options() const { return options_; }
  Context& context() { return context_; }
  DatasetPointer describe() { return run(backend_->describe(context_, options_, true)); }
  std::unique_ptr<Session> session(SessionMode mode = SessionMode::autocommit) {
    return run(backend_->session(context_, mode));
  }

  /// All records that a scan gives.
  std::vector<Record> records(const ScanRequest& request) { return records(*session(), request); }
  std::vector<Record> records(Session& session, const ScanRequest& request) {
    const std::unique_ptr<Reader> reader = run(session.scan(context_, request));
    std::vector<Record> all;
    while (const std::optional<Batch> batch = run(reader->next(context_))) {
      EXPECT_FALSE(batch->empty());
      all.insert(all.end(), batch->rows().begin(), batch->rows().end());
    }
    return all;
  }
  std::vector<Record> records() { return records(ScanRequest(describe())); }

 private:
  std::unique_ptr<BackendDriver> driver_;
  DatasetOptions options_;
  std::shared_ptr<Backend> backend_;
  Context context_;
};

/// What an action throws, as text; empty if nothing.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace dataknobs::file_test
