// SPDX-License-Identifier: Apache-2.0
//
// Making datasets and loading them in bulk.
#include "conformance/common.hpp"
#include "conformance/generator.hpp"

namespace dataknobs::conformance {
namespace {

using Ids = std::vector<std::string>;

/// Types that a column of this store holds.
std::vector<ValueType> column_types(ConformanceTest& test) {
  std::vector<ValueType> types;
  for (int at = 1; at <= static_cast<int>(ValueType::vector); ++at) {
    auto type = static_cast<ValueType>(at);
    Exactness exactness = test.backend()->map_type(FieldType(type)).exactness();
    if (exactness == Exactness::exact || exactness == Exactness::exact_if) types.push_back(type);
  }
  return types;
}

CONFORMANCE_TEST(dataset_creation, what_is_made_is_described, Need::columns, Need::writable) {
  Columns columns;
  for (ValueType type : column_types(*this)) columns.emplace_back("f " + std::string(to_string(type)), type);
  EXPECT_GE(columns.size(), 8U) << "too few types are kept exactly";
  Database db = database(columns);
  DatasetPointer dataset = describe();
  ASSERT_TRUE(dataset);
  EXPECT_EQ(dataset->layout(), Layout::columns);
  EXPECT_EQ(dataset->key(), Ids{"id"});
  ASSERT_EQ(dataset->schema().size(), columns.size() + 1);
  EXPECT_EQ(dataset->schema().fields()[0].name(), "id");
  EXPECT_FALSE(dataset->schema().fields()[0].nullable());
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const FieldDescription& field = dataset->schema().fields()[at + 1];
    EXPECT_EQ(field.name(), columns[at].first);
    EXPECT_EQ(field.type().kind(), columns[at].second) << field.type().to_string();
  }
}

CONFORMANCE_TEST(dataset_creation, the_described_type_is_the_mapped_one, Need::columns, Need::writable) {
  std::vector<FieldType> types = {
      FieldType(ValueType::integer).set_width(16),        FieldType(ValueType::integer).set_width(32),
      FieldType(ValueType::floating).set_width(32),       FieldType(ValueType::decimal).set_precision(10, 2),
      FieldType(ValueType::string).set_length(20),        FieldType(ValueType::string).set_logical("uuid"),
      FieldType(ValueType::datetime).set_logical("naive")};
  std::vector<FieldDescription> fields = {FieldDescription("id", FieldType(ValueType::string), false)};
  for (std::size_t at = 0; at < types.size(); ++at) fields.emplace_back("f" + std::to_string(at), types[at]);
  CreateRequest request(dataset_of(url()), Layout::columns);
  request.set_schema(Schema(fields)).set_key({"id"});
  make(request);
  DatasetPointer dataset = describe();
  ASSERT_TRUE(dataset);
  for (std::size_t at = 0; at < types.size(); ++at) {
    const FieldType& type = dataset->schema().fields()[at + 1].type();
    EXPECT_EQ(type, backend()->map_type(types[at]).type())
        << types[at].to_string() << " is described as " << type.to_string();
  }
}

CONFORMANCE_TEST(dataset_creation, a_second_one_of_that_name_is_refused, Need::writable) {
  for (Layout layout : {Layout::document, Layout::columns}) {
    if (backend()->creation_layout(dataset_of(url()), layout) != layout) continue;
    std::string table = layout == Layout::document ? "d" : "c";
    CreateRequest request(dataset_of(place().url(table)), layout);
    if (layout == Layout::columns) request.set_schema(schema_of(kPeople)).set_key({"id"});
    std::unique_ptr<Session> made = session(SessionMode::autocommit);
    DatasetPointer dataset = run(made->create_dataset(context(), request));
    ASSERT_TRUE(dataset);
    EXPECT_EQ(dataset->layout(), layout);
    if (harness().capabilities().publishes) run(made->publish(context(), dataset));
    std::unique_ptr<Session> again = session(SessionMode::autocommit);
    Error error = error_of(again->create_dataset(context(), request));
    EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
  }
}

CONFORMANCE_TEST(dataset_creation, names_of_tables_are_taken_literally, Need::writable) {
  for (const char* table : {"select", "it's", "a.b", "x y", "\"q\"", "a%25b", "\u00e4"}) {
    SCOPED_TRACE(table);
    Database db = load(kPeople, {person("1", table, 1)}, table);
    EXPECT_EQ(found(db, Query::where(field("name") == Value(table))), Ids{"1"});
    EXPECT_EQ(run(db.count()), 1U);
  }
}

CONFORMANCE_TEST(dataset_creation, names_that_differ_by_case_are_two_tables_or_refused, Need::writable) {
  Database upper = load(kPeople, {person("1", "T", 1)}, "T");
  if (harness().names_ignore_case()) {
    CreateRequest request(dataset_of(url("t")), harness().layout());
    if (!harness().document()) request.set_schema(schema_of(kPeople)).set_key({"id"});
    std::unique_ptr<Session> making = session(SessionMode::autocommit);
    Error error = error_of(making->create_dataset(context(), request));
    EXPECT_EQ(error.code(), ErrorCode::duplicate_record) << error.what();
  } else {
    Database lower = load(kPeople, {person("1", "t", 1)}, "t");
    EXPECT_EQ(plain(*run(lower.read("1"))), person("1", "t", 1));
  }
  EXPECT_EQ(plain(*run(upper.read("1"))), person("1", "T", 1));
}

CONFORMANCE_TEST(dataset_creation, the_first_write_makes_the_table, Need::document, Need::writable) {
  Database db = run(Database::open(url("fresh")));
  EXPECT_EQ(run(db.create(person("1", "A", 1))), "1");
  EXPECT_EQ(found(db, Query::parse("age = 1")), Ids{"1"});
  DatasetPointer dataset = describe("fresh");
  ASSERT_TRUE(dataset);
  EXPECT_EQ(dataset->layout(), Layout::document);
}

CONFORMANCE_TEST(scans, a_table_that_is_not_there_is_named) {
  if (!harness().read_only()) database(kPeople, "people");
  Database db = run(Database::open(url("poeple")));
  for (int verb = 0; verb < 3; ++verb) {
    Error error =
        verb == 0 ? error_of(db.all()) : (verb == 1 ? error_of(db.count()) : error_of(drain(db, Query())));
    EXPECT_EQ(error.code(), ErrorCode::not_found) << error.what();
    EXPECT_NE(std::string(error.what()).find("poeple"), std::string::npos) << error.what();
    if (!harness().read_only()) {
      EXPECT_NE(error.hint().find("people"), std::string::npos) << error.what();
    }
  }
}

CONFORMANCE_TEST(dataset_creation, the_tables_of_a_store_are_listed, Need::writable) {
  load(kPeople, {person("1", "A", 1)}, "one");
  load(kPeople, {person("1", "A", 1)}, "two");
  std::vector<std::string> names = run(backend()->list(context()));
  if (!harness().lists_tables()) {
    EXPECT_LE(names.size(), 1U);
    return;
  }
  EXPECT_NE(std::find(names.begin(), names.end(), "one"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "two"), names.end());
}

CONFORMANCE_TEST(dataset_creation, composite_and_numeric_keys, Need::columns, Need::writable) {
  std::vector<FieldDescription> fields = {FieldDescription("a", FieldType(ValueType::integer), false),
                                          FieldDescription("b", FieldType(ValueType::string), false),
                                          FieldDescription("n", FieldType(ValueType::integer))};
  CreateRequest request(dataset_of(url("pairs")), Layout::columns);
  request.set_schema(Schema(fields)).set_key({"a", "b"});
  CreateRequest single(dataset_of(url("numbers")), Layout::columns);
  single.set_schema(Schema({fields[0], fields[2]})).set_key({"a"});
  make(request);
  make(single);

  Database pairs = run(Database::open(url("pairs")));
  for (auto [a, b, n] : {std::tuple(10, "x", 1), std::tuple(9, "y", 2), std::tuple(9, "x", 3)}) {
    Record each{{"a", a}, {"b", b}, {"n", n}};
    run(pairs.create(each));
    EXPECT_EQ(each.id(), "[" + std::to_string(a) + ",\"" + b + "\"]");
  }
  EXPECT_EQ(found(pairs, Query::parse("limit 9")), (Ids{"[9,\"x\"]", "[9,\"y\"]", "[10,\"x\"]"}));
  EXPECT_EQ(run(pairs.read("[9,\"y\"]"))->operator[]("n"), Value(2));
  EXPECT_TRUE(run(pairs.remove("[9,\"y\"]")));

  Database numbers = run(Database::open(url("numbers")));
  for (int a : {100, 9, 10}) run(numbers.create(Record{{"a", a}, {"n", -a}}));
  EXPECT_EQ(found(numbers, Query::parse("limit 9")), (Ids{"9", "10", "100"}));
  EXPECT_EQ(found(numbers, Query::parse("n < 0 order by n desc")), (Ids{"9", "10", "100"}));
  EXPECT_EQ(run(numbers.read("10"))->operator[]("n"), Value(-10));
  EXPECT_FALSE(run(numbers.read("ten")));
}

// --- bulk loads
// -----------------------------------------------------------------------------------------------------

Task<std::uint64_t> load_in_bulk(Context& context, Session& session, const WriterOptions& options,
                                 const std::vector<Batch>& batches) {
  std::unique_ptr<Writer> writer = co_await session.writer(context, options);
  for (const Batch& batch : batches) co_await writer->write(context, batch);
  co_return co_await writer->finish(context);
}

DatasetPointer prepared(ConformanceTest& test) {
  test.database(kPeople);
  return test.describe();
}

CONFORMANCE_TEST(bulk_writes, rows_and_columns_arrive_alike, Need::writable) {
  DatasetPointer dataset = prepared(*this);
  std::vector<Record> all = people(3000);
  std::vector<Record> first(all.begin(), all.begin() + 1000);
  std::vector<Record> second(all.begin() + 1000, all.begin() + 1001);
  std::vector<Record> third(all.begin() + 1001, all.end());
  Batch rows = Batch::from_rows(third);
  Batch columns = Batch::from_columns(rows.schema(), rows.columns(), rows.ids());
  std::vector<Batch> batches = {Batch::from_rows(first), Batch::from_rows(second)};
  bool with_ids = columns.ids() != nullptr;
  if (with_ids) batches.push_back(columns);
  if (!with_ids) batches.push_back(rows);
  std::unique_ptr<Session> writing = session(SessionMode::autocommit);
  WriterOptions options(dataset, WriteMode::insert);
  EXPECT_EQ(run(load_in_bulk(context(), *writing, options, batches)), 3000U);
  writing.reset();
  Database db = run(Database::open(url()));
  Records stored = plain(run(db.search(Query::parse("order by id"))));
  EXPECT_EQ(stored, all);
}

CONFORMANCE_TEST(bulk_writes, a_duplicate_is_named, &Capabilities::transactions, Need::writable) {
  DatasetPointer dataset = prepared(*this);
  Database db = run(Database::open(url()));
  run(db.create(person("p00500", "Old", -1)));
  std::unique_ptr<Session> writing = session(SessionMode::transaction);
  WriterOptions options(dataset, WriteMode::insert);
  std::vector<Batch> batches = {Batch::from_rows(people(1000))};
  Error error = error_of(load_in_bulk(context(), *writing, options, batches));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record) << error.what();
  EXPECT_NE(std::string(error.what()).find("p00500"), std::string::npos) << error.what();
  writing->abandon();
  writing.reset();
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("p00500", "Old", -1)});
}

