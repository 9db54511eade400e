// SPDX-License-Identifier: Apache-2.0
//
// Random queries on what other programs leave in a database: columns of many types, and documents whose types do not
// fit. What the store takes must be what the reference evaluator says of the records that it gives.
#include <algorithm>
#include <cstdlib>
#include <random>

#include <fmt/format.h>

#include "expr/evaluate.hpp"
#include "integration/postgresql/fixture.hpp"
#include "query/order.hpp"
#include "support/expression_generator.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr std::size_t rows = 60;

std::uint64_t rounds() {
  const char* more = std::getenv("DATAKNOBS_TEST_ROUNDS");
  return more == nullptr ? 2 : std::strtoul(more, nullptr, 10);
}

class Reference {
 public:
  Reference(const Dataset& dataset, std::vector<Record> records)
      : fields_(dataset.layout() == Layout::document ? FieldResolution::document()
                                                     : FieldResolution::columns(dataset.schema())),
        ids_(dataset.layout() == Layout::document ? IdOrder::text() : IdOrder::key(dataset.key())),
        records_(std::move(records)) {}

  /// What is left of the records by that part of the query which the store takes.
  std::vector<std::string> answer(const Query& query, const PushDown& push_down) const {
    const Evaluator evaluator(push_down.taken(), fields_);
    std::vector<Record> found;
    for (const Record& record : records_) {
      if (evaluator.matches(record)) found.push_back(record);
    }
    if (push_down.sort_taken()) sort_records(found, RecordOrder(query.sort(), fields_, ids_));
    if (push_down.range_taken()) cut_records(found, query.limit(), query.offset());
    return ids_of(found, push_down.sort_taken());
  }
  static std::vector<std::string> ids_of(const std::vector<Record>& records, bool sorted) {
    std::vector<std::string> ids;
    for (const Record& record : records) ids.push_back(record.id().value());
    if (!sorted) std::sort(ids.begin(), ids.end());
    return ids;
  }
  const std::vector<Record>& records() const { return records_; }

 private:
  FieldResolution fields_;
  IdOrder ids_;
  std::vector<Record> records_;
};

class Queries : public PostgresqlTest {
 protected:
  void compare(const DatasetOptions& given, const test::ExpressionOptions& expressions, std::uint64_t seed,
               std::size_t queries) {
    run([&]() -> Task<void> {
      Context context;
      const std::shared_ptr<PostgresqlBackend> backend = make_backend();
      const DatasetPointer dataset = co_await backend->describe(context, given, false);
      std::unique_ptr<Session> session = co_await backend->session(context, SessionMode::autocommit);
      std::vector<Record> records = co_await all_records(context, *session, dataset);
      const Reference reference(*dataset, std::move(records));
      EXPECT_EQ(reference.records().size(), rows);
      test::ExpressionGenerator generator(seed, reference.records(), expressions);
      for (std::size_t i = 0; i < queries && !HasFailure(); ++i) {
        const Query query = generator.query();
        std::optional<PushDown> push_down;
        try {
          push_down = backend->plan(query, *dataset);
        } catch (const QueryError&) {
          continue;
        }
        if (test::has_call(query.filter())) {
          computed_ += push_down->is_exact() ? 1 : 0;
        } else {
          taken_ += push_down->is_exact() ? 1 : 0;
          ++asked_;
        }
        ScanRequest request(dataset);
        request.set_filter(push_down->taken());
        if (push_down->sort_taken()) request.set_sort(query.sort());
        if (push_down->range_taken()) request.set_range(query.limit(), query.offset());
        const std::vector<std::string> expected = reference.answer(query, *push_down);
        const std::string failure = co_await difference(context, *session, request, *push_down, expected);
        EXPECT_EQ(failure, "") << "seed " << seed << " query " << i << ": " << query.to_string();
      }
      co_await backend->close(context);
    });
  }

  Task<std::string> difference(Context& context, Session& session, const ScanRequest& request,
                               const PushDown& push_down, const std::vector<std::string>& expected) {
    try {
      std::vector<Record> found;
      std::unique_ptr<Reader> reader = co_await session.scan(context, request);
      while (std::optional<Batch> batch = co_await reader->next(context))
        found.insert(found.end(), batch->rows().begin(), batch->rows().end());
      const std::vector<std::string> ids = Reference::ids_of(found, push_down.sort_taken());
      const std::uint64_t count = co_await session.count(context, request);
      if (ids == expected && count == expected.size()) co_return "";
      co_return fmt::format("found [{}], counted {}, expected [{}]", fmt::join(ids, " | "), count,
                            fmt::join(expected, " | "));
    } catch (const Error& error) {
      co_return error.what();
    }
  }

