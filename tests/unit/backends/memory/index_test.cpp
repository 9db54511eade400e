// SPDX-License-Identifier: Apache-2.0
//
// Indexes of a memory store while records change: every snapshot finds what it would find without them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "backends/memory/backend.hpp"
#include "backends/memory/session.hpp"
#include "database/dataset_order.hpp"
#include "expr/evaluate.hpp"
#include "query/order.hpp"
#include "support/run_task.hpp"

namespace dataknobs::memory {
namespace {

using test::run_task;

class World {
 public:
  World()
      : store_(std::make_shared<Store>()),
        backend_(store_, "memory:"),
        writer_(store_, SessionMode::autocommit) {
    dataset_ =
        run_task(writer_.create_dataset(context_, CreateRequest(DatasetOptions("t"), Layout::document)));
  }
  void make_index(const Index& index) { run_task(writer_.create_index(context_, dataset_, index)); }
  void put(const std::string& id, Record record) {
    record.set_id(id);
    std::vector<Record> records{std::move(record)};
    run_task(writer_.write(context_, WriteRequest(dataset_, WriteMode::upsert, records)));
  }
  void remove(const std::string& id) {
    const std::vector<std::string> ids{id};
    run_task(writer_.remove(context_, dataset_, ids, {}));
  }
  std::unique_ptr<Session> session(SessionMode mode) { return run_task(backend_.session(context_, mode)); }
  std::vector<Record> scan(Session& session, const Query& query) {
    ScanRequest request(dataset_);
    request.set_filter(query.filter()).set_sort(query.sort()).set_range(query.limit(), query.offset());
    const std::unique_ptr<Reader> reader = run_task(session.scan(context_, request));
    std::vector<Record> records;
    while (std::optional<Batch> batch = run_task(reader->next(context_))) {
      records.insert(records.end(), batch->rows().begin(), batch->rows().end());
    }
    return records;
  }
  Outcome insert(Session& session, const std::string& id, Record record) {
    record.set_id(id);
    std::vector<Record> records{std::move(record)};
    return run_task(session.write(context_, WriteRequest(dataset_, WriteMode::insert, records)))
        .front()
        .outcome();
  }
  CommitOutcome commit(Session& session) { return run_task(session.commit(context_)); }
  std::string plan(const Query& query) {
    ScanRequest request(dataset_);
    request.set_filter(query.filter()).set_sort(query.sort()).set_range(query.limit(), query.offset());
    request.set_hint(query.hint());
    return run_task(backend_.explain(context_, request));
  }

 private:
  Context context_;
  std::shared_ptr<memory::Store> store_;
  MemoryBackend backend_;
  MemorySession writer_;
  DatasetPointer dataset_;
};

std::vector<std::string> ids_of(const std::vector<Record>& records) {
  std::vector<std::string> ids;
  for (const Record& record : records) ids.push_back(*record.id());
  return ids;
}

std::vector<std::string> expected(const std::vector<Record>& all, const Query& query) {
  const FieldResolution fields = FieldResolution::document();
  const Evaluator evaluator(query.filter(), fields);
  std::vector<Record> found;
  for (const Record& record : all) {
    if (evaluator.matches(record)) found.push_back(record);
  }
  const RecordOrder order(query.sort(), fields, IdOrder::text());
  sort_records(found, order);
  cut_records(found, query.limit(), query.offset());
  return ids_of(found);
}

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
