// SPDX-License-Identifier: Apache-2.0
//
// Indexes are really used, and find what other programs wrote in their own way.
#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "expr/evaluate.hpp"
#include "store.hpp"

namespace dataknobs::sqlite {
namespace {

void make_index(TestStore& store, const DatasetPointer& dataset, const Index& index) {
  const std::unique_ptr<Session> session = store.session();
  store.wait(session->create_index(store.context, dataset, index));
}

std::string plan_of(TestStore& store, const DatasetPointer& dataset, const std::string& query) {
  return store.wait(store.backend().explain(store.context, store.request(dataset, Query::parse(query))));
}

const std::vector<std::string> kServed = {
    "age = 18",
    "age >= 18",
    "age < 18.5",
    "age between 10 and 20",
    "age in (1, 2, 3.5)",
    "age = 18 and name like '%a%'",
    "age = 18 or name = 'Ada'",
    "(age > 18 or age is null) and not name = 'Ada'",
    "name starts with 'A'",
    "name like 'A%'",
    "name like 'Ada'",
    "name = 'Anna'",
    "name > 'Ada'",
    "born >= '2024-02-29'",
    "born = datetime '2024-02-29T12:00:00Z'",
    "born between '2024-01-01' and '2024-12-31'",
    "born < date '2024-02-29'",
};

TEST(Indexes, ServeSearchesOfDocuments) {
  TestStore store;
  const DatasetPointer dataset = store.create_documents("t");
  for (const char* field : {"age", "name", "born"}) make_index(store, dataset, Index({field}).name(field));
  make_index(store, dataset, Index({"address.city", "address.zip"}).name("place"));
  std::vector<std::string> queries = kServed;
  queries.emplace_back("address.city = 'Oslo' and address.zip = 5");
  for (const std::string& query : queries) {
    const std::string plan = plan_of(store, dataset, query);
    EXPECT_NE(plan.find("SEARCH t USING INDEX"), std::string::npos) << query << "\n" << plan;
    EXPECT_EQ(plan.find("SCAN"), std::string::npos) << query << "\n" << plan;
  }
}

TEST(Indexes, ServeSearchesOfColumns) {
  TestStore store;
  CreateRequest request(DatasetOptions("t"), Layout::columns);
  request.set_schema(Schema({FieldDescription("id", FieldType(ValueType::string), false),
                             FieldDescription("age", FieldType(ValueType::integer)),
                             FieldDescription("name", FieldType(ValueType::string)),
                             FieldDescription("born", FieldType(ValueType::datetime))}));
  const DatasetPointer dataset = store.create(request.set_key({"id"}));
  for (const char* field : {"age", "name", "born"}) make_index(store, dataset, Index({field}).name(field));
  for (const std::string& query : kServed) {
    const std::string plan = plan_of(store, dataset, query);
    EXPECT_NE(plan.find("SEARCH t USING INDEX"), std::string::npos) << query << "\n" << plan;
    EXPECT_EQ(plan.find("SCAN"), std::string::npos) << query << "\n" << plan;
  }
}

TEST(Indexes, HoldNothingButSqlitesOwnFunctions) {
  TestStore store;
  const DatasetPointer dataset = store.create_documents("t");
  make_index(store, dataset, Index({"v"}).name("by v").unique(true));
  store.execute("INSERT INTO t (id, data, version) VALUES ('1', '{\"v\": 1}', 1)");
  EXPECT_THROW(store.execute("INSERT INTO t (id, data, version) VALUES ('2', '{\"v\": 1.0}', 1)"),
               std::runtime_error);
  EXPECT_EQ(store.search_ids(dataset, "v = 1"), std::vector<std::string>{"1"});
}

std::vector<Record> native(TestStore& store, const std::string& text,
                           const std::vector<Value>& parameters = {}) {
  const std::unique_ptr<Session> session = store.session();
  const std::unique_ptr<Reader> reader = store.wait(session->native_query(store.context, text, parameters));
  std::vector<Record> records;
  while (std::optional<Batch> batch = store.wait(reader->next(store.context))) {
    records.insert(records.end(), batch->rows().begin(), batch->rows().end());
  }
  return records;
}

TEST(NativeQueries, BindWhatIsGiven) {
  TestStore store;
  store.execute(
      "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'it''s; DROP TABLE t'), (3, NULL), (4, "
      "x'00')");
  const std::vector<Record> found =
      native(store, "/* all */ SELECT a, b FROM t WHERE b = ? OR a > ?;  -- end",
             {Value("it's; DROP TABLE t"), Value(2)});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], (Record{{"a", 2}, {"b", "it's; DROP TABLE t"}}));
  EXPECT_EQ(found[1], (Record{{"a", 3}, {"b", nullptr}}));
  EXPECT_EQ(found[2], (Record{{"a", 4}, {"b", Binary{std::string(1, '\0')}}}));
  EXPECT_TRUE(native(store, "with x as (select 1 as one) select * from x where one = 2").empty());
}

