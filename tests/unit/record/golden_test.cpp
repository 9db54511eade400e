// SPDX-License-Identifier: Apache-2.0
//
// The vectors of tests/golden/dk1.json, whose results come from another implementation (check_dk1.py beside
// it).
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

#include <gtest/gtest.h>

#include "record/batch.hpp"
#include "record/canonical.hpp"
#include "record/canonical_bytes.hpp"
#include "record/json.hpp"

namespace dataknobs {
namespace {

const Json& golden() {
  static const Json content = [] {
    const char* root = std::getenv("DATAKNOBS_SOURCE_DIR");
    if (root == nullptr) throw std::runtime_error("DATAKNOBS_SOURCE_DIR names the source folder");
    std::ifstream file(std::string(root) + "/tests/golden/dk1.json");
    return parse_json(std::string(std::istreambuf_iterator<char>(file), {})).get<Json>();
  }();
  return content;
}

const Json::Array& entries(std::string_view name) {
  return golden().find(name)->get<Json>().array();
}

std::string text_of(const Json& entry, std::string_view name) {
  const Value* text = entry.find(name);
  return text == nullptr ? std::string() : text->get<std::string>();
}

double float_of(const std::string& text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return Decimal::parse(text)->to_double();
}

Value value_of(const Json& entry) {
  std::string text = text_of(entry, "text");
  switch (*value_type_from_string(text_of(entry, "type"))) {
    case ValueType::null:
      return {};
    case ValueType::boolean:
      return Value(text == "true");
    case ValueType::integer:
      return Value(*Decimal::parse(text)->to_int64());
    case ValueType::floating:
      return Value(float_of(text));
    case ValueType::decimal:
      return Value(*Decimal::parse(text));
    case ValueType::string:
      return Value(text);
    case ValueType::binary:
      return Value(*parse_hex(text));
    case ValueType::datetime:
      return Value(DateTime{*Decimal::parse(text)->to_int64()});
    case ValueType::date:
      return Value(Date{static_cast<std::int32_t>(*Decimal::parse(text)->to_int64())});
    case ValueType::time:
      return Value(Time{*Decimal::parse(text)->to_int64()});
    case ValueType::json:
      return parse_json(text);
    case ValueType::vector:
      return Value(*vector_from_json(parse_json(text)));
  }
  return {};
}

Record record_of(const Json& fields) {
  Record record;
  for (const auto& [name, entry] : fields.object()) record.append(name, value_of(entry.get<Json>()));
  return record;
}

TEST(Golden, ValuesHaveTheirCanonicalBytes) {
  EXPECT_EQ(text_of(golden(), "form"), "dk1");
  EXPECT_GE(entries("values").size(), 140U);
  for (const Value& element : entries("values")) {
    const Json& entry = element.get<Json>();
    std::string bytes;
    append_canonical(bytes, value_of(entry), text_of(entry, "logical"));
    EXPECT_EQ(to_hex(Binary{bytes}), text_of(entry, "canonical")) << to_json(element);
  }
}

// A record with one field has the hash of the hash, so values are checked through columns of their type, too.
TEST(Golden, ValuesHaveTheirDigests) {
  for (const Value& element : entries("values")) {
    const Json& entry = element.get<Json>();
    Value value = value_of(entry);
    std::string logical = text_of(entry, "logical");
    std::string field = text_of(entry, "field");
    if (logical.empty()) {
      EXPECT_EQ(digest_value(value, field_seed(field)).to_string(), text_of(entry, "digest"))
          << to_json(element);
    }
    Schema schema({{field, FieldType(value.type()).set_logical(logical)}});
    Batch batch = Batch::from_rows({Record{{field, value}}}).with_schema(schema);
    Digest128 inner;
    std::string digest = text_of(entry, "digest");
    inner.high = std::strtoull(digest.substr(0, 16).c_str(), nullptr, 16);
    inner.low = std::strtoull(digest.substr(16).c_str(), nullptr, 16);
    EXPECT_EQ(digest_rows(batch).at(0), canonical::finish_record(inner)) << to_json(element);
  }
}

TEST(Golden, RecordsHaveTheirDigests) {
  for (const Value& element : entries("records")) {
    const Json& entry = element.get<Json>();
    Record record = record_of(entry.find("fields")->get<Json>());
    EXPECT_EQ(digest_record(record).to_string(), text_of(entry, "digest")) << to_json(element);
  }
}

TEST(Golden, TotalsAreTheSumOfTheirRecords) {
  for (const Value& element : entries("totals")) {
    const Json& entry = element.get<Json>();
    std::vector<Record> records;
    for (const Value& fields : entry.find("records")->get<Json>().array()) {
      records.push_back(record_of(fields.get<Json>()));
    }
    Batch by_rows = Batch::from_rows(records);
    EXPECT_EQ(digest_batch(by_rows).to_string(), text_of(entry, "total"));
    EXPECT_EQ(digest_batch(by_rows.with_schema(by_rows.schema())).to_string(), text_of(entry, "total"));
  }
}

}  // namespace
}  // namespace dataknobs
