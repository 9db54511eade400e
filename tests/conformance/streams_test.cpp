// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

CONFORMANCE_TEST(scans, a_stream_gives_every_record_once_in_bounded_batches) {
  std::vector<Record> made = people(30'000);
  for (Record& each : made) each.set("note", std::string(100, 'x'));
  Database db = load(kPeople, made);
  std::set<std::string> seen;
  std::size_t batches = 0;
  std::size_t largest = 0;
  auto read = [&]() -> Task<void> {
    RecordStream stream = co_await db.stream_read();
    while (std::optional<Records> batch = co_await stream.next()) {
      EXPECT_FALSE(batch->empty());
      ++batches;
      largest = std::max(largest, batch->size());
      for (const Record& each : *batch) EXPECT_TRUE(seen.insert(*each.id()).second) << *each.id();
    }
    std::optional<Records> after = co_await stream.next();
    EXPECT_FALSE(after) << "a stream that ended gave more";
  };
  run(read());
  EXPECT_EQ(seen.size(), made.size());
  EXPECT_GT(batches, 1U) << "the whole answer was held at once";
  EXPECT_LT(largest, made.size());
}

CONFORMANCE_TEST(scans, a_stream_honours_filter_sort_limit_and_offset) {
  Database db = load(kPeople, people(500));
  Query query = Query::parse("age >= 100 order by age desc limit 50 offset 10");
  std::vector<Record> answer = run(drain(db, query));
  ASSERT_EQ(answer.size(), 50U);
  EXPECT_EQ(answer.front()["age"], Value(489));
  EXPECT_EQ(answer.back()["age"], Value(440));
  EXPECT_EQ(run(drain(db, Query::parse("name = 'name 3'"))).size(),
            run(db.count(Query::parse("name = 'name 3'"))));
  EXPECT_TRUE(run(drain(db, Query::parse("age > 1000"))).empty());
}

CONFORMANCE_TEST(scans, a_stream_left_early_leaves_the_store_usable) {
  Database db = load(kPeople, people(20'000));
  for (int round = 0; round < 20; ++round) {
    auto leave = [&]() -> Task<void> {
      RecordStream stream = co_await db.stream_read();
      std::optional<Records> first = co_await stream.next();
      EXPECT_TRUE(first);
    };
    run(leave());
  }
  EXPECT_EQ(run(db.count()), 20'000U);
}

CONFORMANCE_TEST(scans, two_streams_at_once_do_not_disturb_each_other) {
  Database db = load(kPeople, people(3000));
  std::size_t one = 0;
  std::size_t two = 0;
  auto read = [&]() -> Task<void> {
    RecordStream first = co_await db.stream_read();
    Query half = Query::parse("age < 1500");
    RecordStream second = co_await db.stream_read(half);
    bool more = true;
    while (more) {
      more = false;
      std::optional<Records> batch = co_await first.next();
      if (batch) one += batch->size(), more = true;
      batch = co_await second.next();
      if (batch) two += batch->size(), more = true;
    }
  };
  run(read());
  EXPECT_EQ(one, 3000U);
  EXPECT_EQ(two, 1500U);
}

CONFORMANCE_TEST(scans, deleting_what_was_seen_skips_nothing_of_a_stream, &Capabilities::writes) {
  Database db = load(kPeople, people(5000));
  std::set<std::string> seen;
  auto read = [&]() -> Task<void> {
    RecordStream stream = co_await db.stream_read();
    bool first = true;
    while (std::optional<Records> batch = co_await stream.next()) {
      std::vector<std::string> ids;
      for (const Record& each : *batch) {
        EXPECT_TRUE(seen.insert(*each.id()).second);
        ids.push_back(*each.id());
      }
      if (first) co_await db.remove_batch(ids);
      first = false;
    }
  };
  run(read());
  EXPECT_EQ(seen.size(), 5000U);
}

CONFORMANCE_TEST(scans, a_stream_outlives_its_database) {
  Database db = load(kPeople, people(3000));
  std::size_t count = 0;
  auto read = [&]() -> Task<void> {
    std::optional<Database> opened = co_await Database::open(url());
    RecordStream stream = co_await opened->stream_read();
    opened.reset();
    while (std::optional<Records> batch = co_await stream.next()) count += batch->size();
  };
  if (!harness().shared_by_url()) return;
  run(read());
  EXPECT_EQ(count, 3000U);
}

// --- partitions
// -----------------------------------------------------------------------------------------------------

CONFORMANCE_TEST(partitions, together_give_every_record_once) {
  Database db = load(kPeople, people(4000));
  DatasetPointer dataset = describe();
  ASSERT_TRUE(dataset);
  for (std::size_t wanted : {1U, 2U, 7U, 16U}) {
    SCOPED_TRACE(wanted);
    std::unique_ptr<Session> reading = session(SessionMode::autocommit);
    ScanRequest request(dataset);
    std::vector<Partition> parts = run(reading->partition(context(), request, wanted));
    ASSERT_FALSE(parts.empty());
    std::multiset<std::int64_t> seen;
    for (const Partition& part : parts) {
      ScanRequest one = request;
      one.set_partition(part);
      // A stable partition holds in another session too.
      std::unique_ptr<Session> other = part.stable() ? session(SessionMode::autocommit) : nullptr;
      for (const Record& each : run(drain(context(), other ? *other : *reading, one))) {
        seen.insert(each["age"].get<std::int64_t>());
      }
    }
    EXPECT_EQ(seen.size(), 4000U);
    for (std::int64_t age = 0; age < 4000; ++age) ASSERT_EQ(seen.count(age), 1U) << age;
  }
}

CONFORMANCE_TEST(partitions, of_an_empty_table_are_empty) {
  Database db = load(kPeople, {});
  DatasetPointer dataset = describe();
  ASSERT_TRUE(dataset);
  std::unique_ptr<Session> reading = session(SessionMode::autocommit);
  ScanRequest request(dataset);
  for (const Partition& part : run(reading->partition(context(), request, 4))) {
    ScanRequest one = request;
    one.set_partition(part);
    EXPECT_TRUE(run(drain(context(), *reading, one)).empty());
  }
}

CONFORMANCE_TEST(partitions, tokens_survive_as_text) {
  Database db = load(kPeople, people(1000));
  DatasetPointer dataset = describe();
  std::unique_ptr<Session> reading = session(SessionMode::autocommit);
  ScanRequest request(dataset);
  std::size_t count = 0;
  for (const Partition& part : run(reading->partition(context(), request, 3))) {
    EXPECT_TRUE(is_valid_utf8(part.token()));
    ScanRequest one = request;
    one.set_partition(Partition(part.token(), part.stable()));
    count += run(drain(context(), *reading, one)).size();
  }
  EXPECT_EQ(count, 1000U);
}

}  // namespace
}  // namespace dataknobs::conformance
