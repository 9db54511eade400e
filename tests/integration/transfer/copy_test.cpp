// SPDX-License-Identifier: Apache-2.0
//
// Copies between real stores, in one process. What a killed process leaves is kill_test.py's part.
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/dataknobs.hpp>

#include "support/error_of.hpp"

namespace dataknobs {
namespace {

using test::error_of;
using testing::HasSubstr;

std::string people(int rows, int from = 0) {
  std::string text = "id,name,price,day,age\n";
  for (int i = from; i < from + rows; ++i) {
    const std::string age = i % 7 == 0 ? "" : fmt::format("{}", i % 90);
    text += fmt::format("{},\"name, {}\",{}.{:02},20{:02}-0{}-1{},{}\n", i, i * 31, i * 17, i % 100, i % 30,
                        i % 9 + 1, i % 10, age);
  }
  return text;
}

class CopyTest : public testing::Test {
 protected:
  void SetUp() override {
    static int number = 0;
    folder_ =
        std::filesystem::temp_directory_path() / fmt::format("dataknobs-copy-{}-{}", ::getpid(), ++number);
    std::filesystem::create_directories(folder_);
    setenv("XDG_STATE_HOME", (folder_ / "state").c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  std::string sqlite(const std::string& rest = "") const {
    return "sqlite:" + path("target.db") + "?table=people" + rest;
  }
  /// New targets of every kind.
  std::vector<std::string> targets() const {
    return {sqlite(),
            "sqlite:" + path("documents.db") + "?table=people&layout=document",
            "memory:" + path("shared") + "?table=people",
            "memory:" + path("shared") + "?table=documents&layout=document",
            path("target.csv"),
            path("target.tsv"),
            path("target.ndjson"),
            path("target.json"),
            postgresql("columns"),
            postgresql("document")};
  }
  /// A new table of this test.
  std::string postgresql(const std::string& layout) const {
    const char* url = std::getenv("DATAKNOBS_TEST_POSTGRESQL_URL");
    if (url == nullptr) throw std::runtime_error("DATAKNOBS_TEST_POSTGRESQL_URL is not set: run ./dev test");
    return fmt::format("{}?table={}_{}&layout={}", url, folder_.filename().string(), layout, layout);
  }

  std::filesystem::path folder_;
};

/// So many records a chunk.
CopyOptions chunked(std::uint64_t records) {
  return CopyOptions().chunk(records, std::uint64_t{1} << 40U);
}

/// Runs beside a copy, which must not be entered by its own thread.
template <class Work>
void aside(Work work) {
  std::thread(work).join();
}

TEST_F(CopyTest, CsvToEveryTarget) {
  const std::string source = write("people.csv", people(5000));
  for (const std::string& target : targets()) {
    const CopyReport report = sync::copy(source, target, chunked(600));
    EXPECT_EQ(report.read, 5000U) << target;
    EXPECT_EQ(report.written, 5000U) << target;
    EXPECT_EQ(report.filtered + report.rejected + report.skipped, 0U) << target;
    EXPECT_EQ(report.digest, report.target_digest) << target;
    EXPECT_EQ(report.proof, "whole target");
    EXPECT_GT(report.chunks, 1U) << target;
    const VerifyReport verified = sync::verify(source, target);
    EXPECT_TRUE(verified.equal) << verified.to_text();
    EXPECT_EQ(verified.left_digest, report.digest) << target;
  }
}

TEST_F(CopyTest, EveryTargetBackToCsv) {
  const std::string text = people(300);
  const std::string source = write("people.csv", text);
  int number = 0;
  for (const std::string& target : targets()) {
    sync::copy(source, target);
    if (target.find("document") != std::string::npos || target.find("json") != std::string::npos) continue;
    const std::string back = fmt::format("back{}.csv", ++number);
    sync::copy(target, path(back));
    EXPECT_TRUE(sync::verify(source, path(back)).equal) << target;
    const bool ordered = target.find("memory") == std::string::npos;
    EXPECT_EQ(ordered ? read(back) : text, text) << target;
  }
}

// The copy's own commits are no change of its source.
TEST_F(CopyTest, WithinOneStore) {
  const std::string source = write("people.csv", people(5000));
  std::filesystem::create_symlink(path("target.db"), path("link.db"));
  std::string second = postgresql("columns");
  second.replace(second.find("_columns"), 8, "_second");
  const std::vector<std::pair<std::string, std::string>> pairs{
      {sqlite(), "sqlite:" + path("target.db") + "?table=second"},
      {sqlite(), "sqlite:" + path("link.db") + "?table=linked&busy_timeout=9s"},
      {sqlite("_documents&layout=document"), sqlite("_again")},
      {"memory:" + path("shared") + "?table=people", "memory:" + path("shared") + "?table=second"},
      {postgresql("columns"), second}};
  for (const auto& [from, to] : pairs) {
    sync::copy(source, from);
    const CopyReport report = sync::copy(from, to, chunked(600));
    EXPECT_EQ(report.written, 5000U) << to;
    EXPECT_EQ(report.proof, "whole target") << to;
    EXPECT_THAT(report.consistency, HasSubstr("snapshot")) << to;
    EXPECT_TRUE(sync::verify(from, to).equal) << to;
    EXPECT_TRUE(sync::copy(from, to, chunked(600)).already_complete) << to;
  }
}

TEST_F(CopyTest, DocumentsToColumnsAndBack) {
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += fmt::format("{{\"id\":\"p{}\",\"n\":{},\"tags\":[{},\"x\"],\"half\":{}.5}}\n", i, i, i, i);
  }
  const std::string source = write("people.ndjson", text);
  const CopyReport report = sync::copy(source, sqlite("&layout=columns"));
  EXPECT_EQ(report.written, 50U);
  EXPECT_TRUE(sync::verify(source, sqlite()).equal);
  const std::string documents = "sqlite:" + path("documents.db") + "?table=people";
  EXPECT_EQ(sync::copy(source, documents).written, 50U);
  EXPECT_TRUE(sync::verify(source, documents).equal);
  EXPECT_EQ(sync::Database(documents).read("p7").value()["n"], Value(7));
  sync::copy(documents, path("back.ndjson"));
  EXPECT_TRUE(sync::verify(source, path("back.ndjson")).equal);
}

TEST_F(CopyTest, MetadataIsNotLostSilently) {
  const std::string documents = "sqlite:" + path("documents.db") + "?table=people&layout=document";
  Record ada{{"n", 1}};
  ada.set_id("ada").set_metadata(Json(Json::Object{{"from", Value("here")}}));
  sync::Database(documents).create(ada);
  sync::copy(documents, path("people.ndjson"));
  for (const std::string& source : {documents, path("people.ndjson")}) {
    const std::string target = sqlite("_" + std::to_string(source.size()) + "&layout=columns");
    const Error error = error_of([&] { sync::copy(source, target); });
    EXPECT_EQ(error.code(), ErrorCode::validation) << error.what();
    EXPECT_EQ(error.record_id(), "ada");
    EXPECT_EQ(error.field_path(), "metadata");
    EXPECT_EQ(sync::copy(source, target, CopyOptions().allow_loss({"metadata"})).written, 1U);
  }
}

TEST_F(CopyTest, ConditionFieldsAndLimit) {
  const std::string source = write("people.csv", people(100));
  const CopyOptions options =
      CopyOptions().where("id >= 10 and name like '%1'").select({"id", "name"}).limit(5);
  const CopyReport report = sync::copy(source, sqlite(), options);
  EXPECT_EQ(report.written, 5U);
  sync::Database target(sqlite());
  const Records records = target.search(Query().sort("id"));
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[0]["id"], Value(11));
  EXPECT_EQ(records[4]["id"], Value(51));
  EXPECT_FALSE(records[0].contains("age"));
  EXPECT_EQ(report.read, report.written + report.filtered);
  const VerifyReport verified =
      sync::verify(source, sqlite(),
                   VerifyOptions().where("id >= 10 and id <= 51 and name like '%1'").select({"id", "name"}));
  EXPECT_TRUE(verified.equal) << verified.to_text();
}

TEST_F(CopyTest, AnInterruptedCopyGoesOn) {
  const std::string source = write("people.csv", people(400));
  for (const std::string& target : targets()) {
    int calls = 0;
    CopyOptions options = chunked(50);
    options.on_progress([&calls](const Progress& progress) {
      if (progress.stage == TransferStage::proving && ++calls == 1) throw std::runtime_error("interrupted");
    });
    EXPECT_THROW(sync::copy(source, target, options), std::runtime_error) << target;
    const CopyReport report = sync::copy(source, target, chunked(50));
    EXPECT_EQ(report.resumed, 400U) << target;
    EXPECT_EQ(report.written, 400U) << target;
    EXPECT_EQ(report.digest, report.target_digest);
  }
}

// What an interrupted copy left in a file that is not published does not stand in the way of another one.
TEST_F(CopyTest, AnInterruptedFileIsBegunAnew) {
  const std::string source = write("people.csv", people(400));
  const auto interrupted = [&](const std::string& name) {
    CopyOptions options = chunked(50);
    options.on_progress([](const Progress& progress) {
      if (progress.stage == TransferStage::publishing) throw std::runtime_error("interrupted");
    });
    EXPECT_THROW(sync::copy(source, path(name), options), std::runtime_error) << name;
    EXPECT_TRUE(std::filesystem::exists(path(name) + ".dataknobs-part")) << name;
    return path(name);
  };
  for (const std::string format : {".csv", ".ndjson", ".json", ".parquet"}) {
    const std::string fresh = interrupted("fresh" + format);
    EXPECT_EQ(sync::copy(source, fresh, chunked(50).fresh(true)).resumed, 0U) << format;
    EXPECT_TRUE(sync::verify(source, fresh).equal) << format;

    const std::string fewer = interrupted("fewer" + format);
    EXPECT_EQ(sync::copy(source, fewer, chunked(50).limit(10)).written, 10U) << format;
    EXPECT_EQ(sync::Database(fewer).count(), 10U) << format;

    const std::string narrow = interrupted("narrow" + format);
    EXPECT_EQ(sync::copy(source, narrow, chunked(50).select({"id"})).written, 400U) << format;
    EXPECT_FALSE(sync::Database(narrow).read("7")->contains("name")) << format;

    const std::string removed = interrupted("removed" + format);
    std::filesystem::remove(removed + ".dataknobs-part");
    EXPECT_EQ(error_of([&] { sync::copy(source, removed, chunked(50)); }).code(), ErrorCode::concurrency);
    EXPECT_EQ(sync::copy(source, removed, chunked(50).fresh(true)).written, 400U) << format;
    EXPECT_TRUE(sync::verify(source, removed).equal) << format;
    for (const char* part : {".dataknobs-part", ".dataknobs-part-2"}) {
      for (const std::string& target : {fresh, fewer, narrow, removed}) {
        EXPECT_FALSE(std::filesystem::exists(target + part)) << target;
      }
    }
  }
}

// What was published and removed since is copied again, never published as what is left of it: nothing.
TEST_F(CopyTest, AFileThatIsGoneBeforeItsProofIsBegunAnew) {
  const std::string source = write("people.csv", people(400));
  const auto interrupt = [&](const std::string& name, TransferStage stage, CopyOptions options) {
    options.on_progress([stage](const Progress& progress) {
      if (progress.stage == stage) throw std::runtime_error("interrupted");
    });
    EXPECT_THROW(sync::copy(source, path(name), options), std::runtime_error) << name;
  };
  for (const std::string format : {".csv", ".ndjson", ".json", ".parquet"}) {
    const std::string gone = "gone" + format;
    interrupt(gone, TransferStage::proving, chunked(50));
    EXPECT_TRUE(std::filesystem::remove(path(gone))) << format;
    const CopyReport report = sync::copy(source, path(gone), chunked(50));
    EXPECT_EQ(report.resumed, 0U) << format;
    EXPECT_EQ(report.written, 400U) << format;
    EXPECT_TRUE(sync::verify(source, path(gone)).equal) << format;

    // Another copy came between, and cleared what the first had written.
    const std::string cleared = "cleared" + format;
    interrupt(cleared, TransferStage::publishing, chunked(50));
    sync::copy(source, path(cleared), chunked(50).limit(10));
    EXPECT_TRUE(std::filesystem::remove(path(cleared))) << format;
    EXPECT_EQ(sync::copy(source, path(cleared), chunked(50)).written, 400U) << format;
    EXPECT_TRUE(sync::verify(source, path(cleared)).equal) << format;

    // As many records, but not these.
    const std::string others = "others" + format;
    interrupt(others, TransferStage::publishing, chunked(50).where("id < 200"));
    interrupt(others, TransferStage::publishing, chunked(50).where("id >= 200"));
    const CopyReport low = sync::copy(source, path(others), chunked(50).where("id < 200").proof(false));
    EXPECT_EQ(low.written, 200U) << format;
    EXPECT_EQ(sync::Database(path(others)).count(), 200U) << format;
    EXPECT_TRUE(sync::Database(path(others)).read("7").has_value()) << format;
  }
}

// A run is named by what it copies, however that is written, and not by how a store is used.
TEST_F(CopyTest, AnotherSpellingGoesOnWithTheSameCopy) {
  const std::string source = write("people.csv", people(400));
  sync::copy(source, "sqlite:" + path("source.db") + "?table=people");
  const auto dotted = [&](const std::string& name) {
    return std::filesystem::relative(folder_).string() + "/./" + name;
  };
  std::string postgresql_target = postgresql("columns");
  std::string postgresql_again = postgresql_target + "&connect_timeout=60&application_name=again";
  postgresql_again.replace(0, postgresql_again.find(':'), "pg");
  const std::string database = "sqlite:" + path("source.db") + "?table=people";
  const std::vector<std::array<std::string, 4>> spellings{
      {source, sqlite(), dotted("people.csv"), sqlite("&busy_timeout=60s&synchronous=off")},
      {source, "sqlite:" + path("folded.db") + "?table=T", source,
       "sqlite:" + path("folded.db") + "?table=t"},
      {source, path("out.ndjson"), "file:" + source, dotted("out.ndjson")},
      {database, path("out.csv"), "sqlite3:" + dotted("source.db") + "?mode=ro&table=PEOPLE",
       path("out.csv")},
      {source, postgresql_target, source, postgresql_again}};
  for (const auto& [from, to, from_again, to_again] : spellings) {
    CopyOptions options = chunked(50);
    options.on_progress([](const Progress& progress) {
      if (progress.stage == TransferStage::proving) throw std::runtime_error("interrupted");
    });
    EXPECT_THROW(sync::copy(from, to, options), std::runtime_error) << to;
    const CopyReport report = sync::copy(from_again, to_again, chunked(50));
    EXPECT_EQ(report.resumed, 400U) << to_again;
    EXPECT_TRUE(sync::copy(from, to, chunked(50)).already_complete) << to;
    EXPECT_NE(sync::plan_copy(from + (from.find('?') == from.npos ? "?" : "&") + "key=name", to).run_id,
              report.run_id);
  }
  // SQLite folds the letters of ASCII alone.
  EXPECT_NE(sync::plan_copy(source, "sqlite:" + path("a.db") + "?table=\xC3\x84").run_id,
            sync::plan_copy(source, "sqlite:" + path("a.db") + "?table=\xC3\xA4").run_id);
}

TEST_F(CopyTest, AFinishedCopyIsNotDoubled) {
  const std::string source = write("people.csv", people(100));
  for (const std::string& target : targets()) {
    const CopyReport first = sync::copy(source, target);
    const CopyReport second = sync::copy(source, target);
    EXPECT_FALSE(first.already_complete);
    EXPECT_TRUE(second.already_complete) << target;
    EXPECT_EQ(second.digest, first.digest);
    EXPECT_EQ(second.run_id, first.run_id);
  }
  // Another state of the source: nothing is added, nothing is mixed.
  write("people.csv", people(101));
  const Error error = error_of([&] { sync::copy(source, sqlite()); });
  EXPECT_EQ(error.code(), ErrorCode::concurrency) << error.what();
  EXPECT_THAT(error.hint(), HasSubstr("--fresh"));
  EXPECT_EQ(sync::Database(sqlite()).count(), 100U);
  const CopyReport fresh = sync::copy(source, sqlite(), CopyOptions().fresh(true));
  EXPECT_EQ(fresh.written, 101U);
  EXPECT_EQ(sync::Database(sqlite()).count(), 101U);
  // As often as wanted.
  EXPECT_EQ(sync::copy(source, sqlite(), CopyOptions().fresh(true)).written, 101U);
  EXPECT_EQ(sync::Database(sqlite()).count(), 101U);
}

TEST_F(CopyTest, AFinishedCopyWhoseTargetWasAlteredIsNotCertifiedAgain) {
  const std::string source = write("people.csv", people(100));
  for (const std::string& target : {sqlite(), postgresql("columns"), postgresql("document")}) {
    sync::copy(source, target);
    EXPECT_TRUE(sync::copy(source, target).already_complete) << target;
    EXPECT_TRUE(sync::Database(target).patch("42", Record{{"name", "Eve"}}));
    const Error error = error_of([&] { sync::copy(source, target); });
    EXPECT_EQ(error.code(), ErrorCode::concurrency) << target << error.what();
    EXPECT_THAT(error.message(), HasSubstr("its target has changed"));
    EXPECT_TRUE(sync::copy(source, target, CopyOptions().proof(false)).already_complete) << target;
  }
}

TEST_F(CopyTest, ATargetThatWasDroppedIsCopiedAgain) {
  const std::string source = write("people.csv", people(100));
  sync::copy(source, path("out.csv"));
  std::filesystem::remove(path("out.csv"));
  EXPECT_FALSE(sync::copy(source, path("out.csv")).already_complete);
  EXPECT_TRUE(sync::verify(source, path("out.csv")).equal);
}

TEST_F(CopyTest, UpsertReplacesAndIsProvenByKeys) {
  sync::copy(write("people.csv", people(100)), sqlite());
  std::string changed = people(20, 90);
  const std::string second = write("changed.csv", changed);
  EXPECT_EQ(error_of([&] { sync::copy(second, sqlite()); }).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(sync::Database(sqlite()).count(), 100U);
  const CopyReport report = sync::copy(second, sqlite(), CopyOptions().mode(CopyMode::upsert));
  EXPECT_EQ(report.proof, "copied keys");
  EXPECT_EQ(report.written, 20U);
  EXPECT_EQ(sync::Database(sqlite()).count(), 110U);
  // It may be run again.
  EXPECT_FALSE(sync::copy(second, sqlite(), CopyOptions().mode(CopyMode::upsert)).already_complete);
  EXPECT_EQ(sync::Database(sqlite()).count(), 110U);
}

TEST_F(CopyTest, AddingToATableIsProvenByTheDifference) {
  sync::copy(write("a.csv", people(100)), sqlite());
  const CopyReport report = sync::copy(write("b.csv", people(50, 1000)), sqlite());
  EXPECT_EQ(report.proof, "difference");
  EXPECT_EQ(report.written, 50U);
  EXPECT_EQ(sync::Database(sqlite()).count(), 150U);
}

TEST_F(CopyTest, ARowAlteredBeforeTheProofFailsTheRun) {
  const std::string source = write("people.csv", people(100));
  for (const std::string& target :
       {sqlite(), "sqlite:" + path("documents.db") + "?table=people&layout=document"}) {
    bool altered = false;
    CopyOptions options;
    options.on_progress([&](const Progress& progress) {
      if (progress.stage != TransferStage::proving || altered) return;
      altered = true;
      aside([&] { EXPECT_TRUE(sync::Database(target).patch("42", Record{{"name", "Eve"}})); });
    });
    const Error error = error_of([&] { sync::copy(source, target, options); });
    EXPECT_EQ(error.code(), ErrorCode::verification) << error.what();
    EXPECT_TRUE(altered);
    // It stays unproven until somebody does something about it.
    EXPECT_EQ(error_of([&] { sync::copy(source, target); }).code(), ErrorCode::verification);
    const VerifyReport report = sync::verify(source, target);
    ASSERT_EQ(report.differences.size(), 1U) << report.to_text();
    EXPECT_EQ(report.differences[0].id, "42");
    ASSERT_EQ(report.differences[0].fields.size(), 1U);
    EXPECT_EQ(report.differences[0].fields[0].right_value, Value("Eve"));
    EXPECT_EQ(sync::copy(source, target, CopyOptions().fresh(true)).written, 100U);
  }
}

TEST_F(CopyTest, ASecondCopyIntoTheTargetIsRefused) {
  const std::string source = write("people.csv", people(100));
  Error second(ErrorCode::internal, "not tried");
  CopyOptions options;
  options.on_progress([&](const Progress& progress) {
    if (progress.stage != TransferStage::copying || second.code() != ErrorCode::internal) return;
    aside([&] { second = error_of([&] { sync::copy(source, sqlite()); }); });
  });
  EXPECT_EQ(sync::copy(source, sqlite(), options).written, 100U);
  EXPECT_EQ(second.code(), ErrorCode::concurrency) << second.what();
  EXPECT_THAT(second.message(), HasSubstr(fmt::format("process {}", ::getpid())));
}

TEST_F(CopyTest, AChangedSourceIsNotMixed) {
  const std::string source = write("people.csv", people(400));
  CopyOptions options = chunked(50);
  options.on_progress([](const Progress& progress) {
    if (progress.stage == TransferStage::proving) throw std::runtime_error("interrupted");
  });
  EXPECT_THROW(sync::copy(source, sqlite(), options), std::runtime_error);
  write("people.csv", people(401));
  const Error error = error_of([&] { sync::copy(source, sqlite(), chunked(50)); });
  EXPECT_EQ(error.code(), ErrorCode::concurrency) << error.what();
  EXPECT_THAT(error.hint(), HasSubstr("--fresh"));
  EXPECT_EQ(sync::copy(source, sqlite(), chunked(50).fresh(true)).written, 401U);
}

TEST_F(CopyTest, AValueThatDoesNotFitIsNamed) {
  sync::copy(write("first.csv", "id,n\n1,7\n"), sqlite());
  const std::string source = write("second.csv", "id,n\n5,8\n6,x9\n");
  const Error error = error_of([&] { sync::copy(source, sqlite()); });
  EXPECT_EQ(error.code(), ErrorCode::validation) << error.what();
  EXPECT_EQ(error.record_id(), "6");
  EXPECT_EQ(error.field_path(), "n");
  EXPECT_THAT(error.message(), HasSubstr("x9"));
  EXPECT_EQ(sync::Database(sqlite()).count(), 1U);
}

TEST_F(CopyTest, LiteralsThatMatchNothingAreWarningsOrErrors) {
  const std::string source = write("people.csv", people(10));
  const CopyReport report = sync::copy(source, sqlite(), CopyOptions().where("id = 'seven'"));
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_THAT(report.warnings[0], HasSubstr("can match no value of 'id', which is integer"));
  const CopyOptions strict = CopyOptions().where("id = 'eight'").strict(true);
  const Error error = error_of([&] { sync::copy(source, sqlite(), strict); });
  EXPECT_EQ(error.code(), ErrorCode::validation) << error.what();
}

TEST_F(CopyTest, AnUpsertOfSomeFieldsWarnsOfTheOthers) {
  sync::copy(write("first.csv", "id,n,note\n1,7,mine\n"), sqlite());
  const CopyOptions options = CopyOptions().mode(CopyMode::upsert);
  const CopyPlan plan = sync::plan_copy(write("second.csv", "id,n\n1,8\n"), sqlite(), options);
  ASSERT_EQ(plan.warnings.size(), 1U);
  EXPECT_THAT(plan.warnings[0], HasSubstr("lose their note"));
}

TEST_F(CopyTest, TheOptionOfAnInterruptedCopyIsNamed) {
  const std::string source = write("people.csv", people(100));
  CopyOptions options = chunked(10);
  options.on_progress([](const Progress& progress) {
    if (progress.stage == TransferStage::proving) throw std::runtime_error("interrupted");
  });
  EXPECT_THROW(sync::copy(source, sqlite(), options), std::runtime_error);
  const Error error = error_of([&] { sync::copy(source, sqlite(), chunked(10).digest(false)); });
  EXPECT_THAT(error.message(), HasSubstr("was begun without --no-digest"));
}

TEST_F(CopyTest, APlanNamesWhatIsWrong) {
  sync::copy(write("first.csv", "id,name\n1,a\n"), sqlite());
  const std::string source = write("second.csv", "id,nmae\n5,b\n");
  const CopyPlan plan = sync::plan_copy(source, sqlite());
  ASSERT_EQ(plan.problems.size(), 1U) << plan.to_text();
  EXPECT_THAT(plan.problems[0], HasSubstr("'nmae'"));
  EXPECT_THAT(plan.problems[0], HasSubstr("'name'"));
  EXPECT_EQ(error_of([&] { sync::copy(source, sqlite()); }).code(), ErrorCode::validation);
  EXPECT_EQ(error_of([&] { sync::copy(path("absent.csv"), sqlite()); }).code(), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { sync::copy(source, sqlite(), CopyOptions().where("agee > 1")); }).code(),
            ErrorCode::query);
  const Error unknown = error_of([&] { sync::copy(source, sqlite(), CopyOptions().select({"idd"})); });
  EXPECT_EQ(unknown.code(), ErrorCode::query);
  EXPECT_EQ(unknown.store(), "file:" + source);
  const CopyPlan lossy = sync::plan_copy(source, path("new.parquet"), CopyOptions().allow_loss({"nmea"}));
  ASSERT_EQ(lossy.problems.size(), 1U) << lossy.to_text();
  EXPECT_THAT(lossy.problems[0], HasSubstr("no field 'nmea'; it has 'nmae'"));
}

TEST_F(CopyTest, APlanChangesNothing) {
  const std::string source = write("people.csv", people(5000));
  const CopyPlan plan = sync::plan_copy(source, sqlite(), chunked(600));
  EXPECT_TRUE(plan.problems.empty()) << plan.to_text();
  EXPECT_FALSE(plan.target_exists);
  EXPECT_GT(plan.chunks, 1U);
  EXPECT_EQ(plan.fields.size(), 5U);
  EXPECT_EQ(plan.key, std::vector<std::string>{"id"});
  ASSERT_FALSE(plan.statements.empty());
  EXPECT_THAT(plan.statements[0], HasSubstr("CREATE TABLE"));
  EXPECT_FALSE(sync::plan_copy(source, sqlite(), chunked(600)).target_exists);
  EXPECT_THAT(plan.to_json(), HasSubstr("\"fidelity\": \"exact\""));
}

TEST_F(CopyTest, WithoutDigestOnlyCounts) {
  const std::string source = write("people.csv", people(100));
  const CopyReport counted = sync::copy(source, sqlite(), CopyOptions().digest(false));
  EXPECT_EQ(counted.written, 100U);
  EXPECT_EQ(counted.digest, "");
  EXPECT_EQ(counted.target_digest, "");
  EXPECT_EQ(counted.proof, "none");
  const CopyReport unproven = sync::copy(source, path("out.csv"), CopyOptions().proof(false));
  EXPECT_NE(unproven.digest, "");
  EXPECT_EQ(unproven.target_digest, "");
}

TEST_F(CopyTest, AnEmptySource) {
  const std::string source = write("people.csv", "id,name\n");
  for (const std::string& target : targets()) {
    const CopyReport report = sync::copy(source, target);
    EXPECT_EQ(report.read, 0U) << target;
    EXPECT_EQ(sync::Database(target).count(), 0U) << target;
  }
}

TEST_F(CopyTest, RecordsWithoutKey) {
  const std::string source = write("rows.csv", "a,b\n1,x\n1,x\n2,y\n");
  for (const std::string& target : targets()) {
    EXPECT_EQ(sync::copy(source, target).written, 3U) << target;
    EXPECT_TRUE(sync::verify(source, target).equal) << target;
    EXPECT_TRUE(sync::copy(source, target).already_complete) << target;
  }
}

TEST_F(CopyTest, ProgressCountsEveryRecord) {
  const std::string source = write("people.csv", people(1000));
  std::vector<Progress> seen;
  CopyOptions options = chunked(100);
  options.on_progress([&](const Progress& progress) { seen.push_back(progress); });
  sync::copy(source, sqlite(), options);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().stage, TransferStage::done);
  EXPECT_EQ(seen.back().fraction(), 1.0);
  EXPECT_EQ(seen.back().written, 1000U);
  std::set<TransferStage> stages;
  for (const Progress& progress : seen) stages.insert(progress.stage);
  EXPECT_TRUE(stages.contains(TransferStage::planning));
  EXPECT_TRUE(stages.contains(TransferStage::copying));
  EXPECT_TRUE(stages.contains(TransferStage::proving));
}

TEST_F(CopyTest, CancellingLeavesWhatCanBeResumed) {
  const std::string source = write("people.csv", people(10000));
  boost::asio::io_context context;
  boost::asio::cancellation_signal cancel;
  CopyOptions options = chunked(1000);
  int calls = 0;
  options.on_progress([&](const Progress& progress) {
    if (progress.stage == TransferStage::copying && ++calls == 1) {
      boost::asio::post(context, [&] { cancel.emit(boost::asio::cancellation_type::all); });
    }
  });
  std::exception_ptr failure;
  auto ended = [&](std::exception_ptr error, const CopyReport&) { failure = error; };
  boost::asio::co_spawn(context, copy(source, sqlite(), options),
                        boost::asio::bind_cancellation_slot(cancel.slot(), ended));
  context.run();
  EXPECT_TRUE(failure != nullptr);
  const CopyReport report = sync::copy(source, sqlite(), chunked(1000));
  EXPECT_EQ(report.written, 10000U);
  EXPECT_TRUE(sync::verify(source, sqlite()).equal);
}

TEST_F(CopyTest, VerifyNamesWhatDiffers) {
  const std::string left = write("left.csv", "id,name,n\n1,a,1\n2,b,2\n3,c,3\n4,d,4\n");
  const std::string right = write("right.csv", "id,name,n\n4,d,4\n2,B,2\n3,c,\n5,e,5\n");
  const VerifyReport report = sync::verify(left, right);
  EXPECT_FALSE(report.equal);
  EXPECT_EQ(report.compared_by, "key id");
  EXPECT_EQ(report.only_left, 1U);
  EXPECT_EQ(report.only_right, 1U);
  EXPECT_EQ(report.different, 2U);
  ASSERT_EQ(report.differences.size(), 4U) << report.to_text();
  EXPECT_EQ(report.differences[0].id, "1");
  EXPECT_EQ(report.differences[1].fields[0].field, "name");
  EXPECT_EQ(report.differences[1].fields[0].left_value, Value("b"));
  EXPECT_EQ(report.differences[1].fields[0].right_value, Value("B"));
  EXPECT_TRUE(report.differences[2].fields[0].right_value.is_null());
  EXPECT_EQ(report.differences[3].kind, VerifyReport::Kind::only_right);
  EXPECT_TRUE(sync::verify(left, right, VerifyOptions().where("id = 4")).equal);
  EXPECT_FALSE(sync::verify(left, right, VerifyOptions().where("id in (2, 4)").select({"name"})).equal);
  EXPECT_TRUE(sync::verify(left, right, VerifyOptions().where("id in (2, 4)").select({"n"})).equal);
  EXPECT_EQ(sync::verify(left, right, VerifyOptions().max_differences(1)).differences.size(), 1U);
  const std::string other = write("other.csv", "id,nme\n1,a\n");
  const Error unknown = error_of([&] { sync::verify(left, other, VerifyOptions().select({"name"})); });
  EXPECT_EQ(unknown.store(), "file:" + other);
  EXPECT_THAT(unknown.hint(), HasSubstr("nme"));
}

TEST_F(CopyTest, VerifyWithoutKeys) {
  const std::string left = write("left.csv", "a,b\n1,x\n1,x\n2,y\n");
  const std::string right = write("right.csv", "a,b\n2,y\n1,x\n3,z\n");
  const VerifyReport report = sync::verify(left, right);
  EXPECT_EQ(report.only_left, 1U);
  EXPECT_EQ(report.only_right, 1U);
  EXPECT_EQ(report.different, 0U);
  const VerifyReport keyed = sync::verify(left, right, VerifyOptions().key({"a"}));
  EXPECT_EQ(keyed.compared_by, "key a");
  EXPECT_EQ(keyed.only_left, 1U);
  EXPECT_EQ(keyed.only_right, 1U);
}

TEST_F(CopyTest, VerifyStaysWithinItsMemory) {
  const std::string left = write("left.csv", people(3000));
  const std::string right = write("right.csv", people(3000, 1500));
  // So little that buckets are compared in several groups.
  const VerifyReport report = sync::verify(left, right, VerifyOptions().memory(std::uint64_t{16} << 10U));
  EXPECT_EQ(report.only_left, 1500U);
  EXPECT_EQ(report.only_right, 1500U);
  EXPECT_EQ(report.different, 0U);
  EXPECT_EQ(report.differences.size(), 100U);
}

TEST_F(CopyTest, ARecordAboveTheBudgetIsRefusedAmongSmallOnes) {
  const std::string large(3 << 20, 'x');
  const std::string csv = write("large.csv", "id,v\n1,a\n2,b\n3," + large + "\n4,c\n");
  std::vector<std::string> sources{
      csv, write("large.ndjson", "{\"id\":1}\n{\"id\":2}\n{\"id\":3,\"v\":\"" + large + "\"}\n{\"id\":4}\n")};
  for (const std::string& source :
       {path("large.parquet"), sqlite(), sqlite("2&layout=document"), postgresql("columns")}) {
    sync::copy(csv, source, CopyOptions().memory(std::uint64_t{64} << 20U));
    sources.push_back(source);
  }
  for (const std::string& source : sources) {
    for (const std::string name : {"out.csv", "out.ndjson"}) {
      const CopyOptions options = CopyOptions().memory(std::uint64_t{2} << 20U);
      const Error error = error_of([&] { sync::copy(source, path(name), options); });
      EXPECT_EQ(error.code(), ErrorCode::resource) << source << ": " << error.what();
      EXPECT_EQ(error.record_id(), "3") << source << ": " << error.what();
      EXPECT_THAT(error.message(), HasSubstr("a record of 31")) << source;
      EXPECT_FALSE(std::filesystem::exists(path(name)));
    }
    const CopyOptions larger =
        CopyOptions().memory(std::uint64_t{2} << 20U).max_record(std::uint64_t{4} << 20U);
    EXPECT_EQ(sync::copy(source, path("larger.csv"), larger).written, 4U) << source;
    std::filesystem::remove(path("larger.csv"));
    // Records that only together are above it are not refused.
    const CopyOptions small = CopyOptions().memory(std::uint64_t{256} << 10U).where("id != 3");
    EXPECT_EQ(sync::copy(source, path("small.csv"), small).written, 3U);
    std::filesystem::remove(path("small.csv"));
  }
}

TEST_F(CopyTest, EqualNumbersOfDifferentTextAreEqual) {
  const std::string left = write("left.csv", "id,n\n1,1.50\n2,2.00\n");
  const std::string right = write("right.csv", "id,n\n2,2\n1,1.5\n");
  EXPECT_TRUE(sync::verify(left, right).equal);
}

}  // namespace
}  // namespace dataknobs
