// SPDX-License-Identifier: Apache-2.0
//
// Folders of parts, read as one dataset.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <dataknobs/query.hpp>

#include "backends/file/folder_names.hpp"
#include "file_test.hpp"
#include "query/push_down.hpp"

namespace dataknobs::file_test {
namespace {

using file::PartitionName;

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// Writes a file in folders that are made for it.
void write_in(const Folder& folder, const std::string& name, std::string_view content) {
  std::filesystem::create_directories(folder.root() / std::filesystem::path(name).parent_path());
  folder.write(name, content);
}

std::string error_of_reading(const Folder& folder, const std::string& url) {
  return error_of([&] { Opened(folder.path(url)).records(); });
}

std::vector<std::string> texts_of(const std::vector<Record>& records, std::string_view field) {
  std::vector<std::string> texts;
  for (const Record& record : records)
    texts.push_back(record[field].is_null() ? "null" : to_text(record[field]));
  return texts;
}

/// The values of a field in the order of the records.
std::vector<std::string> texts_in(const Folder& folder, const std::string& url, std::string_view field) {
  return texts_of(Opened(folder.path(url)).records(), field);
}

using Texts = std::vector<std::string>;

TEST(FolderNames, SayFieldsAndValues) {
  const auto value = [](std::string_view name) { return PartitionName::parse(name)->value; };
  EXPECT_EQ(PartitionName::parse("country=FR")->field, "country");
  EXPECT_EQ(value("country=FR"), "FR");
  EXPECT_EQ(value("x=a=b"), "a=b");
  EXPECT_EQ(value("x="), "");
  EXPECT_EQ(value("x=100%"), "100%");
  EXPECT_EQ(value("x=a%2Fb%zz"), "a/b%zz");
  EXPECT_EQ(value("x=__HIVE_DEFAULT_PARTITION__"), std::nullopt);
  EXPECT_EQ(value("x=%5F_HIVE_DEFAULT_PARTITION__"), "__HIVE_DEFAULT_PARTITION__");
  EXPECT_FALSE(PartitionName::parse("country"));
  EXPECT_FALSE(PartitionName::parse("=FR"));
}

TEST(FolderNames, AreReadBackAsTheyWereWritten) {
  const std::vector<std::optional<std::string>> values = {"",
                                                          "FR",
                                                          "a b",
                                                          "a/b",
                                                          "..",
                                                          "x=y",
                                                          "100%",
                                                          "%41",
                                                          "\xC3\xA4\xE2\x82\xAC",
                                                          std::string("a\0b", 3),
                                                          "\n\x7F",
                                                          "__HIVE_DEFAULT_PARTITION__",
                                                          std::nullopt};
  for (const std::string field : {"country", "a=b", ".hidden", "_x", "a/b", "\xC3\xA4"}) {
    for (const std::optional<std::string>& value : values) {
      const PartitionName name{field, value};
      const std::string text = name.to_string();
      EXPECT_EQ(text.find('/'), std::string::npos);
      EXPECT_FALSE(file::is_skipped_name(text, true)) << text;
      EXPECT_EQ(PartitionName::parse(text), name) << text;
    }
  }
}

TEST(Folders, AreReadInTheOrderOfTheirPaths) {
  const Folder folder;
  write_in(folder, "p/b.csv", "n,t\n3,x\n");
  write_in(folder, "p/a.csv", "n,t\n1,y\n2,z\n");
  write_in(folder, "p/_SUCCESS", "");
  write_in(folder, "p/.hidden.csv", "other\n1\n");
  write_in(folder, "p/_temporary/0/x.csv", "other\n1\n");
  for (const std::string url : {"p", "p/"}) {
    Opened opened(folder.path(url));
    const DatasetPointer dataset = opened.describe();
    EXPECT_EQ(dataset->native_kind(), "folder of CSV files");
    EXPECT_EQ(dataset->rows(), 3U);
    EXPECT_TRUE(dataset->positional_ids());
    const std::vector<Record> records = opened.records();
    EXPECT_EQ(texts_of(records, "t"), (Texts{"y", "z", "x"}));
    EXPECT_EQ(records[2].id(), "3");
  }
}

TEST(Folders, OfEachFormat) {
  const Folder folder;
  write_in(folder, "n/part-0.ndjson", "{\"a\": 1}\n");
  write_in(folder, "n/part-1.jsonl", "{\"a\": 2}\n{\"a\": 3}\n");
  write_in(folder, "j/0.json", "[{\"a\": 1}]\n");
  write_in(folder, "j/1.json", "[{\"a\": 2}, {\"a\": 3}]\n");
  write_in(folder, "t/0.tsv", "a\tb\n1\tx\n");
  write_in(folder, "t/1.tsv", "a\tb\n2\ty\n3\tz\n");
  write_in(folder, "raw/000000_0", "a,b\n1,x\n");
  write_in(folder, "raw/000001_0", "a,b\n2,x\n3,x\n");
  for (const std::string url : {"n/", "j/", "t/", "raw/?format=csv"}) {
    Opened opened(folder.path(url));
    EXPECT_EQ(texts_of(opened.records(), "a"), (Texts{"1", "2", "3"})) << url;
    EXPECT_EQ(opened.records()[2].id(), "3") << url;
  }
}

TEST(Folders, TypesOfTextHoldForAllFiles) {
  const Folder folder;
  write_in(folder, "p/a.csv", "n,m,e\n1,1,\n");
  write_in(folder, "p/b.csv", "m,n,only_b\nx,2.5,7\n");
  write_in(folder, "p/c.csv", "n\n");
  Opened opened(folder.path("p/"));
  const Schema schema = opened.describe()->schema();
  EXPECT_EQ(schema.find("n")->type().kind(), ValueType::decimal);
  EXPECT_EQ(schema.find("m")->type().kind(), ValueType::string);
  EXPECT_EQ(schema.find("only_b")->type().kind(), ValueType::integer);
  const std::vector<Record> records = opened.records();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(to_text(records[0]["n"]), "1");
  EXPECT_EQ(records[0]["m"], Value("1"));
  EXPECT_TRUE(records[0]["only_b"].is_null());
  EXPECT_EQ(records[1]["only_b"], Value(7));
  EXPECT_TRUE(records[1]["e"].is_null());
  expect_contains(error_of_reading(folder, "p/?type=m:integer"), "b.csv, record 1: 'x' is no integer");
  expect_contains(error_of_reading(folder, "p/?type=nn:integer"), "did you mean");
}

TEST(HiveFolders, AddFields) {
  const Folder folder;
  write_in(folder, "p/country=FR/year=2024/a.csv", "id\n1\n2\n");
  write_in(folder, "p/country=DE/year=2023/a.csv", "id\n3\n");
  write_in(folder, "p/country=__HIVE_DEFAULT_PARTITION__/year=2023/a.csv", "id\n4\n");
  Opened opened(folder.path("p/"));
  const DatasetPointer dataset = opened.describe();
  EXPECT_EQ(dataset->key(), Texts{"id"});
  EXPECT_EQ(dataset->schema().find("year")->type().kind(), ValueType::integer);
  EXPECT_TRUE(dataset->schema().find("country")->nullable());
  EXPECT_FALSE(dataset->schema().find("year")->nullable());
  EXPECT_EQ(texts_of(opened.records(), "country"), (Texts{"DE", "FR", "FR", "null"}));
  EXPECT_EQ(texts_of(opened.records(), "id"), (Texts{"3", "1", "2", "4"}));
  EXPECT_EQ(texts_of(Opened(folder.path("p/?type=year:string")).records(), "year")[0], "2023");
  expect_contains(error_of_reading(folder, "p/?type=country:integer"), "country=DE");
  Opened by_both(folder.path("p/?key=year,id"));
  EXPECT_EQ(by_both.records()[0].id(), "[2023,3]");
  expect_contains(error_of_reading(folder, "p/?key=country,id"), "empty in some records");
}

TEST(HiveFolders, TypesPrintBack) {
  const Folder folder;
  write_in(folder, "p/month=01/a.csv", "n\n1\n");
  write_in(folder, "p/month=12/a.csv", "n\n2\n");
  Opened opened(folder.path("p/"));
  EXPECT_EQ(opened.records()[0]["month"], Value("01"));
  EXPECT_EQ(Opened(folder.path("p/?type=month:integer")).records()[0]["month"], Value(1));
}

TEST(HiveFolders, OfDocuments) {
  const Folder folder;
  write_in(folder, "p/team=a b/x.ndjson", "{\"id\": \"1\", \"n\": 1}\n");
  write_in(folder, "p/team=c%2Fd/x.ndjson", "{\"id\": \"2\", \"n\": 2}\n");
  Opened opened(folder.path("p/"));
  EXPECT_EQ(texts_of(opened.records(), "team"), (Texts{"a b", "c/d"}));
  EXPECT_EQ(opened.records()[1].id(), "2");
  Opened keyed(folder.path("p/?key=team"));
  EXPECT_EQ(keyed.records()[1].id(), "c/d");
  write_in(folder, "p/team=e/x.ndjson", "{\"id\": \"3\", \"team\": \"e\"}\n");
  expect_contains(error_of_reading(folder, "p/"),
                  "team=e/x.ndjson, line 1, column 1: the record has the field 'team'");
}

TEST(HiveFolders, AreSkippedByTheirNames) {
  const Folder folder;
  for (int year = 2020; year < 2030; ++year)
    write_in(folder, "p/year=" + std::to_string(year) + "/a.csv", "n\n" + std::to_string(year % 10) + "\n");
  Opened opened(folder.path("p/"));
  const DatasetPointer dataset = opened.describe();
  const auto plan = [&](const std::string& where) {
    return opened.backend().plan(Query().filter(parse_expression(where)), *dataset);
  };
  const PushDown push = plan("year >= 2028 and n < 9");
  EXPECT_EQ(push.taken().to_string(), "year >= 2028");
  EXPECT_EQ(push.residual().to_string(), "n < 9");
  EXPECT_TRUE(plan("year in (2021, 2023) or year = 2025").is_exact());
  EXPECT_EQ(plan("year = 2021 or n = 1").bound(), Bound::none);
  ScanRequest request(dataset);
  request.set_filter(push.taken());
  EXPECT_EQ(texts_of(opened.records(request), "n"), (Texts{"8", "9"}));
  EXPECT_EQ(opened.records(request)[0].id(), "9");
  EXPECT_EQ(run(opened.session()->count(opened.context(), request)), 2U);
  expect_contains(run(opened.backend().explain(opened.context(), request)),
                  "scan of 2 of 10 files in " + folder.path("p/") + " (8 of 40 bytes): year=2028, year=2029");
  // What is skipped is not opened.
  std::filesystem::remove(folder.path("p/year=2020/a.csv"));
  const auto snapshot = opened.session(SessionMode::snapshot);
  EXPECT_EQ(opened.records(*snapshot, request).size(), 2U);
  expect_contains(error_of([&] { opened.records(*snapshot, ScanRequest(dataset)); }), "a.csv was removed");
}

TEST(Folders, ArePartitionedWithTheSameRecords) {
  const Folder folder;
  std::string text = "n\n";
  for (int n = 0; n < 20'000; ++n) text += "10000\n";
  for (int part = 0; part < 5; ++part) write_in(folder, "p/x=" + std::to_string(part) + "/a.csv", text);
  write_in(folder, "p/x=empty/a.csv", "n\n");
  Opened opened(folder.path("p/"));
  const DatasetPointer dataset = opened.describe();
  for (const std::size_t wanted : {1U, 2U, 3U, 7U, 100U}) {
    ScanRequest request(dataset);
    std::uint64_t rows = 0;
    std::set<std::string> ids;
    const std::vector<Partition> parts = run(opened.session()->partition(opened.context(), request, wanted));
    for (const Partition& part : parts) {
      EXPECT_TRUE(part.stable());
      request.set_partition(part);
      const std::vector<Record> records = opened.records(request);
      EXPECT_EQ(records.size(), part.rows());
      rows += records.size();
      for (const Record& record : records) ids.insert(*record.id());
    }
    EXPECT_EQ(rows, 100'000U);
    EXPECT_EQ(ids.size(), 100'000U);
    request.set_filter(parse_expression("x = '3'"));
    rows = 0;
    for (const Partition& part : run(opened.session()->partition(opened.context(), request, wanted))) {
      request.set_partition(part);
      rows += opened.records(request).size();
    }
    EXPECT_EQ(rows, 20'000U);
  }
}

TEST(Folders, AreRefusedWhenTheyAreNoDataset) {
  const auto error = [](std::initializer_list<std::string> names, const std::string& url = "p/") {
    const Folder folder;
    for (const std::string& name : names) write_in(folder, "p/" + name, "a\n1\n");
    return error_of_reading(folder, url);
  };
  expect_contains(error({"a.csv", "b.tsv"}), "a.csv (csv)");
  expect_contains(error({"a.csv", "b.tsv"}), "b.tsv (tsv)");
  expect_contains(error({"a.csv", "notes.txt"}), "notes.txt is no file of data");
  expect_contains(error({"a.csv", "sub/b.csv"}), "p/sub is a folder");
  expect_contains(error({"a.csv", "x=1/b.csv"}), "do not name the same fields: none and x");
  expect_contains(error({"x=1/b.csv", "y=1/b.csv"}), "do not name the same fields: x and y");
  expect_contains(error({"x=1/x=2/b.csv"}), "names the field 'x' twice");
  expect_contains(error({"a=1/b.csv"}), "'a' is a column of");
  expect_contains(error({"a=1/b.csv"}), "field of its folder a=1");
  expect_contains(error({"b.csv.dataknobs-journal", "b.csv"}), "changes that are not in its file yet");
  expect_contains(error({"a.csv"}, "p/?format=parquet"), "format=parquet was given");
  expect_contains(error({"a.csv"}, "p/a.csv/"), "Not a directory");
}

TEST(Folders, WithLinks) {
  const Folder folder;
  write_in(folder, "p/x=1/a.csv", "a\n1\n");
  write_in(folder, "other/a.csv", "a\n2\n");
  std::filesystem::create_directory_symlink(folder.path("other"), folder.path("p/x=2"));
  EXPECT_EQ(texts_in(folder, "p/", "a"), (Texts{"1", "2"}));
  std::filesystem::create_directory_symlink("..", folder.path("p/x=1/y=1"));
  expect_contains(error_of_reading(folder, "p/"), "is a link to a folder that it is in");
  std::filesystem::remove(folder.path("p/x=1/y=1"));
  std::filesystem::create_symlink("nowhere.csv", folder.path("p/x=1/b.csv"));
  expect_contains(error_of_reading(folder, "p/"), "b.csv");
}

TEST(Folders, WithTornParts) {
  const Folder folder;
  write_in(folder, "p/a.csv", "a,b\n1,2\n");
  write_in(folder, "p/b.csv", "a,b\n1\n");
  expect_contains(error_of_reading(folder, "p/"), "b.csv, line 2");
  folder.write("p/b.csv", "");
  expect_contains(error_of_reading(folder, "p/"), "b.csv is empty");
  write_in(folder, "q/a.parquet", "PAR1");
  expect_contains(error_of_reading(folder, "q/"), "a.parquet cannot be read as Parquet");
}

TEST(Folders, AreReadAsTheyWereDescribed) {
  const Folder folder;
  write_in(folder, "p/a.csv", "a\n1\n");
  write_in(folder, "p/b.csv", "a\n2\n");
  Opened opened(folder.path("p/"));
  const DatasetPointer dataset = opened.describe();
  const auto session = opened.session(SessionMode::snapshot);
  folder.write("p/b.csv", "a\n2\n3\n");
  expect_contains(error_of([&] { opened.records(*session, ScanRequest(dataset)); }), "b.csv was changed");
  EXPECT_EQ(opened.records(ScanRequest(dataset)).size(), 3U);
  EXPECT_NE(opened.describe()->fingerprint(), dataset->fingerprint());
}

TEST(Folders, WithoutFilesAreNone) {
  const Folder folder;
  std::filesystem::create_directory(folder.path("p"));
  EXPECT_EQ(Opened(folder.path("p/?format=csv")).describe(), nullptr);
  EXPECT_EQ(Opened(folder.path("none/?format=csv")).describe(), nullptr);
}

TEST(Folders, RecordsAreFoundByTheirIds) {
  const Folder folder;
  for (int part = 0; part < 4; ++part)
    write_in(folder, "p/x=" + std::to_string(part) + "/a.csv", "id,n\nk" + std::to_string(part) + ",1\n");
  Opened opened(folder.path("p/"));
  const std::vector<std::string> ids{"k2", "none", "k0"};
  for (int time = 0; time < 3; ++time) {
    const auto found = run(opened.session()->read(opened.context(), opened.describe(), ids));
    ASSERT_TRUE(found[0]);
    EXPECT_EQ((*found[0])["x"], Value(2));
    EXPECT_FALSE(found[1]);
    EXPECT_TRUE(found[2]);
  }
}

TEST(Folders, SingleRecordsAreNotWritten) {
  const Folder folder;
  write_in(folder, "p/a.csv", "id\n1\n");
  Opened opened(folder.path("p/"));
  std::vector<Record> records{Record{{"id", 2}}};
  const WriteRequest request(opened.describe(), WriteMode::insert, records);
  expect_contains(error_of([&] { run(opened.session()->write(opened.context(), request)); }), "one by one");
  expect_contains(
      error_of([&] { run(opened.session(SessionMode::transaction)->write(opened.context(), request)); }),
      "one by one");
  EXPECT_EQ(slurp(folder.path("p/a.csv")), "id\n1\n");
}

TEST(Folders, OfThousandsOfFiles) {
  const Folder folder;
  for (int part = 0; part < 3000; ++part) {
    write_in(folder, fmt::format("p/x={}/part-{}.ndjson", part % 50, part),
             fmt::format("{{\"n\": {}}}\n", part));
  }
  Opened opened(folder.path("p/"));
  std::int64_t sum = 0;
  for (const Record& record : opened.records()) sum += record["n"].get<std::int64_t>();
  EXPECT_EQ(sum, 3000 * 2999 / 2);
}

}  // namespace
}  // namespace dataknobs::file_test
