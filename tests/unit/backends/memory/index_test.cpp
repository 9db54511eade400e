// SPDX-License-Identifier: Apache-2.0
//
// Indexes of a memory store while records change: every snapshot finds what it would find without them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "world.hpp"

namespace dataknobs::memory {
namespace {

Query random_query(std::mt19937_64& random) {
  const auto number = [&] { return random() % 12; };
  switch (random() % 8) {
    case 0:
      return Query::parse(fmt::format("v = {}", number()));
    case 1:
      return Query::parse(fmt::format("w = {}", number()));
    case 2:
      return Query::parse(fmt::format("v between {} and {}", number(), number()));
    case 3:
      return Query::parse(fmt::format("v = {} and w > {}", number(), number()));
    case 4:
      return Query::parse(
          fmt::format("order by v{} limit {} offset {}", random() % 2 ? " desc" : "", number(), number()));
    case 5:
      return Query::parse(fmt::format("not w = {} order by v limit 3", number()));
    case 6:
      return Query::parse("v is null");
    default:
      return Query::parse(fmt::format("v in ({}, {}) or v > 10", number(), number()));
  }
}

TEST(MemoryIndexes, EverySnapshotFindsItsOwn) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    World world;
    world.make_index(Index({"v"}).name("v"));
    world.make_index(Index({"w"}).name("w").kind(IndexKind::hash));
    world.make_index(Index({"v", "w"}).name("both"));
    std::vector<std::pair<std::unique_ptr<Session>, std::vector<Record>>> snapshots;
    for (int step = 0; step < 600; ++step) {
      const std::string id = std::to_string(random() % 60);
      if (random() % 4 == 0) {
        world.remove(id);
      } else {
        Record record{{"w", random() % 12}};
        if (random() % 8 != 0) record.set("v", random() % 12);
        world.put(id, record);
      }
      if (random() % 20 == 0 && snapshots.size() < 5) {
        std::unique_ptr<Session> session = world.session(SessionMode::snapshot);
        std::vector<Record> all = world.scan(*session, Query());
        snapshots.emplace_back(std::move(session), std::move(all));
      }
      if (random() % 25 == 0 && !snapshots.empty()) {
        snapshots.erase(snapshots.begin() + static_cast<std::ptrdiff_t>(random() % snapshots.size()));
      }
      for (const auto& [session, all] : snapshots) {
        const Query query = random_query(random);
        std::vector<std::string> found = ids_of(world.scan(*session, query));
        if (!query.is_ordered()) std::sort(found.begin(), found.end());
        ASSERT_EQ(found, expected(all, query))
            << "seed " << seed << " step " << step << ": " << query.to_string();
      }
    }
  }
}

TEST(MemoryIndexes, TransactionsThatMakeEqualsConflict) {
  World world;
  world.make_index(Index({"v"}).name("v").unique(true));
  const std::unique_ptr<Session> first = world.session(SessionMode::transaction);
  const std::unique_ptr<Session> second = world.session(SessionMode::transaction);
  EXPECT_EQ(world.insert(*first, "1", Record{{"v", 5}}), Outcome::written);
  EXPECT_EQ(world.insert(*second, "2", Record{{"v", 5}}), Outcome::written);
  EXPECT_EQ(world.commit(*first), CommitOutcome::committed);
  EXPECT_THROW(world.commit(*second), ConcurrencyError);
  EXPECT_EQ(world.insert(*world.session(SessionMode::autocommit), "3", Record{{"v", 5.0}}),
            Outcome::rejected);
}

TEST(MemoryIndexes, AreUsed) {
  World world;
  world.make_index(Index({"v"}).name("by v"));
  world.make_index(Index({"w"}).name("by w").kind(IndexKind::hash));
  world.make_index(Index({"v", "w"}).name("of both"));
  for (int i = 0; i < 1000; ++i) world.put(std::to_string(i), Record{{"v", i}, {"w", std::to_string(i)}});
  const auto plan = [&](const char* query) { return world.plan(Query::parse(query)); };
  EXPECT_EQ(plan("v between 10 and 20"), "search by index by v");
  EXPECT_EQ(plan("w = '7' and v > 3"), "search by index by w");
  EXPECT_EQ(plan("w in ('7', '8')"), "search by index by w");
  EXPECT_EQ(plan("w > '7'"), "scan of all records");
  EXPECT_EQ(plan("v = 7 and w = '7'"), "search by index of both");
  EXPECT_EQ(plan("v > 3"), "scan of all records");
  EXPECT_EQ(plan("order by v desc limit 3"), "scan in the order of index by v");
  EXPECT_EQ(plan("v = 3 order by w limit 3"), "search by index by v, sorted");
  EXPECT_EQ(plan("order by w limit 3"), "scan of all records, sorted");
  EXPECT_EQ(world.plan(Query::parse("v > 3 and w = '7'").hint("by v")), "search by index by v");
  EXPECT_EQ(world.plan(Query::parse("order by v limit 3").hint("by v")), "scan in the order of index by v");
  EXPECT_THROW(world.plan(Query::parse("w = '7'").hint("by v")), UnsupportedError);
}

}  // namespace
}  // namespace dataknobs::memory
