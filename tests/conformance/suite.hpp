// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The conformance suite: every test runs on every harness whose store declares the capabilities that it
/// needs.
///
///     CONFORMANCE_TEST(writes, create_puts_the_id_on_the_record) { Database people = database({...}); ... }
///     CONFORMANCE_TEST(scans, streams_are_bounded, &Capabilities::writes, Need::document) { ... }
///
/// The first word is the capability under which the support table counts the test; more needs may follow the
/// name.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/database.hpp>

#include <dataknobs/testing/harness.hpp>
#include "database/backend.hpp"

namespace dataknobs {
/// For the messages of GoogleTest: a line of JSON.
void PrintTo(const Record& record, std::ostream* out);
void PrintTo(const Value& value, std::ostream* out);
}  // namespace dataknobs

namespace dataknobs::conformance {

/// A condition under which a test runs on a harness.
class Need {
 public:
  enum Kind { document, columns, writable, shared_by_url };
  Need(Support Capabilities::* capability) : capability_(capability) {}
  Need(Kind kind) : kind_(kind) {}
  bool met(const Harness& harness) const;

 private:
  Support Capabilities::* capability_ = nullptr;
  Kind kind_ = document;
};

/// Runs tasks to their end on this thread.
class Loop {
 public:
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    auto wrapper = [&]() -> Task<void> { result.emplace(co_await std::move(task)); };
    finish(wrapper);
    return std::move(*result);
  }
  void run(Task<void> task) {
    auto wrapper = [&]() -> Task<void> { co_await std::move(task); };
    finish(wrapper);
  }
  /// Runs what is still under way to its end: sessions that were given up roll back on the loop.
  void finish_all() {
    context_.restart();
    context_.run();
  }
  boost::asio::io_context& context() noexcept { return context_; }

 private:
  template <class Wrapper>
  void finish(Wrapper& wrapper) {
    bool done = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(context_, wrapper, [&](std::exception_ptr error) {
      failure = error;
      done = true;
    });
    context_.restart();
    while (!done) context_.run_one();
    if (failure) std::rethrow_exception(failure);
  }
  boost::asio::io_context context_;
};

/// A column of a test's table: its name and type. Document layouts do not need it.
using Columns = std::vector<std::pair<std::string, ValueType>>;

/// The base of every test.
class ConformanceTest : public testing::Test {
 public:
  void set_harness(const Harness& harness) { harness_ = &harness; }

  // Public: helpers of the tests use them too.
  const Harness& harness() const noexcept { return *harness_; }
  void SetUp() override;
  void TearDown() override;

  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  /// The error that the task ends with; a failure of the test if it ends without.
  template <class T>
  Error error_of(Task<T> task) {
    try {
      if constexpr (std::is_void_v<T>) {
        loop_.run(std::move(task));
      } else {
        (void)loop_.run(std::move(task));
      }
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error was raised";
    return Error(ErrorCode::internal, "no error was raised");
  }

  std::string url(std::string_view table = "people") const { return place_->url(table); }
  Place& place() noexcept { return *place_; }
  /// Makes a dataset that everybody sees.
  void make(const CreateRequest& request);
  /// A fresh, empty database; in a columns layout its table is made with these columns and the key `id` (a
  /// string).
  Database database(const Columns& columns, std::string_view table = "people");
  /// The same, holding these records.
  Database load(const Columns& columns, std::vector<Record> records, std::string_view table = "people");
  /// The contract below the database, with the layers that are always on.
  std::shared_ptr<Backend> backend() { return backend_; }
  DatasetPointer describe(std::string_view table = "people");
  std::unique_ptr<Session> session(SessionMode mode) { return run(backend_->session(context_, mode)); }
  Context& context() noexcept { return context_; }
  Loop& loop() noexcept { return loop_; }

  /// Fields without the key column `id`, which a columns layout gives as a field too.
  Record plain(Record record) const;
  std::vector<Record> plain(std::vector<Record> records) const;
  static std::vector<std::string> ids(const std::vector<Record>& records);
  static std::vector<std::string> sorted_ids(const std::vector<Record>& records);
  std::vector<std::string> found(Database& database, const Query& query) {
    return ids(run(database.search(query)));
  }
  std::vector<std::string> found_sorted(Database& database, const Query& query) {
    return sorted_ids(run(database.search(query)));
  }

 private:
  const Harness* harness_ = nullptr;
  Loop loop_;
  std::unique_ptr<Place> place_;
  Context context_;
  std::shared_ptr<Backend> backend_;
};

/// A record with an id.
Record record(std::string id, std::vector<Field> fields);
/// The schema of test columns with the key `id` in front.
Schema schema_of(const Columns& columns);
/// The options of the dataset which that URL names.
DatasetOptions dataset_of(const std::string& url);

using MakeTest = std::function<ConformanceTest*()>;
bool add_test(std::string capability, std::string name, Support Capabilities::* counted,
              std::vector<Need> needs, const char* file, int line, MakeTest make);

#define CONFORMANCE_TEST(capability, name, ...)                                                      \
  class capability##_##name : public ::dataknobs::conformance::ConformanceTest {                     \
    void TestBody() override;                                                                        \
  };                                                                                                 \
  [[maybe_unused]] const bool capability##_##name##_added = ::dataknobs::conformance::add_test(      \
      #capability, #name, &::dataknobs::Capabilities::capability, {__VA_ARGS__}, __FILE__, __LINE__, \
      [] { return new capability##_##name; });                                                       \
  void capability##_##name::TestBody()

}  // namespace dataknobs::conformance
