// SPDX-License-Identifier: Apache-2.0
//
// Where new files go, who may write them, what is beside them, and what text they hold.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>

#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

class Targets : public testing::Test {
 protected:
  Targets() { setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1); }

  static DatasetPointer create(Opened& opened, const Schema& schema, std::vector<std::string> key = {}) {
    CreateRequest request(opened.options(),
                          opened.backend().creation_layout(opened.options(), Layout::columns));
    request.set_schema(schema).set_key(std::move(key));
    return run(opened.session()->create_dataset(opened.context(), request));
  }

  static void write(Opened& opened, const Schema& schema, const std::vector<Record>& records,
                    std::vector<std::string> key = {}) {
    const std::unique_ptr<Session> session = opened.session();
    const WriterOptions options(create(opened, schema, std::move(key)), WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), Batch::from_rows(records)));
    run(writer->finish(opened.context()));
  }

  /// The text of a new CSV file of those records.
  std::string text_of(const Schema& schema, const std::vector<Record>& records,
                      const std::string& options = "") {
    const std::string path = folder_.path("text.csv");
    std::filesystem::remove(path);
    Opened opened(path + options);
    write(opened, schema, records);
    return slurp(path);
  }
  bool has_side_file() const { return std::filesystem::exists(folder_.path("text.csv.dataknobs")); }

  Folder folder_;
};

TEST_F(Targets, HoldMinimalText) {
  const Schema schema({{"s", ValueType::string}, {"n", ValueType::integer}});
  EXPECT_EQ(
      text_of(schema,
              {{{"s", "a,b"}, {"n", 1}}, {{"s", "say \"hi\""}, {"n", nullptr}}, {{"s", ""}}, {{"n", 7}}}),
      "s,n\n\"a,b\",1\n\"say \"\"hi\"\"\",\n\"\",\n,7\n");
  EXPECT_FALSE(has_side_file());
  EXPECT_EQ(text_of(schema, {{{"s", "x\ry"}}, {{"s", "a;b"}}, {{"s", "NA"}}}, "?delimiter=;&null=NA"),
            "s;n\n\"x\ry\";\n\"a;b\";\n\"NA\";\n");
  EXPECT_EQ(text_of(Schema({{"only", ValueType::string}}),
                    {{{"only", nullptr}}, {{"only", "\xEF\xBB\xBFx"}}, {{"only", nullptr}}}),
            "only\n\n\"\xEF\xBB\xBFx\"\n\n");
  EXPECT_EQ(Opened(folder_.path("text.csv")).records().size(), 3U);
  const std::string refused = error_of([&] { text_of(schema, {{{"s", "a,b"}}}, "?quote=none"); });
  EXPECT_NE(refused.find("quote=none"), std::string::npos) << refused;
  EXPECT_NE(error_of([&] { text_of(schema, {{{"s", "x"}}}, "?header=no"); }), "");
}

TEST_F(Targets, PrintFloatsAsProgramsDo) {
  const Schema schema({{"x", ValueType::floating}});
  std::vector<Record> records;
  for (const double x :
       {1.0, 0.1, -2.5, 1e15, 1e16, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 123456789.125}) {
    records.push_back({{"x", x}});
  }
  records.push_back({{"x", std::nan("")}});
  records.push_back({{"x", -HUGE_VAL}});
  EXPECT_EQ(text_of(schema, records),
            "x\n1.0\n0.1\n-2.5\n1000000000000000.0\n1e+16\n0.0001\n1e-05\n5e-324\n1.7976931348623157e+308\n"
            "123456789.125\nNaN\n-Infinity\n");
  EXPECT_FALSE(has_side_file());
}

