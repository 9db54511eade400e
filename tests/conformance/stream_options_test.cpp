// SPDX-License-Identifier: Apache-2.0
//
// Every option of a stream, by its effect.
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

// Gives records one by one; `calls` counts how often it was asked.
class OneByOne {
 public:
  explicit OneByOne(std::vector<Record> records) : records_(std::move(records)) {}
  RecordSource source() {
    return [this]() -> Task<std::optional<Records>> {
      std::optional<Records> given;
      if (calls < records_.size()) given = Records{records_[calls]};
      ++calls;
      co_return given;
    };
  }
  std::size_t calls = 0;

 private:
  std::vector<Record> records_;
};

std::vector<std::uint64_t> places(const StreamResult& result) {
  std::vector<std::uint64_t> found;
  for (const StreamError& error : result.errors) found.push_back(error.index());
  return found;
}

bool go_on(const StreamError&) {
  return true;
}
bool stop(const StreamError&) {
  return false;
}

CONFORMANCE_TEST(writes, a_stream_throws_its_first_failure, &Capabilities::transactions) {
  Database db = load(kPeople, {person("3", "Old", 1)});
  OneByOne given({person("1", "A", 1), person("2", "B", 2), person("3", "C", 3), person("4", "D", 4)});
  Error error = error_of(db.stream_write(given.source(), StreamConfig().batch_size(2)));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error.record_id(), "3");
  EXPECT_EQ(sorted_ids(run(db.all())), (std::vector<std::string>{"1", "2", "3"})) << "batches before it stay";
}

CONFORMANCE_TEST(writes, a_stream_goes_on_after_failures_where_it_may) {
  Database db = load(kPeople, {person("2", "Old", 1), person("4", "Old", 1)});
  OneByOne given({person("1", "A", 1), person("2", "B", 2), person("3", "C", 3), person("4", "D", 4)});
  StreamResult result = run(db.stream_write(given.source(), StreamConfig().batch_size(3).on_error(go_on)));
  EXPECT_EQ(result.processed, 4U);
  EXPECT_EQ(result.successful, 2U);
  EXPECT_EQ(result.failed, 2U);
  EXPECT_EQ(result.skipped, 0U);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(places(result), (std::vector<std::uint64_t>{1, 3}));
  ASSERT_EQ(result.errors.size(), 2U);
  EXPECT_EQ(result.errors[1].id(), "4");
  EXPECT_EQ(result.errors[1].error().code(), ErrorCode::duplicate_record);
  EXPECT_GT(result.duration.count(), 0);
  EXPECT_EQ(run(db.count()), 4U);
  EXPECT_EQ(plain(*run(db.read("2"))), person("2", "Old", 1));
}

CONFORMANCE_TEST(writes, a_stream_stops_where_the_handler_says_so) {
  Database db = load(kPeople, {person("2", "Old", 1)});
  OneByOne given({person("1", "A", 1), person("2", "B", 2), person("3", "C", 3)});
  StreamResult result = run(db.stream_write(given.source(), StreamConfig().batch_size(1).on_error(stop)));
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.processed, 2U);
  EXPECT_EQ(places(result), std::vector<std::uint64_t>{1});
  EXPECT_EQ(given.calls, 2U) << "no more was asked for";
  EXPECT_EQ(run(db.count()), 2U);
}

CONFORMANCE_TEST(writes, a_stream_skips_or_replaces_what_is_there) {
  Database db = load(kPeople, {person("2", "Old", 1)});
  const std::vector<Record> records{person("1", "A", 1), person("2", "B", 2), person("3", "C", 3)};
  OneByOne skipped(records);
  StreamResult result =
      run(db.stream_write(skipped.source(), StreamConfig().on_conflict(ConflictPolicy::skip)));
  EXPECT_EQ(result.successful, 2U);
  EXPECT_EQ(result.skipped, 1U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(plain(*run(db.read("2"))), person("2", "Old", 1));
  OneByOne replaced(records);
  result = run(db.stream_write(replaced.source(), StreamConfig().on_conflict(ConflictPolicy::upsert)));
  EXPECT_EQ(result.successful, 3U);
  EXPECT_EQ(plain(*run(db.read("2"))), person("2", "B", 2));
}

CONFORMANCE_TEST(writes, a_record_that_cannot_be_prepared_fails_alone, Need::columns) {
  Database db = database(kPeople);
  OneByOne given({person("1", "A", 1), record("2", {{"no_such_field", 1}}), person("3", "C", 3)});
  StreamResult result = run(db.stream_write(given.source(), StreamConfig().on_error(go_on)));
  EXPECT_EQ(result.successful, 2U);
  EXPECT_EQ(places(result), std::vector<std::uint64_t>{1});
  EXPECT_EQ(sorted_ids(run(db.all())), (std::vector<std::string>{"1", "3"}));
}

CONFORMANCE_TEST(writes, a_stream_reads_ahead_while_it_writes) {
  Database db = load(kPeople, {person("p00000", "Old", 1)});
  for (const std::size_t ahead : {0U, 3U}) {
    OneByOne given(people(8));
    std::size_t calls_at_first_failure = 0;
    const auto handler = [&](const StreamError&) {
      if (calls_at_first_failure == 0) calls_at_first_failure = given.calls;
      return true;
    };
    const StreamConfig config = StreamConfig().batch_size(1).prefetch(ahead).on_error(handler);
    StreamResult result = run(db.stream_write(given.source(), config));
    EXPECT_EQ(result.processed, 8U);
    if (ahead == 0) {
      EXPECT_EQ(calls_at_first_failure, 1U);
    } else {
      EXPECT_GT(calls_at_first_failure, ahead);
    }
    std::vector<std::string> written;
    for (const Record& each : people(8)) written.push_back(*each.id());
    written.erase(written.begin());
    run(db.remove_batch(written));
  }
}

CONFORMANCE_TEST(writes, a_stream_with_several_writers_writes_all_once) {
  Database db = database(kPeople);
  OneByOne given(people(500));
  const StreamConfig config = StreamConfig().batch_size(20).prefetch(2).concurrency(4);
  StreamResult result = run(db.stream_write(given.source(), config));
  EXPECT_EQ(result.processed, 500U);
  EXPECT_EQ(result.successful, 500U);
  EXPECT_EQ(run(db.count()), 500U);
}

CONFORMANCE_TEST(writes, a_stream_gives_up_at_its_deadline) {
  Database db = database(kPeople);
  const auto never = []() -> Task<std::optional<Records>> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, TimePoint::max());
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return std::nullopt;
  };
  const StreamConfig config = StreamConfig().deadline(std::chrono::milliseconds(20));
  EXPECT_EQ(error_of(db.stream_write(never, config)).code(), ErrorCode::timeout);
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(scans, a_stream_gives_batches_of_the_size_that_is_wanted) {
  Database db = load(kPeople, people(100));
  std::size_t largest = 0;
  std::size_t count = 0;
  for (const std::size_t ahead : {0U, 2U}) {
    auto read = [&]() -> Task<void> {
      RecordStream stream = co_await db.stream_read(Query(), StreamConfig().batch_size(7).prefetch(ahead));
      while (std::optional<Records> batch = co_await stream.next()) {
        largest = std::max(largest, batch->size());
        count += batch->size();
      }
    };
    run(read());
  }
  EXPECT_EQ(largest, 7U);
  EXPECT_EQ(count, 200U);
}

