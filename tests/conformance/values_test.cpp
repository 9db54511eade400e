// SPDX-License-Identifier: Apache-2.0
//
// Every class of values, with what has hurt others: extremes, odd text, empty and long ones. A value comes
// back as it was, type included, or is refused with an error that names record and field.
#include <cmath>
#include <limits>

#include "conformance/cases.hpp"
#include "conformance/common.hpp"
#include "conformance/generator.hpp"

namespace dataknobs::conformance {
namespace {

Value decimal(const std::string& text) {
  return Value(*Decimal::parse(text));
}

std::string digits(std::size_t count) {
  std::string text;
  for (std::size_t at = 0; at < count; ++at) text += static_cast<char>('1' + at % 9);
  return text;
}

/// More than the pool of the random queries has: long and rare ones.
std::vector<Value> torture(ValueType type) {
  std::vector<Value> values = pool(type);
  auto add = [&](Value value) { values.push_back(std::move(value)); };
  if (type == ValueType::floating) {
    for (double each :
         {std::numeric_limits<double>::max(), std::numeric_limits<double>::min(), 2.2250738585072011e-308,
          -std::numeric_limits<double>::denorm_min(), 123456789.123456789, 1.0 / 3, 9007199254740993.0}) {
      add(each);
    }
  }
  if (type == ValueType::decimal) {
    for (const std::string& each :
         {digits(1000), "-" + digits(1000), "0." + digits(1000), digits(500) + "." + digits(500),
          "0." + std::string(300, '0') + "1", "1" + std::string(300, '0'), std::string("1.50"),
          std::string("100"), std::string("0.000")}) {
      add(decimal(each));
    }
  }
  if (type == ValueType::string) {
    for (const std::string& each :
         {std::string("a\0b", 3), std::string("\0", 1), std::string(1'000'000, 'y'),
          std::string("\x01\x1f\x7f"), std::string("\u2028\u2029"), std::string("\r\n"),
          std::string("\\u0041"), std::string("\ufeffbom"), std::string("\u202eabc"), std::string("\\N"),
          std::string("\\."), std::string("NULL"), std::string("''''")}) {
      add(each);
    }
  }
  if (type == ValueType::binary) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    add(Binary{all});
    add(Binary{std::string(1'000'000, '\0')});
  }
  if (type == ValueType::json) {
    Value deep = 1;
    for (int level = 0; level < 50; ++level) deep = Value(Json(Json::Array{deep}));
    add(deep);
    add(Json(Json::Object{{"", 1}, {" ", 2}, {"\u00e4", Json(Json::Object{{"\"", "\\"}})}}));
    add(Json(Json::Object{{"text", std::string("nul\0", 4)}}));
    add(Json(
        Json::Object{{"big", std::numeric_limits<std::int64_t>::max()}, {"float", 1e300}, {"tiny", 5e-324}}));
    add(Json(Json::Object{{"date", "2024-02-29"}, {"type", "vector"}, {"$types", "x"}}));
  }
  if (type == ValueType::vector) add(Vector(1536, 0.1F));
  return values;
}

std::string brief(const Value& value) {
  std::string text = to_line(Record{{"v", value}});
  return text.size() > 120 ? text.substr(0, 120) + "..." : text;
}

bool same_bits(const Value& left, const Value& right) {
  if (left.type() != right.type()) return false;
  return left == right;
}

class ValuesTest {
 public:
  ValuesTest(ConformanceTest& test, ValueType type) : test_(test), type_(type) {}

  void run() {
    Columns columns = {{"v", type_}, {"other", ValueType::integer}};
    Database db = test_.database(columns, "values");
    int number = 0;
    for (const Value& value : torture(type_)) {
      SCOPED_TRACE(brief(value));
      std::string id = "r" + std::to_string(++number);
      Record made = record(id, {{"v", value}, {"other", number}});
      if (!stored(db, made)) continue;
      std::optional<Record> back = test_.run(db.read(id));
      ASSERT_TRUE(back);
      EXPECT_TRUE(same_bits((*back)["v"], value))
          << "came back as " << brief((*back)["v"]) << " of type " << to_string((*back)["v"].type());
      EXPECT_EQ((*back)["other"], Value(number));
      found_by_search(db, id, value);
      ++kept_;
    }
    EXPECT_GT(kept_, 0);
    // A refused value leaves nothing behind.
    EXPECT_EQ(test_.run(db.count()), static_cast<std::uint64_t>(kept_));
  }

 private:
  bool stored(Database& db, Record& made) {
    try {
      test_.run(db.create(made));
      return true;
    } catch (const Error& error) {
      std::string text = error.what();
      EXPECT_TRUE(test_.harness().may_refuse(made["v"])) << "refused: " << text;
      EXPECT_EQ(error.record_id(), *made.id()) << text;
      EXPECT_EQ(error.field_path().substr(0, 1), "v") << text;
      EXPECT_NE(error.code(), ErrorCode::internal) << text;
      return false;
    }
  }

