// SPDX-License-Identifier: Apache-2.0
//
// New folders of parts: their names, sizes and types, and what is left of a load that ended early.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// A folder that is to be made, and a state folder of its own.
class NewFolder {
 public:
  explicit NewFolder(const std::string& options) : options_(options) {
    setenv("XDG_STATE_HOME", folder.path("state").c_str(), 1);
    reopen();
  }
  void reopen() { opened.emplace(folder.path("p/") + "?" + options_); }
  DatasetPointer create(const Schema& schema, const std::vector<std::string>& key = {}) {
    const Layout layout = opened->backend().creation_layout(opened->options(), Layout::columns);
    CreateRequest request(opened->options(), layout);
    request.set_key(key);
    if (layout == Layout::columns) request.set_schema(schema);
    return run(opened->session()->create_dataset(opened->context(), request));
  }
  /// Writes in a transaction or in one go, a batch for each list of records.
  void write(Session& session, const DatasetPointer& dataset, const std::vector<std::vector<Record>>& batches,
             std::uint64_t buffer = std::uint64_t{1} << 20U) {
    const auto options = WriterOptions(dataset, WriteMode::insert).set_buffer_bytes(buffer);
    const std::unique_ptr<Writer> writer = run(session.writer(opened->context(), options));
    for (const std::vector<Record>& records : batches)
      run(writer->write(opened->context(), Batch::from_rows(records)));
    run(writer->finish(opened->context()));
  }
  void load(const DatasetPointer& dataset, const std::vector<std::vector<Record>>& batches) {
    const auto session = opened->session(SessionMode::transaction);
    write(*session, dataset, batches);
    run(session->commit(opened->context()));
  }
  void publish(const DatasetPointer& dataset) { run(opened->session()->publish(opened->context(), dataset)); }
  /// Paths of all files in it, without the note.
  std::vector<std::string> files(const std::string& name = "p") const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path(name))) {
      std::string path = std::filesystem::relative(entry.path(), folder.path(name)).string();
      if (!entry.is_directory() && path != "_dataknobs") result.push_back(std::move(path));
    }
    std::sort(result.begin(), result.end());
    return result;
  }
  std::vector<Record> records() {
    reopen();
    return opened->records();
  }

  const Folder folder;
  std::optional<Opened> opened;

 private:
  std::string options_;
};

using Texts = std::vector<std::string>;

Schema sales() {
  return Schema({{"country", ValueType::string},
                 {"year", ValueType::integer},
                 {"n", ValueType::integer},
                 {"zip", ValueType::string}});
}

Record sale(const Value& country, const Value& year, int n) {
  return Record{{"country", country}, {"year", year}, {"n", n}, {"zip", std::to_string(n)}};
}

TEST(NewFolders, HaveHiveFolders) {
  for (const std::string format : {"csv", "parquet", "tsv"}) {
    NewFolder made("format=" + format + "&partition=country,year");
    const DatasetPointer dataset = made.create(sales());
    made.load(dataset,
              {{sale("FR", 2024, 1), sale("a/b", 2023, 2), sale(Value(), Value(), 3), sale("007", 2024, 4)},
               {sale("FR", 2024, 5), sale("", 2024, 6)}});
    EXPECT_FALSE(std::filesystem::exists(made.folder.path("p")));
    made.publish(dataset);
    Texts folders;
    for (const std::string& file : made.files()) folders.push_back(file.substr(0, file.rfind('/')));
    EXPECT_EQ(folders, (Texts{"country=/year=2024", "country=007/year=2024", "country=FR/year=2024",
                              "country=__HIVE_DEFAULT_PARTITION__/year=__HIVE_DEFAULT_PARTITION__",
                              "country=a%2Fb/year=2023"}));
    std::map<std::int64_t, Record> found;
    for (const Record& record : made.records()) found.emplace(record["n"].get<std::int64_t>(), record);
    ASSERT_EQ(found.size(), 6U);
    EXPECT_EQ(found[1]["country"], Value("FR"));
    EXPECT_EQ(found[2]["country"], Value("a/b"));
    EXPECT_TRUE(found[3]["country"].is_null() && found[3]["year"].is_null());
    EXPECT_EQ(found[4]["country"], Value("007"));
    EXPECT_EQ(found[4]["zip"], Value("4"));
    EXPECT_EQ(found[5]["year"], Value(2024));
    EXPECT_EQ(found[6]["country"], Value(""));
    EXPECT_EQ(made.folder.names(), (Texts{"p", "state"}));
  }
}

