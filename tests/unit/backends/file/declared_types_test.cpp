// SPDX-License-Identifier: Apache-2.0
//
// type=COLUMN:TYPE of CSV files.
#include <gtest/gtest.h>

#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

std::string error_with(const std::string& csv, const std::string& options) {
  const Folder folder;
  const std::string path = folder.write("data.csv", csv);
  return error_of([&] { Opened("file:" + path + "?" + options).records(); });
}

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(DeclaredTypes, WinOverWhatIsFound) {
  const Folder folder;
  const std::string path = folder.write("data.csv", "zip,price,n\n01234,1e3,7\n99999,2.50,8\n");
  const std::vector<Record> found = Opened("file:" + path).records();
  EXPECT_EQ(found[0]["price"], Value("1e3"));
  EXPECT_EQ(found[1]["zip"], Value("99999"));

  Opened declared("file:" + path + "?type=price:decimal&type=n:string");
  const Schema schema = declared.describe()->schema();
  EXPECT_EQ(schema.find("price")->type().kind(), ValueType::decimal);
  EXPECT_EQ(schema.find("n")->type().kind(), ValueType::string);
  const std::vector<Record> records = declared.records();
  EXPECT_EQ(records[0]["price"], Value(1000));
  EXPECT_EQ(records[1]["price"], Value(*Decimal::parse("2.5")));
  EXPECT_EQ(records[1]["n"], Value("8"));
}

TEST(DeclaredTypes, NameTheFirstRecordThatDoesNotFit) {
  const std::string csv = "a,b\n1,x\n2,\n3,12\n";
  const std::string error = error_with(csv, "type=b:integer");
  expect_contains(error, "record 1: 'x' is no integer");
  expect_contains(error, "field b");
  expect_contains(error_with("a\n1\n\"\"\n", "type=a:integer"), "record 2");
}

TEST(DeclaredTypes, AreCheckedThemselves) {
  const std::string csv = "price,name\n1,x\n";
  expect_contains(error_with(csv, "type=prize:decimal"), "did you mean 'price'?");
  expect_contains(error_with(csv, "type=price:decimel"), "did you mean 'decimal'?");
  expect_contains(error_with(csv, "type=price"), "is not COLUMN:TYPE");
  expect_contains(error_with(csv, "type=price:decimal&type=price:string"), "given twice");
  const Folder folder;
  const std::string path = folder.write("data.ndjson", "{}\n");
  expect_contains(error_of([&] { Opened("file:" + path + "?type=a:string").records(); }),
                  "option of CSV files");
}

}  // namespace
}  // namespace dataknobs::file_test
