// SPDX-License-Identifier: Apache-2.0
//
// Copies between tables that somebody else made.
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dataknobs/dataknobs.hpp>

#include "integration/postgresql/fixture.hpp"
#include "support/error_of.hpp"

namespace dataknobs::postgresql {
namespace {

using test::error_of;
using testing::HasSubstr;

class Copies : public PostgresqlTest {
 protected:
  Copies() : folder_(std::filesystem::temp_directory_path() / ("dataknobs-" + schema_)) {
    std::filesystem::create_directories(folder_);
    setenv("XDG_STATE_HOME", folder_.c_str(), 1);
  }
  ~Copies() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  CopyReport copy(const std::string& source, const std::string& target, CopyOptions options = {}) const {
    return sync::copy(url(source), url(target), std::move(options));
  }
  Error failure(const std::string& source, const std::string& target, CopyOptions options = {}) const {
    return error_of([&] { copy(source, target, std::move(options)); });
  }

  std::filesystem::path folder_;
};

TEST_F(Copies, KeepJsonAsItIs) {
  sql("create table @.old (id int primary key, b jsonb, t json, v real[], m timestamptz, d date);"
      "insert into @.old (id, b, t) values (1, '\"[1]\"', '\"{}\"'), (2, '\"word\"', '1.50'), (3, 'true', "
      "'7'),"
      " (4, '1e400', '[1, {\"a\": null}]');"
      "insert into @.old (id, v, m, d) values (5, '{1,NULL}', '294276-12-31 23:59:59.999999+00', 'infinity'),"
      " (6, '{{1,2},{3,4}}', '4713-01-01 00:00+00 BC', '5874897-12-31')");
  copy("old", "new");
  EXPECT_EQ(value("select count(*) from @.old o join @.new n using (id) where o.b is not distinct from n.b "
                  "and o.t::jsonb "
                  "is not distinct from n.t::jsonb and o.v is not distinct from n.v and o.m is not distinct "
                  "from n.m and "
                  "o.d is not distinct from n.d"),
            "6");
}

TEST_F(Copies, OfLogicalTypesAreTheSameInAnyForm) {
  sql("create table @.old (id int primary key, i interval, u uuid, n int);"
      "insert into @.old select g, make_interval(0, g, g), md5(g::text)::uuid, g from generate_series(1, 50) "
      "g");
  copy("old", "new");
  sync::copy(url("old"), file("old.ndjson"));
  EXPECT_TRUE(sync::verify(url("old"), url("new")).equal);
  EXPECT_TRUE(sync::verify(url("old"), file("old.ndjson")).equal);
  EXPECT_TRUE(sync::verify(file("old.ndjson"), url("old")).equal);
  sync::copy(url("old"), "sqlite:" + file("copy.db") + "?table=old");
  sql("update @.old set n = 0 where id = 7");
  for (const std::string& other :
       {url("new"), file("old.ndjson"), "sqlite:" + file("copy.db") + "?table=old"}) {
    const VerifyReport report = sync::verify(url("old"), other);
    EXPECT_EQ(report.different, 1U) << other;
    ASSERT_EQ(report.differences.size(), 1U) << other;
    ASSERT_EQ(report.differences[0].fields.size(), 1U) << other;
    EXPECT_EQ(report.differences[0].fields[0].field, "n");
  }
  // The proof by keys reads records, the copy columns.
  EXPECT_EQ(copy("old", "new", CopyOptions().mode(CopyMode::upsert)).proof, "copied keys");
}

TEST_F(Copies, MakeColumnsOfTheSameLength) {
  sql("create table @.old (id int primary key, b bit(3), v bit varying(8), w bit varying, n numeric(3,-2), c "
      "\"char\");"
      "insert into @.old values (1, '101', '10101', '1', 1200, 'x')");
  copy("old", "new");
  EXPECT_EQ(value("select b::text || v::text || w::text || n from @.new"), "1011010111200");
  EXPECT_EQ(value("select count(*) from @.old o join @.new n using (id, b, v, w)"), "1");
  sql("create table @.same (like @.old)");
  copy("old", "same");
  EXPECT_EQ(value("select n from @.same"), "1200");
}

TEST_F(Copies, LeaveColumnsWithDefaultsToTheServer) {
  sql("create table @.old (id int primary key, v text);"
      "insert into @.old values (1, 'a');"
      "create table @.new (id int primary key, v text, made timestamptz not null default now(), x int not "
      "null)");
  EXPECT_THAT(failure("old", "new").message(), HasSubstr("column 'x' of the target must not be null"));
  sql("alter table @.new drop x");
  copy("old", "new");
  EXPECT_EQ(value("select count(*) from @.new where made is not null"), "1");
}

TEST_F(Copies, GoThroughViews) {
  sql("create table @.old (id int primary key, v text);"
      "insert into @.old values (1, 'a'), (2, 'b');"
      "create table @.base (id int generated always as identity primary key, v text);"
      "create view @.new as select * from @.base");
  EXPECT_EQ(copy("old", "new").written, 2U);
  EXPECT_EQ(value("select string_agg(id || v, ',' order by id) from @.base"), "1a,2b");
}

TEST_F(Copies, CountWhatTheServerTook) {
  sql("create table @.old (id int primary key, m inet);"
      "insert into @.old select g from generate_series(1, 20) g;"
      "create function @.skip() returns trigger language plpgsql as "
      "'begin if new.id % 10 = 0 then return null; end if; return new; end';"
      "create table @.new (like @.old including all);"
      "create trigger skip before insert on @.new for each row execute function @.skip()");
  for (const std::string fields : {"id", "id,m"}) {
    CopyOptions options;
    options.proof(false).select(fields == "id" ? std::vector<std::string>{"id"}
                                               : std::vector<std::string>{"id", "m"});
    const Error error = failure("old", "new", options);
    EXPECT_EQ(error.code(), ErrorCode::verification) << error.what();
    EXPECT_THAT(error.message(), HasSubstr("20 records were given to the target, which reports 18"));
    EXPECT_EQ(value("select count(*) from @.new"), "0");
  }
}

TEST_F(Copies, NameTheRecordThatBreaksAConstraint) {
  sql("create table @.old (id int primary key, v text, n int);"
      "insert into @.old select g, 'v' || g, g from generate_series(1, 3000) g;"
      "create domain @.few as int check (value < 2700);"
      "create table @.checked (v text check (v <> 'v2777'), id int primary key, n int);"
      "create table @.domains (id int primary key, v text, n @.few);"
      "create table @.uniques (id int primary key, v text unique, n int);"
      "insert into @.uniques values (5000, 'v42', 1);"
      "create table @.wanted (id int primary key, v text, n int not null);"
      "create table @.pair (n int, id int, v text, primary key (id, n));"
      "insert into @.pair values (8, 8, '');"
      "create table @.parts (id int primary key, v text, n int) partition by range (id);"
      "create table @.part partition of @.parts for values from (0) to (500);"
      "update @.old set n = null where id = 2000");
  EXPECT_EQ(failure("old", "checked").record_id(), "2777");
  EXPECT_EQ(failure("old", "domains").record_id(), "2700");
  EXPECT_EQ(failure("old", "uniques").record_id(), "42");
  EXPECT_EQ(failure("old", "wanted").record_id(), "2000");
  EXPECT_EQ(failure("old", "pair", CopyOptions().where("id < 100")).record_id(), "[8,8]");
  const Error error = failure("old", "parts");
  EXPECT_EQ(error.record_id(), "500");
  EXPECT_THAT(error.message(), HasSubstr("no partition"));
}

TEST_F(Copies, NameTheRecordThatAnEqualTableRefuses) {
  sql("create table @.old (a int, id int, b text, v text, primary key (v, id));"
      "insert into @.old select g, g, repeat('b', g % 50), 'v' || g from generate_series(1, 30000) g;"
      "create table @.new (a int, id int, b text, v text check (v not like '%28777'), primary key (v, id))");
  for (const bool digest : {true, false}) {
    const Error error = failure("old", "new", CopyOptions().digest(digest).fresh(true));
    EXPECT_EQ(error.record_id(), "[\"v28777\",28777]") << error.what();
    EXPECT_EQ(value("select count(*) from @.new"), "0");
  }
}

TEST_F(Copies, NameTheRecordOfJsonThatIsNone) {
  sql("create table @.old (id int primary key, j json);"
      "insert into @.old select g, '{}' from generate_series(1, 100) g; insert into @.old values (777, "
      "'{\"a\":1,\"a\":2}')");
  for (const std::string also : {"[]", "\"a scalar\""}) {
    sql("update @.old set j = '" + also + "' where id = 1");
    const Error error = failure("old", "new", CopyOptions().fresh(true));
    EXPECT_EQ(error.code(), ErrorCode::serialization) << error.what();
    EXPECT_EQ(error.record_id(), "777");
    EXPECT_EQ(error.field_path(), "j");
  }
}

TEST_F(Copies, RoundNothingIntoANarrowerType) {
  sql("create table @.old (id int primary key, a interval, b time with time zone, c numeric[], d varchar[], "
      "e varbit);"
      "insert into @.old values (1, '1.6 seconds', '00:00:00.6+01', '{1.005}', '{abcd}', '101');"
      "create table @.new (id int primary key, a interval(0), b timetz(0), c numeric(10,2)[], d "
      "varchar(3)[], e bit(2));"
      "create table @.days (id int primary key, a interval day)");
  for (const std::string field : {"a", "b", "c", "d", "e"}) {
    const Error error = failure("old", "new", CopyOptions().select({"id", field}).proof(false));
    EXPECT_EQ(error.code(), ErrorCode::validation) << field << ": " << error.what();
    const Value given = sync::Database(url("old")).read("1").value()[field];
    Record record{{"id", 1}, {field, given}};
    EXPECT_EQ(error_of([&] { sync::Database(url("new")).upsert(record); }).code(), ErrorCode::validation)
        << field;
  }
  const Error error = failure("old", "days", CopyOptions().select({"id", "a"}).proof(false));
  EXPECT_THAT(error.message(), HasSubstr("PT1.6S does not fit interval day"));
  EXPECT_EQ(value("select count(*) from @.new"), "0");
  sql("update @.old set a = '2 seconds', b = '00:00:01+01', c = '{1.50,NULL}', d = '{abc}', e = '11'");
  copy("old", "new");
}

TEST_F(Copies, SayWhatIsWrongWithAGivenKey) {
  sql("create table @.old (id int, v text); insert into @.old values (1, 'a'), (null, 'b');"
      "create table @.new (like @.old)");
  const Error no_index =
      error_of([&] { sync::copy(url("old"), url("new", "&key=v"), CopyOptions().mode(CopyMode::upsert)); });
  EXPECT_EQ(no_index.code(), ErrorCode::configuration) << no_index.what();
  EXPECT_THAT(no_index.hint(), HasSubstr("key="));
  const Error null_key = error_of([&] { sync::copy(url("old", "&key=id"), file("old.ndjson")); });
  EXPECT_EQ(null_key.record_id(), "number 2") << null_key.what();
  EXPECT_EQ(null_key.field_path(), "id");
  const VerifyReport report = sync::verify(url("old", "&key=id"), url("new", "&key=id"));
  ASSERT_EQ(report.only_left, 2U);
  EXPECT_EQ(report.differences[1].id, "[null]");
}

TEST_F(Copies, PromiseOnlyWhatADigestCanKeep) {
  sql("create table @.old (id int primary key)");
  EXPECT_THAT(sync::plan_copy(url("old"), url("new")).consistency, HasSubstr("compared with a new one"));
  const CopyOptions counts = CopyOptions().digest(false);
  EXPECT_THAT(sync::plan_copy(url("old"), url("new"), counts).consistency, HasSubstr("not compared"));
}

TEST_F(Copies, TakeThePrimaryKeyAlone) {
  sql("create table @.old (id int, v text, primary key (id) include (v)); insert into @.old values (1, "
      "null)");
  copy("old", "new");
  EXPECT_EQ(sync::Database(url("new")).read("1")->id(), "1");
  EXPECT_EQ(sync::Database(url("old")).read("1")->id(), "1");
}

// Copies by a role that may not make the schema of the journal.
class CopiesByAGuest : public Copies {
 protected:
  CopiesByAGuest() : role_(schema_ + "_guest") {
    sql(
        fmt::format("create role {0} login password 'guest'; grant usage on schema {1} to {0};"
                    "alter default privileges in schema {1} grant select, insert, delete on tables to {0}",
                    role_, schema_));
    std::ofstream csv(file("old.csv"));
    csv << "id,v\n";
    for (int id = 0; id < kRecords; ++id) csv << id << ',' << id * 2 << '\n';
  }
  ~CopiesByAGuest() override { sql(fmt::format("drop owned by {0}; drop role {0}", role_)); }

