// SPDX-License-Identifier: Apache-2.0
//
// NDJSON and JSON files: what is read of foreign ones, what is written, parts, and what is refused.
#include <gtest/gtest.h>

#include "backends/file/document_source.hpp"
#include "file_test.hpp"
#include "record/json.hpp"
#include "support/generator.hpp"

namespace dataknobs::file_test {
namespace {

using namespace dataknobs::file;

class Documents : public testing::Test {
 protected:
  Documents() { setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1); }

  std::vector<Record> read(const std::string& name, std::string_view content,
                           const std::string& options = "") {
    folder_.write(name, content);
    return Opened(folder_.path(name) + options).records();
  }

  static void write(const std::string& path, const std::vector<Record>& records, const Schema& schema = {},
                    const std::vector<std::string>& key = {}) {
    Opened opened(path);
    CreateRequest request(opened.options(), Layout::document);
    request.set_schema(schema).set_key(key);
    const std::unique_ptr<Session> session = opened.session();
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), request));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), Batch::from_rows(records)));
    run(writer->finish(opened.context()));
  }

  Folder folder_;
};

TEST_F(Documents, OfOthersAreReadAsTheyAre) {
  const std::string text =
      "\xEF\xBB\xBF{\"a\":1,\"$types\":{\"a\":\"date\"},\"$$b\":[1,{\"c\":null}]}\r\n\n"
      "  {\"a\":1.5,\"$id\":\"x\"}\n{\"a\":12345678901234567890}";
  const std::vector<Record> records = read("x.ndjson", text);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(to_document(records[0]).data, R"({"a":1,"$types":{"a":"date"},"$$b":[1,{"c":null}]})");
  EXPECT_EQ(records[0].id(), "1");
  EXPECT_EQ(records[1]["$id"], Value("x"));
  EXPECT_EQ(records[1].id(), "2");
  EXPECT_EQ(records[2]["a"].type(), ValueType::decimal);
  EXPECT_TRUE(Opened(folder_.path("x.ndjson")).describe()->positional_ids());
  EXPECT_EQ(Opened(folder_.path("x.ndjson")).describe()->rows(), 3U);
}

TEST_F(Documents, OfOneArrayOrOneAfterAnother) {
  for (const char* text : {R"([{"a":1},{"a":2}])", " [ {\"a\":1}\n,\n{\"a\":2} ] \n", "{\"a\":1}{\"a\":2}",
                           "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n"}) {
    SCOPED_TRACE(text);
    const std::vector<Record> records = read("x.json", text);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0]["a"], Value(1));
    EXPECT_EQ(records[1]["a"], Value(2));
  }
  for (const char* text : {"", "  \n", "[]", " [ \n ] \n", "\xEF\xBB\xBF"}) {
    EXPECT_TRUE(read("x.json", text).empty()) << text;
  }
  EXPECT_EQ(read("x.json", R"({"a":"}]\"{\\"})").at(0)["a"], Value("}]\"{\\"));
}

TEST_F(Documents, HaveTheirMemberIdAsId) {
  std::vector<Record> records = read("x.ndjson", "{\"id\":7,\"a\":1}\n{\"id\":\"b\",\"a\":2}\n");
  EXPECT_EQ(records[0].id(), "7");
  EXPECT_EQ(records[0]["id"], Value(7));
  EXPECT_EQ(records[1].id(), "b");
  records = read("x.ndjson", "{\"id\":7,\"a\":1}\n{\"id\":8,\"a\":2}\n", "?key=a");
  EXPECT_EQ(records[1].id(), "2");
  records = read("x.ndjson", "{\"id\":7,\"a\":1}\n", "?key=a,id");
  EXPECT_EQ(records[0].id(), "[1,7]");
  records = read("x.ndjson", "{\"a\":1}\n{\"id\":8,\"a\":2}\n", "?key=a");
  EXPECT_EQ(records[1].id(), "2");
}

struct Fault {
  const char* file;
  const char* text;
  std::vector<const char*> pieces;
};

