// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "store.hpp"

namespace dataknobs::sqlite {
namespace {

Record person(const std::string& id, const char* name, std::int64_t age) {
  Record record{{"name", name}, {"age", age}};
  record.set_id(id);
  return record;
}

TEST(Documents, AreWrittenAndRead) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  ASSERT_TRUE(people);
  EXPECT_EQ(people->layout(), Layout::document);
  Record ada = person("a", "Ada", 36);
  ada.set_metadata(Json(Json::Object{{"source", Value("test")}}));
  const ItemResult result = store.write(people, WriteMode::insert, ada);
  EXPECT_EQ(result.outcome(), Outcome::written);
  const std::optional<Record> read = store.read(people, "a");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, ada);
  EXPECT_EQ(read->version(), result.version());
  EXPECT_EQ(Value(*read->metadata()), Value(*ada.metadata()));
  EXPECT_FALSE(store.read(people, "b"));
  EXPECT_EQ(store.describe("people")->layout(), Layout::document);
}

TEST(Documents, KeepEveryModesPromise) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  EXPECT_EQ(store.write(people, WriteMode::update, person("a", "x", 1)).outcome(), Outcome::missing);
  EXPECT_EQ(store.write(people, WriteMode::patch, person("a", "x", 1)).outcome(), Outcome::missing);
  EXPECT_EQ(store.write(people, WriteMode::insert, person("a", "x", 1)).outcome(), Outcome::written);
  EXPECT_EQ(store.write(people, WriteMode::insert, person("a", "y", 2)).outcome(), Outcome::conflict);
  EXPECT_EQ(store.read(people, "a")->find("name")->get<std::string>(), "x");
  EXPECT_EQ(store.write(people, WriteMode::upsert, person("a", "z", 3)).outcome(), Outcome::written);
  Record change{{"age", 4}};
  change.set_id("a");
  EXPECT_EQ(store.write(people, WriteMode::patch, change).outcome(), Outcome::written);
  EXPECT_EQ(*store.read(people, "a"), person("a", "z", 4));
  Record other{{"city", "Paris"}};
  other.set_id("a");
  EXPECT_EQ(store.write(people, WriteMode::update, other).outcome(), Outcome::written);
  EXPECT_EQ(*store.read(people, "a"), other);
}

TEST(Documents, NeverGiveAVersionTwice) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  std::set<std::string> seen;
  for (int round = 0; round < 50; ++round) {
    const ItemResult result = store.write(people, WriteMode::insert, person("a", "x", round));
    EXPECT_TRUE(seen.insert(result.version().value()).second);
    const ItemResult again = store.write(people, WriteMode::upsert, person("a", "x", round));
    EXPECT_TRUE(seen.insert(again.version().value()).second);
    const std::unique_ptr<Session> session = store.session();
    const std::vector<std::string> ids{"a"};
    EXPECT_EQ(store.wait(session->remove(store.context, people, ids, {})).front().outcome(),
              Outcome::written);
  }
}

TEST(Documents, WriteUnderConditions) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  const Version first = *store.write(people, WriteMode::insert, person("a", "x", 1)).version();
  const Version second = *store.write(people, WriteMode::upsert, person("a", "y", 2)).version();
  struct Case {
    WriteMode mode;
    const char* id;
    Precondition precondition;
    Outcome expected;
  };
  const std::vector<Case> cases{
      {WriteMode::update, "a", Precondition(Existence::any, first), Outcome::conflict},
      {WriteMode::upsert, "a", Precondition(Existence::any, first), Outcome::conflict},
      {WriteMode::upsert, "a", Precondition(Existence::absent), Outcome::conflict},
      {WriteMode::upsert, "b", Precondition(Existence::present), Outcome::missing},
      {WriteMode::upsert, "b", Precondition(Existence::any, second), Outcome::conflict},
      {WriteMode::update, "b", Precondition(Existence::any, second), Outcome::missing},
      {WriteMode::patch, "a", Precondition(Existence::any, second), Outcome::written},
      {WriteMode::update, "a", Precondition(Existence::any, second), Outcome::conflict},
  };
  for (const Case& test : cases) {
    const std::unique_ptr<Session> session = store.session();
    std::vector<Record> records{person(test.id, "z", 9)};
    const std::vector<Precondition> preconditions{test.precondition};
    WriteRequest request(people, test.mode, records);
    request.set_preconditions(preconditions);
    EXPECT_EQ(store.wait(session->write(store.context, request)).front().outcome(), test.expected) << test.id;
  }
}

