// SPDX-License-Identifier: Apache-2.0
#include "database/dataset.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

using Types = std::vector<FieldType>;
using Key = std::vector<Value>;

FieldType uuid() {
  return FieldType(ValueType::string).set_logical("uuid");
}

class Case {
 public:
  std::string id;
  Types types;
  Key key;
};

TEST(KeyAndId, BothWays) {
  const std::vector<Case> cases{
      {"a", {ValueType::string}, {"a"}},
      {"", {ValueType::string}, {""}},
      {"[1]", {ValueType::string}, {"[1]"}},
      {"007", {ValueType::string}, {"007"}},
      {"42", {ValueType::integer}, {42}},
      {"-42", {ValueType::integer}, {-42}},
      {"-9223372036854775808", {ValueType::integer}, {INT64_MIN}},
      {"true", {ValueType::boolean}, {true}},
      {"0.5", {ValueType::floating}, {0.5}},
      {"NaN", {ValueType::floating}, {std::nan("")}},
      {"-Infinity", {ValueType::floating}, {-INFINITY}},
      {"12.50", {ValueType::decimal}, {*Decimal::parse("12.50")}},
      {"00ff", {ValueType::binary}, {Binary{std::string("\x00\xff", 2)}}},
      {"2024-02-29", {ValueType::date}, {*parse_date("2024-02-29")}},
      {"2024-02-29T12:30:00Z", {ValueType::datetime}, {*parse_datetime("2024-02-29T12:30:00Z")}},
      {"12:30:00", {ValueType::time}, {*parse_time("12:30:00")}},
      {"0190163d-8694-739b-aea5-966c26f8ad91", {uuid()}, {"0190163d-8694-739b-aea5-966c26f8ad91"}},
      {"5", {ValueType::null}, {5}},
      {"x5", {ValueType::null}, {"x5"}},
      {R"(["a",1])", {ValueType::string, ValueType::integer}, {"a", 1}},
      {R"(["",-1])", {ValueType::string, ValueType::integer}, {"", -1}},
      {R"([true,0.5,12.50])",
       {ValueType::boolean, ValueType::floating, ValueType::decimal},
       {true, 0.5, *Decimal::parse("12.50")}},
      {R"(["2024-02-29","00ff","NaN"])",
       {ValueType::date, ValueType::binary, ValueType::floating},
       {*parse_date("2024-02-29"), Binary{std::string("\x00\xff", 2)}, std::nan("")}},
      {R"(["a,\"b\"","5",5])", {ValueType::string, ValueType::null, ValueType::null}, {"a,\"b\"", "5", 5}},
  };
  for (const Case& item : cases) {
    SCOPED_TRACE(item.id);
    EXPECT_EQ(key_to_id(item.key), item.id);
    const std::optional<Key> key = id_to_key(item.id, item.types);
    ASSERT_TRUE(key);
    EXPECT_EQ(*key, item.key);
    for (std::size_t i = 0; i < key->size(); ++i) EXPECT_EQ((*key)[i].type(), item.key[i].type());
  }
}

TEST(KeyAndId, RefusesWhatIsNoKey) {
  const std::vector<std::pair<std::string, Types>> cases{
      {"", {ValueType::integer}},
      {"007", {ValueType::integer}},
      {"+7", {ValueType::integer}},
      {"-0", {ValueType::integer}},
      {"7 ", {ValueType::integer}},
      {"7.0", {ValueType::integer}},
      {"9223372036854775808", {ValueType::integer}},
      {"True", {ValueType::boolean}},
      {"abc", {ValueType::decimal}},
      {"1e", {ValueType::floating}},
      {"2024-02-30", {ValueType::date}},
      {"zz", {ValueType::binary}},
      {"not-a-uuid", {uuid()}},
      {"a", {ValueType::string, ValueType::string}},
      {"[", {ValueType::string, ValueType::string}},
      {R"(["a"])", {ValueType::string, ValueType::string}},
      {R"(["a","b","c"])", {ValueType::string, ValueType::string}},
      {R"({"a":1})", {ValueType::string, ValueType::string}},
      {R"(["a",1])", {ValueType::string, ValueType::string}},
      {R"(["a","1"])", {ValueType::string, ValueType::integer}},
      {R"(["a",1.5])", {ValueType::string, ValueType::integer}},
      {R"(["a",null])", {ValueType::string, ValueType::integer}},
  };
  for (const auto& [id, types] : cases) EXPECT_FALSE(id_to_key(id, types)) << id;
}

TEST(KeyAndId, UuidsAreNormalised) {
  const auto key = id_to_key("{0190163D-8694-739B-AEA5-966C26F8AD91}", {uuid()});
  ASSERT_TRUE(key);
  EXPECT_EQ(key->front(), Value("0190163d-8694-739b-aea5-966c26f8ad91"));
}

TEST(KeyAndId, NullIsNoKey) {
  EXPECT_THROW(key_to_id({Value()}), SerializationError);
  EXPECT_THROW(key_to_id({Value(1), Value()}), SerializationError);
}

}  // namespace
}  // namespace dataknobs
