// SPDX-License-Identifier: Apache-2.0
//
// Indexes: they are made, listed and dropped, change no answer, and keep unique ones unique.
#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

std::vector<std::string> names(const std::vector<Index>& indexes) {
  std::vector<std::string> result;
  for (const Index& index : indexes) result.push_back(index.name());
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

CONFORMANCE_TEST(indexes, made_listed_and_dropped) {
  Database database = load(kPeople, people(5));
  EXPECT_TRUE(run(database.indexes()).empty());
  EXPECT_EQ(run(database.create_index(Index({"name", "age"}))), "people_name_age_index");
  run(database.create_index(Index({"age"}).name("by age")));
  const std::vector<Index> made = run(database.indexes());
  ASSERT_EQ(names(made), (Names{"by age", "people_name_age_index"}));
  EXPECT_EQ(made[0], Index({"age"}).name("by age"));
  EXPECT_EQ(made[1].fields(), (Names{"name", "age"}));
  run(database.drop_index("by age"));
  EXPECT_EQ(names(run(database.indexes())), Names{"people_name_age_index"});
}

CONFORMANCE_TEST(indexes, are_seen_by_whoever_opens_the_database, Need::shared_by_url) {
  Database database = load(kPeople, people(5));
  run(database.create_index(Index({"age"}).unique(true)));
  Database other = run(Database::open(url()));
  const std::vector<Index> seen = run(other.indexes());
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(seen.front().unique());
  EXPECT_EQ(seen.front().fields(), Names{"age"});
}

CONFORMANCE_TEST(indexes, errors_say_what_to_do) {
  Database database = load(kPeople, people(5));
  run(database.create_index(Index({"age"}).name("ages")));
  EXPECT_EQ(error_of(database.create_index(Index({"name"}).name("ages"))).code(),
            ErrorCode::duplicate_record);
  const Error missing = error_of(database.drop_index("agess"));
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_NE(missing.hint().find("ages"), std::string::npos);
  EXPECT_EQ(error_of(database.create_index(Index(Names{}))).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(database.create_index(Index({"age", "age"}))).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(database.create_index(Index({"a["}))).code(), ErrorCode::query);
  EXPECT_EQ(names(run(database.indexes())), Names{"ages"});
}

CONFORMANCE_TEST(indexes, unknown_columns_have_none, &Capabilities::indexes, Need::columns) {
  Database database = load(kPeople, people(5));
  const Error error = error_of(database.create_index(Index({"agee"})));
  EXPECT_EQ(error.code(), ErrorCode::query);
  EXPECT_NE(error.hint().find("age"), std::string::npos);
}

CONFORMANCE_TEST(indexes, no_table_no_index) {
  Database database = run(Database::open(url("nowhere")));
  EXPECT_EQ(error_of(database.create_index(Index({"age"}))).code(), ErrorCode::not_found);
}

CONFORMANCE_TEST(indexes, unique_ones_refuse_a_second_record) {
  Database database = load(kPeople, {person("1", "Ada", 36), person("2", "Bob", 17)});
  const std::string index = run(database.create_index(Index({"name"}).unique(true)));
  const Error error = error_of(database.create(person("3", "Ada", 1)));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error.record_id(), "3");
  EXPECT_EQ(error.field_path(), "name");
  EXPECT_NE(error.message().find(index), std::string::npos) << error.message();
  EXPECT_EQ(error_of(database.update("2", person("2", "Ada", 1))).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error_of(database.patch("2", record("2", {{"name", "Ada"}}))).code(),
            ErrorCode::duplicate_record);
  EXPECT_EQ(error_of(database.upsert(person("2", "Ada", 1))).code(), ErrorCode::duplicate_record);
  std::vector<Record> batch = {person("4", "Cyd", 1), person("5", "Cyd", 2)};
  EXPECT_EQ(error_of(database.create_batch(batch)).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(run(database.count()), 2U);
  // Its own value does not stand in the way of a record, nor one that is gone.
  EXPECT_TRUE(run(database.update("1", person("1", "Ada", 37))));
  EXPECT_TRUE(run(database.update("1", person("1", "Eve", 37))));
  run(database.create(person("6", "Ada", 1)));
  EXPECT_TRUE(run(database.remove("6")));
  run(database.create(person("7", "Ada", 1)));
}

CONFORMANCE_TEST(indexes, nulls_and_missing_fields_do_not_collide) {
  Database database = this->database(kPeople);
  run(database.create_index(Index({"name", "age"}).unique(true)));
  run(database.create(record("1", {{"name", "Ada"}, {"age", nullptr}})));
  run(database.create(record("2", {{"name", "Ada"}})));
  run(database.create(record("3", {{"name", "Ada"}, {"age", 1}})));
  run(database.create(record("4", {{"name", "Ada"}, {"age", 2}})));
  EXPECT_EQ(error_of(database.create(person("5", "Ada", 2))).code(), ErrorCode::duplicate_record);
}

CONFORMANCE_TEST(indexes, equal_values_collide_however_they_are_written, &Capabilities::indexes,
                 Need::document) {
  Database database = load({}, {record("1", {{"v", 1}})});
  run(database.create_index(Index({"v"}).unique(true)));
  run(database.create(record("2", {{"v", true}})));
  run(database.create(record("3", {{"v", "1"}})));
  run(database.create(record("4", {{"v", "[1]"}})));
  run(database.create(record("5", {{"v", Json(Json::Array{1})}})));
  run(database.create(record("6", {{"v", 0.30000000000000004}})));
  run(database.create(record("7", {{"v", 0.3}})));
  run(database.create(record("8", {{"v", Decimal::parse("9223372036854775809").value()}})));
  run(database.create(record("9", {{"v", Decimal::parse("9223372036854775810").value()}})));
  EXPECT_EQ(error_of(database.create(record("a", {{"v", 1.0}}))).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error_of(database.create(record("b", {{"v", Decimal::parse("0.30").value()}}))).code(),
            ErrorCode::duplicate_record);
  EXPECT_EQ(run(database.count()), 9U);
}

CONFORMANCE_TEST(indexes, transactions_find_their_own_changes, &Capabilities::transactions,
                 Need::shared_by_url) {
  Database database = load(kPeople, people(20));
  run(database.create_index(Index({"age"})));
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database within = transaction.in(store.database("people"));
  run(within.create(person("new", "Eve", 5)));
  run(within.patch("p00006", record("p00006", {{"age", 5}})));
  run(within.remove("p00005"));
  EXPECT_EQ(found_sorted(within, Query::parse("age = 5")), (Names{"new", "p00006"}));
  EXPECT_EQ(found(within, Query::parse("age <= 7 order by age desc limit 3")),
            (Names{"p00007", "new", "p00006"}));
  EXPECT_EQ(run(within.count(Query::parse("age between 5 and 6"))), 2U);
  run(transaction.rollback());
  EXPECT_EQ(found_sorted(database, Query::parse("age = 5")), Names{"p00005"});
}

CONFORMANCE_TEST(indexes, transactions_keep_unique_ones_unique, &Capabilities::transactions,
                 Need::shared_by_url) {
  Database database = load(kPeople, people(3));
  run(database.create_index(Index({"age"}).unique(true)));
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database within = transaction.in(store.database("people"));
  run(within.create(person("new", "Eve", 5)));
  EXPECT_EQ(error_of(within.create(person("newer", "Eve", 5))).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error_of(within.create(person("newest", "Eve", 1))).code(), ErrorCode::duplicate_record);
  run(within.remove("p00001"));
  run(within.create(person("newest", "Eve", 1)));
  run(transaction.commit());
  EXPECT_EQ(found_sorted(database, Query::parse("age in (1, 5)")), (Names{"new", "newest"}));
}

CONFORMANCE_TEST(indexes, the_first_of_an_order_are_found) {
  Database database = load(kPeople, people(200));
  run(database.create_index(Index({"age"})));
  run(database.create_index(Index({"name"})));
  run(database.create(record("none", {{"name", "zoe"}})));
  EXPECT_EQ(found(database, Query::parse("order by age limit 2")), (Names{"p00000", "p00001"}));
  EXPECT_EQ(found(database, Query::parse("order by age desc limit 2 offset 1")), (Names{"p00198", "p00197"}));
  EXPECT_EQ(found(database, Query::parse("order by age limit 5 offset 199")), (Names{"p00199", "none"}));
  EXPECT_EQ(found(database, Query::parse("order by name limit 3")), (Names{"p00000", "p00017", "p00034"}));
  EXPECT_EQ(found(database, Query::parse("age > 20 order by name desc limit 3")),
            (Names{"p00026", "p00043", "p00060"}));
}

CONFORMANCE_TEST(hints, change_no_answer) {
  Database database = load(kPeople, people(50));
  run(database.create_index(Index({"age"}).name("ages")));
  run(database.create_index(Index({"name"}).name("names")));
  Query query = Query::parse("age > 40 and name = 'name 9'");
  for (const char* hint : {"ages", "names"}) {
    query.hint(hint);
    EXPECT_EQ(found_sorted(database, query), Names{"p00043"});
    EXPECT_EQ(run(database.count(query)), 1U);
    const std::string plan = run(database.explain(query));
    EXPECT_NE(plan.substr(plan.find("native plan")).find(hint), std::string::npos) << plan;
  }
  EXPECT_EQ(run(database.remove_where(query)), 1U);
}

CONFORMANCE_TEST(hints, that_cannot_be_followed_are_errors) {
  Database database = load(kPeople, people(5));
  run(database.create_index(Index({"age"}).name("ages")));
  const Error unknown = error_of(database.search(Query::parse("age = 1").hint("agess")));
  EXPECT_EQ(unknown.code(), ErrorCode::not_found);
  EXPECT_NE(unknown.hint().find("ages"), std::string::npos);
  EXPECT_EQ(error_of(database.explain(Query::parse("age = 1").hint("agess"))).code(), ErrorCode::not_found);
}

CONFORMANCE_TEST(scans, a_hint_is_refused_by_a_store_without_indexes) {
  if (harness().capabilities().hints != Support::absent) return;
  Database database = load(kPeople, people(5));
  EXPECT_EQ(error_of(database.search(Query::parse("age = 1").hint("ages"))).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of(database.count(Query::parse("age = 1").hint("ages"))).code(), ErrorCode::unsupported);
}

CONFORMANCE_TEST(indexes, records_that_are_not_unique_have_no_unique_one) {
  Database database = load(kPeople, {person("1", "Ada", 36), person("2", "Ada", 17)});
  const Error error = error_of(database.create_index(Index({"name"}).unique(true)));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_NE(error.message().find("name"), std::string::npos);
  EXPECT_TRUE(run(database.indexes()).empty());
}

}  // namespace dataknobs::conformance
