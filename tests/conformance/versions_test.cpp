// SPDX-License-Identifier: Apache-2.0
#include "conformance/common.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dataknobs::conformance {
namespace {

WriteOptions expecting(const std::optional<Version>& version) {
  return WriteOptions().expected_version(*version);
}

CONFORMANCE_TEST(conditional_writes, every_write_gives_a_new_version) {
  Database db = load(kPeople, {person("1", "A", 1), person("2", "B", 2)});
  std::optional<Version> first = run(db.get_version("1"));
  ASSERT_TRUE(first);
  EXPECT_EQ(run(db.read("1"))->version(), first);
  EXPECT_EQ(run(db.get_version("1")), first);
  run(db.update("1", person("1", "A", 2)));
  std::optional<Version> second = run(db.get_version("1"));
  EXPECT_NE(second, first);
  run(db.patch("1", Record{{"age", 3}}));
  EXPECT_NE(run(db.get_version("1")), second);
  EXPECT_EQ(run(db.get_version("none")), std::nullopt);
}

CONFORMANCE_TEST(conditional_writes, the_expected_version_lets_the_write_pass) {
  Database db = load(kPeople, {person("1", "A", 1)});
  EXPECT_TRUE(run(db.update("1", person("1", "A", 2), expecting(run(db.get_version("1"))))));
  EXPECT_TRUE(run(db.patch("1", Record{{"age", 3}}, expecting(run(db.get_version("1"))))));
  EXPECT_EQ(run(db.upsert(person("1", "A", 4), expecting(run(db.get_version("1"))))), "1");
  EXPECT_EQ(plain(*run(db.read("1"))), person("1", "A", 4));
  EXPECT_TRUE(run(db.remove("1", expecting(run(db.get_version("1"))))));
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(conditional_writes, a_search_gives_the_versions_that_writes_expect) {
  Database db = load(kPeople, {person("1", "A", 1), person("2", "B", 2)});
  run(db.update("1", person("1", "A", 3)));
  run(db.create(person("3", "C", 3)));
  for (const Record& record : run(db.search(Query::parse("age >= 2"))))
    EXPECT_EQ(record.version(), run(db.get_version(*record.id()))) << *record.id();
}

CONFORMANCE_TEST(conditional_writes, a_stale_version_changes_nothing) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::optional<Version> stale = run(db.get_version("1"));
  run(db.update("1", person("1", "B", 2)));
  EXPECT_THROW(run(db.update("1", person("1", "C", 3), expecting(stale))), ConcurrencyError);
  EXPECT_THROW(run(db.patch("1", Record{{"age", 3}}, expecting(stale))), ConcurrencyError);
  EXPECT_THROW(run(db.upsert(person("1", "C", 3), expecting(stale))), ConcurrencyError);
  EXPECT_THROW(run(db.remove("1", expecting(stale))), ConcurrencyError);
  Error error = error_of(db.update("1", person("1", "C", 3), expecting(stale)));
  EXPECT_EQ(error.record_id(), "1");
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("1", "B", 2)});
}

CONFORMANCE_TEST(conditional_writes, a_version_does_not_come_back_with_the_content) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::optional<Version> first = run(db.get_version("1"));
  run(db.update("1", person("1", "A", 2)));
  run(db.update("1", person("1", "A", 1)));
  EXPECT_NE(run(db.get_version("1")), first);
  EXPECT_THROW(run(db.update("1", person("1", "A", 9), expecting(first))), ConcurrencyError);
  EXPECT_EQ(plain(*run(db.read("1"))), person("1", "A", 1));
}

CONFORMANCE_TEST(conditional_writes, a_version_does_not_come_back_with_a_new_record_of_that_id) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::optional<Version> first = run(db.get_version("1"));
  run(db.remove("1"));
  run(db.create(person("1", "A", 1)));
  EXPECT_NE(run(db.get_version("1")), first);
  EXPECT_THROW(run(db.remove("1", expecting(first))), ConcurrencyError);
}

CONFORMANCE_TEST(conditional_writes, an_expected_version_of_a_missing_record_makes_none) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::optional<Version> version = run(db.get_version("1"));
  EXPECT_THROW(run(db.upsert(person("2", "B", 2), expecting(version))), ConcurrencyError);
  EXPECT_FALSE(run(db.exists("2")));
  for (int verb = 0; verb < 2; ++verb) {
    bool done = true;
    try {
      done = verb == 0 ? run(db.update("2", person("2", "B", 2), expecting(version)))
                       : run(db.remove("2", expecting(version)));
    } catch (const ConcurrencyError&) {
      done = false;
    }
    EXPECT_FALSE(done);
  }
  EXPECT_EQ(run(db.count()), 1U);
}

CONFORMANCE_TEST(conditional_writes, of_many_writers_with_one_version_one_wins, Need::shared_by_url) {
  Database db = load(kPeople, {person("1", "A", 0)});
  std::vector<Database> writers;
  for (int at = 0; at < 8; ++at) writers.push_back(run(Database::open(url())));
  for (int round = 0; round < 10; ++round) {
    std::optional<Version> version = run(db.get_version("1"));
    int won = 0;
    int lost = 0;
    int done = 0;
    auto attempt = [&](Database writer, int number) -> Task<void> {
      co_await boost::asio::post(boost::asio::use_awaitable);
      WriteOptions options = expecting(version);
      Record change = person("1", "A", number);
      bool lost_here = false;
      try {
        bool updated = co_await writer.update("1", change, options);
        won += updated ? 1 : 0;
      } catch (const ConcurrencyError&) {
        lost_here = true;
      }
      lost += lost_here ? 1 : 0;
      ++done;
    };
    auto all = [&]() -> Task<void> {
      for (int at = 0; at < 8; ++at) {
        Database writer = writers[static_cast<std::size_t>(at)];
        boost::asio::co_spawn(loop().context(), attempt(writer, at), [](std::exception_ptr error) {
          EXPECT_FALSE(error) << "a writer failed with another error";
        });
      }
      while (done < 8) co_await boost::asio::post(boost::asio::use_awaitable);
    };
    run(all());
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 7);
  }
}

}  // namespace
}  // namespace dataknobs::conformance