TEST(NativeQueries, OnlyRead) {
  TestStore store;
  store.execute("CREATE TABLE t (a)");
  for (const char* text :
       {"INSERT INTO t VALUES (1)", "DELETE FROM t RETURNING a",
        "with x as (select 1) insert into t select * from x", "BEGIN", "PRAGMA journal_mode = delete",
        "ATTACH 'other.db' AS other", "SELECT 1; DELETE FROM t", "", "SELECT ?", "SELECT 1 AS a, 2 AS a",
        "CREATE TABLE u (a)", "-- SELECT\nDROP TABLE t"}) {
    EXPECT_THROW(native(store, text), InvalidArgumentError) << text;
  }
  EXPECT_THROW(native(store, "SELECT b FROM t"), InvalidArgumentError);
  EXPECT_THROW(native(store, "SELEC 1"), InvalidArgumentError);
  EXPECT_THROW(native(store, "SELECT 1 FROM nowhere"), NotFoundError);
  EXPECT_THROW(native(store, "SELECT FROM t"), QueryError);
}

// JSON of other programs: numbers, names, moments and texts spelled in other ways than ours.
const std::vector<std::pair<std::string, std::string>> kForeign = {
    {R"({"v": 18})", ""},
    {R"({"v": 18.0})", ""},
    {R"({"v": 1.8e1})", ""},
    {R"({"v": 1800e-2})", ""},
    {R"({"v": 18.000000000000000000000000000001})", ""},
    {R"({"v": 17.999999999999999999999999999999})", ""},
    {R"({"v": 0.1})", ""},
    {R"({"v": 100e-3})", ""},
    {R"({"v": 0.1000000000000000055511151231257827})", ""},
    {R"({"v": 9223372036854775807})", ""},
    {R"({"v": 9223372036854775808})", ""},
    {R"({"v": 1e400})", ""},
    {R"({"v": -1e400})", ""},
    {R"({"v": 1e-400})", ""},
    {R"({"v": 0.0})", ""},
    {R"({"v": -0.0})", ""},
    {R"({"v": "NaN"})", R"({"v": "float"})"},
    {R"({"v": "NaN"})", ""},
    {R"({"v": "-Infinity"})", R"({"v": "float"})"},
    {R"({"v": "Infinity"})", R"({"v": "float"})"},
    {R"({"\u0076": 18})", ""},
    {R"({"\u0076": "Ada"})", ""},
    {R"({"w": "\u0041da"})", ""},
    {R"({"v": "\u0041da"})", ""},
    {R"({"v": "Ada\u0000"})", ""},
    {R"({"v": "Ada\u0000x"})", ""},
    {R"({"v": "Ad"})", ""},
    {R"({"v": "Anna"})", R"({"v": "binary"})"},
    {R"({"v": "Anna"})", ""},
    {R"({"v": "2024-02-29"})", R"({"v": "date"})"},
    {R"({"v": "2024-02-29"})", ""},
    {R"({"v": "2024-02-29T00:00:00Z"})", R"({"v": "datetime"})"},
    {R"({"v": "2024-02-29 02:00:00+02"})", R"({"v": "datetime"})"},
    {R"({"v": "2024-02-28t23:59:00-00:01"})", R"({"v": "datetime"})"},
    {R"({"v": "2024-03-01T23:00:00+23:59"})", R"({"v": "datetime"})"},
    {R"({"v": "+2024-02-29"})", R"({"v": "datetime"})"},
    {R"({"v": "-0044-03-15"})", R"({"v": "date"})"},
    {R"({"v": "+12024-02-29"})", R"({"v": "date"})"},
    {R"({"v": "infinity"})", R"({"v": "date"})"},
    {R"({"v": "-infinity"})", R"({"v": "datetime"})"},
    {R"({"v": "12:30"})", R"({"v": "time"})"},
    {R"({"v": "12:30:00.000"})", R"({"v": "time"})"},
    {R"({"v": "12:30:59.9"})", R"({"v": "time"})"},
    {R"({"v": "24:00"})", R"({"v": "time"})"},
    {R"({"v": true})", ""},
    {R"({"v": false})", ""},
    {R"({"v": null})", ""},
    {R"({})", ""},
    {R"({"v": [18]})", ""},
    {R"({"v": {"a": 18}})", ""},
};