TEST_F(Documents, ThatAreTornAreRefusedWithThePlace) {
  const std::vector<Fault> faults = {
      {"x.ndjson", "{\"a\":1}\n{\"a\":2\n", {"x.ndjson, line 2, column 7"}},
      {"x.ndjson", "{\"a\":1}\n{\"a\":2", {"x.ndjson, line 2, column 7"}},
      {"x.ndjson", "{\"a\":1}\n\n[1]\n", {"line 3, column 1", "object"}},
      {"x.ndjson", "{\"a\":1}\n{\"a\":1,\"a\":2}\n", {"line 2, column 8"}},
      {"x.ndjson", "{\"\xC3\xA9\":tru}\n", {"line 1, column 6"}},
      {"x.ndjson", "{\"a\":\"\xFF\"}\n", {"line 1, column 7"}},
      {"x.ndjson", "{\"id\":1}\n{\"b\":1}\n", {"line 2, column 1", "no 'id'", "key="}},
      {"x.ndjson", "{\"b\":1}\n{\"id\":1}\n", {"line 2, column 1", "an 'id'", "key="}},
      {"x.ndjson", "{\"id\":null}\n{\"b\":1}\n{\"id\":\"x\"}\n", {"line 3, column 1", "an 'id'"}},
      {"x.ndjson", "{\"b\":1}\n{\"$dataknobs\":1,\"$id\":\"x\"}\n", {"line 2, column 1", "an 'id'"}},
      {"x.ndjson", "{\"$dataknobs\":2,\"a\":1}\n", {"line 1", "version 2"}},
      {"x.json", "[{\"a\":1}\n{\"a\":2}]", {"line 2, column 1", "expected ',' or ']'"}},
      {"x.json", "[{\"a\":1},\n{\"a\":2}", {"line 2, column 8", "does not end"}},
      {"x.json", "[{\"a\":1},\n]", {"line 2, column 1", "expected an object"}},
      {"x.json", "[{\"a\":1}]\n{", {"line 2, column 1", "behind the end of the array"}},
      {"x.json", "[{\"a\":1},\n{\"a\":", {"line 2, column 1", "does not end"}},
      {"x.json", "7", {"line 1, column 1", "expected an array of objects"}},
      {"x.json", "[1]", {"line 1, column 2", "expected an object"}},
      {"x.json", "[\n{\"a\":1},\n{\n\"a\":01}]", {"line 4, column 5"}},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.text);
    const std::string message = error_of([&] { read(fault.file, fault.text); });
    for (const char* piece : fault.pieces) EXPECT_NE(message.find(piece), std::string::npos) << message;
    EXPECT_EQ(slurp(folder_.path(fault.file)), fault.text);
  }
}

TEST_F(Documents, AreWrittenPlainWhereJsonSaysAll) {
  write(folder_.path("a.ndjson"), {{{"a", 1}, {"b", "x"}}, {{"a", 2.0}, {"c", nullptr}}});
  EXPECT_EQ(slurp(folder_.path("a.ndjson")), "{\"a\":1,\"b\":\"x\"}\n{\"a\":2.0,\"c\":null}\n");
  write(folder_.path("a.json"), {{{"a", 1}}, {{"a", 2}}});
  EXPECT_EQ(slurp(folder_.path("a.json")), "[\n{\"a\":1},\n{\"a\":2}\n]\n");
}

TEST_F(Documents, CarryTypesInTheFirstRecordOnly) {
  const Record first{{"d", Date{0}}, {"p", *Decimal::parse("1.50")}};
  Record second{{"d", Date{1}}, {"p", *Decimal::parse("2")}};
  Record third{{"d", "1970-01-01"}, {"p", 1}};
  write(folder_.path("a.ndjson"), {first, second, third});
  EXPECT_EQ(slurp(folder_.path("a.ndjson")),
            "{\"$dataknobs\":1,\"$file\":{\"types\":{\"d\":\"date\",\"p\":\"decimal\"}},"
            "\"d\":\"1970-01-01\",\"p\":1.50}\n"
            "{\"d\":\"1970-01-02\",\"p\":2}\n"
            "{\"$dataknobs\":1,\"$types\":{},\"d\":\"1970-01-01\",\"p\":1}\n");
  // A renamed file keeps its types.
  std::filesystem::rename(folder_.path("a.ndjson"), folder_.path("b.ndjson"));
  const std::vector<Record> records = Opened(folder_.path("b.ndjson")).records();
  EXPECT_EQ(records[1]["d"].type(), ValueType::date);
  EXPECT_EQ(to_text(records[0]["p"]), "1.50");
  EXPECT_EQ(records[1]["p"].type(), ValueType::decimal);
  EXPECT_EQ(records[2]["d"].type(), ValueType::string);
  EXPECT_EQ(records[2]["p"].type(), ValueType::integer);
}

