// SPDX-License-Identifier: Apache-2.0
//
// Structs as records and back: each type of member, and what does not fit.
#include <dataknobs/mapping.hpp>

#include <chrono>
#include <limits>

#include <gtest/gtest.h>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <dataknobs/detail/rows.hpp>

#include "support/error_of.hpp"

namespace dataknobs {
namespace {

using namespace std::chrono;
using test::error_of;

enum class Colour : std::uint8_t { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Street {
  std::string name;
  std::optional<int> number;
  bool operator==(const Street&) const = default;
};
BOOST_DESCRIBE_STRUCT(Street, (), (name, number))

struct Home {
  std::string city;
  std::vector<Street> streets;
  std::optional<sys_days> since;
  std::vector<std::byte> key;
  bool operator==(const Home&) const = default;
};
BOOST_DESCRIBE_STRUCT(Home, (), (city, streets, since, key))

struct Everything {
  std::string id;
  bool flag = false;
  std::int8_t small = 0;
  std::uint64_t large = 0;
  double ratio = 0;
  float narrow = 0;
  Decimal price;
  std::string name;
  Binary raw;
  std::vector<std::byte> bytes;
  DateTime moment;
  sys_time<microseconds> precise;
  sys_seconds coarse;
  Date date;
  sys_days day;
  year_month_day calendar{year(2000), January, day_of_one()};
  Time time;
  hh_mm_ss<minutes> clock;
  Json json;
  Value any;
  Vector embedding;
  std::vector<double> numbers;
  std::vector<std::optional<std::string>> words;
  std::map<std::string, std::int64_t> counts;
  Colour colour = Colour::red;
  Home home;
  std::optional<std::string> note;
  std::optional<Home> second;