TEST_F(Targets, HaveASideFileOnlyWhereTextSaysAnotherType) {
  struct Case {
    FieldType type;
    Value value;
    bool side;
  };
  const std::vector<Case> cases = {
      {ValueType::string, "x", false},
      {ValueType::string, "007", false},
      {ValueType::string, "7", true},
      {ValueType::string, "true", true},
      {ValueType::integer, 7, false},
      {ValueType::decimal, *Decimal::parse("1.50"), false},
      {ValueType::decimal, *Decimal::parse("7"), true},
      {ValueType::floating, 1.5, true},
      {ValueType::floating, 1e300, false},
      {ValueType::date, Date{0}, false},
      {ValueType::datetime, DateTime{1}, false},
      {ValueType::time, Time{1}, false},
      {FieldType(ValueType::datetime).set_logical("naive"), DateTime{1}, true},
      {FieldType(ValueType::string).set_logical("uuid"), "x", true},
      {ValueType::binary, Binary{"\x01\x02"}, true},
      {ValueType::json, Json(Json::Array{1, "x"}), true},
      {ValueType::vector, Vector{1.5F, 2}, true},
      {ValueType::integer, nullptr, true},
      {ValueType::string, nullptr, false},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.type.to_string() + " " + to_text(each.value));
    text_of(Schema({{"x", each.type}, {"y", ValueType::boolean}}), {{{"x", each.value}, {"y", true}}});
    EXPECT_EQ(has_side_file(), each.side);
    Opened opened(folder_.path("text.csv"));
    EXPECT_EQ(opened.describe()->schema().fields()[0].type(), each.type);
    EXPECT_EQ(opened.records().at(0)["x"], each.value);
  }
}

TEST_F(Targets, KeepTheirKey) {
  const Schema schema({{"code", ValueType::string}, {"id", ValueType::integer}});
  const std::vector<Record> records = {{{"code", "A"}, {"id", 1}}, {{"code", "B"}, {"id", 2}}};
  Opened one(folder_.path("one.csv"));
  write(one, schema, records, {"id"});
  EXPECT_FALSE(std::filesystem::exists(folder_.path("one.csv.dataknobs")));
  EXPECT_EQ(one.describe()->key(), std::vector<std::string>{"id"});
  Opened two(folder_.path("two.csv"));
  write(two, schema, records, {"code"});
  EXPECT_EQ(two.describe()->key(), std::vector<std::string>{"code"});
  EXPECT_EQ(two.records()[1].id(), "B");
  Opened three(folder_.path("three.parquet"));
  write(three, schema, records, {"id", "code"});
  EXPECT_EQ(three.describe()->key(), (std::vector<std::string>{"id", "code"}));
  EXPECT_EQ(three.records()[1].id(), "[2,\"B\"]");
  // Records whose id is no field, in a file with a key column for it.
  Record record{{"x", 1}};
  record.set_id("seven");
  Opened four(folder_.path("four.csv"));
  write(four, Schema({{"id", ValueType::string}, {"x", ValueType::integer}}), {record}, {"id"});
  EXPECT_EQ(slurp(folder_.path("four.csv")), "id,x\nseven,1\n");
}

TEST_F(Targets, IgnoreASideFileThatNoLongerFits) {
  text_of(Schema({{"x", ValueType::floating}}), {{{"x", 1.5}}});
  ASSERT_TRUE(has_side_file());
  folder_.write("text.csv", "x\n1.5\nmany\n");
  EXPECT_EQ(Opened(folder_.path("text.csv")).describe()->schema().fields()[0].type().kind(),
            ValueType::string);
  for (const char* bad : {"", "{", "[1]", "{\"a\":1}", "{\"dataknobs-side-file\":2,\"columns\":[]}"}) {
    folder_.write("text.csv.dataknobs", bad);
    const std::string message = error_of([&] { Opened(folder_.path("text.csv")).describe(); });
    EXPECT_NE(message.find("text.csv.dataknobs"), std::string::npos) << message;
    EXPECT_EQ(slurp(folder_.path("text.csv.dataknobs")), bad);
  }
}

TEST_F(Targets, ThatExistAreNeverReplaced) {
  const Schema schema({{"x", ValueType::integer}});
  folder_.write("x.csv", "x\n1\n");
  Opened opened(folder_.path("x.csv"));
  EXPECT_THROW(create(opened, schema), DuplicateRecordError);
  std::filesystem::remove(folder_.path("x.csv"));
  const DatasetPointer dataset = create(opened, schema);
  const std::unique_ptr<Session> session = opened.session();
  const WriterOptions options(dataset, WriteMode::insert);
  const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
  run(writer->write(opened.context(), Batch::from_rows({{{"x", 2}}})));
  folder_.write("x.csv", "of another\n");
  EXPECT_THROW(run(writer->finish(opened.context())), DuplicateRecordError);
  EXPECT_EQ(slurp(folder_.path("x.csv")), "of another\n");
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"x.csv"});
}

