// SPDX-License-Identifier: Apache-2.0
#include "record/json.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

TEST(Json, NumbersKeepTheirValue) {
  struct Case {
    const char* text;
    ValueType type;
    const char* printed;
  } cases[] = {
      {"0", ValueType::integer, "0"},
      {"-0", ValueType::integer, "0"},
      {"9223372036854775807", ValueType::integer, "9223372036854775807"},
      {"-9223372036854775808", ValueType::integer, "-9223372036854775808"},
      {"9223372036854775808", ValueType::decimal, "9223372036854775808"},
      {"10000000000000000000", ValueType::floating, "10000000000000000000.0"},
      {"18446744073709551616", ValueType::decimal, "18446744073709551616"},
      {"1.0", ValueType::floating, "1.0"},
      {"-0.0", ValueType::floating, "-0.0"},
      {"1e3", ValueType::floating, "1000.0"},
      {"0.1", ValueType::floating, "0.1"},
      {"0.10", ValueType::floating, "0.1"},
      {"1E-7", ValueType::floating, "0.0000001"},
      {"1e-8", ValueType::floating, "1e-8"},
      {"1e21", ValueType::floating, "1e+21"},
      {"0.1000000000000000055511151231257827", ValueType::decimal, "0.1000000000000000055511151231257827"},
      {"0.30000000000000004", ValueType::floating, "0.30000000000000004"},
      {"0.30000000000000003", ValueType::decimal, "0.30000000000000003"},
      {"9007199254740993.0", ValueType::decimal, "9007199254740993.0"},
      {"123456789012345e3", ValueType::decimal, "123456789012345000"},  // the double is not that integer
      {"4611686018427387904.0", ValueType::floating, "4611686018427387904.0"},
      {"4611686018427388000.0", ValueType::decimal, "4611686018427388000.0"},
      {"1e400", ValueType::decimal, "1e+400"},
      {"1e-400", ValueType::decimal, "1e-400"},
      {"5e-324", ValueType::floating, "5e-324"},
      {"4.9e-324", ValueType::decimal, "4.9e-324"},
      {"2.2250738585072014e-308", ValueType::floating, "2.2250738585072014e-308"},
      {"1.7976931348623157e308", ValueType::floating, "1.7976931348623157e+308"},
      {"0e-999999999", ValueType::floating, "0.0"},
  };
  for (const Case& test : cases) {
    Value value = parse_json(test.text);
    EXPECT_EQ(value.type(), test.type) << test.text;
    EXPECT_EQ(to_json(value), test.printed) << test.text;
    Value again = parse_json(to_json(value));
    EXPECT_EQ(again, value) << test.text;
  }
}

