// SPDX-License-Identifier: Apache-2.0
//
// Random queries: what SQLite answers must be what the reference evaluator says of the same records, and none
// of it may be left to be done here.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "backends/sqlite/codec.hpp"
#include "expr/evaluate.hpp"
#include "query/order.hpp"
#include "store.hpp"
#include "support/expression_generator.hpp"
#include "support/generator.hpp"

namespace dataknobs::sqlite {
namespace {

constexpr std::size_t kRecords = 60;

class Reference {
 public:
  Reference(const Dataset& dataset, std::vector<Record> records)
      : fields_(dataset.layout() == Layout::document ? FieldResolution::document()
                                                     : FieldResolution::columns(dataset.schema())),
        ids_(dataset.layout() == Layout::document ? IdOrder::text() : IdOrder::key(dataset.key())),
        records_(std::move(records)) {}

  std::vector<std::string> answer(const Query& query) const {
    const Evaluator evaluator(query.filter(), fields_);
    std::vector<Record> found;
    for (const Record& record : records_) {
      if (evaluator.matches(record)) found.push_back(record);
    }
    sort_records(found, RecordOrder(query.sort(), fields_, ids_));
    if (query.is_ordered()) cut_records(found, query.limit(), query.offset());
    std::vector<std::string> ids;
    for (const Record& record : found) ids.push_back(record.id().value());
    return ids;
  }
  const std::vector<Record>& records() const { return records_; }

 private:
  FieldResolution fields_;
  IdOrder ids_;
  std::vector<Record> records_;
};

void compare(TestStore& store, const DatasetPointer& dataset, const test::ExpressionOptions& options,
             std::uint64_t seed, std::size_t queries) {
  const Reference reference(*dataset, store.all(dataset));
  ASSERT_FALSE(reference.records().empty());
  test::ExpressionGenerator generator(seed, reference.records(), options);
  const std::unique_ptr<Session> session = store.session();
  for (std::size_t i = 0; i < queries; ++i) {
    const Query query = generator.query();
    const std::string where = fmt::format("seed {} query {}: {}", seed, i, query.to_string());
    std::vector<std::string> expected;
    try {
      expected = reference.answer(query);
    } catch (const QueryError&) {
      EXPECT_THROW(store.backend().plan(query, *dataset), QueryError) << where;
      continue;
    }
    const PushDown push_down = store.backend().plan(query, *dataset);
    EXPECT_TRUE(push_down.is_exact()) << where;
    EXPECT_TRUE(push_down.sort_taken() || query.sort().empty()) << where;
    EXPECT_TRUE(push_down.range_taken() || (!query.limit() && query.offset() == 0)) << where;
    const ScanRequest request = store.request(dataset, query);
    std::vector<std::string> found;
    for (const Record& record : store.scan(*session, request)) found.push_back(record.id().value());
    if (!query.is_ordered()) {
      std::sort(found.begin(), found.end());
      std::sort(expected.begin(), expected.end());
    }
    ASSERT_EQ(found, expected) << where << "\n"
                               << store.wait(store.backend().explain(store.context, request));
    ASSERT_EQ(store.wait(session->count(store.context, request)), expected.size()) << where;
  }
}

test::GeneratorOptions torture() {
  test::GeneratorOptions options;
  options.special_floats(true).temporal_extremes(true).zero_characters(true).null_rate(0.2);
  return options;
}

std::size_t rounds() {
  const char* more = std::getenv("DATAKNOBS_TEST_ROUNDS");
  return more == nullptr ? 4 : std::strtoul(more, nullptr, 10);
}

void insert(TestStore& store, const DatasetPointer& dataset, std::vector<Record>& records) {
  for (const ItemResult& result : store.write(dataset, WriteMode::insert, records)) {
    if (result.outcome() == Outcome::unchanged) continue;  // Another one says why.
    ASSERT_EQ(result.outcome(), Outcome::written) << (result.error() ? result.error()->what() : "");
  }
}

// One over each field, and over each two neighbours.
void make_indexes(TestStore& store, const DatasetPointer& dataset, const Record& sample) {
  const std::unique_ptr<Session> session = store.session();
  std::vector<std::string> names;
  for (const Field& field : sample.fields()) {
    const std::string name = Path::of_field(field.name()).to_string();
    std::vector<Index> wanted{Index({name})};
    if (!names.empty()) wanted.push_back(Index({names.back(), name}));
    for (Index& index : wanted) {
      index.name(fmt::format("{} of {}", fmt::join(index.fields(), " "), dataset->name()));
      store.wait(session->create_index(store.context, dataset, index));
    }
    names.push_back(name);
  }
}

TEST(Differential, Documents) {
  for (std::uint64_t seed = 1; seed <= rounds(); ++seed) {
    TestStore store;
    const DatasetPointer dataset = store.create_documents("t");
    test::RecordGenerator generator(seed,
                                    torture().few_values(seed % 2 == 0).mixed_rate(0.2).missing_rate(0.1));
    std::vector<Record> records = generator.records(kRecords);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].set_id(i % 3 == 0 ? std::to_string(i) : fmt::format("{}#{}", generator.text(), i));
      if (i % 2 == 0)
        records[i].set_metadata(Json(Json::Object{{"source", generator.value(ValueType::integer)}}));
    }
    insert(store, dataset, records);
    compare(store, dataset, test::ExpressionOptions().metadata(true), seed, 400);
    make_indexes(store, dataset, generator.records(1).front());
    compare(store, dataset, test::ExpressionOptions().metadata(true), seed + 1000, 400);
    if (HasFatalFailure()) return;
  }
}

