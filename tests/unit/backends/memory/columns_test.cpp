// SPDX-License-Identifier: Apache-2.0
//
// Scans over the columns of a memory store: they find what the records say, whatever has changed since they were made,
// for every snapshot and transaction.
#include "backends/memory/columns.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "expr/compiled.hpp"
#include "support/expression_generator.hpp"
#include "world.hpp"

namespace dataknobs::memory {
namespace {

// Several blocks, the last one in part.
constexpr std::size_t kRecords = 2 * Block::kSlots + 300;

std::vector<std::string> found_by(World& world, Session& session, const Query& query) {
  std::vector<std::string> found = ids_of(world.scan(session, query));
  if (!query.is_ordered()) std::sort(found.begin(), found.end());
  return found;
}

TEST(MemoryColumns, EverySnapshotFindsItsOwn) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    test::RecordGenerator records(
        seed, test::GeneratorOptions().few_values(true).missing_rate(0.1).mixed_rate(0.1));
    test::ExpressionGenerator queries(seed, records.records(100));
    World world;
    for (std::size_t i = 0; i < kRecords; ++i) world.put(std::to_string(i), records.record());
    std::vector<std::pair<std::unique_ptr<Session>, std::vector<Record>>> snapshots;
    const auto take_snapshot = [&] {
      std::unique_ptr<Session> session = world.session(SessionMode::snapshot);
      std::vector<Record> all = world.scan(*session, Query());
      snapshots.emplace_back(std::move(session), std::move(all));
    };
    take_snapshot();
    for (int step = 0; step < 60; ++step) {
      const Query query = queries.query();
      // By records, then making columns, then by these.
      for (int time = 0; time < 3; ++time) {
        for (const auto& [session, all] : snapshots) {
          ASSERT_EQ(found_by(world, *session, query), expected(all, query))
              << "seed " << seed << " step " << step << " time " << time << ": " << query.to_string();
        }
      }
      if (step % 3 != 0) continue;
      const std::string id = std::to_string(records.below(kRecords + 10));
      records.chance(0.3) ? world.remove(id) : world.put(id, records.record());
      if (records.chance(0.3)) snapshots.erase(snapshots.begin());
      if (snapshots.size() < 3) take_snapshot();
    }
  }
}

TEST(MemoryColumns, TransactionsSeeTheirOwnWrites) {
  World world;
  for (std::size_t i = 0; i < kRecords; ++i) world.put(std::to_string(i), Record{{"v", i % 100}});
  const Query query = Query::parse("v between 98 and 99 order by v limit 10000");
  const std::unique_ptr<Session> session = world.session(SessionMode::transaction);
  const std::size_t before = world.scan(*session, query).size();
  EXPECT_EQ(world.insert(*session, "new", Record{{"v", 99}}), Outcome::written);
  for (int time = 0; time < 3; ++time) EXPECT_EQ(world.scan(*session, query).size(), before + 1);
  const std::unique_ptr<Session> other = world.session(SessionMode::snapshot);
  for (int time = 0; time < 3; ++time) EXPECT_EQ(world.scan(*other, query).size(), before);
}

// A table of one block, whose column of `v` is asked for.
class OneColumn : public ::testing::Test {
 protected:
  void put(const std::string& id, const Value& value) {
    auto record = std::make_shared<Record>(Record{{"v", value}});
    record->set_id(id);
    table_.apply(id, std::move(record), ++sequence_, false);
  }
  std::shared_ptr<const ColumnBlock> ask() { return column_.block(0, table_.block(0), path_); }

  Sequence sequence_ = 0;
  Table table_{"t", Layout::document, Schema(), {}};
  CompiledPath path_{Path::of_field("v"), FieldResolution::document()};
  Column column_;
};

TEST_F(OneColumn, IsMadeWhenItIsAskedForAgain) {
  put("1", 5);
  EXPECT_EQ(ask(), nullptr);
  const std::shared_ptr<const ColumnBlock> made = ask();
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(ask(), made);
  put("2", 6);
  EXPECT_EQ(ask(), nullptr);
  ASSERT_NE(ask(), nullptr);
  EXPECT_EQ(ask()->values().size(), 2u);
}

