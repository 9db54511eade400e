// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/member_order.hpp"

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/document.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {
namespace {

Record record_of(std::string_view json) {
  return from_document(json, std::nullopt);
}

std::string restored(std::string_view json, std::string_view note) {
  Record record = record_of(json);
  restore_member_order(record, note);
  return to_document(record).data;
}

TEST(MemberOrder, IsNotedOnlyWhereItIsNotThatOfJsonb) {
  EXPECT_EQ(member_order(record_of("{}")), std::nullopt);
  EXPECT_EQ(member_order(record_of(R"({"z":1})")), std::nullopt);
  EXPECT_EQ(member_order(record_of(R"({"b":1,"aa":2,"ab":{"x":1,"y":[{"a":1,"b":2}]}})")), std::nullopt);
  EXPECT_EQ(member_order(record_of(R"({"z":1,"a":2,"m":3})")), "2 0 1;");
  // A name of two bytes comes after those of one.
  EXPECT_EQ(member_order(record_of("{\"\u00e9\":1,\"z\":2}")), "1 0;");
}

TEST(MemberOrder, EqualOrdersThatFollowEachOtherAreNotedOnce) {
  EXPECT_EQ(member_order(record_of(R"({"v":[{"b":1,"a":2},{"d":1,"c":2},{"a":1,"b":2},{"d":1,"c":2}]})")),
            "1 0;=;;=;");
}

TEST(MemberOrder, IsRestoredAtEveryLevel) {
  const std::string document = R"({"z":{"b":[{"y":1,"x":{"q":1,"p":2}}],"a":2},"k":[],"name":{"one":1}})";
  const std::string of_jsonb = R"({"k":[],"z":{"a":2,"b":[{"x":{"p":2,"q":1},"y":1}]},"name":{"one":1}})";
  const std::optional<std::string> note = member_order(record_of(document));
  ASSERT_TRUE(note);
  EXPECT_EQ(restored(of_jsonb, *note), document);
}

TEST(MemberOrder, ANoteThatDoesNotFitChangesNothing) {
  const std::string document = R"({"a":{"x":1,"y":2},"b":2,"c":3})";
  for (const char* note :
       {"", ";", "2 1 0;", "1 0;", ";2 1 0;;", ";2 1;", ";2 1 1;", ";2 1 3;", ";2 1 0 ;", ";a;", "=;=;",
        ";2 1 -1;", "2 1 0;2 1 0;", ";2 1 0", ";99999999999999999999 0 1;"}) {
    EXPECT_EQ(restored(document, note), document) << note;
  }
  EXPECT_EQ(restored(document, ";2 1 0;"), R"({"c":3,"b":2,"a":{"x":1,"y":2}})");
}

TEST(MemberOrder, TravelsBesideTheTypes) {
  for (const char* json : {R"({"z":1,"a":2})", R"({"a":2,"z":1})"}) {
    for (const bool typed : {false, true}) {
      Record record = record_of(json);
      record.set_id("1");
      if (typed) record.set("when", Date{0});
      const DocumentRow row = document_row(record);
      // As the server prints jsonb: in its order, a blank behind each colon and comma.
      std::optional<std::string> types;
      if (row.types) {
        types = "{";
        for (const auto& [name, value] : parse_json_object(*row.types)) {
          if (types->size() > 1) *types += ", ";
          *types += to_json(Value(name)) + ": " + to_json(value);
        }
        *types += "}";
      }
      Record sorted = record_of(R"({"a":2,"z":1})");
      if (typed) sorted.set("when", Date{0});
      const Record read = record_of_document(to_document(sorted).data, types);
      EXPECT_EQ(to_document(read).data, row.data);
      EXPECT_EQ(to_document(read).types, to_document(record).types);
    }
  }
}

TEST(DocumentRow, NamesWhereU0000Is) {
  const auto error_of = [](std::string_view json) {
    Record record = record_of(json);
    record.set_id("7");
    try {
      document_row(record);
    } catch (const Error& error) {
      EXPECT_EQ(error.record_id(), "7");
      EXPECT_EQ(error.code(), ErrorCode::validation);
      return error.field_path();
    }
    return std::string("kept");
  };
  EXPECT_EQ(error_of(R"({"a":"x\u0000y"})"), "a");
  EXPECT_EQ(error_of(R"({"a":[1,{"b":"\u0000"}]})"), "a[1].b");
  EXPECT_EQ(error_of(R"({"id":"\u0000"})"), "\"id\"");
  EXPECT_EQ(error_of(R"({"a":"\\u0000"})"), "kept");
}

}  // namespace
}  // namespace dataknobs::postgresql