TEST(NewFolders, KeepTypesAndKeys) {
  const Schema schema({{"when", ValueType::datetime},
                       {"price", ValueType::decimal},
                       {"ratio", ValueType::floating},
                       {"is", ValueType::boolean},
                       {"code", ValueType::string},
                       {"n", ValueType::integer}});
  NewFolder made("format=parquet&partition=when,price,ratio,is,code");
  const DatasetPointer dataset = made.create(schema, {"code", "n"});
  const Record record{{"when", *parse_datetime("2024-02-29T12:30:00Z")},
                      {"price", *Decimal::parse("1.50")},
                      {"ratio", 1e300},
                      {"is", true},
                      {"code", "12"},
                      {"n", 7}};
  made.load(dataset, {{record}});
  made.publish(dataset);
  const std::vector<Record> found = made.records();
  ASSERT_EQ(found.size(), 1U);
  for (const Field& field : record.fields()) EXPECT_EQ(found[0][field.name()], field.value()) << field.name();
  EXPECT_EQ(to_text(found[0]["price"]), "1.50");
  EXPECT_EQ(found[0].id(), "[\"12\",7]");
}

TEST(NewFolders, OfDocuments) {
  NewFolder made("format=ndjson&partition=team");
  const DatasetPointer dataset = made.create(Schema());
  Record ada{{"team", "1"}, {"tags", 1}};
  ada.set_id("a");
  Record bob{{"n", 2}};
  bob.set_id("b");
  made.load(dataset, {{ada, bob}});
  expect_contains(error_of([&] { made.load(dataset, {{Record{{"id", "c"}, {"team", 1}}}}); }), "of one type");
  expect_contains(
      error_of([&] { made.load(dataset, {{Record{{"id", "d"}, {"team", Value(Json(Json::Object{}))}}}}); }),
      "does not become the name of a folder");
  made.publish(dataset);
  const std::vector<Record> found = made.records();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]["team"], Value("1"));
  EXPECT_EQ(found[0].id(), "a");
  EXPECT_TRUE(found[1]["team"].is_null());
}

TEST(NewFolders, HaveFilesOfABoundedSize) {
  NewFolder made("format=csv&part_size=1KiB");
  const DatasetPointer dataset = made.create(sales());
  std::vector<std::vector<Record>> batches;
  for (int n = 0; n < 500; ++n) batches.push_back({sale("FR", 2024, n)});
  made.load(dataset, batches);
  made.publish(dataset);
  const Texts files = made.files();
  EXPECT_GT(files.size(), 6U);
  EXPECT_LT(files.size(), 12U);
  EXPECT_EQ(files.front(), "part-00000.csv");
  EXPECT_EQ(made.records().size(), 500U);
  EXPECT_EQ(made.records()[499]["n"], Value(499));
}