TEST_F(OneColumn, HoldsEachValueOnceWithinItsClass) {
  const std::vector<Value> values = {
      1, 1.0, *Decimal::parse("1.0"), *Decimal::parse("1.00"), 0.0, -0.0, "1", Value(), 1};
  for (std::size_t i = 0; i < values.size(); ++i) put(std::to_string(i), values[i]);
  put("gone", 7);
  table_.apply("gone", nullptr, ++sequence_, false);
  ask();
  const std::shared_ptr<const ColumnBlock> made = ask();
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->values().size(), 6u);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(made->values()[made->codes()[i] - 1u], values[i]);
  EXPECT_EQ(made->codes()[values.size()], 0);
}

TEST_F(OneColumn, ManyNumbersAreKeys) {
  const std::vector<Value> special = {Value(),
                                      0.0,
                                      -0.0,
                                      std::nan(""),
                                      -std::numeric_limits<double>::infinity(),
                                      std::numeric_limits<double>::infinity(),
                                      -1.5,
                                      5e-324};
  for (std::size_t i = 0; i < special.size(); ++i) put(fmt::format("{:04}", i), special[i]);
  for (std::size_t i = special.size(); i < 200; ++i)
    put(fmt::format("{:04}", i), static_cast<double>(i) - 100.5);
  ask();
  const std::shared_ptr<const ColumnBlock> made = ask();
  ASSERT_NE(made, nullptr);
  ASSERT_TRUE(made->has_keys());
  EXPECT_EQ(made->codes()[0], ColumnBlock::kNull);
  EXPECT_EQ(made->codes()[200], 0);
  for (std::size_t i = 1; i < 200; ++i) {
    ASSERT_EQ(made->codes()[i], ColumnBlock::kKey);
    const Value& value = table_.slot(i).record->fields().front().value();
    EXPECT_EQ(made->value_of(made->keys()[i]), value);
    for (std::size_t j = 1; j < i; ++j) {
      const Value& other = table_.slot(j).record->fields().front().value();
      EXPECT_EQ(made->keys()[j] <=> made->keys()[i], *compare(other, value)) << j << " and " << i;
    }
  }
}

// Blocks of keys, and of values of several classes, against the letter.
TEST(MemoryColumns, NumbersAndMomentsCompareAsTheyAre) {
  test::RecordGenerator records(
      3, test::GeneratorOptions()
             .types({ValueType::integer, ValueType::floating, ValueType::datetime, ValueType::decimal})
             .special_floats(true)
             .temporal_extremes(true)
             .missing_rate(0.05));
  test::ExpressionGenerator queries(3, records.records(200),
                                    test::ExpressionOptions().special_floats(true).ordered_rate(0.8));
  World world;
  for (std::size_t i = 0; i < Block::kSlots + 100; ++i) world.put(std::to_string(i), records.record());
  const std::unique_ptr<Session> session = world.session(SessionMode::snapshot);
  const std::vector<Record> all = world.scan(*session, Query());
  for (int step = 0; step < 300; ++step) {
    const Query query = queries.query();
    const std::vector<std::string> wanted = expected(all, query);
    for (int time = 0; time < 3; ++time)
      ASSERT_EQ(found_by(world, *session, query), wanted) << query.to_string();
  }
}

TEST_F(OneColumn, LongTextsAndJsonStayInTheirRecords) {
  put("1", Json());
  ask();
  EXPECT_EQ(ask(), nullptr);
  for (int i = 0; i < 10; ++i) put(std::to_string(i), std::string(10'000, static_cast<char>('a' + i)));
  ask();
  EXPECT_EQ(ask(), nullptr);
}

TEST(MemoryColumnSet, ForgetsTheOneNotUsedForLongest) {
  Columns columns;
  const std::shared_ptr<Column> first = columns.column("first");
  const std::shared_ptr<Column> second = columns.column("second");
  for (int i = 0; i < 62; ++i) columns.column(std::to_string(i));
  EXPECT_EQ(columns.column("first"), first);
  columns.column("one more");
  EXPECT_EQ(columns.column("first"), first);
  EXPECT_NE(columns.column("second"), second);
}

}  // namespace
}  // namespace dataknobs::memory