TEST_F(Documents, KeepIdsKeysMetadataAndOddNames) {
  Record plain{{"id", 7}, {"a", 1}};
  plain.set_id("7");
  Record odd{{"$x", 1}, {"$$y", Date{3}}, {"", 2}, {"a.b", *Decimal::parse("2.50")}};
  odd.set_id("other");
  odd.set_metadata(Json(Json::Object{{"source", "x"}, {"at", *Decimal::parse("1.0")}}));
  write(folder_.path("a.ndjson"), {plain, odd, plain});
  const std::vector<Record> records = Opened(folder_.path("a.ndjson")).records();
  EXPECT_EQ(slurp(folder_.path("a.ndjson")).substr(0, 40).find("$id"), std::string::npos);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0], plain);
  EXPECT_EQ(records[1], odd);
  EXPECT_EQ(records[1].size(), odd.size());
  EXPECT_EQ(records[1]["$$y"].type(), ValueType::date);
  EXPECT_EQ(records[1]["a.b"].type(), ValueType::decimal);
  ASSERT_TRUE(records[1].metadata());
  EXPECT_EQ(Value(*records[1].metadata()), Value(*odd.metadata()));

  Record keyed{{"code", "A"}, {"n", 1}};
  keyed.set_id("A");
  write(folder_.path("k.ndjson"), {keyed, keyed}, {}, {"code"});
  EXPECT_EQ(Opened(folder_.path("k.ndjson")).records()[1].id(), "A");
  EXPECT_EQ(slurp(folder_.path("k.ndjson")).find("$id"), std::string::npos);
}

TEST_F(Documents, JoinedWithOtherTypesAreRefused) {
  write(folder_.path("a.ndjson"), {{{"d", Date{0}}}});
  write(folder_.path("b.ndjson"), {{{"d", DateTime{0}}}});
  const std::string joined = slurp(folder_.path("a.ndjson")) + slurp(folder_.path("b.ndjson"));
  const std::string message = error_of([&] { read("c.ndjson", joined); });
  EXPECT_NE(message.find("line 2, column 1: a second file begins here"), std::string::npos) << message;
  EXPECT_EQ(read("c.ndjson", slurp(folder_.path("a.ndjson")) + slurp(folder_.path("a.ndjson"))).size(), 2U);
}

TEST_F(Documents, InPartsOfAnySizeGiveTheSameRecords) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    test::RecordGenerator generator(seed);
    const std::vector<Record> records = generator.records(generator.below(40));
    const bool lines = seed % 2 == 0;
    const std::string path = folder_.path("p" + std::to_string(seed) + (lines ? ".ndjson" : ".json"));
    write(path, records);
    const std::shared_ptr<const InputFile> file = InputFile::open(path);
    const auto index = make_document_index(*file, lines, 1 + generator.below(300));
    ASSERT_EQ(index->rows, records.size());
    std::vector<Record> joined;
    for (const Part& part : group_places(index->places, 1 + generator.below(8))) {
      SourceRequest request;
      request.batch_bytes = 1 + generator.below(1000);
      const std::unique_ptr<Source> source = read_documents({file, index, {}, false}, part, request);
      std::uint64_t rows = 0;
      while (const std::optional<Batch> batch = source->next()) {
        joined.insert(joined.end(), batch->rows().begin(), batch->rows().end());
        rows += batch->size();
      }
      EXPECT_EQ(rows, part.rows);
    }
    ASSERT_EQ(joined.size(), records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(joined[i].id(), std::to_string(i + 1));
      joined[i].set_id(std::nullopt);
      ASSERT_EQ(joined[i], records[i]) << i;
    }
  }
}

}  // namespace
}  // namespace dataknobs::file_test