  void found_by_search(Database& db, const std::string& id, const Value& value) {
    Query equal = Query::where(field("v") == value).filter(field("id") == Value(id));
    EXPECT_EQ(test_.found(db, equal), std::vector<std::string>{id}) << "not equal to itself";
  }

  ConformanceTest& test_;
  ValueType type_;
  int kept_ = 0;
};

bool holds(ConformanceTest& test, ValueType type) {
  if (test.harness().document()) return true;
  Exactness exactness = test.backend()->map_type(FieldType(type)).exactness();
  return exactness != Exactness::lossy && exactness != Exactness::impossible;
}

#define VALUES_TEST(name, type)                     \
  CONFORMANCE_TEST(writes, values_of_type_##name) { \
    if (!holds(*this, type)) return;                \
    ValuesTest(*this, type).run();                  \
  }
VALUES_TEST(boolean, ValueType::boolean)
VALUES_TEST(integer, ValueType::integer)
VALUES_TEST(float, ValueType::floating)
VALUES_TEST(decimal, ValueType::decimal)
VALUES_TEST(string, ValueType::string)
VALUES_TEST(binary, ValueType::binary)
VALUES_TEST(datetime, ValueType::datetime)
VALUES_TEST(date, ValueType::date)
VALUES_TEST(time, ValueType::time)
VALUES_TEST(json, ValueType::json)
VALUES_TEST(vector, ValueType::vector)
#undef VALUES_TEST

CONFORMANCE_TEST(writes, the_basic_types_have_columns, Need::columns) {
  for (ValueType type :
       {ValueType::boolean, ValueType::integer, ValueType::floating, ValueType::decimal, ValueType::string,
        ValueType::binary, ValueType::datetime, ValueType::date, ValueType::time, ValueType::json}) {
    EXPECT_TRUE(holds(*this, type)) << to_string(type);
  }
}

/// The record's line; the sign of zero is no value, so a store need not keep it.
std::string comparable(const Record& record) {
  std::string line = to_line(record);
  for (std::size_t at = line.find("-0.0"); at != std::string::npos; at = line.find("-0.0", at + 1)) {
    std::size_t end = at + 4;
    if (end == line.size() || line[end] < '0' || line[end] > '9') line.erase(at, 1);
  }
  return line;
}

CONFORMANCE_TEST(writes, records_of_random_values_come_back, Need::document) {
  World world = World::document();
  for (World::FieldSpec& spec : world.fields()) {
    std::erase_if(spec.values, [&](const Value& value) { return harness().may_refuse(value); });
  }
  Generator generator(world, 11);
  std::vector<Record> made = generator.records(300);
  // The sign of zero is not a value, but the lines show it.
  for (Record& each : made) {
    const Record before = each;
    for (const Field& field : before.fields()) {
      if (field.value() == Value(0.0) && field.value().type() == ValueType::floating)
        each.set(field.name(), 0.0);
    }
  }
  Database db = load({}, made);
  Records stored = run(db.search(Query::parse("order by id")));
  std::sort(made.begin(), made.end(), [](const Record& a, const Record& b) { return a.id() < b.id(); });
  ASSERT_EQ(ids(stored), ids(made));
  for (std::size_t at = 0; at < made.size(); ++at) EXPECT_EQ(comparable(stored[at]), comparable(made[at]));
}

CONFORMANCE_TEST(metadata, it_is_kept_and_searched, Need::document, Need::writable) {
  Database db = database({});
  Json metadata(Json::Object{{"source", "web"}, {"n", 1}, {"tags", Json(Json::Array{"a", "b"})}});
  Record one = record("1", {{"a", 1}, {"metadata", "a field of that name"}});
  one.set_metadata(metadata);
  run(db.create(one));
  run(db.create(record("2", {{"a", 1}})));
  Record stored = *run(db.read("1"));
  ASSERT_TRUE(stored.metadata());
  EXPECT_EQ(Value(*stored.metadata()), Value(metadata));
  EXPECT_EQ(stored["metadata"], Value("a field of that name"));
  EXPECT_FALSE(run(db.read("2"))->metadata());
  EXPECT_EQ(found(db, Query::parse("metadata.source = 'web'")), std::vector<std::string>{"1"});
  EXPECT_EQ(found(db, Query::parse("metadata.tags contains 'b'")), std::vector<std::string>{"1"});
  EXPECT_EQ(found(db, Query::parse("metadata.n is null")), std::vector<std::string>{"2"});
  EXPECT_EQ(found(db, Query::parse("\"metadata\" = 'a field of that name'")), std::vector<std::string>{"1"});
}

CONFORMANCE_TEST(writes, metadata_without_room_is_an_error, Need::columns) {
  Database db = database(kPeople);
  if (describe()->has_metadata()) return;
  Record made = person("1", "A", 1);
  made.set_metadata(Json(Json::Object{{"source", "web"}}));
  Error error = error_of(db.create(made));
  EXPECT_NE(error.code(), ErrorCode::internal);
  EXPECT_NE(std::string(error.what()).find("metadata"), std::string::npos) << error.what();
  EXPECT_EQ(run(db.count()), 0U);
}

}  // namespace
}  // namespace dataknobs::conformance
