// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>

#include <dataknobs/value.hpp>

namespace dataknobs {
namespace {

TEST(Temporal, PrintsAndParses) {
  struct Case {
    std::int64_t microseconds;
    const char* text;
  } cases[] = {
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59.999999Z"},
      {1'709'209'800'000'000, "2024-02-29T12:30:00Z"},
      {1'709'209'800'500'000, "2024-02-29T12:30:00.500Z"},
      {1'709'209'800'000'010, "2024-02-29T12:30:00.000010Z"},
      {-62'167'219'200'000'000, "0000-01-01T00:00:00Z"},
      {-62'167'219'200'000'001, "-0001-12-31T23:59:59.999999Z"},
      {253'402'300'800'000'000, "+10000-01-01T00:00:00Z"},
      {INT64_MAX - 1, "+294247-01-10T04:00:54.775806Z"},
      {INT64_MIN + 1, "-290308-12-21T19:59:05.224193Z"},
      {INT64_MAX, "infinity"},
      {INT64_MIN, "-infinity"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(to_text(DateTime{test.microseconds}), test.text);
    EXPECT_EQ(parse_datetime(test.text), DateTime{test.microseconds}) << test.text;
  }
}

TEST(Temporal, TakesTheCommonForms) {
  struct Case {
    const char* text;
    const char* meaning;
  } cases[] = {
      {"2024-02-29", "2024-02-29T00:00:00Z"},
      {"2024-02-29 12:30:00", "2024-02-29T12:30:00Z"},
      {"2024-02-29T12:30", "2024-02-29T12:30:00Z"},
      {"2024-02-29t12:30:00z", "2024-02-29T12:30:00Z"},
      {"2024-02-29T12:30:00.1", "2024-02-29T12:30:00.100Z"},
      {"2024-02-29T12:30:00.123456000", "2024-02-29T12:30:00.123456Z"},
      {"2024-02-29T12:30:00+02", "2024-02-29T10:30:00Z"},
      {"2024-02-29T12:30:00-05:30", "2024-02-29T18:00:00Z"},
      {"2024-01-01 00:30:00+01:00", "2023-12-31T23:30:00Z"},
  };
  for (const Case& test : cases) {
    std::optional<DateTime> parsed = parse_datetime(test.text);
    ASSERT_TRUE(parsed.has_value()) << test.text;
    EXPECT_EQ(to_text(*parsed), test.meaning) << test.text;
  }
}

TEST(Temporal, RefusesTheRest) {
  for (const char* text : {"",
                           "2024",
                           "2024-02",
                           "2023-02-29",
                           "2024-13-01",
                           "2024-00-01",
                           "2024-01-00",
                           "2024-01-32",
                           "24-01-01",
                           "12024-01-01",
                           "2024-1-1",
                           "2024-01-01T",
                           "2024-01-01T25:00:00",
                           "2024-01-01T12:60:00",
                           "2024-01-01T23:59:60Z",
                           "2024-01-01T12:30:00.Z",
                           "2024-01-01T12:30:00.1234567",
                           "2024-01-01T12:30:00+24",
                           "2024-01-01T12:30:00 Z",
                           "2024-01-01T12:30:00Zx",
                           "2024-01-01T24:00:00",
                           "+999999-01-01",
                           "Infinity",
                           "now",
                           " 2024-01-01",
                           "2024-01-01 ",
                           "1900-02-29"}) {
    EXPECT_FALSE(parse_datetime(text).has_value()) << text;
  }
  for (const char* text : {"2024-02-30", "2024-02-29T00:00:00", "+99999999-01-01", "+9999999-01-01"}) {
    EXPECT_FALSE(parse_date(text).has_value()) << text;
  }
  for (const char* text : {"", "1:00", "12", "12:3", "24:00:01", "24:00:00.000001", "12:30:00Z", "-01:00"}) {
    EXPECT_FALSE(parse_time(text).has_value()) << text;
  }
}

TEST(Temporal, EveryDayAndMomentReadsBack) {
  for (std::int32_t days = -800'000; days < 800'000; days += 7) {
    ASSERT_EQ(parse_date(to_text(Date{days})), Date{days}) << days;
  }
  for (std::int32_t days : {INT32_MIN, INT32_MIN + 1, INT32_MAX - 1, INT32_MAX}) {
    EXPECT_EQ(parse_date(to_text(Date{days})), Date{days}) << days;
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    DateTime moment{static_cast<std::int64_t>(random())};
    ASSERT_EQ(parse_datetime(to_text(moment)), moment) << moment.microseconds;
    Time time{static_cast<std::int64_t>(random() % 86'400'000'001)};
    ASSERT_EQ(parse_time(to_text(time)), time) << time.microseconds;
  }
  EXPECT_EQ(to_text(Time{86'400'000'000}), "24:00:00");
}

TEST(Encoding, HexAndBase64) {
  struct Case {
    std::string bytes;
    const char* hex;
    const char* base64;
  } cases[] = {
      {"", "", ""},
      {"f", "66", "Zg=="},
      {"fo", "666f", "Zm8="},
      {"foo", "666f6f", "Zm9v"},
      {"foobar", "666f6f626172", "Zm9vYmFy"},
      {std::string("\0\xff\xfe", 3), "00fffe", "AP/+"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(to_hex(Binary{test.bytes}), test.hex);
    EXPECT_EQ(to_base64(Binary{test.bytes}), test.base64);
    EXPECT_EQ(parse_hex(test.hex), Binary{test.bytes});
    EXPECT_EQ(parse_base64(test.base64), Binary{test.bytes});
  }
  EXPECT_EQ(parse_hex("0Aff"), parse_hex("0aFF"));
  for (const char* text : {"0", "0g", "0x00", " 00"}) EXPECT_FALSE(parse_hex(text).has_value()) << text;
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm-_", "Zg==Zg=="}) {
    EXPECT_FALSE(parse_base64(text).has_value()) << text;
  }
}

TEST(Encoding, Uuid) {
  const std::string canonical = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  for (const char* text : {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                           "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0eebc999c0b4ef8bb6d6bb9bd380a11"}) {
    EXPECT_EQ(parse_uuid(text), canonical) << text;
  }
  for (const char* text :
       {"", "{}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
        "a0eebc99-9c0b-4ef8-bb6d6-bb9bd380a11", "g0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11----", "{a0eebc999c0b4ef8bb6d6bb9bd380a11"}) {
    EXPECT_FALSE(parse_uuid(text).has_value()) << text;
  }
}

TEST(Encoding, Utf8) {
  for (const char* text : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  for (const char* text :
       {"\xff", "\xc3", "\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace dataknobs