  // Of the queries without computed operands.
  std::uint64_t taken_ = 0;
  std::uint64_t asked_ = 0;
  std::uint64_t computed_ = 0;  ///< Of the others: how many the store takes.
};

struct ForeignColumn {
  const char* name;
  const char* type;
  /// As SQL.
  std::vector<const char*> cells;
};

const std::vector<ForeignColumn>& foreign_columns() {
  static const std::vector<ForeignColumn> columns{
      {"i2", "smallint", {"0", "1", "-1", "5", "32767", "-32768"}},
      {"i8",
       "bigint",
       {"0", "1", "5", "9007199254740993", "9223372036854775807", "'-9223372036854775808'::bigint"}},
      {"f4",
       "real",
       {"0", "1", "'-0'", "0.1", "1e10", "16777216", "'NaN'", "'Infinity'", "'-Infinity'", "1e-40"}},
      {"f8",
       "double precision",
       {"0", "1", "'-0'", "0.1", "5", "1e23", "9223372036854775808", "-9223372036854775808", "'NaN'",
        "'Infinity'", "'-Infinity'", "5e-324", "9007199254740993"}},
      {"n",
       "numeric",
       {"0", "1.00", "0.1", "5", "1e23", "9223372036854776000", "'NaN'", "'Infinity'", "1e-30", "1e40"}},
      {"n2", "numeric(10,2)", {"0", "1", "0.1", "5", "'NaN'", "12345678.99"}},
      {"t",
       "text",
       {"''", "'a'", "'A'", "'Ada'", "'ada '", "U&'\\00e4'", "U&'\\+01F600'", "'5'", "E'a\\nb'",
        "'2024-02-29'", "U&'\\212a'", "'k'", "'a_%b'"}},
      {"blind", "text collate blind", {"'a'", "'A'", "'b'", "U&'\\00e4'"}},
      {"v", "varchar(5)", {"'a'", "'a '", "''", "'Ada'"}},
      {"c", "char(4)", {"'a'", "'a'", "''", "'Ada'", "E'a\\t'", "'A'"}},
      {"by", "bytea", {"''", "'\\x00'", "'\\xface'", "'\\x61'"}},
      {"o", "boolean", {"true", "false"}},
      {"d",
       "date",
       {"'2024-02-29'", "'0001-01-01 BC'", "'infinity'", "'-infinity'", "'5874897-12-31'",
        "'4713-01-01 BC'"}},
      {"ti", "time", {"'12:30:00'", "'24:00:00'", "'00:00:00.000001'"}},
      {"ts",
       "timestamp",
       {"'2024-02-29'", "'2024-02-29 12:30:00.123456'", "'infinity'", "'-infinity'",
        "'294276-12-31 23:59:59'", "'294276-12-31 23:59:59.5'", "'294247-01-10 04:00:54.775806'",
        "'294247-01-10 04:00:54.775807'", "'4713-01-01 BC'"}},
      {"tz",
       "timestamptz",
       {"'2024-02-29Z'", "'2024-02-29 12:30:00.123456Z'", "'infinity'", "'-infinity'",
        "'294276-12-31 23:59:59Z'", "'294247-01-10 04:00:54.775806Z'"}},
      {"u", "uuid", {"'00000000-0000-0000-0000-00000000000a'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"}},
      {"j",
       "jsonb",
       {"'null'", "'5'", "'\"a\"'", "'true'", "'{\"a\": [1, 2.50, \"x\"], \"0\": 7}'", "'[1, null, \"a\"]'",
        "'{}'", "'[]'", "'{\"a\": null, \"b\": {\"c\": 1e40}}'", "'[\"NaN\", {\"a\": \"NaN\"}]'"}},
      {"js", "json", {"'null'", "' 5'", "'{\"a\": 1}'", "'[1]'"}},
      {"e", "mood", {"'sad'", "'ok'", "'happy'"}},
      {"ip", "inet", {"'10.0.0.1'", "'10.0.0.0/8'", "'::1'"}},
      {"ar", "integer[]", {"'{}'", "'{1,2}'"}},
      {"ve", "real[]", {"'{}'", "'{1,2.5}'", "'{0.1,NaN}'", "'{1e17,-1e18}'", "'{1,null}'", "'{{1},{2}}'"}},
      {"iv", "interval", {"'1 day'", "'24 hours'"}},
      {"dom", "small", {"1", "2"}},
      {"odd \"\"name.x", "real", {"1", "2"}},
  };
  return columns;
}