CONFORMANCE_TEST(bulk_writes, upsert_replaces_and_adds, Need::writable) {
  DatasetPointer dataset = prepared(*this);
  Database db = run(Database::open(url()));
  run(db.create(record("p00001", {{"name", "Old"}, {"note", "old"}})));
  std::unique_ptr<Session> writing = session(SessionMode::autocommit);
  WriterOptions options(dataset, WriteMode::upsert);
  std::vector<Batch> batches = {Batch::from_rows(people(10))};
  EXPECT_EQ(run(load_in_bulk(context(), *writing, options, batches)), 10U);
  writing.reset();
  EXPECT_EQ(plain(run(db.search(Query::parse("order by id")))), people(10));
}

CONFORMANCE_TEST(bulk_writes, what_is_abandoned_in_a_transaction_is_gone, &Capabilities::transactions,
                 Need::writable) {
  DatasetPointer dataset = prepared(*this);
  for (bool in_flight : {false, true}) {
    std::unique_ptr<Session> writing = session(SessionMode::transaction);
    WriterOptions options(dataset, WriteMode::insert);
    std::unique_ptr<Writer> writer = run(writing->writer(context(), options));
    run(writer->write(context(), Batch::from_rows(people(2000))));
    if (in_flight) {
      writer->abandon();
    } else {
      EXPECT_EQ(run(writer->finish(context())), 2000U);
    }
    writer.reset();
    writing->abandon();
    writing.reset();
    Database db = run(Database::open(url()));
    EXPECT_EQ(run(db.count()), 0U);
  }
}

CONFORMANCE_TEST(bulk_writes, values_of_every_type_arrive_exactly, Need::columns, Need::writable) {
  std::vector<ValueType> types = column_types(*this);
  Columns columns;
  for (ValueType type : types) columns.emplace_back(std::string(to_string(type)), type);
  Database db = database(columns);
  World world = World::columns(types);
  for (World::FieldSpec& spec : world.fields()) {
    std::erase_if(spec.values, [&](const Value& value) { return harness().may_refuse(value); });
    spec.name = std::string(to_string(spec.type));
  }
  world.set_id_is_field(false);
  Generator generator(world, 7);
  std::vector<Record> made = generator.records(400);
  std::unique_ptr<Session> writing = session(SessionMode::autocommit);
  WriterOptions options(describe(), WriteMode::insert);
  std::vector<Batch> batches = {Batch::from_rows(made)};
  EXPECT_EQ(run(load_in_bulk(context(), *writing, options, batches)), 400U);
  writing.reset();
  for (const Record& each : made) {
    std::optional<Record> stored = run(db.read(*each.id()));
    ASSERT_TRUE(stored);
    EXPECT_EQ(plain(*stored), each);
  }
}

}  // namespace
}  // namespace dataknobs::conformance