TEST(Documents, AreWrittenAllOrNone) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  store.write(people, WriteMode::insert, person("b", "Bob", 1));
  std::vector<Record> records{person("a", "Ada", 1), person("b", "Bea", 2), person("c", "Cid", 3)};
  std::vector<ItemResult> results = store.write(people, WriteMode::insert, records);
  EXPECT_EQ(results[0].outcome(), Outcome::unchanged);
  EXPECT_EQ(results[1].outcome(), Outcome::conflict);
  EXPECT_EQ(results[2].outcome(), Outcome::unchanged);
  EXPECT_EQ(store.all(people).size(), 1U);
  results = store.write(people, WriteMode::insert, records, false);
  EXPECT_EQ(results[0].outcome(), Outcome::written);
  EXPECT_EQ(results[1].outcome(), Outcome::conflict);
  EXPECT_EQ(store.all(people).size(), 3U);
}

// A transaction that has only read keeps nobody from writing; it writes only upon what it has read.
TEST(Documents, ChangeUnderATransactionThatReads) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  store.write(people, WriteMode::insert, person("a", "x", 1));
  const ScanRequest everything(people);
  for (const bool disturbed : {false, true}) {
    const std::unique_ptr<Session> inside = store.session(SessionMode::transaction);
    EXPECT_EQ(store.wait(inside->count(store.context, everything)), 1U);
    if (disturbed) store.write(people, WriteMode::update, person("a", "beside", 2));
    EXPECT_EQ(store.scan(*inside, everything).front(), person("a", disturbed ? "inside" : "x", 1));
    std::vector<Record> records{person("a", "inside", 1)};
    WriteRequest request(people, WriteMode::update, records);
    if (!disturbed) {
      EXPECT_EQ(store.wait(inside->write(store.context, request)).front().outcome(), Outcome::written);
      EXPECT_EQ(store.wait(inside->commit(store.context)), CommitOutcome::committed);
      continue;
    }
    try {
      store.wait(inside->write(store.context, request));
      ADD_FAILURE() << "it wrote upon a state that has passed";
    } catch (const ConcurrencyError& error) {
      EXPECT_TRUE(error.retryable());
      EXPECT_EQ(error.hint(), "run the transaction again");
    }
    store.wait(inside->rollback(store.context));
  }
  EXPECT_EQ(*store.read(people, "a"), person("a", "beside", 2));
}

TEST(Documents, AnswerQueries) {
  TestStore store;
  const DatasetPointer people = store.create_documents("people");
  std::vector<Record> records{person("1", "Ada", 36), person("2", "Bob", 7), person("3", "bea", 7),
                              person("4", "", -1)};
  records[3].set("age", Value());
  records[2].set("tags", Value(Json(Json::Array{Value("x"), Value(2)})));
  records[1].set("id", Value("own"));
  store.write(people, WriteMode::insert, records);
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
      {"age > 7 order by id", {"1"}},
      {"age >= 7 order by name", {"1", "2", "3"}},
      {"not age > 7 order by id", {"2", "3", "4"}},
      {"order by age desc, name limit 3", {"1", "2", "3"}},
      {"order by age", {"2", "3", "1", "4"}},
      {"order by age desc offset 1", {"2", "3", "4"}},
      {"name like 'B%'", {"2"}},
      {"name ilike 'B%' order by id desc", {"3", "2"}},
      {"tags contains 'x'", {"3"}},
      {"tags[1] = 2", {"3"}},
      {"id = 2", {"2"}},
      {"id in (2, '3', 'x') order by id", {"2", "3"}},
      {"id > '2' and name exists order by id", {"3", "4"}},
      {"id between '2' and '3' and age = 7 order by id", {"2", "3"}},
      {"id starts with '4'", {"4"}},
      {"id != '1' and id not in ('2') order by id", {"3", "4"}},
      {"\"id\" = 'own'", {"2"}},
      {"age not exists", {"4"}},
      {"in_vain = 1", {}},
      {"limit 2", {"1", "2"}},
      {"limit 0", {}},
  };
  for (const auto& [query, expected] : cases) EXPECT_EQ(store.search_ids(people, query), expected) << query;
}

}  // namespace
}  // namespace dataknobs::sqlite