const std::vector<std::string> kLiterals = {"18",
                                            "18.0",
                                            "18.000000000000000000000000000001",
                                            "0",
                                            "0.1",
                                            "9223372036854775807",
                                            "1e400",
                                            "-5",
                                            "9223372036854775808",
                                            "'Ada'",
                                            "''",
                                            "'Anna'",
                                            "true",
                                            "'12:30'",
                                            "'2024-02-29'",
                                            "date '2024-02-29'",
                                            "datetime '2024-02-29T00:00:00Z'",
                                            "time '12:30:00'",
                                            "binary '\\x0277'",
                                            "'\\x0277'",
                                            "'infinity'",
                                            "'2024-02-28T23:59:59.999999Z'",
                                            "'9999-12-31'",
                                            "'[18]'"};

TEST(Indexes, FindWhatOthersWrote) {
  TestStore store;
  const DatasetPointer dataset = store.create_documents("t");
  make_index(store, dataset, Index({"v"}).name("by v"));
  std::size_t count = 0;
  for (const auto& [data, types] : kForeign) {
    store.execute(fmt::format("INSERT INTO t (id, data, types, version) VALUES ('{:02}', '{}', {}, 1)",
                              count++, data, types.empty() ? std::string("NULL") : "'" + types + "'"));
  }
  const std::vector<Record> records = store.all(dataset);
  ASSERT_EQ(records.size(), kForeign.size());
  std::vector<std::string> conditions = {"v is null", "v is not null", "v starts with 'Ad'", "v like 'Ad%'",
                                         "v like 'Ada'"};
  for (const std::string& literal : kLiterals) {
    for (const char* op : {"=", "<", "<=", ">", ">=", "!="})
      conditions.push_back(fmt::format("v {} {}", op, literal));
    conditions.push_back(fmt::format("v in ({}, 'x', 3)", literal));
    conditions.push_back(fmt::format("not v > {}", literal));
    for (const std::string& high : kLiterals)
      conditions.push_back(fmt::format("v between {} and {}", literal, high));
  }
  for (const std::string& condition : conditions) {
    const Query query = Query::parse(condition);
    const Evaluator evaluator(query.filter(), FieldResolution::document());
    std::vector<std::string> expected;
    for (const Record& record : records) {
      if (evaluator.matches(record)) expected.push_back(record.id().value());
    }
    std::vector<std::string> found = store.search_ids(dataset, condition);
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(found, expected) << condition << "\n" << plan_of(store, dataset, condition);
  }
}

}  // namespace
}  // namespace dataknobs::sqlite