TEST(NewFolders, OfManyHiveFoldersHaveAFileEach) {
  for (const std::string format : {"csv", "ndjson", "parquet", "json", "csv&compression=gzip"}) {
    NewFolder made("format=" + format + "&partition=year");
    const DatasetPointer dataset = made.create(sales());
    std::vector<std::vector<Record>> batches(20);
    for (int n = 0; n < 2000; ++n) {
      Record record = sale("FR", n % 30, n);
      record.set_id(std::to_string(n));
      batches[static_cast<std::size_t>(n % 20)].push_back(std::move(record));
    }
    const auto session = made.opened->session(SessionMode::transaction);
    made.write(*session, dataset, batches, 20'000);
    run(session->commit(made.opened->context()));
    made.load(dataset, {{sale("FR", 5, 2000).set_id("2000")}});
    made.publish(dataset);
    EXPECT_EQ(made.files().size(), 30U) << format;
    std::int64_t sum = 0;
    for (const Record& record : made.records()) sum += record["n"].get<std::int64_t>();
    EXPECT_EQ(sum, 2000 * 2001 / 2) << format;
  }
}

TEST(NewFolders, GoOnFromTheLastCommit) {
  for (const std::string format : {"csv", "parquet", "json", "ndjson&compression=zstd"}) {
    NewFolder made("format=" + format + "&partition=country&part_size=2KiB");
    const auto dataset = [&] { return made.create(sales()); };
    const auto rows = [](int from, int to) {
      std::vector<Record> records;
      for (int n = from; n < to; ++n)
        records.push_back(sale(n % 2 == 0 ? "a" : "b", 2024, n).set_id(std::to_string(n)));
      return records;
    };
    made.load(dataset(), {rows(0, 50)});
    {
      const auto session = made.opened->session(SessionMode::transaction);
      made.write(*session, dataset(), {rows(1000, 1100), {sale("lost", 2024, 1).set_id("x")}}, 100);
      run(session->rollback(made.opened->context()));
    }
    made.reopen();
    EXPECT_EQ(dataset()->rows(), 50U);
    made.load(dataset(), {rows(50, 100)});
    const DatasetPointer loaded = dataset();
    made.publish(loaded);
    made.publish(loaded);
    EXPECT_FALSE(std::filesystem::exists(made.folder.path("p/country=lost")));
    std::int64_t sum = 0;
    for (const Record& record : made.records()) sum += record["n"].get<std::int64_t>();
    EXPECT_EQ(sum, 100 * 99 / 2) << format;
    EXPECT_EQ(made.folder.names(), (Texts{"p", "state"}));
  }
}

TEST(NewFolders, WithoutRecords) {
  NewFolder flat("format=csv");
  const DatasetPointer made = flat.create(sales());
  expect_contains(error_of([&] { flat.publish(made); }), "one by one");
  flat.load(made, {});
  flat.publish(made);
  EXPECT_EQ(flat.files(), Texts{"part-00000.csv"});
  EXPECT_TRUE(flat.records().empty());
  NewFolder hive("format=parquet&partition=year");
  const DatasetPointer dataset = hive.create(sales());
  hive.load(dataset, {});
  hive.publish(dataset);
  EXPECT_TRUE(hive.files().empty());
  EXPECT_TRUE(hive.records().empty());
  EXPECT_EQ(hive.opened->describe()->schema().find("year")->type().kind(), ValueType::integer);
  EXPECT_EQ(hive.opened->describe()->schema().size(), 4U);
}

TEST(NewFolders, WrittenInOneGo) {
  NewFolder made("format=csv&partition=year");
  const DatasetPointer dataset = made.create(sales());
  {
    const auto session = made.opened->session();
    const std::unique_ptr<Writer> writer =
        run(session->writer(made.opened->context(), WriterOptions(dataset, WriteMode::insert)));
    run(writer->write(made.opened->context(), Batch::from_rows({sale("x", 1, 1)})));
  }
  EXPECT_EQ(made.folder.names(), Texts{});
  const auto session = made.opened->session();
  made.write(*session, dataset, {{sale("x", 1, 1)}});
  EXPECT_EQ(made.files(), Texts{"year=1/part-00000.csv"});
}

TEST(NewFolders, TakeThePlaceOfEmptyOnesAlone) {
  NewFolder made("format=csv");
  std::filesystem::create_directory(made.folder.path("p"));
  const DatasetPointer dataset = made.create(sales());
  made.load(dataset, {});
  made.publish(dataset);
  EXPECT_EQ(made.files(), Texts{"part-00000.csv"});
  NewFolder taken("format=csv");
  std::filesystem::create_directory(taken.folder.path("p"));
  taken.folder.write("p/notes.txt", "");
  expect_contains(error_of([&] { taken.create(sales()); }), "exists already");
}

TEST(NewFolders, AreRefusedWhereNamesCannotSayIt) {
  const auto error = [](const std::string& options) {
    NewFolder made("format=csv&" + options);
    return error_of([&] { made.create(sales()); });
  };
  expect_contains(error("partition=yaer"), "did you mean 'year'?");
  expect_contains(error("partition=country,year,n,zip"), "names all fields");
  expect_contains(error_of([] { NewFolder("format=csv&partition=a,a"); }), "names 'a' twice");
  expect_contains(error_of([] { NewFolder("format=csv&partition=a,"); }), "empty name");
  expect_contains(error_of([] { NewFolder("format=csv&part_size=big"); }), "part_size=64MiB");
  const Folder folder;
  expect_contains(error_of([&] { Opened(folder.path("p.csv?partition=a")); }), "is an option of folders");
  NewFolder made("format=csv&partition=country");
  const DatasetPointer dataset = made.create(sales());
  expect_contains(error_of([&] { made.load(dataset, {{sale(std::string(300, 'x'), 1, 1)}}); }),
                  "has no room for it");
  Backend& backend = made.opened->backend();
  EXPECT_EQ(backend.map_field("country", ValueType::json).exactness(), Exactness::impossible);
  EXPECT_EQ(backend.map_field("country", FieldType()).exactness(), Exactness::lossy);
  EXPECT_EQ(backend.map_field("country", ValueType::integer).exactness(), Exactness::exact);
  EXPECT_EQ(backend.map_field("n", ValueType::json).exactness(), Exactness::encoded);
}

}  // namespace
}  // namespace dataknobs::file_test
