// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/sqlite/key.hpp"
#include "store.hpp"

namespace dataknobs::sqlite {
namespace {

Schema people_schema() {
  return Schema({FieldDescription("id", FieldType(ValueType::integer), false),
                 FieldDescription("name", FieldType(ValueType::string)),
                 FieldDescription("price", FieldType(ValueType::decimal).set_precision(10, 2)),
                 FieldDescription("born", FieldType(ValueType::date)),
                 FieldDescription("seen", FieldType(ValueType::datetime)),
                 FieldDescription("active", FieldType(ValueType::boolean)),
                 FieldDescription("extra", FieldType(ValueType::json))});
}

CreateRequest people_request() {
  CreateRequest request(DatasetOptions("people"), Layout::columns);
  request.set_schema(people_schema()).set_key({"id"});
  return request;
}

Record ada() {
  return Record{{"id", 1},
                {"name", "Ada"},
                {"price", Value(*Decimal::parse("1.50"))},
                {"born", Value(Date{-50000})},
                {"seen", Value(DateTime{1709209800123456})},
                {"active", true},
                {"extra", Value(Json(Json::Object{{"a", Value(1)}}))}};
}

TEST(Tables, AreMadeAsDescribed) {
  TestStore store;
  const DatasetPointer people = store.create(people_request());
  EXPECT_EQ(people->schema(), people_schema());
  EXPECT_EQ(people->key(), std::vector<std::string>{"id"});
  EXPECT_TRUE(people->generates_ids());
  EXPECT_EQ(store.describe("people")->schema(), people_schema());
  EXPECT_FALSE(store.describe("nobody"));
  const std::unique_ptr<Session> session = store.session();
  EXPECT_THROW(store.wait(session->create_dataset(store.context, people_request())), DuplicateRecordError);
}

TEST(Tables, KeepRecords) {
  TestStore store;
  const DatasetPointer people = store.create(people_request());
  std::vector<Record> records{ada()};
  const ItemResult result = store.write(people, WriteMode::insert, records).front();
  ASSERT_EQ(result.outcome(), Outcome::written) << result.error()->what();
  EXPECT_EQ(records.front().id(), "1");
  const std::optional<Record> read = store.read(people, "1");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, records.front());
  EXPECT_EQ(read->version(), result.version());
  EXPECT_EQ(read->find("price")->get<Decimal>().to_string(), "1.50");
  EXPECT_EQ(
      store.query("SELECT price || '|' || born || '|' || seen || '|' || active || '|' || extra FROM people"),
      std::vector<std::string>{"1.50|1833-02-08|2024-02-29T12:30:00.123456Z|1|{\"a\":1}"});
}

TEST(Tables, GiveIds) {
  TestStore store;
  const DatasetPointer people = store.create(people_request());
  std::vector<Record> records{Record{{"name", "Ada"}}, Record{{"name", "Bob"}}};
  store.write(people, WriteMode::insert, records);
  EXPECT_EQ(records[0].id(), "1");
  EXPECT_EQ(records[1].id(), "2");
  EXPECT_EQ(store.search_ids(people, "name = 'Bob'"), std::vector<std::string>{"2"});
}

TEST(Tables, RefuseWhatDoesNotFit) {
  TestStore store;
  const DatasetPointer people = store.create(people_request());
  struct Case {
    Record record;
    const char* field;
  };
  for (const Case& test :
       {Case{Record{{"id", 1}, {"nmae", "Ada"}}, "nmae"}, Case{Record{{"id", 1}, {"name", 5}}, "name"},
        Case{Record{{"id", 1}, {"price", Value(*Decimal::parse("1.234"))}}, "price"},
        Case{Record{{"id", "x"}}, "id"}}) {
    const ItemResult result = store.write(people, WriteMode::insert, test.record);
    EXPECT_EQ(result.outcome(), Outcome::rejected) << test.field;
    ASSERT_TRUE(result.error());
    EXPECT_EQ(result.error()->field_path(), test.field);
  }
  EXPECT_TRUE(store.all(people).empty());
}

TEST(Tables, KeepEveryModesPromise) {
  TestStore store;
  const DatasetPointer people = store.create(people_request());
  const auto named = [](std::int64_t id, const char* name) { return Record{{"id", id}, {"name", name}}; };
  EXPECT_EQ(store.write(people, WriteMode::update, named(1, "x")).outcome(), Outcome::missing);
  EXPECT_EQ(store.write(people, WriteMode::insert, named(1, "x")).outcome(), Outcome::written);
  EXPECT_EQ(store.write(people, WriteMode::insert, named(1, "y")).outcome(), Outcome::conflict);
  EXPECT_EQ(store.write(people, WriteMode::upsert, ada()).outcome(), Outcome::written);
  Record change{{"name", "Eve"}};
  change.set_id("1");
  EXPECT_EQ(store.write(people, WriteMode::patch, change).outcome(), Outcome::written);
  Record expected = ada();
  expected.set("name", "Eve").set_id("1");
  EXPECT_EQ(*store.read(people, "1"), expected);
  const ItemResult updated = store.write(people, WriteMode::update, named(1, "Zoe"));
  EXPECT_EQ(updated.outcome(), Outcome::written);
  Record left = named(1, "Zoe");
  left.set_id("1");
  EXPECT_EQ(*store.read(people, "1"), left);
  EXPECT_EQ(store.read(people, "1")->version(), updated.version());
  const std::unique_ptr<Session> session = store.session();
  const std::vector<std::string> ids{"1", "2", "x"};
  const std::vector<ItemResult> removed = store.wait(session->remove(store.context, people, ids, {}));
  EXPECT_EQ(removed[0].outcome(), Outcome::written);
  EXPECT_EQ(removed[1].outcome(), Outcome::missing);
  EXPECT_EQ(removed[2].outcome(), Outcome::missing);
}

// Digests of equal contents are equal: what dataknobs changes is counted beside them.
TEST(Tables, NeverGiveAVersionTwice) {
  TestStore store;
  CreateRequest request(DatasetOptions("t"), Layout::columns);
  request
      .set_schema(Schema({FieldDescription("id", FieldType(ValueType::decimal), false),
                          FieldDescription("x", FieldType(ValueType::integer))}))
      .set_key({"id"});
  const DatasetPointer t = store.create(request);
  std::set<std::string> seen;
  const auto note = [&](const ItemResult& result) {
    ASSERT_EQ(result.outcome(), Outcome::written);
    EXPECT_TRUE(seen.insert(result.version().value()).second) << result.version().value();
    EXPECT_EQ(store.read(t, "1.50")->version(), result.version());
    EXPECT_EQ(store.all(t).front().version(), result.version());
  };
  const std::unique_ptr<Session> session = store.session();
  const Record one{{"id", Value(*Decimal::parse("1.50"))}, {"x", 1}};
  for (int round = 0; round < 3; ++round) {
    note(store.write(t, WriteMode::insert, one));
    note(store.write(t, WriteMode::update, one));
    note(store.write(t, WriteMode::upsert, one));
    // The key in another form.
    note(store.write(t, WriteMode::patch, Record{{"id", Value(*Decimal::parse("1.5"))}, {"x", 1}}));
    const std::unique_ptr<Writer> writer =
        store.wait(session->writer(store.context, WriterOptions(t, WriteMode::upsert)));
    store.wait(writer->write(store.context, Batch::from_rows({one}).with_schema(t->schema())));
    store.wait(writer->finish(store.context));
    EXPECT_TRUE(seen.insert(store.read(t, "1.50")->version().value()).second);
    if (round == 0) {
      const std::vector<std::string> ids{"1.5"};
      EXPECT_EQ(store.wait(session->remove(store.context, t, ids, {})).front().outcome(), Outcome::written);
    } else {
      EXPECT_EQ(store.wait(session->remove_range(store.context, ScanRequest(t))), 1U);
    }
  }
  EXPECT_EQ(store.wait(store.backend().list(store.context)), std::vector<std::string>{"t"});
}

// Each record that a scan gives is read and removed by its id. Two that have one id (12 and '12') are taken in turn.
void check_ids(TestStore& store, const std::string& table) {
  const DatasetPointer t = store.describe(table);
  const std::vector<Record> all = store.all(t);
  std::vector<std::string> ids;
  for (const Record& record : all) ids.push_back(record.id().value());
  const std::unique_ptr<Session> session = store.session();
  const std::vector<std::optional<Record>> read = store.wait(session->read(store.context, t, ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_TRUE(read[i]) << "id " << ids[i];
    EXPECT_EQ(read[i]->id(), ids[i]);
    if (std::count(ids.begin(), ids.end(), ids[i]) == 1) {
      EXPECT_EQ(*read[i], all[i]) << "id " << ids[i];
    }
  }
  const std::vector<ItemResult> removed = store.wait(session->remove(store.context, t, ids, {}));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(removed[i].outcome(), Outcome::written) << "id " << ids[i];
  }
  EXPECT_TRUE(store.all(t).empty());
}

TEST(Tables, FindRowsByTheIdsThatTheyHaveThere) {
  const std::string values =
      "1, 2.5, 7.0, 'abc', 12, '12', '00ff', x'00ff', x'12', x'', '', 9e999, -9e999, 'NaN', 1e300,"
      " 12345678901234567890, '1.50', '2024-02-29', '2024-02-29 12:00:00', '12:30', 'true', '{\"a\":1}', ' x "
      "'";
  for (const char* declared :
       {"INT", "TEXT", "VARCHAR(5)", "REAL", "BLOB", "NUMERIC", "DECIMAL(10,2)", "DATE", "DATETIME", "TIME",
        "BOOLEAN", "JSON", "STRING", "TEXT COLLATE NOCASE", ""}) {
    SCOPED_TRACE(declared);
    TestStore store;
    const auto fill = [&](const std::string& table, const std::string& second) {
      std::string rows = values;
      for (std::size_t at = 0; (at = rows.find(", ", at)) != rows.npos; at += 4 + second.size())
        rows.replace(at, 2, second + "), (");
      store.execute("INSERT OR IGNORE INTO " + table + " VALUES (" + rows + second + ")");
    };
    store.execute(std::string("CREATE TABLE one (k ") + declared + " PRIMARY KEY)");
    fill("one", "");
    check_ids(store, "one");
    store.execute(std::string("CREATE TABLE two (k ") + declared +
                  ", l TEXT, PRIMARY KEY (l, k)) WITHOUT ROWID");
    for (const char* second : {", 'x'", ", x'00'"}) fill("two", second);
    check_ids(store, "two");
  }
}

TEST(Tables, LookForNoKeyThatCannotBe) {
  TestStore store;
  store.execute(
      "CREATE TABLE row_number (k INTEGER PRIMARY KEY); CREATE TABLE free (k INT PRIMARY KEY);"
      "CREATE TABLE strict (k INT, l TEXT, PRIMARY KEY (k, l)) STRICT;"
      "CREATE TABLE any_class (k ANY PRIMARY KEY) STRICT; CREATE TABLE text (k TEXT PRIMARY KEY)");
  const auto looks = [&](const std::string& table, const std::string& id) {
    return odd_key_condition(table_of(*store.describe(table)), id).has_value();
  };
  for (const char* id : {"12", "2.5", "abc", "00ff"}) EXPECT_FALSE(looks("row_number", id)) << id;
  for (const char* id : {"[1,\"x\"]", "[1,\"00\"]", "[\"abc\",\"x\"]"})
    EXPECT_FALSE(looks("strict", id)) << id;
  // Text and floats that look like integers become integers there; bytes do not.
  EXPECT_FALSE(looks("free", "123"));
  for (const char* id : {"12", "2.5", "abc", "00ff"}) EXPECT_TRUE(looks("free", id)) << id;
  EXPECT_FALSE(looks("text", "abc"));
  EXPECT_FALSE(looks("text", "123"));
  EXPECT_TRUE(looks("text", "00ff"));
  EXPECT_TRUE(looks("any_class", "00ff"));
}

TEST(Tables, AnswerQueries) {
  TestStore store;
  store.execute(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x, n NUMERIC, s TEXT COLLATE NOCASE, r REAL, b BLOB)");
  store.execute(
      "INSERT INTO t VALUES (1, 5, '1.50', 'Ada', 1, x'00'), (2, '5', 'n/a', 'ada', 'NaN', 'text'),"
      " (3, 5.0, 7, 'BOB', 2.5, 3), (4, NULL, NULL, NULL, NULL, NULL), (5, x'35', 0.1, 'bob', 'z', x'')");
  const DatasetPointer t = store.describe("t");
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
      {"x = 5 order by id", {"1", "3"}},
      {"x = '5' order by id", {"2"}},
      {"x > 4 order by id", {"1", "3"}},
      {"not x > 4 order by id", {"2", "4", "5"}},
      {"x != 5 order by id", {"2", "5"}},
      {"n = 1.5", {"1"}},
      {"n < 1 ", {"5"}},
      {"n >= 1.5 order by id", {"1", "3"}},
      {"s = 'ada'", {"2"}},
      {"s > 'B' order by id", {"2", "3", "5"}},
      {"s starts with 'a'", {"2"}},
      {"s like '%o%' order by id", {"5"}},
      {"s ilike '%o%' order by id", {"3", "5"}},
      {"s in ('BOB', 'ada') order by id", {"2", "3"}},
      {"s not in ('BOB', 'ada') order by id", {"1", "5"}},
      {"r > 2 order by id", {"2", "3"}},
      {"r = 'z'", {"5"}},
      {"b = '\\x00'", {"1"}},
      {"b = 'text'", {"2"}},
      {"id = 3", {"3"}},
      {"id between 2 and 3 order by id desc", {"3", "2"}},
      {"order by s", {"1", "3", "2", "5", "4"}},
      {"order by s desc", {"5", "2", "3", "1", "4"}},
      {"order by x, id", {"1", "3", "2", "5", "4"}},
      {"order by r", {"1", "3", "2", "5", "4"}},
      {"order by r desc", {"5", "2", "3", "1", "4"}},
      {"order by n desc limit 2", {"2", "3"}},
      {"x exists and s not exists", {}},
      {"x not exists", {"4"}},
  };
  for (const auto& [query, expected] : cases) EXPECT_EQ(store.search_ids(t, query), expected) << query;
}

}  // namespace
}  // namespace dataknobs::sqlite
