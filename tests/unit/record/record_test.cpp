// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <dataknobs/error.hpp>
#include <dataknobs/record.hpp>

#include "record/schema.hpp"

namespace dataknobs {
namespace {

TEST(Record, HoldsFieldsInOrder) {
  Record ada{{"name", "Ada"}, {"age", 36}};
  ada.set("email", "ada@example.org").set("age", 37);
  EXPECT_EQ(ada.size(), 3U);
  EXPECT_EQ(ada.fields()[1].name(), "age");
  EXPECT_EQ(ada["age"].get<std::int64_t>(), 37);
  EXPECT_TRUE(ada["gone"].is_null());
  EXPECT_EQ(ada.find("gone"), nullptr);
  EXPECT_TRUE(ada.remove("name"));
  EXPECT_FALSE(ada.remove("name"));
  EXPECT_FALSE(ada.contains("name"));
  ada.merge(Record{{"age", 38}, {"city", "London"}}.set_id("other"));
  EXPECT_EQ(ada["age"], Value(38));
  EXPECT_EQ(ada.fields().back().name(), "city");
  EXPECT_FALSE(ada.id().has_value());
  ada.merge(ada);
  EXPECT_EQ(ada.size(), 3U);
}

TEST(Record, CopiesAreIndependent) {
  Record ada{{"name", "Ada"}, {"age", 36}};
  ada.set_id("1").set_version("7").set_metadata(Json());
  Record copy = ada;
  EXPECT_EQ(&copy.fields(), &ada.fields());  // Shared until one changes.
  copy.set("age", 37);
  copy.set_id("2").set_version(std::nullopt);
  EXPECT_EQ(ada["age"], Value(36));
  EXPECT_EQ(ada.id(), "1");
  EXPECT_EQ(ada.version(), "7");
  EXPECT_EQ(copy["age"], Value(37));
  EXPECT_TRUE(copy.metadata().has_value());
  ada.remove("name");
  EXPECT_TRUE(copy.contains("name"));
  copy = ada;
  ada.clear_fields();
  EXPECT_TRUE(ada.empty());
  EXPECT_EQ(copy["age"], Value(36));
  const Record moved = std::move(copy);
  EXPECT_EQ(moved["age"], Value(36));
  EXPECT_TRUE(copy.empty());  // NOLINT(bugprone-use-after-move): what is left is an empty record.
  EXPECT_TRUE(Record().fields().empty());
}

TEST(Record, RefusesEqualNames) {
  EXPECT_THROW((Record{{"a", 1}, {"b", 2}, {"a", 3}}), SerializationError);
  EXPECT_THROW(Record(std::vector<Field>{{"a", 1}, {"a", 1}}), SerializationError);
}

TEST(Record, EqualityIgnoresOrderAndNulls) {
  Record left{{"a", 1}, {"b", "x"}, {"c", nullptr}};
  EXPECT_EQ(left, (Record{{"b", "x"}, {"a", 1.0}}));
  EXPECT_EQ((Record{{"b", "x"}, {"d", nullptr}, {"a", 1.0}}), left);
  EXPECT_NE(left, (Record{{"a", 1}, {"b", "y"}}));
  EXPECT_NE(left, (Record{{"a", 1}}));
  EXPECT_NE(left, (Record{{"a", 1}, {"b", "x"}, {"c", 0}}));
  Record named = left;
  named.set_id("7");
  EXPECT_NE(left, named);
  Record versioned = left;
  versioned.set_version("1").set_metadata(Json());
  EXPECT_EQ(left, versioned);
}

TEST(Schema, NamesBothPlacesOfAnEqualName) {
  try {
    Schema({{"a", ValueType::integer}, {"b", ValueType::string}, {"a", ValueType::string}});
    FAIL();
  } catch (const SerializationError& error) {
    EXPECT_EQ(error.message(), "columns 1 and 3 are both named 'a'");
  }
  Schema schema({{"a", ValueType::integer}, {"b", ValueType::string}});
  EXPECT_EQ(schema.index_of("b"), 1U);
  EXPECT_EQ(schema.find("c"), nullptr);
}

TEST(Schema, TypesHaveNames) {
  EXPECT_EQ(FieldType().to_string(), "any");
  EXPECT_EQ(FieldType(ValueType::floating).set_width(32).to_string(), "float(32)");
  EXPECT_EQ(FieldType(ValueType::decimal).set_precision(10, 2).to_string(), "decimal(10,2)");
  EXPECT_EQ(FieldType(ValueType::string).set_length(20).to_string(), "string(20)");
  EXPECT_EQ(FieldType(ValueType::string).set_logical("uuid").to_string(), "string uuid");
  EXPECT_EQ(FieldType(ValueType::string).set_native("text"),
            FieldType(ValueType::string).set_native("varchar"));
  EXPECT_NE(FieldType(ValueType::string).set_length(1), FieldType(ValueType::string).set_length(2));
}

}  // namespace
}  // namespace dataknobs