CONFORMANCE_TEST(scans, a_stream_that_is_read_gives_up_at_its_deadline) {
  Database db = load(kPeople, people(100));
  auto read = [&]() -> Task<void> {
    const StreamConfig config = StreamConfig().batch_size(7).deadline(std::chrono::milliseconds(200));
    RecordStream stream = co_await db.stream_read(Query::parse("order by age"), config);
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    std::chrono::milliseconds(250));
    co_await timer.async_wait(boost::asio::use_awaitable);
    while (co_await stream.next()) {
    }
  };
  EXPECT_EQ(error_of(read()).code(), ErrorCode::timeout);
}

CONFORMANCE_TEST(scans, a_stream_is_changed_on_its_way) {
  Database db = load(kPeople, people(100));
  const auto change = [](Record record) -> std::optional<Record> {
    const std::int64_t age = record["age"].get<std::int64_t>();
    if (age % 2 == 1) return std::nullopt;
    record.set("age", age * 10);
    return record;
  };
  std::int64_t sum = 0;
  std::size_t count = 0;
  auto read = [&]() -> Task<void> {
    RecordStream stream = co_await db.stream_transform(Query::parse("age < 50"), change);
    while (std::optional<Records> batch = co_await stream.next()) {
      EXPECT_FALSE(batch->empty());
      for (const Record& each : *batch) sum += each["age"].get<std::int64_t>(), ++count;
    }
  };
  run(read());
  EXPECT_EQ(count, 25U);
  EXPECT_EQ(sum, 6000);
}

CONFORMANCE_TEST(scans, a_transform_that_fails_is_told_or_thrown) {
  Database db = load(kPeople, people(100));
  const auto change = [](Record record) -> std::optional<Record> {
    if (record["age"] == Value(30)) Error(ErrorCode::validation, "not this one").raise();
    return record;
  };
  std::size_t count = 0;
  std::vector<StreamError> errors;
  auto read = [&](StreamConfig config) -> Task<void> {
    count = 0;
    RecordStream stream = co_await db.stream_transform(Query::parse("order by age"), change, config);
    while (std::optional<Records> batch = co_await stream.next()) count += batch->size();
  };
  EXPECT_EQ(error_of(read(StreamConfig())).code(), ErrorCode::validation);
  const auto keep = [&](const StreamError& error) {
    errors.push_back(error);
    return true;
  };
  run(read(StreamConfig().on_error(keep)));
  EXPECT_EQ(count, 99U);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].index(), 30U);
  EXPECT_EQ(errors[0].id(), "p00030");
  run(read(StreamConfig().on_error(stop)));
  EXPECT_EQ(count, 30U);
}

CONFORMANCE_TEST(scans, a_stream_reads_ahead_of_its_reader) {
  Database db = load(kPeople, people(1000));
  std::size_t made = 0;
  const auto count = [&](Record record) -> std::optional<Record> {
    ++made;
    return record;
  };
  auto read = [&](std::size_t ahead) -> Task<void> {
    made = 0;
    RecordStream stream =
        co_await db.stream_transform(Query(), count, StreamConfig().batch_size(10).prefetch(ahead));
    co_await stream.next();
    for (int turn = 0; turn < 200'000 && made < 30; ++turn) {
      co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    }
  };
  run(read(2));
  EXPECT_GE(made, 30U);
  EXPECT_LE(made, 50U) << "no more than was wanted";
  EXPECT_EQ(run(db.count()), 1000U);
}

CONFORMANCE_TEST(scans, options_that_a_stream_has_no_use_for_are_refused) {
  Database db = load(kPeople, people(10));
  const auto refused = [&](StreamConfig config) {
    EXPECT_EQ(error_of(db.stream_read(Query(), std::move(config))).code(), ErrorCode::invalid_argument);
  };
  refused(StreamConfig().batch_size(0));
  refused(StreamConfig().concurrency(0));
  refused(StreamConfig().concurrency(2));
  refused(StreamConfig().on_conflict(ConflictPolicy::skip));
  refused(StreamConfig().on_error(go_on));
  refused(StreamConfig().deadline(std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace dataknobs::conformance