  std::string guest_url(const std::string& table) const {
    std::string target = url(table);
    const auto user = target.find("//") + 2;
    return target.replace(user, target.find('@') - user, role_ + ":guest");
  }
  CopyReport copy_in_chunks(const std::string& table, CopyOptions options = {}) const {
    return sync::copy(file("old.csv"), guest_url(table), options.chunk(10'000, 1 << 20));
  }

  static constexpr int kRecords = 50'000;
  std::string role_;
};

TEST_F(CopiesByAGuest, HaveTheirJournalOnThisMachine) {
  sql("create table @.new (id int primary key, v int check (v <> 70000))");
  const CopyPlan plan =
      sync::plan_copy(file("old.csv"), guest_url("new"), CopyOptions().chunk(10'000, 1 << 20));
  EXPECT_GE(plan.chunks, 4U);
  EXPECT_THAT(plan.resume, HasSubstr("goes on"));
  ASSERT_EQ(plan.warnings.size(), 1U);
  EXPECT_THAT(plan.warnings[0], HasSubstr("the journal is on this machine, in " + folder_.string()));
  EXPECT_THAT(plan.warnings[0], HasSubstr("role " + role_ + " lacks"));
  EXPECT_EQ(error_of([&] { copy_in_chunks("new", CopyOptions().jobs(1)); }).code(), ErrorCode::validation);
  const std::string kept = value("select count(*) from @.new");
  EXPECT_NE(kept, "0");
  sql("alter table @.new drop constraint new_v_check");
  const CopyReport report = copy_in_chunks("new");
  EXPECT_EQ(std::to_string(report.resumed), kept);
  EXPECT_EQ(report.written, 50'000U);
  EXPECT_EQ(report.proof, "whole target");
  EXPECT_EQ(report.warnings, plan.warnings);
  EXPECT_TRUE(copy_in_chunks("new").already_complete);
  EXPECT_EQ(
      error_of([&] { copy_in_chunks("new", CopyOptions().strict(true).where(field("id") == 1)); }).code(),
      ErrorCode::validation);
}

TEST_F(CopiesByAGuest, AreOneTransactionIntoATableWithoutKey) {
  sql("create table @.new (id int, v int check (v <> 70000))");
  const CopyPlan plan =
      sync::plan_copy(file("old.csv"), guest_url("new"), CopyOptions().chunk(10'000, 1 << 20));
  EXPECT_EQ(plan.chunks, 1U);
  EXPECT_NE(error_of([&] { copy_in_chunks("new"); }).code(), ErrorCode::internal);
  EXPECT_EQ(value("select count(*) from @.new"), "0");
  // Whether the chunk that was begun came from us, nobody knows: the table has no keys.
  sql("insert into @.new values (1, 2)");
  const Error unknown = error_of([&] { copy_in_chunks("new"); });
  EXPECT_EQ(unknown.code(), ErrorCode::concurrency) << unknown.what();
  EXPECT_THAT(unknown.message(), HasSubstr("may have written chunk 0 or not"));
  sql("delete from @.new; alter table @.new drop constraint new_v_check");
  EXPECT_EQ(copy_in_chunks("new").written, 50'000U);
  EXPECT_EQ(value("select count(*) from @.new"), "50000");
}

TEST_F(CopiesByAGuest, AreNotDoneTwiceAtOnce) {
  sql("create table @.new (id int primary key, v int)");
  Error second(ErrorCode::internal, "not tried");
  const auto copy_within_copy = [&](const Progress& progress) {
    if (progress.stage != TransferStage::copying || second.code() != ErrorCode::internal) return;
    std::thread([&] {
      second = error_of([&] { copy_in_chunks("new", CopyOptions().where(field("id") < 5)); });
    }).join();
  };
  copy_in_chunks("new", CopyOptions().jobs(1).on_progress(copy_within_copy));
  EXPECT_EQ(second.code(), ErrorCode::concurrency) << second.what();
  EXPECT_THAT(second.message(), HasSubstr("another copy writes to this target"));
  EXPECT_EQ(value("select count(*) from @.new"), "50000");
}

TEST_F(Copies, IntoTablesOfOneNameAreNotInEachOthersWay) {
  const std::shared_ptr<PostgresqlBackend> backend = make_backend();
  const auto identity = [&](const std::string& table, const std::string& schema) {
    DatasetOptions options(table);
    if (!schema.empty()) options.set_extra({{"schema", {schema}}});
    return run([&]() -> Task<std::string> {
      Context context;
      co_return co_await backend->identity(context, options);
    });
  };
  EXPECT_NE(identity("t", schema_), identity("t", "public"));
  // Whether it exists or not, however it is found.
  EXPECT_EQ(identity("pg_class", ""), identity("pg_class", "pg_catalog"));
  EXPECT_EQ(identity(schema_, ""), identity(schema_, "public"));
  EXPECT_NE(identity("a.b", "c"), identity("b", "c.a"));
}

TEST_F(Copies, TellTheNullOfJsonFromThatOfTheColumn) {
  sql("create table @.old (id int primary key, b jsonb, j json, n int);"
      "insert into @.old values (1, 'null', ' null', 1), (2, null, null, 1), (3, '[null]', '{}', 1), "
      "(4, '7', 'null', 2);"
      "create table @.swapped (id int primary key, b json, j jsonb, n int)");
  copy("old", "new");
  copy("old", "counted", CopyOptions().digest(false));
  copy("old", "new", CopyOptions().mode(CopyMode::upsert));
  copy("old", "swapped");
  for (const std::string table : {"new", "counted", "swapped"}) {
    EXPECT_EQ(
        value("select string_agg(coalesce(b::text, '-') || coalesce(trim(j::text), '-'), ',' order by id) "
              "from @." +
              table),
        "nullnull,--,[null]{},7null")
        << table;
    EXPECT_TRUE(sync::verify(url("old"), url(table)).equal) << table;
  }
  EXPECT_EQ(sync::Database(url("old")).count(Query::parse("b is null")), 2U);
  for (const std::string name : {"old.ndjson", "old.csv", "old.parquet"}) {
    // A CSV file holds no scalars in a column of JSON.
    sync::copy(url("old"), file(name), CopyOptions().where(field("n") == 1));
    EXPECT_TRUE(sync::verify(url("old"), file(name), VerifyOptions().where(field("n") == 1)).equal) << name;
    EXPECT_EQ(sync::Database(file(name)).count(Query::parse("b is null")), 2U) << name;
  }
  const std::string sqlite = "sqlite:" + file("old.db") + "?table=old";
  sync::copy(url("old"), sqlite);
  EXPECT_TRUE(sync::verify(url("old"), sqlite).equal);
  EXPECT_EQ(sync::Database(sqlite).count(Query::parse("b is null")), 2U);
}

TEST_F(Copies, WarnWhereTheNullOfJsonBecomesTheOnlyNull) {
  sql("create table @.old (id int primary key, b jsonb, j json);"
      "insert into @.old values (1, '{}', '[null]'), (2, 'null', '{}'), (3, null, '{}')");
  const std::string sqlite = "sqlite:" + file("old.db") + "?table=old";
  for (const std::string& target :
       {file("old.csv"), file("old.ndjson"), sqlite, sqlite + "s&layout=document"}) {
    const CopyPlan plan = sync::plan_copy(url("old"), target);
    if (!plan.fields.empty()) {
      EXPECT_THAT(plan.fields[1].note, HasSubstr("null of JSON")) << target;
    }
    const Error strict = error_of([&] { sync::copy(url("old"), target, CopyOptions().strict(true)); });
    EXPECT_EQ(strict.code(), ErrorCode::validation) << target << ": " << strict.what();
    EXPECT_EQ(strict.record_id(), "2") << target;
    EXPECT_EQ(strict.field_path(), "b") << target;
    EXPECT_THAT(strict.hint(), HasSubstr("--allow-loss b")) << target;
    const CopyReport report = sync::copy(url("old"), target, CopyOptions().fresh(true));
    ASSERT_EQ(report.warnings.size(), 1U) << target;
    EXPECT_THAT(report.warnings.front(), AllOf(HasSubstr("'b'"), HasSubstr("null of JSON"))) << target;
  }
  const CopyOptions accepted = CopyOptions().allow_loss({"b"}).strict(true);
  EXPECT_TRUE(sync::copy(url("old"), file("accepted.csv"), accepted).warnings.empty());
  const CopyOptions without = CopyOptions().where("id != 2").strict(true);
  EXPECT_TRUE(sync::copy(url("old"), file("without.csv"), without).warnings.empty());
  const CopyReport kept = sync::copy(url("old"), file("old.parquet"));
  EXPECT_TRUE(kept.warnings.empty());
  sql("create table @.new (id int primary key, b jsonb, j json)");
  sync::copy(file("old.parquet"), url("new"));
  EXPECT_EQ(value("select string_agg(coalesce(b::text, '-'), ',' order by id) from @.new"), "{},null,-");
  sql("create table @.texts (id int primary key, b text, j text)");
  EXPECT_EQ(copy("old", "texts").warnings.size(), 1U);
}

// Every type that travels as the server sends it, with what is special of it.
constexpr const char* all_types = R"(
id int primary key, b boolean, s smallint, i int, l bigint, r real, f double precision, n numeric, m numeric(12,3),
w @.percent, t text, v varchar(10), c char(5), k name, x bytea, d date, h time, o timestamp, z timestamptz,
y timestamptz(0), u uuid, j json, p jsonb)";

constexpr const char* all_values = R"(
(1, true, -32768, -2147483648, -9223372036854775808, 'NaN', 'Infinity', 'NaN', -0.001,
 12.50, '', '', '', '', '', 'infinity', '24:00', 'infinity', '-infinity',
 '2024-02-29 12:30+02', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '"\u0041"', '[]'),
(2, false, 32767, 2147483647, 9223372036854775807, '-0', '-0', 'Infinity', 123456789.123,
 0, 'quote '' " \', 'abc   ', 'ab', 'abc', '\x00ff0a', '4713-01-01 BC', '23:59:59.999999',
 '294276-12-31 23:59:59.999999', '4713-01-01 00:00+00 BC',
 '2024-02-29 12:30+02', '00000000-0000-0000-0000-000000000000', '1.50', '{"b": 1, "a": [1.0, 1e2, null, {}]}'),
(3, null, null, null, null, null, null, '-Infinity', null,
 null, null, null, null, null, null, null, null, null, null, null, null, ' null', 'null'),
(4, null, 0, 0, 0, '1e-45', '5e-324', 1234567890123456789012345.00000000000000000001, 0,
 null, U&'\+01F600', 'a', 'abcde', null, '', '5874897-12-31', '00:00', '0001-01-01 BC', '2000-01-01 00:00+00',
 null, null, '{"b":  1}', '12345678901234567890.10'),
(5, null, 1, 1, 1, 1.1, 0.1, 0.00800000000000000000, 1,
 100, ' blanks  ', null, null, null, null, '-infinity', null, '-infinity', 'infinity', null, null, null, '"s"'),
(6, null, 1, 1, 1, 3, 1e300, 1e-15, 1,
 100, null, null, null, null, null, null, null, null, null, null, null, null, '{}'))";

TEST_F(Copies, PassBytesThroughAndDigestThem) {
  sql("create domain @.percent as numeric(5,2) check (value >= 0)");
  sql(fmt::format(
      "create table @.old ({0}); create table @.new ({0}); create table @.columns ({0});"
      "create table @.counted ({0}); create table @.base ({0}); create view @.view as select * from @.base",
      all_types));
  sql(fmt::format("insert into @.old values {}", all_values));
  sql("insert into @.old (id, n, t, p) select g, g / 8.0, 'text ' || g, jsonb_build_object('n', g) from "
      "generate_series(10, 9000) g");
  std::vector<std::string> fields;
  for (const CopyPlan::Field& field : sync::plan_copy(url("old"), url("new")).fields)
    fields.push_back(field.source);
  const CopyReport passed = copy("old", "new");
  // Where fields are selected, the records are decoded and encoded.
  const CopyReport converted = copy("old", "columns", CopyOptions().select(fields));
  EXPECT_EQ(passed.digest, converted.digest);
  EXPECT_EQ(passed.target_digest, converted.digest);
  EXPECT_EQ(passed.written, 8997U);
  EXPECT_EQ(copy("old", "view").digest, converted.digest);
  EXPECT_EQ(copy("old", "counted", CopyOptions().digest(false)).digest, "");
  for (const std::string table : {"new", "columns", "counted", "base"}) {
    EXPECT_TRUE(sync::verify(url("old"), url(table)).equal) << table;
    EXPECT_EQ(
        value("select count(*) from (select id, p, o, z, x, u, n::text, r::text, f::text, c::text from @.old "
              "except select id, p, o, z, x, u, n::text, r::text, f::text, c::text from @." +
              table + ") d"),
        "0")
        << table;
  }
  // Only bytes that passed through keep how a scalar of JSON is written.
  EXPECT_EQ(value("select string_agg(j::text, ',' order by id) from @.new"),
            R"("\u0041",1.50, null,{"b":  1})");
  EXPECT_EQ(value("select string_agg(j::text, ',' order by id) from @.columns"), R"("A",1.5,null,{"b":  1})");
}

TEST_F(Copies, SayWhatToDoAboutADeferrableKey) {
  sql("create table @.old (id int primary key, v text); insert into @.old values (1, 'a');"
      "create table @.new (id int primary key deferrable, v text)");
  const Error upsert = failure("old", "new", CopyOptions().mode(CopyMode::upsert));
  EXPECT_EQ(upsert.code(), ErrorCode::unsupported) << upsert.what();
  EXPECT_THAT(upsert.hint(), HasSubstr("DEFERRABLE"));
  Record row{{"id", 2}, {"v", "b"}};
  const Error create = error_of([&] { sync::Database(url("new")).create(row); });
  EXPECT_THAT(create.hint(), HasSubstr("DEFERRABLE")) << create.what();
  EXPECT_EQ(copy("old", "new", CopyOptions().fresh(true)).written, 1U);
}

TEST_F(Copies, NameTheKeyThatTheSourceRepeats) {
  sql("create table @.new (id int primary key, v text)");
  std::ofstream(file("twice.csv")) << "id,v\n1,a\n2,b\n2,c\n";
  for (const std::string& target : {url("new"), "sqlite:" + file("new.db") + "?table=new&key=id"}) {
    const Error error =
        error_of([&] { sync::copy(file("twice.csv"), target, CopyOptions().mode(CopyMode::upsert)); });
    EXPECT_EQ(error.code(), ErrorCode::verification) << error.what();
    EXPECT_EQ(error.record_id(), "2") << error.what();
    EXPECT_THAT(error.message(), HasSubstr("the source repeats the key 2"));
    EXPECT_THAT(error.hint(), HasSubstr("--where"));
  }
}

TEST_F(Copies, StartAnewOnlyOverTheirOwnRecords) {
  sql("create table @.old (id int primary key, v text); insert into @.old values (1, 'a')");
  copy("old", "new");
  const CopyOptions fresh = CopyOptions().fresh(true);
  for (const std::string change : {"insert into @.new values (7, 'mine')",
                                   "delete from @.new where id = 7; update @.new set v = 'mine'"}) {
    sql(change);
    const Error error = failure("old", "new", fresh);
    EXPECT_EQ(error.code(), ErrorCode::concurrency) << error.what();
    EXPECT_THAT(error.message(), HasSubstr("other records"));
    EXPECT_EQ(value("select count(*) from @.new where v = 'mine'"), "1");
  }
  sql("delete from @.new");
  EXPECT_EQ(copy("old", "new", fresh).written, 1U);
}

TEST_F(Copies, NameTheRecordAboveTheBudget) {
  sql("create table @.old (id int primary key, v text); create table @.new (like @.old including all);"
      "insert into @.old values (4, 'y'), (5, repeat('x', 3000000)), (6, 'z')");
  for (const std::string& target : {file("old.csv"), url("new")}) {
    for (const bool digest : {true, false}) {
      const CopyOptions options = CopyOptions().memory(1U << 20U).digest(digest).fresh(true);
      const Error error = error_of([&] { sync::copy(url("old"), target, options); });
      EXPECT_EQ(error.code(), ErrorCode::resource) << error.what();
      EXPECT_EQ(error.record_id(), "5") << error.what();
      EXPECT_THAT(error.store(), HasSubstr("table=old"));
    }
  }
}

TEST_F(Copies, NameTheRecordThatAFileCannotHold) {
  sql("create table @.old (id int primary key, b jsonb);"
      "insert into @.old values (1, '{}'), (4, '7')");
  for (const std::string name : {"old.csv", "old.parquet"}) {
    const Error error = error_of([&] { sync::copy(url("old"), file(name)); });
    EXPECT_EQ(error.field_path(), "b") << error.what();
    EXPECT_EQ(error.record_id(), "4") << error.what();
    EXPECT_THAT(error.store(), HasSubstr(name));
  }
}

TEST_F(Copies, FindU0000WhilePlanningWhereTheyReadTheValues) {
  std::ofstream(file("old.ndjson")) << R"({"a":"x","j":{"b":"\\u0000"},"n":1})" << '\n'
                                    << R"({"a":"b\u0000c","j":{"b":["\u0000"]}})" << '\n';
  sql("create table @.there (a text, j json, n int)");
  const auto problems = [&](const std::string& target, CopyOptions options = {}) {
    return sync::plan_copy(file("old.ndjson"), target, std::move(options)).problems;
  };
  const std::string made = url("made", "&layout=columns");
  EXPECT_THAT(problems(made), testing::ElementsAre(HasSubstr("field 'a' holds the character U+0000"),
                                                   HasSubstr("field 'j' holds the character U+0000")));
  EXPECT_THAT(problems(url("there")), testing::ElementsAre(HasSubstr("field 'a'")));
  EXPECT_THAT(problems("sqlite:" + file("copy.db") + "?table=t&layout=columns"), testing::IsEmpty());
  EXPECT_THAT(problems(made, CopyOptions().select({"n"})), testing::IsEmpty());
  const CopyOptions without = CopyOptions().where("not (a regex '\\x00')");
  EXPECT_THAT(problems(made, without), testing::IsEmpty());
  EXPECT_EQ(sync::copy(file("old.ndjson"), made, without).written, 1U);
}

TEST_F(Copies, NameTheRecordWithU0000AndSayWhatToDo) {
  std::ofstream(file("old.csv")) << "id,a\n7,x\n8,b" << '\0' << "c\n";
  std::ofstream(file("old.ndjson")) << R"({"id":"8","a":"b\u0000c"})" << '\n';
  sql("create table @.keyless (id int, a text)");
  const auto expect_named = [&](const std::string& source, const std::string& target, const std::string& id) {
    const Error error = error_of([&] { sync::copy(file(source), url(target)); });
    EXPECT_EQ(error.record_id(), id) << error.what();
    EXPECT_EQ(error.field_path(), "a") << error.what();
    EXPECT_THAT(error.hint(), HasSubstr("--where \"not (FIELD regex '\\x00')\""));
  };
  expect_named("old.csv", "made", "8");
  expect_named("old.csv", "keyless", "number 2 of those written");
  expect_named("old.ndjson", "documents", "8");
}

TEST_F(Copies, TellWhatThereIsWhereATableIsNot) {
  sql("create table @.people (id int primary key)");
  const auto hint = [&](const std::string& table) {
    return error_of([&] { sync::Database(url(table)).count(); }).hint();
  };
  EXPECT_EQ(hint("peple"), "did you mean 'people'?");
  EXPECT_EQ(hint("orders"), "the store has people");
}

}  // namespace
}  // namespace dataknobs::postgresql