// Tables as dataknobs makes them, every column with values of its own class.
TEST(Differential, OwnTables) {
  for (std::uint64_t seed = 1; seed <= rounds(); ++seed) {
    TestStore store;
    test::RecordGenerator generator(seed, torture().few_values(seed % 2 == 0));
    std::vector<Record> records = generator.records(kRecords);
    std::vector<FieldDescription> fields{FieldDescription("key", FieldType(ValueType::string), false)};
    for (const Field& field : records.front().fields()) {
      const std::string class_name = field.name().substr(0, field.name().rfind('_'));
      fields.emplace_back(field.name(), FieldType(value_type_from_string(class_name).value()));
    }
    CreateRequest request(DatasetOptions("t"), Layout::columns);
    request.set_schema(Schema(fields)).set_key({"key"});
    const DatasetPointer dataset = store.create(request);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].set_id(fmt::format("{}#{}", generator.text(), i));
      // JSON has no NaN and no infinities: a column of it refuses them.
      for (const Field& field : std::vector<Field>(records[i].fields())) {
        const FieldType json(ValueType::json);
        Encoder encoder;
        const bool fits = !encoder.encode(field.value(), json, Affinity::numeric);
        if (field.value().type() == ValueType::json && !fits) records[i].set(field.name(), Value());
      }
    }
    insert(store, dataset, records);
    compare(store, dataset, test::ExpressionOptions().ids(false).missing_fields(false), seed, 400);
    make_indexes(store, dataset, records.front());
    compare(store, dataset, test::ExpressionOptions().ids(false).missing_fields(false), seed + 1000, 400);
    if (HasFatalFailure()) return;
  }
}

// A random cell, as somebody's program may have left it in a column of any type.
std::string random_cell(test::RecordGenerator& generator) {
  static const std::vector<std::string> cells{"NULL",
                                              "0",
                                              "1",
                                              "-1",
                                              "5",
                                              "9223372036854775807",
                                              "-9223372036854775807 - 1",
                                              "9007199254740993",
                                              "0.1",
                                              "1.5",
                                              "-0.0",
                                              "5.0",
                                              "1e300",
                                              "9e999",
                                              "-9e999",
                                              "-9223372036854775808.0",
                                              "9223372036854775808.0",
                                              "4.7e18",
                                              "''",
                                              "'a'",
                                              "'A'",
                                              "'ada'",
                                              "'Ada'",
                                              "'5'",
                                              "'1.50'",
                                              "'NaN'",
                                              "'Infinity'",
                                              "' '",
                                              "'  '",
                                              "'2024-02-29'",
                                              "'2024-02-29 12:30:00'",
                                              "'2024-02-29T12:30:00Z'",
                                              "'12:30:00'",
                                              "'true'",
                                              "'{\"a\": [1, 2]}'",
                                              "'[1,2]'",
                                              "'face'",
                                              "x''",
                                              "x'00'",
                                              "x'35'",
                                              "x'face'",
                                              "char(127)",
                                              "char(65533)",
                                              "char(128512)",
                                              "char(97,0,98)",
                                              "'1e400'",
                                              "'0.1000000000000000000001'"};
  return cells[generator.below(cells.size())];
}

struct Foreign {
  const char* name;
  std::string pragma;
  const char* table;
  const char* dataset;
};

TEST(Differential, ForeignTables) {
  const std::string columns =
      "i INTEGER, r REAL, t TEXT, b BLOB, x, n NUMERIC, d DECIMAL(10,2), o BOOLEAN, dt DATETIME, da DATE, ti "
      "TIME,"
      " j JSON, c TEXT COLLATE NOCASE, v VARCHAR(5) COLLATE RTRIM, u UUID, \"odd \"\"name.x\" FLOAT";
  const std::vector<Foreign> kinds{
      {"rowid key", "",
       "CREATE TABLE base (id INTEGER PRIMARY KEY, {}); CREATE INDEX i1 ON base(i); CREATE INDEX i2 ON "
       "base(t);"
       " CREATE INDEX i3 ON base(x); CREATE INDEX i4 ON base(c); CREATE INDEX i5 ON base(dt); CREATE INDEX "
       "i6 ON "
       "base(ti)",
       "base"},
      {"text key without rowid", "", "CREATE TABLE base (id TEXT PRIMARY KEY, {}) WITHOUT ROWID", "base"},
      {"utf-16", "PRAGMA encoding = 'UTF-16le';", "CREATE TABLE base (id INTEGER PRIMARY KEY, {})", "base"},
      {"view", "",
       "CREATE TABLE base (id INTEGER PRIMARY KEY, {}); CREATE VIEW seen AS SELECT id, i, r, t, b, x, n, d, "
       "o,"
       " CASE typeof(dt) WHEN 'blob' THEN dt ELSE CAST(dt AS TEXT) END AS dt, da, ti, j, c, v, u, i + 0 AS "
       "\"odd \"\"name.x\" FROM base",
       "seen"},
  };
  for (std::uint64_t seed = 1; seed <= rounds(); ++seed) {
    for (const Foreign& kind : kinds) {
      SCOPED_TRACE(kind.name);
      TestStore store;
      test::RecordGenerator generator(seed);
      std::string sql = kind.pragma + fmt::format(fmt::runtime(kind.table), columns) + "; BEGIN;";
      for (std::size_t i = 0; i < kRecords; ++i) {
        sql += fmt::format("INSERT INTO base VALUES ({}", i);
        for (int column = 0; column < 16; ++column) sql += ", " + random_cell(generator);
        sql += ");";
      }
      store.execute(sql + "COMMIT");
      const DatasetPointer dataset = store.describe(DatasetOptions(kind.dataset).set_key({"id"}));
      ASSERT_TRUE(dataset);
      compare(store, dataset, test::ExpressionOptions().ids(false).missing_fields(false), seed, 250);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace dataknobs::sqlite
