// SPDX-License-Identifier: Apache-2.0
//
// The canonical form: of any two values, equal means equal bytes. The input is a JSON array of values; its
// strings are read as values of the other classes, too.
#include "record/canonical.hpp"

#include <cstdlib>

#include <dataknobs/error.hpp>

#include "record/batch.hpp"
#include "record/json.hpp"

namespace {

using namespace dataknobs;

void require(bool condition) {
  if (!condition) std::abort();
}

void add_meanings(std::vector<Value>& values, const Value& value) {
  values.push_back(value);
  if (auto vector = vector_from_json(value)) values.emplace_back(std::move(*vector));
  const auto* text = value.get_if<std::string>();
  if (text == nullptr) return;
  values.emplace_back(Binary{*text});
  if (auto decimal = Decimal::parse(*text)) values.emplace_back(std::move(*decimal));
  if (auto moment = parse_datetime(*text)) values.emplace_back(*moment);
  if (auto time = parse_time(*text)) values.emplace_back(*time);
}

void check_columns(const std::vector<Value>& values) {
  std::vector<Record> rows;
  for (const Value& value : values) rows.push_back(Record{{"value", value}});
  Batch by_rows = Batch::from_rows(rows);
  Batch by_columns = by_rows.with_schema(Batch::from_rows(rows).schema());
  require(digest_rows(by_rows) == digest_rows(by_columns));
  const std::vector<Record>& again = by_columns.rows();
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(again[i]["value"] == values[i] && again[i]["value"].type() == values[i].type());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Value> values;
  try {
    Value input = parse_json({reinterpret_cast<const char*>(data), size});
    const auto* json = input.get_if<Json>();
    if (json == nullptr || !json->is_array()) return 0;
    for (const Value& element : json->array()) {
      if (values.size() < 40) add_meanings(values, element);
    }
  } catch (const SerializationError&) {
    return 0;
  }
  std::vector<std::string> bytes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) append_canonical(bytes[i], values[i]);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      bool equal = values[i] == values[k];
      require(equal == (bytes[i] == bytes[k]));
      require(equal == (sort_order(values[i], values[k]) == std::strong_ordering::equal));
    }
  }
  check_columns(values);
  return 0;
}
