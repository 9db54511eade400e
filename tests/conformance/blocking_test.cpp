// SPDX-License-Identifier: Apache-2.0
//
// The blocking API: the same store, the same answers.
#include <dataknobs/sync.hpp>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

using Ids = std::vector<std::string>;

CONFORMANCE_TEST(writes, blocking_calls_do_what_the_others_do, Need::shared_by_url) {
  Database db = load(kPeople, {person("1", "A", 1)});
  sync::Database people(url());
  EXPECT_EQ(people.create(person("2", "B", 2)), "2");
  EXPECT_EQ(plain(*people.read("1")), person("1", "A", 1));
  EXPECT_FALSE(people.read("3"));
  EXPECT_TRUE(people.get_or_create(person("3", "C", 3)).second);
  EXPECT_EQ(people.update_where(Query::parse("age > 1"), Record{{"note", "x"}}), 2U);
  EXPECT_EQ(sorted_ids(people.search(Query::parse("note = 'x'"))), (Ids{"2", "3"}));
  EXPECT_EQ(people.remove_where(Query::parse("age = 2")), 1U);
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "3"}));
  try {
    people.create(person("1", "X", 0));
    ADD_FAILURE() << "no error was raised";
  } catch (const DuplicateRecordError& error) {
    EXPECT_EQ(error.record_id(), "1");
  }
  EXPECT_EQ(people.count(), 2U);
  people.close();
}

CONFORMANCE_TEST(writes, blocking_streams_are_written_and_read, Need::shared_by_url) {
  Database db = database(kPeople);
  sync::Database written(url());
  const std::vector<Record> all = people(2500);
  std::size_t next = 0;
  const auto source = [&]() -> std::optional<Records> {
    if (next >= all.size()) return std::nullopt;
    const std::size_t end = std::min(next + 700, all.size());
    Records part(all.begin() + static_cast<std::ptrdiff_t>(next),
                 all.begin() + static_cast<std::ptrdiff_t>(end));
    next = end;
    return part;
  };
  const StreamResult result = written.stream_write(source, StreamConfig().batch_size(100));
  EXPECT_EQ(result.successful, 2500U);
  std::uint64_t count = 0;
  written.stream_read(Query::parse("age < 2000"), [&](const Records& records) { count += records.size(); });
  EXPECT_EQ(count, 2000U);
}

CONFORMANCE_TEST(transactions, blocking_transactions_commit_and_roll_back, Need::shared_by_url,
                 &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  sync::Store store(url());
  sync::Database people = store.database("people");
  {
    sync::Transaction transaction = store.begin();
    sync::Database inside = transaction.in(people);
    inside.create(person("2", "B", 2));
    EXPECT_EQ(inside.count(), 2U);
    EXPECT_EQ(run(db.count()), 1U);
    transaction.commit();
  }
  EXPECT_EQ(people.count(), 2U);
  {
    sync::Transaction transaction = store.begin();
    sync::Database inside = transaction.in(people);
    inside.clear();
    transaction.rollback();
  }
  EXPECT_EQ(people.count(), 2U);
  {
    sync::Transaction dropped = store.begin();
    sync::Database inside = dropped.in(people);
    inside.remove("1");
  }
  // It is undone at once: nobody waits for its locks.
  EXPECT_TRUE(run(db.patch("1", Record{{"age", 5}})));
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "2"}));
}

CONFORMANCE_TEST(transactions, blocking_transact_runs_again_after_a_conflict, Need::shared_by_url,
                 &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  sync::Store store(url());
  sync::Database people = store.database("people");
  int runs = 0;
  const auto work = [&](sync::Transaction& transaction) {
    ++runs;
    sync::Database inside = transaction.in(people);
    inside.create(person("new " + std::to_string(runs), "N", runs));
    if (runs <= 2) Error(ErrorCode::concurrency, "somebody was quicker").retryable(true).raise();
  };
  store.transact(work);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "new 3"}));
  const auto failing = [&](sync::Transaction& transaction) {
    transaction.in(people).clear();
    throw std::runtime_error("not today");
  };
  EXPECT_THROW(store.transact(failing), std::runtime_error);
  EXPECT_EQ(people.count(), 2U);
}

}  // namespace
}  // namespace dataknobs::conformance