TEST(Json, ReadsAndWritesText) {
  struct Case {
    const char* text;
    const char* printed;
  } cases[] = {
      {" null ", "null"},
      {"true", "true"},
      {"[ ]", "[]"},
      {"{ }", "{}"},
      {"[1, \"a\" ,[true , {}] ]", "[1,\"a\",[true,{}]]"},
      {"{\"b\" : 1, \"a\": null}", "{\"b\":1,\"a\":null}"},
      {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
      {R"("\u0001\u00e9\u20AC\ud83d\ude00\u0000")", "\"\\u0001\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\u0000\""},
      {"\"a long run of plain text, then \\n\\u0041 and more of it\"",
       "\"a long run of plain text, then \\nA and more of it\""},
      {"\"\x7f\"", "\"\x7f\""},
  };
  for (const Case& test : cases) EXPECT_EQ(to_json(parse_json(test.text)), test.printed) << test.text;
  EXPECT_EQ(to_pretty_json(parse_json(R"({"a":[1,{"b":[]}],"c":{}})")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
}

TEST(Json, ErrorsNameTheirPlace) {
  struct Case {
    std::string text;
    const char* place;
    const char* reason;
  } cases[] = {
      {"", "line 1, column 1", "the text ends"},
      {"  ", "line 1, column 3", "the text ends"},
      {"nul", "line 1, column 1", "expected a value"},
      {"[1,]", "line 1, column 4", "expected a value"},
      {"[1 2]", "line 1, column 4", "expected ',' or ']'"},
      {"[1", "line 1, column 3", "the array is not closed"},
      {"{\"a\":1", "line 1, column 7", "the object is not closed"},
      {"{\"a\":1,}", "line 1, column 8", "expected a member name"},
      {"{a:1}", "line 1, column 2", "expected a member name"},
      {"{\"a\" 1}", "line 1, column 6", "expected ':'"},
      {"{\"a\":1,\n \"b\":2,\n \"a\":3}", "line 3, column 2", "'a' occurs twice"},
      {"{\"\\u0061\":1,\"a\":3}", "line 1, column 13", "'a' occurs twice"},
      {"1 2", "line 1, column 3", "unexpected text"},
      {"01", "line 1, column 1", "must not start with 0"},
      {"-", "line 1, column 1", "expected a value"},
      {"+1", "line 1, column 1", "expected a value"},
      {"1.", "line 1, column 2", "expected digits"},
      {"1.e3", "line 1, column 2", "expected digits"},
      {"1e", "line 1, column 2", "expected digits"},
      {"NaN", "line 1, column 1", "expected a value"},
      {"1e1000001", "line 1, column 1", "out of range"},
      {"\"abc", "line 1, column 1", "the string is not closed"},
      {"\"a\nb\"", "line 1, column 3", "control character"},
      {"\"\\x\"", "line 1, column 2", "unknown escape"},
      {"\"\\u12g4\"", "line 1, column 2", "four hexadecimal digits"},
      {"\"\\ud800\"", "line 1, column 2", "lone high surrogate"},
      {"\"\\ud800\\u0041\"", "line 1, column 2", "lone high surrogate"},
      {"\"\\udc00\"", "line 1, column 2", "lone low surrogate"},
      {"\"\xc3\xa9\xff\"", "line 1, column 3", "invalid UTF-8"},
      {"\"\xed\xa0\x80\"", "line 1, column 2", "invalid UTF-8"},
      {"\"\xc0\x80\"", "line 1, column 2", "invalid UTF-8"},
      {"\"\xc3\xa9\", x", "line 1, column 4", "unexpected text"},
      {std::string(513, '['), "line 1, column 513", "nested deeper"},
  };
  for (const Case& test : cases) {
    try {
      parse_json(test.text);
      ADD_FAILURE() << test.text << " was taken";
    } catch (const SerializationError& error) {
      EXPECT_NE(error.message().find(test.place), std::string::npos) << test.text << ": " << error.what();
      EXPECT_NE(error.message().find(test.reason), std::string::npos) << test.text << ": " << error.what();
    }
  }
  EXPECT_NO_THROW(parse_json(std::string(512, '[') + std::string(512, ']')));
}

TEST(Json, ManyMembersAreCheckedForDuplicates) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += "\"m" + std::to_string(i) + "\":1,";
  EXPECT_EQ(parse_json(text + "\"z\":1}").get<Json>().object().size(), 101U);
  EXPECT_THROW(parse_json(text + "\"m50\":1}"), SerializationError);
}

TEST(Json, RefusesWhatJsonCannotHold) {
  EXPECT_THROW(Json(Json::Array{Value(Date{1})}), SerializationError);
  EXPECT_THROW(Json(Json::Object{{"a", Value(Binary{"x"})}}), SerializationError);
  EXPECT_THROW(Json(Json::Object{{"a", 1}, {"a", 2}}), SerializationError);
  Value nested{Json(Json::Array{})};
  EXPECT_THROW(
      {
        for (int i = 0; i < 600; ++i) nested = Value(Json(Json::Array{nested}));
      },
      SerializationError);
}

TEST(Document, KeepsEveryClass) {
  const double infinity = std::numeric_limits<double>::infinity();
  Record record{
      {"null", nullptr},
      {"boolean", true},
      {"integer", 42},
      {"float", 1000.0},
      {"nan", std::nan("")},
      {"infinite", -infinity},
      {"decimal", *Decimal::parse("1.50")},
      {"whole decimal", *Decimal::parse("5")},
      {"big decimal", *Decimal::parse("123456789012345678901234567890.12")},
      {"string", "2024-01-01"},
      {"binary", Binary{std::string("\0\xff!", 3)}},
      {"datetime", *parse_datetime("2024-02-29T12:30:00.5Z")},
      {"forever", DateTime::infinity()},
      {"date", *parse_date("2024-02-29")},
      {"time", *parse_time("23:59:59.000001")},
      {"vector", Vector{0.1F, -2.0F, std::numeric_limits<float>::infinity()}},
      {"a.b", *Decimal::parse("0.5")},
      {"json", Json(Json::Object{{"a b", *Decimal::parse("1.50")},
                                 {"x.y", Value(Json(Json::Array{1, 1.5, infinity}))},
                                 {"plain", 2.5},
                                 {"gone", nullptr}})},
  };
  Document document = to_document(record);
  ASSERT_TRUE(document.types.has_value());
  std::vector<std::string> warnings;
  Record again = from_document(document.data, *document.types, &warnings);
  EXPECT_TRUE(warnings.empty());
  ASSERT_EQ(again.size(), record.size());
  for (std::size_t i = 0; i < record.size(); ++i) {
    EXPECT_EQ(again.fields()[i].name(), record.fields()[i].name());
    EXPECT_EQ(again.fields()[i].value(), record.fields()[i].value()) << record.fields()[i].name();
    EXPECT_EQ(again.fields()[i].value().type(), record.fields()[i].value().type())
        << record.fields()[i].name();
  }
  EXPECT_EQ(again["decimal"].get<Decimal>().to_string(), "1.50");
  const Json& json = again["json"].get<Json>();
  EXPECT_EQ(json.find("a b")->type(), ValueType::decimal);
  EXPECT_EQ(json.find("plain")->type(), ValueType::floating);
  EXPECT_EQ(json.find("x.y")->get<Json>().array()[2], Value(infinity));
  EXPECT_EQ(*document.types,
            R"({"nan":"float","infinite":"float","decimal":"decimal","whole decimal":"decimal",)"
            R"("binary":"binary","datetime":"datetime","forever":"datetime","date":"date","time":"time",)"
            R"("vector":"vector","\"a.b\"":"decimal","json.a b":"decimal","json.\"x.y\"[2]":"float"})");
}

TEST(Document, NeedsNoTypesForNaturalJson) {
  Document document = to_document(Record{{"a", 1}, {"b", 1.0}, {"c", "x"}, {"d", Json()}, {"e", nullptr}});
  EXPECT_FALSE(document.types.has_value());
  EXPECT_EQ(document.data, R"({"a":1,"b":1.0,"c":"x","d":{},"e":null})");
}

TEST(Document, IgnoresTypesThatNoLongerFit) {
  std::vector<std::string> warnings;
  Record record = from_document(
      R"({"a":"yesterday","b":1,"c":[1.50],"n":null})",
      R"({"a":"datetime","b":"float","c[0]":"decimal","gone":"date","n":"date","x":"colour"})", &warnings);
  EXPECT_EQ(record["a"], Value("yesterday"));
  EXPECT_EQ(record["b"].type(), ValueType::floating);
  EXPECT_EQ(record["c"].get<Json>().array()[0].type(), ValueType::decimal);
  EXPECT_TRUE(record["n"].is_null());
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_NE(warnings[0].find("colour"), std::string::npos);
  EXPECT_NE(warnings[1].find("a is not a datetime"), std::string::npos);
  EXPECT_THROW(from_document("[1]", std::nullopt), SerializationError);
}

}  // namespace
}  // namespace dataknobs