  static constexpr std::chrono::day day_of_one() { return std::chrono::day(1); }
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (id, flag, small, large, ratio, narrow, price, name, raw, bytes, moment, precise,
                       coarse, date, day, calendar, time, clock, json, any, embedding, numbers, words, counts,
                       colour, home, note, second))

Everything everything() {
  Everything made;
  made.id = "e1";
  made.flag = true;
  made.small = -128;
  made.large = std::numeric_limits<std::uint64_t>::max();
  made.ratio = 0.1;
  made.narrow = 0.1F;
  made.price = *Decimal::parse("9.50");
  made.name = "na\xc3\xafve";
  made.raw = Binary{std::string("\0\xff", 2)};
  made.bytes = {std::byte{0}, std::byte{255}};
  made.moment = DateTime::infinity();
  made.precise = sys_time<microseconds>(microseconds(-1));
  made.coarse = sys_seconds(seconds(1'700'000'000));
  made.date = Date{19'000};
  made.day = sys_days(2024y / February / 29);
  made.calendar = 1066y / October / 14;
  made.time = Time{86'400'000'000};
  made.clock = hh_mm_ss<minutes>(minutes(751));
  made.json = Json(Json::Object{{"a", Value(1)}});
  made.any = Value(Date{1});
  made.embedding = {0.1F, -2.0F};
  made.numbers = {0.1, 1e300};
  made.words = {"x", std::nullopt, ""};
  made.counts = {{"a", 1}, {"b.c", -2}};
  made.colour = Colour::green;
  made.home = Home{
      "Oslo", {{"Karl Johans gate", 1}, {"Storgata", std::nullopt}}, sys_days(2020y / 1 / 2), {std::byte{7}}};
  return made;
}

TEST(MappingTest, EveryTypeBecomesAFieldAndComesBack) {
  const Everything made = everything();
  const Record record = to_record(made);
  EXPECT_EQ(record.id(), "e1");
  EXPECT_FALSE(record.contains("id"));
  EXPECT_EQ(record["small"].get<std::int64_t>(), -128);
  EXPECT_EQ(record["large"].get<Decimal>().to_string(), "18446744073709551615");
  EXPECT_EQ(record["coarse"].get<DateTime>(), DateTime{1'700'000'000'000'000});
  EXPECT_EQ(to_text(record["calendar"]), "1066-10-14");
  EXPECT_EQ(to_text(record["clock"]), "12:31:00");
  EXPECT_EQ(record["bytes"].get<Binary>().bytes, std::string("\0\xff", 2));
  EXPECT_EQ(record["embedding"].type(), ValueType::vector);
  EXPECT_EQ(record["colour"], Value("green"));
  EXPECT_EQ(to_text(record["words"]), R"(["x",null,""])");
  EXPECT_EQ(to_text(record["home"]),
            R"({"city":"Oslo","streets":[{"name":"Karl Johans gate","number":1},{"name":"Storgata"}],)"
            R"("since":"2020-01-02","key":"Bw=="})");
  EXPECT_FALSE(record.contains("note"));
  EXPECT_FALSE(record.contains("second"));

  const auto back = from_record<Everything>(record);
  EXPECT_EQ(to_record(back), record);
  EXPECT_EQ(back.large, made.large);
  EXPECT_EQ(back.narrow, made.narrow);
  EXPECT_EQ(back.coarse, made.coarse);
  EXPECT_EQ(back.calendar, made.calendar);
  EXPECT_EQ(back.clock.to_duration(), made.clock.to_duration());
  EXPECT_EQ(back.words, made.words);
  EXPECT_EQ(back.counts, made.counts);
  EXPECT_EQ(back.colour, made.colour);
  EXPECT_EQ(back.home, made.home);
  EXPECT_EQ(back.note, std::nullopt);
}

TEST(MappingTest, TheOrderOfFieldsDoesNotCountAndOthersArePassedOver) {
  Record record = to_record(everything());
  std::vector<Field> fields(record.fields().rbegin(), record.fields().rend());
  fields.insert(fields.begin() + 3, Field("unknown", Value("kept elsewhere")));
  fields.emplace_back("id", Value("e1"));
  Record turned(std::move(fields));
  turned.set_id("e1");
  EXPECT_EQ(to_record(from_record<Everything>(turned)), record);
}

// --- values of other classes

struct Numbers {
  int whole = 0;
  double floating = 0;
  float narrow = 0;
  Decimal exact;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (whole, floating, narrow, exact))

TEST(MappingTest, NumbersAreTakenWhereTheyAreExactlyTheSame) {
  const Record record{{"whole", 7.0}, {"floating", 7}, {"narrow", *Decimal::parse("0.5")}, {"exact", 0.1}};
  const auto numbers = from_record<Numbers>(record);
  EXPECT_EQ(numbers.whole, 7);
  EXPECT_EQ(numbers.floating, 7.0);
  EXPECT_EQ(numbers.narrow, 0.5F);
  EXPECT_EQ(numbers.exact.to_string(), "0.1");
  // A JSON file has the shortest text of a float.
  Record shortest = record;
  shortest.set("narrow", 0.1);
  EXPECT_EQ(from_record<Numbers>(shortest).narrow, 0.1F);
}

struct Moments {
  sys_seconds at;
  Date on;
  hh_mm_ss<seconds> when;
};
BOOST_DESCRIBE_STRUCT(Moments, (), (at, on, when))

TEST(MappingTest, DatesAndTimesAreTakenFromTheirText) {
  const Record record{{"at", "2024-02-29T12:00:00+02:00"}, {"on", "2024-02-29"}, {"when", "01:02:03"}};
  const auto moments = from_record<Moments>(record);
  EXPECT_EQ(moments.at, sys_days(2024y / February / 29) + hours(10));
  EXPECT_EQ(to_text(moments.on), "2024-02-29");
  EXPECT_EQ(moments.when.to_duration(), seconds(3723));
}

// --- what does not fit

class Misfits : public testing::Test {
 protected:
  // The error of reading a record with one field changed.
  static Error reading(std::string_view field, Value value) {
    Record record = to_record(everything());
    record.set(field, std::move(value));
    return error_of([&] { from_record<Everything>(record); });
  }
};

TEST_F(Misfits, AnErrorNamesRecordPathValueAndWhatIsWanted) {
  const Error error = reading("small", "thirty-six");
  EXPECT_EQ(error.code(), ErrorCode::validation);
  EXPECT_EQ(error.record_id(), "e1");
  EXPECT_EQ(error.field_path(), "small");
  EXPECT_EQ(error.message(), "'thirty-six' (string) does not fit: an integer from -128 to 127 is wanted");
}

TEST_F(Misfits, EachTypeTakesItsOwnValuesOnly) {
  const struct {
    const char* field;
    Value value;
    const char* message;
  } cases[] = {
      {"flag", 1, "'1' (integer) does not fit: a boolean is wanted"},
      {"small", 128, "'128' (integer) does not fit: an integer from -128 to 127 is wanted"},
      {"small", 1.5, "'1.5' (float) does not fit: an integer from -128 to 127 is wanted"},
      {"large", -1, "'-1' (integer) does not fit: an integer from 0 to 18446744073709551615 is wanted"},
      {"large", *Decimal::parse("18446744073709551616"), "an integer from 0 to"},
      {"large", *Decimal::parse("9223372036854775808.5"), "an integer from 0 to"},
      {"ratio", std::int64_t{9'007'199'254'740'993}, "a number that a double holds exactly is wanted"},
      {"ratio", *Decimal::parse("0.1000000000000000000001"),
       "a number that a double holds exactly is wanted"},
      {"narrow", 0.123456789, "a number that a float holds exactly is wanted"},
      {"narrow", 1e300, "a number that a float holds exactly is wanted"},
      {"price", std::numeric_limits<double>::quiet_NaN(), "a finite number is wanted"},
      {"price", "9.50", "'9.50' (string) does not fit: a finite number is wanted"},
      {"name", 5, "'5' (integer) does not fit: a string is wanted"},
      {"raw", "AA==", "a binary value is wanted"},
      {"moment", "yesterday", "a datetime is wanted"},
      {"precise", DateTime::infinity(), "a finite moment is wanted"},
      {"coarse", DateTime{1}, "a moment in whole seconds is wanted"},
      {"day", "2023-02-29", "a date is wanted"},
      {"day", Date::infinity(), "a finite date is wanted"},
      {"calendar", Date{2'000'000'000}, "a date from the year -32767 to 32767 is wanted"},
      {"clock", Time{1}, "a time in whole minutes is wanted"},
      {"json", "x", "an object or array is wanted"},
      {"numbers", "x", "an array is wanted"},
      {"colour", "blue", "'blue' (string) does not fit: one of red, green is wanted"},
      {"colour", 0, "one of red, green is wanted"},
      {"name", nullptr, "there is no value: a string is wanted"},
  };
  for (const auto& [field, value, message] : cases) {
    const Error error = reading(field, value);
    EXPECT_EQ(error.field_path(), field);
    EXPECT_NE(error.message().find(message), std::string::npos) << field << ": " << error.what();
  }
}

TEST_F(Misfits, PathsLeadIntoArraysAndObjects) {
  const auto json = [](Json::Object members) { return Value(Json(std::move(members))); };
  const Value street = json({{"name", 5}});
  EXPECT_EQ(reading("home", json({{"city", "Oslo"}, {"streets", Json(Json::Array{street})}})).field_path(),
            "home.streets[0].name");
  EXPECT_EQ(reading("counts", json({{"b.c", "x"}})).field_path(), "counts.\"b.c\"");
  EXPECT_EQ(reading("numbers", Json(Json::Array{Value(1), Value("x")})).field_path(), "numbers[1]");
  EXPECT_EQ(reading("embedding", Json(Json::Array{Value("x")})).field_path(), "embedding[0]");
  const Error missing = reading("home", json({{"streets", Json(Json::Array{})}}));
  EXPECT_EQ(missing.field_path(), "home.city");
  EXPECT_NE(missing.hint().find("std::optional"), std::string::npos);
}

TEST_F(Misfits, AnUnknownMemberOfANestedStructIsRefused) {
  Record record = to_record(everything());
  Json::Object home = record["home"].get<Json>().object();
  home.emplace_back("zip", Value("0150"));
  const Error error = reading("home", Json(std::move(home)));
  EXPECT_EQ(error.field_path(), "home.zip");
  EXPECT_NE(error.message().find("would drop"), std::string::npos) << error.what();
}

TEST_F(Misfits, WhatNoValueCanBeMadeOfIsRefusedWhenWritten) {
  Everything made = everything();
  made.colour = static_cast<Colour>(7);
  const Error colour = error_of([&] { to_record(made); });
  EXPECT_EQ(colour.field_path(), "colour");
  EXPECT_EQ(colour.record_id(), "e1");
  EXPECT_EQ(colour.message(), "7 cannot be stored: one of red, green is wanted");
  made = everything();
  made.coarse = sys_seconds::max();
  EXPECT_EQ(error_of([&] { to_record(made); }).field_path(), "coarse");
  made = everything();
  made.calendar = 2023y / February / 29;
  EXPECT_EQ(error_of([&] { to_record(made); }).field_path(), "calendar");
  made = everything();
  made.clock = hh_mm_ss<minutes>(minutes(-1));
  EXPECT_EQ(error_of([&] { to_record(made); }).field_path(), "clock");
}

// --- names without Boost.Describe, ids

struct Celsius {
  double degrees = 0;
};
struct Shop {
  int number = 0;
  std::string town;
  Celsius cellar;
};

}  // namespace
}  // namespace dataknobs

template <>
inline constexpr auto dataknobs::names_of<dataknobs::Shop> =
    std::tuple(named("number", &Shop::number), named("city", &Shop::town), named("cellar", &Shop::cellar));
template <>
inline constexpr auto dataknobs::id_of<dataknobs::Shop> = &Shop::number;
template <>
struct dataknobs::Conversion<dataknobs::Celsius> {
  static constexpr std::string_view wanted = "a temperature";
  static Value to_value(const Celsius& from) { return from.degrees; }
  static std::optional<Celsius> from_value(const Value& value) {
    const double* degrees = value.get_if<double>();
    if (degrees == nullptr) return std::nullopt;
    return Celsius{*degrees};
  }
};

namespace dataknobs {
namespace {

TEST(MappingTest, NamesAndConversionsOfOnesOwn) {
  const Shop shop{12, "Oslo", Celsius{8.5}};
  const Record record = to_record(shop);
  EXPECT_EQ(record.id(), "12");
  EXPECT_EQ(record["number"], Value(12));  // Not called `id`: a field too.
  EXPECT_EQ(record["city"], Value("Oslo"));
  EXPECT_EQ(record["cellar"], Value(8.5));
  EXPECT_EQ(from_record<Shop>(record).cellar.degrees, 8.5);
  Record cold = record;
  cold.set("cellar", "cold");
  EXPECT_NE(error_of([&] { from_record<Shop>(cold); }).message().find("a temperature is wanted"),
            std::string::npos);
}

struct Numbered {
  std::optional<std::int32_t> id;
};
BOOST_DESCRIBE_STRUCT(Numbered, (), (id))

TEST(MappingTest, IdsOfNumbersAreTheirText) {
  EXPECT_EQ(to_record(Numbered{7}).id(), "7");
  EXPECT_EQ(to_record(Numbered{}).id(), std::nullopt);
  Record record;
  record.set_id("-12");
  EXPECT_EQ(from_record<Numbered>(record).id, -12);
  for (const char* id : {"007", "x", "", "1.5", "2147483648"}) {
    record.set_id(id);
    const Error error = error_of([&] { from_record<Numbered>(record); });
    EXPECT_EQ(error.record_id(), id) << error.what();
  }
}

struct Named2 : Street {
  std::string id;
};
BOOST_DESCRIBE_STRUCT(Named2, (Street), (id))

TEST(MappingTest, PathsOfMembers) {
  EXPECT_EQ(path_of<Everything>(&Everything::name).to_string(), "name");
  EXPECT_EQ(path_of<Everything>(&Everything::home, &Home::city).to_string(), "home.city");
  EXPECT_EQ(path_of<Everything>(&Everything::second, &Home::since).to_string(), "second.since");
  EXPECT_TRUE(path_of<Everything>(&Everything::id).is_id());
  EXPECT_EQ(path_of<Shop>(&Shop::town).to_string(), "city");
  EXPECT_EQ(path_of<Shop>(&Shop::number).to_string(), "number");
  EXPECT_EQ(path_of<Named2>(&Named2::name).to_string(), "name");  // A base's.
  EXPECT_TRUE(path_of<Named2>(&Named2::id).is_id());
}

struct Odd {
  int metadata = 0;
  int dotted = 0;
  int unnamed = 0;
};

}  // namespace
}  // namespace dataknobs

template <>
inline constexpr auto dataknobs::names_of<dataknobs::Odd> =
    std::tuple(named("metadata", &Odd::metadata), named("a.b", &Odd::dotted));

namespace dataknobs {
namespace {

TEST(MappingTest, PathsOfOddNamesAreQuoted) {
  EXPECT_EQ(path_of<Odd>(&Odd::metadata).to_string(), "\"metadata\"");
  EXPECT_EQ(path_of<Odd>(&Odd::dotted).to_string(), "\"a.b\"");
  EXPECT_EQ(error_of([] { path_of<Odd>(&Odd::unnamed); }).code(), ErrorCode::invalid_argument);
}

// --- upserts, step by step

class Upserts : public testing::Test {
 protected:
  static detail::UpsertSteps steps(std::optional<std::string> id, const WriteOptions& options = {}) {
    Record fields{{"name", "Ada"}, {"age", nullptr}};
    fields.set_id(std::move(id));
    return {fields, options, "memory:"};
  }
  const DuplicateRecordError duplicate_{"it is there"};
};

TEST_F(Upserts, AnIdIsMergedIntoOrElseCreated) {
  detail::UpsertSteps merged = steps("1");
  ASSERT_TRUE(merged.updates());
  EXPECT_TRUE(merged.changes().contains("age"));  // As null: what was there goes.
  merged.updated(true);
  EXPECT_TRUE(merged.done());

  detail::UpsertSteps created = steps("1");
  created.updated(false);
  ASSERT_FALSE(created.updates());
  EXPECT_FALSE(created.record().contains("age"));
  created.not_created(duplicate_);  // Somebody was quicker.
  EXPECT_TRUE(created.updates());
  created.updated(true);
  EXPECT_TRUE(created.done());
  EXPECT_EQ(created.id(), "1");
}

TEST_F(Upserts, WithoutAnIdItIsCreated) {
  detail::UpsertSteps created = steps(std::nullopt);
  ASSERT_FALSE(created.updates());
  Record record = created.record();
  record.set_id("new");
  created.created(record);
  EXPECT_TRUE(created.done());
  EXPECT_EQ(created.id(), "new");
  // Then it is no record of its id that is in the way.
  detail::UpsertSteps unique = steps(std::nullopt);
  EXPECT_EQ(error_of([&] { unique.not_created(duplicate_); }).message(), "it is there");
}

TEST_F(Upserts, ADuplicateThatStaysIsTold) {
  detail::UpsertSteps unique = steps("1");
  int steps_made = 0;
  const Error error = error_of([&] {
    while (++steps_made < 100) {
      if (unique.updates()) {
        unique.updated(false);
      } else {
        unique.not_created(duplicate_);
      }
    }
  });
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_LT(steps_made, 10);
}

TEST_F(Upserts, WithAVersionItOnlyUpdates) {
  const WriteOptions options = WriteOptions().expected_version("v1");
  detail::UpsertSteps gone = steps("1", options);
  EXPECT_EQ(error_of([&] { gone.updated(false); }).code(), ErrorCode::concurrency);
  EXPECT_EQ(error_of([&] { steps(std::nullopt, options); }).code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace dataknobs