TEST_F(Queries, ExplainShowsTheServersPlanAndItsUseOfIndexes) {
  sql("create table @.people (id integer primary key, age integer, name text collate \"C\");"
      "insert into @.people select n, n % 1000, 'name ' || n from generate_series(1, 20000) n;"
      "create index on @.people (age); create index on @.people (name); analyze @.people");
  const auto explained = [&](const char* text) {
    return run([&]() -> Task<std::string> {
      Context context;
      const std::shared_ptr<PostgresqlBackend> backend = make_backend();
      const DatasetOptions named = options("people");
      const DatasetPointer dataset = co_await backend->describe(context, named, false);
      const Query query = Query::parse(text);
      const PushDown push_down = backend->plan(query, *dataset);
      ScanRequest request(dataset);
      request.set_filter(push_down.taken()).set_sort(query.sort()).set_range(query.limit(), query.offset());
      co_return co_await backend->explain(context, request);
    });
  };
  const auto expect = [&](const char* query, const char* statement, const char* plan) {
    const std::string text = explained(query);
    EXPECT_NE(text.find(statement), std::string::npos) << text;
    EXPECT_NE(text.find(plan), std::string::npos) << text;
  };
  expect("id = 5.0", R"(where "id" = 5)", "Index Cond: (id = 5)");
  expect("age > 998.5", R"(where "age" >= 999)", "Index Cond: (age >= 999)");
  expect("age in (1, 2, 3.5)", R"(where "age" in (1, 2))", "Index Cond: (age = ANY");
  expect("name like 'name 77%'", R"(where "name" collate "C" like 'name 77%')",
         "Index Cond: ((name >= 'name 77'");
  expect("name = 'name 5'", R"(where "name" = 'name 5')", "Index Cond: (name = 'name 5'");
  expect("order by age desc limit 3", R"(where "age" is not null order by "age" desc, "id" limit 3)",
         "Index Scan Backward using people_age_idx");
  expect("order by age limit 3", R"(order by "age", "id" limit 3)", "Presorted Key: age");
}

// A draw of its own, so that the rows are the same everywhere.
template <class T>
const T& one_of(std::mt19937_64& random, const std::vector<T>& items) {
  return items[random() % items.size()];
}

