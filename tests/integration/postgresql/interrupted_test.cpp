// SPDX-License-Identifier: Apache-2.0
//
// Copies of a table that go on after an interruption, with a snapshot of their own each time.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dataknobs/dataknobs.hpp>

#include "integration/postgresql/fixture.hpp"
#include "support/error_of.hpp"

namespace dataknobs::postgresql {
namespace {

using test::error_of;
using testing::HasSubstr;

class Interrupted : public PostgresqlTest {
 protected:
  Interrupted() : folder_(std::filesystem::temp_directory_path() / ("dataknobs-" + schema_)) {
    std::filesystem::create_directories(folder_);
    setenv("XDG_STATE_HOME", folder_.c_str(), 1);
    // Wide enough to be split; the target takes the records below the one that it refuses.
    sql("create table @.old (id int primary key, v text);"
        "insert into @.old select i, repeat('x', 200) from generate_series(1, 20000) i; analyze @.old;"
        "create table @.new (id int primary key check (id <> 15000), v text)");
    EXPECT_EQ(error_of([&] { copy(); }).code(), ErrorCode::validation);
    kept_ = value("select count(*) from @.new");
    EXPECT_NE(kept_, "0");
    sql("alter table @.new drop constraint new_id_check");
  }
  ~Interrupted() override { std::filesystem::remove_all(folder_); }

  CopyReport copy(CopyOptions options = {}) const {
    return sync::copy(url("old"), url("new"), options.chunk(2000, 1 << 20).jobs(1));
  }

  std::filesystem::path folder_;
  std::string kept_;  ///< What was committed before the interruption.
};

TEST_F(Interrupted, GoOnWhereTheSourceIsTheSame) {
  const CopyReport report = copy();
  EXPECT_EQ(std::to_string(report.resumed), kept_);
  EXPECT_EQ(report.written, 20'000U);
  EXPECT_EQ(report.proof, "whole target");
  sql("update @.old set v = 'other' where id = 1");
  const Error error = error_of([&] { copy(); });
  EXPECT_EQ(error.code(), ErrorCode::concurrency) << error.what();
  EXPECT_THAT(error.hint(),
              HasSubstr("remove from the target what the copy wrote, then start anew with --fresh"));
}

// What was copied before is of another state than what is copied now: what differs is mended.
TEST_F(Interrupted, CatchUpWhereTheSourceHasChanged) {
  sql("update @.old set v = 'other' where id = 1; delete from @.old where id in (2, 3);"
      "insert into @.old values (-5, 'new'), (20001, 'new')");
  const CopyReport report = copy();
  EXPECT_EQ(report.written, 20'000U);
  EXPECT_EQ(report.proof, "whole target");
  EXPECT_THAT(report.consistency, HasSubstr("equal as of"));
  EXPECT_THAT(report.consistency, HasSubstr("2 records were written again and 2 removed"));
  EXPECT_TRUE(sync::verify(url("old"), url("new")).equal);
  EXPECT_EQ(value("select v from @.new where id = 1"), "other");
  EXPECT_TRUE(copy().already_complete);
}

TEST_F(Interrupted, CatchUpWithACondition) {
  sql("truncate @.new; alter table @.new add check (id <> 15000)");
  const CopyOptions some = CopyOptions().where(field("v") != "hidden");
  EXPECT_EQ(error_of([&] { copy(some); }).code(), ErrorCode::validation);
  sql("alter table @.new drop constraint new_id_check; update @.old set v = 'hidden' where id <= 10");
  EXPECT_EQ(copy(some).written, 19'990U);
  EXPECT_EQ(value("select count(*) from @.new"), "19990");
}

// Without a key on both sides nothing tells which records are of which state: no certificate says that they are one.
TEST_F(Interrupted, AreRefusedWhereTheSourceHasChangedAndNothingTellsRecordsApart) {
  sql("truncate @.new; alter table @.new drop constraint new_pkey, add check (id <> 15000)");
  EXPECT_EQ(error_of([&] { copy(); }).code(), ErrorCode::validation);
  sql("alter table @.new drop constraint new_id_check; update @.old set v = 'other' where id = 1");
  const Error error = error_of([&] { copy(); });
  EXPECT_EQ(error.code(), ErrorCode::concurrency) << error.what();
  EXPECT_THAT(error.message(), HasSubstr("several states"));
  EXPECT_EQ(error.hint(), "remove from the target what the copy wrote, then start anew with --fresh");
  EXPECT_EQ(error_of([&] { copy(); }).code(), ErrorCode::concurrency);
  sql("truncate @.new");
  EXPECT_EQ(copy(CopyOptions().fresh(true)).written, 20'000U);
  EXPECT_TRUE(sync::verify(url("old"), url("new")).equal);
}

}  // namespace
}  // namespace dataknobs::postgresql
