// SPDX-License-Identifier: Apache-2.0
//
// Every type and its extremes, out of a table and into another one: the server itself judges that nothing changed.
#include <fmt/format.h>

#include "integration/postgresql/fixture.hpp"

namespace dataknobs::postgresql {
namespace {

struct TypeCase {
  const char* name;
  const char* type;
  const char* values;  ///< SQL expressions, one a row.
};

void PrintTo(const TypeCase& item, std::ostream* out) {
  *out << item.name;
}

class TypeTest : public PostgresqlTest, public testing::WithParamInterface<TypeCase> {
 protected:
  // Copies the table source to the table target, in small batches.
  void copy(bool wire, WriteMode mode = WriteMode::insert) {
    run([&]() -> Task<void> {
      Context context;
      const auto backend = make_backend();
      const DatasetOptions from = options("source");
      const DatasetOptions to = options("target");
      const DatasetPointer source = co_await backend->describe(context, from, false);
      const DatasetPointer target = co_await backend->describe(context, to, false);
      auto reading = co_await backend->session(context, SessionMode::snapshot);
      auto writing = co_await backend->session(context, SessionMode::autocommit);
      const std::vector<Batch> batches = co_await all_batches(context, *reading, source, 200, wire);
      const WriterOptions writer_options(target, mode);
      auto writer = co_await writing->writer(context, writer_options);
      for (const Batch& batch : batches) co_await writer->write(context, batch);
      co_await writer->finish(context);
    });
  }
  std::string difference() const {
    return value(
        "select string_agg(d::text, '; ') from ((select n, v::text from @.source except select n, v::text "
        "from "
        "@.target) union all (select n, v::text from @.target except select n, v::text from @.source)) d");
  }
};

TEST_P(TypeTest, StaysWholeThroughColumnsBytesAndMerge) {
  const TypeCase& item = GetParam();
  sql(
      fmt::format("create table @.source (n int primary key, v {}); create table @.target (like @.source "
                  "including all)",
                  item.type));
  sql(fmt::format("insert into @.source select row_number() over (), v from (values {}, (null)) as x(v)",
                  item.values));
  copy(false);
  EXPECT_EQ(difference(), "") << "through columns";
  copy(false, WriteMode::upsert);
  EXPECT_EQ(difference(), "") << "merged over itself";
  sql("truncate @.target");
  copy(true);
  EXPECT_EQ(difference(), "") << "as bytes";
}

INSTANTIATE_TEST_SUITE_P(
    Types, TypeTest,
    testing::Values(
        TypeCase{"boolean", "boolean", "(true), (false)"},
        TypeCase{"smallint", "smallint", "(-32768), (0), (32767)"},
        TypeCase{"integer", "integer", "(-2147483648), (0), (2147483647)"},
        TypeCase{"bigint", "bigint", "(-9223372036854775808), (0), (9223372036854775807)"},
        TypeCase{"real", "real",
                 "('1.1'::real), ('-0'::real), ('NaN'::real), ('Infinity'::real), ('1e-45'::real), "
                 "('3.4028235e38'::real)"},
        TypeCase{
            "double", "double precision",
            "('0.1'::float8), ('-0'::float8), ('NaN'::float8), ('-Infinity'::float8), ('5e-324'::float8), "
            "('1.7976931348623157e308'::float8)"},
        TypeCase{
            "numeric", "numeric",
            "(0::numeric), (0.00), (-12.50), (1e20), (0.00000001234), (1000000000000), ('NaN'::numeric), "
            "('Infinity'::numeric), ('-Infinity'::numeric), (repeat('9', 1000)::numeric), "
            "((repeat('7', 500) || '.' || repeat('3', 500) || '10')::numeric), (10000), (9999.9999), "
            "(0.0001), "
            "(100000000.00000001)"},
        TypeCase{"numeric_fixed", "numeric(12,3)", "(123456789.123), (-0.001), (0)"},
        TypeCase{"text", "text",
                 "(''), ('a'), ('quote '' and \" and \\'), (E'tab\\tnew\\nline'), (U&'\\+01F600 \\00E9'), "
                 "(repeat('x', 100000)), (' blanks  ')"},
        TypeCase{"varchar", "varchar(10)", "(''), ('abc'), ('abc   ')"},
        TypeCase{"char", "char(5)", "('ab'), (''), ('abcde')"}, TypeCase{"name", "name", "('abc'::name)"},
        TypeCase{"bytea", "bytea", "(''::bytea), ('\\x00ff0a'::bytea), (decode(repeat('ab', 5000), 'hex'))"},
        TypeCase{"date", "date",
                 "('2024-02-29'::date), ('4713-01-01 BC'::date), ('5874897-12-31'::date), "
                 "('infinity'::date), ('-infinity'::date), ('0001-12-31 BC'::date)"},
        TypeCase{"time", "time", "('00:00'::time), ('24:00'::time), ('23:59:59.999999'::time)"},
        TypeCase{
            "timestamp", "timestamp",
            "('2024-02-29 12:30:00.000001'::timestamp), ('4713-01-01 00:00 BC'::timestamp), "
            "('294276-12-31 23:59:59.999999'::timestamp), ('294247-01-10 04:00:54.775806'::timestamp), "
            "('294247-01-10 04:00:54.775807'::timestamp), ('infinity'::timestamp), ('-infinity'::timestamp)"},
        TypeCase{"timestamptz", "timestamptz",
                 "('2024-02-29 12:30:00+02'::timestamptz), ('294276-12-31 23:59:59.999999+00'::timestamptz), "
                 "('-infinity'::timestamptz)"},
        TypeCase{"timestamp_seconds", "timestamptz(0)", "('2024-02-29 12:30:00+02'::timestamptz)"},
        TypeCase{
            "uuid", "uuid",
            "('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid), ('00000000-0000-0000-0000-000000000000'::uuid)"},
        TypeCase{"json", "json", "('{\"b\": 1,  \"a\": [1.0, 1e2]}'::json), ('[]'::json)"},
        TypeCase{"jsonb", "jsonb",
                 "('{\"b\": 1, \"a\": [1.0, 1e2, null]}'::jsonb), ('[]'::jsonb), ('5'::jsonb), "
                 "('\"s\"'::jsonb), ('true'::jsonb), ('12345678901234567890.10'::jsonb)"},
        TypeCase{"interval", "interval",
                 "('1 year 2 months -3 days 04:05:06.7'::interval), ('0'::interval), "
                 "('-00:00:00.000001'::interval)"},
        TypeCase{"inet", "inet", "('10.0.0.1'::inet), ('10.1.0.0/16'::inet), ('::1'::inet)"},
        TypeCase{"cidr", "cidr", "('10.1.0.0/16'::cidr)"}, TypeCase{"bit", "bit(4)", "('1010'::bit(4))"},
        TypeCase{"integers", "integer[]", "('{1,NULL,3}'::int[]), ('{}'::int[]), ('{{1,2},{3,4}}'::int[])"},
        TypeCase{
            "vectors", "real[]",
            "('{0.1,-3,NaN,Infinity,1e-45,3.4028235e38}'::real[]), ('{}'::real[]), ('{1,NULL}'::real[]), "
            "('{{1,2},{3,4}}'::real[]), ('[0:1]={1,2}'::real[])"},
        TypeCase{"texts", "text[]", "('{a,\"b,c\",\"\"}'::text[])"},
        TypeCase{"range", "int4range", "('[1,5)'::int4range), ('empty'::int4range)"},
        TypeCase{"timetz", "timetz", "('12:00:00+02'::timetz)"},
        TypeCase{"macaddr", "macaddr", "('08:00:2b:01:02:03'::macaddr)"},
        TypeCase{"xml", "xml", "('<a>1</a>'::xml)"}, TypeCase{"point", "point", "('(1.5,2)'::point)"}),
    [](const testing::TestParamInfo<TypeCase>& item) { return std::string(item.param.name); });

TEST_F(TypeTest, DomainsAndEnumsAndComposites) {
  sql("create type @.mood as enum ('sad', 'ok; drop'); create domain @.percent as numeric(5,2) check (value "
      ">= 0); "
      "create domain @.nested as @.percent; create type @.pair as (a int, b text); "
      "create table @.source (n int primary key, v @.mood, w @.nested, x @.pair); "
      "create table @.target (like @.source including all); "
      "insert into @.source values (1, 'sad', 12.50, (1, 'a,b')), (2, 'ok; drop', 0, null)");
  copy(false);
  EXPECT_EQ(value("select count(*) from (select * from @.source except select * from @.target) d"), "0");
  EXPECT_EQ(value("select count(*) from @.target"), "2");
}

}  // namespace
}  // namespace dataknobs::postgresql