TEST_F(Queries, OnForeignTables) {
  sql("create collation @.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
      "create type @.mood as enum ('sad', 'ok', 'happy'); create domain @.small as integer check (value < "
      "100)");
  for (std::uint64_t seed = 1; seed <= rounds() && !HasFailure(); ++seed) {
    for (const std::string key : {"integer", "text", "char(6)"}) {
      SCOPED_TRACE(key);
      std::mt19937_64 random(seed);
      std::string columns = fmt::format("id {} primary key", key);
      for (const ForeignColumn& column : foreign_columns())
        columns += fmt::format(R"(, "{}" {})", column.name, column.type);
      std::string statements = fmt::format(
          "set search_path = {}, public; drop table if exists foreign_table; create table foreign_table "
          "({});",
          schema(), columns);
      for (std::size_t row = 0; row < rows; ++row) {
        statements += fmt::format("insert into foreign_table values ('{}'", row);
        for (const ForeignColumn& column : foreign_columns())
          statements += std::string(", ") + (random() % 8 == 0 ? "null" : one_of(random, column.cells));
        statements += ");";
      }
      sql(statements);
      compare(options("foreign_table"), test::ExpressionOptions().ids(false).missing_fields(false), seed,
              300);
      if (HasFailure()) return;
      compare(options("foreign_table"),
              test::ExpressionOptions().ids(false).missing_fields(false).computed_rate(1).depth(0), seed,
              600);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(taken_, asked_ * 7 / 10);
  EXPECT_GT(computed_, 100U * rounds());
}

// clang-format off
const std::vector<std::string> document_values{
    "5", "1.50", "0.1", "1e400", "-0.0", "9223372036854775808", R"("a")", R"("Ada")", R"("NaN")",
    R"("Infinity")", R"("-Infinity")", R"("2024-02-29")", R"("2024-02-29T12:30:00Z")",
    R"("2024-02-29 12:30+02")", R"("2024-02-30")", R"("2023-02-29")", R"("1900-02-29")",
    R"("2000-02-29")", R"("+294247-01-10T04:00:54.775806Z")", R"("+294247-01-10T04:00:54.775807Z")",
    R"("+294248-01-01")", R"("-290308-12-21T19:59:05.224193Z")", R"("-290308-12-21T19:59:05.224192Z")",
    R"("-0001-03-01")", R"("-0000-01-01")", R"("+9999999-12-31")", R"("-5877641-06-24")",
    R"("+5881580-07-11")", R"("2024-02-29t23:59:59.999999000z")", R"("2024-02-29T24:00:00Z")",
    R"("2024-02-29T00:00:00-00:30")", R"("infinity")", R"("-infinity")", R"("12:30")", R"("12:30:00.5")",
    R"("24:00")", R"("24:00:00.000001")", R"("12:60")", R"("23:59:59.1234567")", R"("abcd")", R"("QQ==")",
    R"("QR==")", R"("")", R"("/+8=")", R"("YQ")", "true", "false", "null", "{}", "[]", R"([1, "a"])",
    R"(["NaN", 1])", "[1.0, 2.5]", R"({"a": "NaN", "b": [1, "Infinity"]})", R"({"a": 1, "b": null})",
    R"({"a": {"b": "x"}})", R"({"b": ["NaN"]})"};
// clang-format on
const std::vector<std::string> noted_types{"datetime", "date",    "time",   "binary", "float",   "decimal",
                                           "string",   "integer", "vector", "text",   "unknown", "boolean"};
const std::vector<std::string> nested_paths{".a", ".b", ".b[1]", "[0]", ".b[0]", ".a.b"};

// A row of the document layout as another program may have left it.
std::string odd_document(std::mt19937_64& random, std::size_t row) {
  std::string data;
  std::string noted;
  const auto append = [](std::string& object, const std::string& member) {
    object += (object.empty() ? "" : ", ") + member;
  };
  for (const std::string name : {"x", "y", "it's", "d.t"}) {
    if (random() % 10 != 0) append(data, fmt::format(R"("{}": {})", name, one_of(random, document_values)));
    const std::string path = name == "d.t" ? R"(\"d.t\")" : name;
    if (random() % 3 != 0) append(noted, fmt::format(R"("{}": "{}")", path, one_of(random, noted_types)));
    if (random() % 3 != 0) continue;
    append(noted, fmt::format(R"("{}{}": "{}")", path, one_of(random, nested_paths),
                              random() % 4 == 0 ? one_of(random, noted_types) : "float"));
  }
  const auto quoted = [](const std::string& json) { return fmt::format("$q${}$q$", json); };
  const std::string metadata = random() % 2 == 0 ? "null" : quoted(one_of(random, document_values));
  const std::string types = random() % 5 == 0 ? "null" : quoted("{" + noted + "}");
  return fmt::format(
      "insert into @.documents (id, data, metadata, types, version) values ('{}', {}, {}, {}, 1);", row,
      quoted("{" + data + "}"), metadata, types);
}

TEST_F(Queries, OnDocumentsWhoseTypesDoNotFit) {
  for (std::uint64_t seed = 1; seed <= rounds() * 2 && !HasFailure(); ++seed) {
    std::mt19937_64 random(seed);
    sql("drop table if exists @.documents");
    const CreateRequest request(options("documents"), Layout::document);
    for (const std::string& statement : make_backend()->creation_statements(request)) sql(statement);
    std::string inserts;
    for (std::size_t row = 0; row < rows; ++row) inserts += odd_document(random, row);
    sql(inserts);
    compare(options("documents"), test::ExpressionOptions().metadata(true), seed, 300);
  }
  EXPECT_GT(taken_, asked_ * 7 / 10);
}

}  // namespace
}  // namespace dataknobs::postgresql
