// SPDX-License-Identifier: Apache-2.0
//
// Runs the cases of tests/cases/csv: NAME.json says how NAME.csv (or the file that it names) is to be read.
//   options   what is appended to the URL, such as "null=NA"
//   schema    the types of the columns, in their order: {"a": "integer"}
//   key       the key columns; absent: ids are positions
//   records   the values in the order of the columns, as text, null where they are null
//   error     instead: pieces of the message that reading gives
#include <gtest/gtest.h>

#include "file_test.hpp"
#include "record/json.hpp"

namespace dataknobs::file_test {
namespace {

std::filesystem::path cases() {
  return DATAKNOBS_CSV_CASES;  // The cases are listed before any test runs, so the environment would come too late.
}

Json::Object load(const std::filesystem::path& path) {
  return parse_json_object(slurp(path));
}

const Value* member(const Json::Object& object, std::string_view name) {
  for (const auto& [key, value] : object) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string text_of(const Value* value) {
  return value == nullptr ? "" : value->get<std::string>();
}

class CsvCase : public testing::TestWithParam<std::string> {
 protected:
  static void check_schema(const Dataset& dataset, const Json::Object& expected) {
    ASSERT_EQ(dataset.schema().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(dataset.schema().fields()[i].name(), expected[i].first);
      EXPECT_EQ(dataset.schema().fields()[i].type().to_string(), expected[i].second.get<std::string>())
          << expected[i].first;
    }
  }

  static void check_records(const std::vector<Record>& records, const Json::Array& expected,
                            bool positional) {
    ASSERT_EQ(records.size(), expected.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      const Json::Array& values = expected[i].get<Json>().array();
      ASSERT_EQ(records[i].size(), values.size());
      for (std::size_t k = 0; k < values.size(); ++k) {
        const Value& value = records[i].fields()[k].value();
        ASSERT_EQ(value.is_null(), values[k].is_null()) << "record " << i << " field " << k;
        if (value.is_null()) continue;
        EXPECT_EQ(to_text(value), values[k].get<std::string>()) << "record " << i;
      }
      ASSERT_TRUE(records[i].id());
      if (positional) {
        EXPECT_EQ(*records[i].id(), std::to_string(i + 1));
      }
    }
  }
};

TEST_P(CsvCase, ReadsAsSaid) {
  const Json::Object expected = load(cases() / (GetParam() + ".json"));
  std::string file = text_of(member(expected, "file"));
  if (file.empty()) file = GetParam() + ".csv";
  std::string url = (cases() / file).string();
  if (const Value* options = member(expected, "options")) url += "?" + options->get<std::string>();

  if (const Value* error = member(expected, "error")) {
    const std::string before = slurp(cases() / file);
    const std::string message = error_of([&] { Opened(url).records(); });
    for (const Value& piece : error->get<Json>().array()) {
      EXPECT_NE(message.find(piece.get<std::string>()), std::string::npos) << message;
    }
    EXPECT_EQ(slurp(cases() / file), before);
    return;
  }
  Opened opened(url);
  const DatasetPointer dataset = opened.describe();
  ASSERT_TRUE(dataset);
  check_schema(*dataset, member(expected, "schema")->get<Json>().object());
  const Value* key = member(expected, "key");
  EXPECT_EQ(dataset->positional_ids(), key == nullptr);
  if (key != nullptr) {
    const Json::Array& names = key->get<Json>().array();
    ASSERT_EQ(dataset->key().size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(dataset->key()[i], names[i].get<std::string>());
  }
  const Json::Array& records = member(expected, "records")->get<Json>().array();
  EXPECT_EQ(dataset->rows(), records.size());
  check_records(opened.records(), records, key == nullptr);
}

std::vector<std::string> all_cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(cases())) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Files, CsvCase, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<std::string>& each) { return each.param; });

TEST(CsvCases, AreMany) {
  EXPECT_GE(all_cases().size(), 40U);
}

}  // namespace
}  // namespace dataknobs::file_test