TEST_F(Targets, InAFolderThatCannotBeWrittenFailAtOnce) {
  const Schema schema({{"x", ValueType::integer}});
  Opened missing(folder_.path("none/x.csv"));
  EXPECT_THROW(create(missing, schema), NotFoundError);
  // Nobody can make a file there, not even the superuser.
  Opened opened("/proc/x.csv");
  EXPECT_NE(error_of([&] { write(opened, schema, {{{"x", 1}}}); }), "");
  std::filesystem::permissions(folder_.root(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  Opened closed(folder_.path("x.csv"));
  const std::string message = error_of([&] { write(closed, schema, {{{"x", 1}}}); });
  EXPECT_EQ(message.empty(), geteuid() == 0);
}

TEST_F(Targets, TakeOneWriterAtATime) {
  const Schema schema({{"x", ValueType::integer}});
  Opened opened(folder_.path("x.csv"));
  const DatasetPointer dataset = create(opened, schema);
  const WriterOptions options(dataset, WriteMode::insert);
  std::unique_ptr<Session> first = opened.session(SessionMode::transaction);
  const std::unique_ptr<Writer> writer = run(first->writer(opened.context(), options));
  run(writer->write(opened.context(), Batch::from_rows({{{"x", 1}}})));
  run(writer->finish(opened.context()));
  {
    const std::unique_ptr<Session> second = opened.session(SessionMode::transaction);
    EXPECT_THROW(run(second->writer(opened.context(), options)), ConcurrencyError);
  }
  run(first->commit(opened.context()));
  first.reset();
  // Another shape may not go on with it.
  Opened other(folder_.path("x.csv"));
  const DatasetPointer changed = create(other, Schema({{"y", ValueType::integer}}));
  const std::unique_ptr<Session> third = other.session(SessionMode::transaction);
  const WriterOptions changed_options(changed, WriteMode::insert);
  EXPECT_THROW(run(third->writer(other.context(), changed_options)), ConcurrencyError);
  // Nor may one whose part file was cut.
  std::filesystem::resize_file(folder_.path("x.csv.dataknobs-part"), 1);
  const std::unique_ptr<Session> fourth = opened.session(SessionMode::transaction);
  const std::string message = error_of([&] { run(fourth->writer(opened.context(), options)); });
  EXPECT_NE(message.find("has 1 bytes, but 4 were committed"), std::string::npos) << message;
}

// Only what a load made is cut off or replaced, and that also where it ended before its first commit.
TEST_F(Targets, LeaveAPartFileOfSomebodyElse) {
  const std::string part = folder_.path("x.csv.dataknobs-part");
  const auto load = [&](bool ends) {
    Opened opened(folder_.path("x.csv"));
    const WriterOptions options(create(opened, Schema({{"x", ValueType::integer}})), WriteMode::insert);
    const std::unique_ptr<Session> session = opened.session(SessionMode::transaction);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    EXPECT_TRUE(std::filesystem::exists(part));
    if (!ends) _exit(0);
  };
  const pid_t child = fork();
  if (child == 0) load(false);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(std::filesystem::exists(part));
  load(true);
  EXPECT_FALSE(std::filesystem::exists(part));
  std::ofstream(part) << "precious";
  const std::string message = error_of([&] { load(true); });
  EXPECT_NE(message.find(part + " is there"), std::string::npos) << message;
  EXPECT_EQ(slurp(part), "precious");
}

TEST_F(Targets, PublishedBeforeTheLogKnewAreFound) {
  const Schema schema({{"x", ValueType::integer}});
  Opened opened(folder_.path("x.csv"));
  const DatasetPointer dataset = create(opened, schema);
  const std::unique_ptr<Session> session = opened.session(SessionMode::transaction);
  const WriterOptions options(dataset, WriteMode::insert);
  const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
  run(writer->write(opened.context(), Batch::from_rows({{{"x", 1}}})));
  run(writer->finish(opened.context()));
  run(session->commit(opened.context()));
  std::filesystem::rename(folder_.path("x.csv.dataknobs-part"), folder_.path("x.csv"));
  run(opened.session()->publish(opened.context(), opened.describe()));
  EXPECT_EQ(opened.records().size(), 1U);
  std::filesystem::remove(folder_.path("x.csv"));
  EXPECT_EQ(create(opened, schema)->rows(), 0U);
}

TEST_F(Targets, OfNoRecordsAreWholeFiles) {
  for (const char* name : {"e.csv", "e.tsv", "e.ndjson", "e.json", "e.parquet"}) {
    SCOPED_TRACE(name);
    Opened opened(folder_.path(name));
    const DatasetPointer dataset = create(opened, Schema({{"x", ValueType::integer}}));
    run(opened.session()->publish(opened.context(), dataset));
    EXPECT_EQ(opened.describe()->rows(), 0U);
    EXPECT_TRUE(opened.records().empty());
  }
}

TEST_F(Targets, MayBeStandardOutput) {
  for (const char* format : {"csv", "ndjson", "json", "parquet"}) {
    SCOPED_TRACE(format);
    const std::string path = folder_.path(std::string("out.") + format);
    const pid_t child = fork();
    if (child == 0) {
      const int out = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
      dup2(out, STDOUT_FILENO);
      try {
        Opened opened(std::string("-?format=") + format);
        write(opened, Schema({{"x", ValueType::integer}}), {{{"x", 1}}, {{"x", 2}}});
        _exit(0);
      } catch (...) {
        _exit(1);
      }
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    const std::vector<Record> records = Opened(path).records();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[1]["x"], Value(2));
  }
}

TEST_F(Targets, StandardInputIsReadLikeAFile) {
  const std::string path = folder_.write("in.csv", "id,x\n1,a\n2,b\n");
  const pid_t child = fork();
  if (child == 0) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) _exit(2);
    const std::string text = slurp(path);
    if (::write(ends[1], text.data(), text.size()) < 0) _exit(3);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    Opened opened("-?format=csv");
    const bool twice = opened.records().size() == 2 && opened.records()[1].id() == "2";
    _exit(twice ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_NE(error_of([] { Opened("-"); }), "");
}

TEST_F(Targets, AFileThatIsChangedWhileItIsReadIsNoticed) {
  for (const char* name : {"c.csv", "c.ndjson"}) {
    SCOPED_TRACE(name);
    const bool csv = std::string(name) == "c.csv";
    folder_.write(name, csv ? "a,b\n1,2\n3,4\n" : "{\"a\":1}\n{\"a\":2}\n");
    Opened opened(folder_.path(name));
    const DatasetPointer dataset = opened.describe();
    std::ofstream(folder_.path(name), std::ios::app) << (csv ? "5,6\n" : "{\"a\":3}\n");
    // A snapshot is of what was described; other calls see what is there now.
    const std::unique_ptr<Session> snapshot = opened.session(SessionMode::snapshot);
    EXPECT_THROW(opened.records(*snapshot, ScanRequest(dataset)), ConcurrencyError);
    EXPECT_EQ(opened.records(ScanRequest(dataset)).size(), 3U);
    EXPECT_NE(opened.describe()->fingerprint(), dataset->fingerprint());
  }
}

TEST_F(Targets, RangesOfAFileWithoutAKeyNeedNoSort) {
  std::string text = "x\n";
  for (int i = 1; i <= 500; ++i) text += std::to_string(i) + "\n";
  folder_.write("r.csv", text);
  Opened opened(folder_.path("r.csv"));
  const DatasetPointer dataset = opened.describe();
  const PushDown push = opened.backend().plan(Query().limit(3).offset(7), *dataset);
  EXPECT_TRUE(push.sort_taken() && push.range_taken());
  EXPECT_FALSE(opened.backend().plan(Query().sort("x").limit(3), *dataset).range_taken());
  EXPECT_FALSE(opened.backend().plan(Query::where(field("x") > 3).limit(3), *dataset).range_taken());
  for (const std::uint64_t offset : {0U, 7U, 499U, 500U, 600U}) {
    ScanRequest request(dataset);
    request.set_range(3, offset).set_batch_bytes(10);
    const std::vector<Record> records = opened.records(request);
    EXPECT_EQ(records.size(), offset >= 500 ? 0U : std::min<std::uint64_t>(3, 500 - offset));
    if (!records.empty()) {
      EXPECT_EQ(records[0]["x"], Value(offset + 1));
    }
    EXPECT_EQ(run(opened.session()->count(opened.context(), request)), records.size());
  }
  EXPECT_EQ(
      run(opened.session()->read(opened.context(), dataset, std::vector<std::string>{"9", "x", "9", "500"}))
          .at(3)
          .value()["x"],
      Value(500));
}

}  // namespace
}  // namespace dataknobs::file_test
