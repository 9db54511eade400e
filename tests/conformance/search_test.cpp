// SPDX-License-Identifier: Apache-2.0
//
// Single rules of searches, counts and removals; random_queries_test.cpp covers their combinations.
#include <cmath>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

using Ids = std::vector<std::string>;

const Columns kNumbers = {{"n", ValueType::integer}, {"s", ValueType::string}};

std::vector<Record> some_numbers() {
  return {record("a", {{"n", 10}, {"s", "x"}}),          record("b", {{"n", 9}}),
          record("c", {{"n", 100}, {"s", "y"}}),         record("d", {{"s", "x"}}),
          record("e", {{"n", nullptr}, {"s", nullptr}}), record("f", {{"n", 9}, {"s", "z"}})};
}

CONFORMANCE_TEST(scans, an_empty_table_gives_nothing) {
  Database db = load(kNumbers, {});
  EXPECT_TRUE(run(db.all()).empty());
  EXPECT_TRUE(found(db, Query::parse("n > 1 order by n limit 5")).empty());
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(scans, all_records_come_back_whole) {
  std::vector<Record> made = some_numbers();
  Database db = load(kNumbers, made);
  Records all = plain(run(db.all()));
  ASSERT_EQ(all.size(), made.size());
  std::sort(all.begin(), all.end(), [](const Record& a, const Record& b) { return a.id() < b.id(); });
  EXPECT_EQ(all, made);
}

CONFORMANCE_TEST(scans, select_keeps_the_named_fields) {
  Database db = load(kNumbers, some_numbers());
  std::vector<Path> only = {Path::parse("s")};
  Records answer = run(db.search(Query::parse("id in ('a', 'c') order by id").select(only)));
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(plain(answer[0]), record("a", {{"s", "x"}}));
  EXPECT_EQ(answer[0].id(), "a");
  EXPECT_FALSE(answer[0].contains("n"));
  EXPECT_EQ(plain(answer[1]), record("c", {{"s", "y"}}));
}

CONFORMANCE_TEST(scans, select_of_a_field_that_the_filter_does_not_name) {
  Database db = load(kNumbers, some_numbers());
  std::vector<Path> only = {Path::parse("s")};
  Records answer = run(db.search(Query::parse("n = 10 or n = 100 order by n desc").select(only)));
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(plain(answer[0]), record("c", {{"s", "y"}}));
  EXPECT_EQ(plain(answer[1]), record("a", {{"s", "x"}}));
}

CONFORMANCE_TEST(scans, select_into_a_document, Need::document, Need::writable) {
  Json inner(Json::Object{{"b", 1}, {"c", "x"}});
  Database db = load({}, {record("1", {{"a", inner}, {"d", 2}})});
  std::vector<Path> only = {Path::parse("a.b"), Path::parse("d")};
  Records answer = run(db.search(Query().select(only)));
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0], record("1", {{"a.b", 1}, {"d", 2}}));
}

CONFORMANCE_TEST(filters, what_is_null_or_missing_matches_neither_a_comparison_nor_its_negation) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(found_sorted(db, Query::parse("n = 9")), (Ids{"b", "f"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n != 9")), (Ids{"a", "c"}));
  EXPECT_EQ(found_sorted(db, Query::parse("not n = 9")), (Ids{"a", "c", "d", "e"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n is null")), (Ids{"d", "e"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n not in (9, 10)")), (Ids{"c"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n not between 9 and 10")), (Ids{"c"}));
  EXPECT_EQ(found_sorted(db, Query::parse("s not like 'x%'")), (Ids{"c", "f"}));
}

CONFORMANCE_TEST(filters, not_of_several_conditions_negates_them_all) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(found_sorted(db, Query::parse("not (n = 9 or s = 'x')")), (Ids{"c", "e"}));
  EXPECT_EQ(found_sorted(db, Query::parse("not (n = 9 and s = 'z')")), (Ids{"a", "b", "c", "d", "e"}));
}

CONFORMANCE_TEST(filters, an_or_of_conjunctions_keeps_its_structure) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(found_sorted(db, Query::parse("n = 10 and s = 'y' or s = 'z'")), (Ids{"f"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n = 9 and (s = 'z' or s = 'x')")), (Ids{"f"}));
}

CONFORMANCE_TEST(filters, empty_lists_and_empty_algebra) {
  Database db = load(kNumbers, some_numbers());
  auto filter = [](Operator op) { return Query::where(Expression::make(op, {})); };
  EXPECT_EQ(found(db, filter(Operator::logical_or)), Ids{});
  EXPECT_EQ(found(db, filter(Operator::logical_and)).size(), 6U);
  EXPECT_EQ(found(db, Query::parse("n in ()")), Ids{});
  EXPECT_EQ(found_sorted(db, Query::parse("n not in ()")), (Ids{"a", "b", "c", "f"}));
  EXPECT_EQ(found(db, Query::parse("n between 10 and 9")), Ids{});
}

CONFORMANCE_TEST(filters, a_condition_and_its_negation_share_out_the_records) {
  Database db = load(kNumbers, some_numbers());
  for (const char* text :
       {"n > 9", "n in (9, 10)", "s like 'x'", "s regex '^[xy]$'", "n between 9 and 10", "s exists",
        "s starts with 'x'", "s contains 'y'", "n = s", "s > 5", "n != 9", "id = 'a'"}) {
    SCOPED_TRACE(text);
    std::string negated = std::string("not (") + text + ")";
    EXPECT_EQ(run(db.count(Query::parse(text))) + run(db.count(Query::parse(negated))), 6U);
  }
}

CONFORMANCE_TEST(filters, strings_and_patterns_are_taken_literally) {
  std::vector<std::string> texts = {"a.c", "abc",  "A.C",  "50%_off", "50 XXoff", "a\nb",
                                    "f(%", "it's", "a\\b", "",        "ab"};
  std::vector<Record> made;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    made.push_back(record(std::to_string(at), {{"n", static_cast<int>(at)}, {"s", texts[at]}}));
  }
  Database db = load(kNumbers, made);
  auto numbers = [&](const char* text) { return found_sorted(db, Query::parse(text)); };
  EXPECT_EQ(numbers("s like 'a.c'"), (Ids{"0"}));
  EXPECT_EQ(numbers("s like 'a_c'"), (Ids{"0", "1"}));
  EXPECT_EQ(numbers("s ilike 'a.c'"), (Ids{"0", "2"}));
  EXPECT_EQ(numbers("s like 'a%'"), (Ids{"0", "1", "10", "5", "8"}));
  EXPECT_EQ(numbers("s contains '50%_off'"), (Ids{"3"}));
  EXPECT_EQ(numbers("s like '50\\%\\_off'"), (Ids{"3"}));
  EXPECT_EQ(numbers("s like 'f(\\%'"), (Ids{"6"}));
  EXPECT_EQ(numbers("s like 'f(%'"), (Ids{"6"}));
  EXPECT_EQ(numbers("s = 'it''s'"), (Ids{"7"}));
  EXPECT_EQ(numbers("s regex 'a.c'"), (Ids{"0", "1"}));
  EXPECT_EQ(numbers("s regex '(?i)^A\\.C$'"), (Ids{"0", "2"}));
  EXPECT_EQ(numbers("s starts with 'f('"), (Ids{"6"}));
  EXPECT_EQ(numbers("s = ''"), (Ids{"9"}));
  EXPECT_EQ(numbers("s in ('abcdef', 'xab')"), Ids{});
  EXPECT_EQ(numbers("s = 'a\\b'"), (Ids{"8"}));
}

CONFORMANCE_TEST(filters, numbers_compare_by_their_value) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(found_sorted(db, Query::parse("n = 10.0")), (Ids{"a"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n > 9.5 and n < 10.5")), (Ids{"a"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n = '10'")), Ids{});
  EXPECT_EQ(found_sorted(db, Query::parse("n > 'a'")), Ids{});
  EXPECT_EQ(found_sorted(db, Query::parse("n != '10'")), (Ids{"a", "b", "c", "f"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n < 9223372036854775808")), (Ids{"a", "b", "c", "f"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n > 123456789012345678901234567890")), Ids{});
  EXPECT_EQ(found_sorted(db, Query::parse("n in (9.0, 1e2)")), (Ids{"b", "c", "f"}));
}

CONFORMANCE_TEST(filters, a_value_of_another_class_breaks_nothing, Need::document, Need::writable) {
  Json list(Json::Array{1, "x"});
  Database db = load({}, {record("1", {{"n", 10}}), record("2", {{"n", "10"}}), record("3", {{"n", true}}),
                          record("4", {{"n", list}}), record("5", {{"n", 9.5}}), record("6", {{"n", "abc"}}),
                          record("7", {{"n", Date{0}}}), record("8", {})});
  EXPECT_EQ(found_sorted(db, Query::parse("n > 1")), (Ids{"1", "5"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n = '10'")), (Ids{"2"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n = 1")), Ids{});
  EXPECT_EQ(found_sorted(db, Query::parse("n = true")), (Ids{"3"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n = 'true'")), Ids{});
  EXPECT_EQ(found_sorted(db, Query::parse("n != 10")), (Ids{"2", "3", "4", "5", "6", "7"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n contains 'x'")), (Ids{"4"}));
  EXPECT_EQ(found_sorted(db, Query::parse("n contains 1")), (Ids{"4"}));
  EXPECT_EQ(found(db, Query::parse("n exists order by n")), (Ids{"3", "5", "1", "2", "6", "7", "4"}));
  EXPECT_EQ(found(db, Query::parse("order by n desc")), (Ids{"4", "7", "6", "2", "1", "5", "3", "8"}));
}

CONFORMANCE_TEST(filters, members_that_look_like_our_own_marks_are_data, Need::document, Need::writable) {
  Json vector_like(Json::Object{{"type", "vector"}, {"x", 1}});
  Json unit_like(Json::Object{{"value", 1}, {"unit", "C"}});
  std::vector<Record> made = {record("1", {{"d", vector_like}}), record("2", {{"d", unit_like}})};
  Database db = load({}, made);
  EXPECT_EQ(*run(db.read("1")), made[0]);
  EXPECT_EQ(*run(db.read("2")), made[1]);
  EXPECT_EQ(found(db, Query::parse("d.type = 'vector'")), (Ids{"1"}));
  EXPECT_EQ(found(db, Query::parse("d.value = 1")), (Ids{"2"}));
  Query equal = Query::where(field("d") == Value(unit_like));
  EXPECT_EQ(found(db, equal), (Ids{"2"}));
}

CONFORMANCE_TEST(filters, ids_are_strings_in_documents, Need::document, Need::writable) {
  Database db = load({}, {record("7", {{"n", 1}}), record("10", {{"n", 2}}), record("007", {{"n", 3}})});
  EXPECT_EQ(found(db, Query::parse("id = 7")), (Ids{"7"}));
  EXPECT_EQ(found(db, Query::parse("id = '007'")), (Ids{"007"}));
  EXPECT_EQ(found(db, Query::parse("id in (10, 7) order by id")), (Ids{"10", "7"}));
  EXPECT_EQ(found(db, Query::parse("order by id")), (Ids{"007", "10", "7"}));
}

CONFORMANCE_TEST(filters, literals_adapt_to_temporal_values, Need::writable) {
  Columns columns = {{"at", ValueType::datetime}, {"day", ValueType::date}};
  DateTime moment = *parse_datetime("2024-02-29T12:30:00Z");
  Database db = load(
      columns, {record("1", {{"at", moment}, {"day", *parse_date("2024-02-29")}}),
                record("2", {{"at", *parse_datetime("2024-03-01")}, {"day", *parse_date("2024-03-01")}})});
  EXPECT_EQ(found(db, Query::parse("at = '2024-02-29T14:30:00+02:00'")), (Ids{"1"}));
  EXPECT_EQ(found(db, Query::parse("at > '2024-02-29' and at < '2024-03-01'")), (Ids{"1"}));
  EXPECT_EQ(found(db, Query::parse("day >= '2024-03-01'")), (Ids{"2"}));
  EXPECT_EQ(found_sorted(db, Query::parse("day != 'yesterday'")), (Ids{"1", "2"}));
  EXPECT_EQ(found(db, Query::parse("at = day")), (Ids{"2"}));
  EXPECT_EQ(found(db, Query::where(field("day") == Value(moment))), Ids{});
  EXPECT_EQ(found_sorted(db, Query::where(field("at") > Value(*parse_date("2024-02-29")))), (Ids{"1", "2"}));
}

CONFORMANCE_TEST(sorting, nulls_come_last_both_ways_and_ties_go_by_id) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(found(db, Query::parse("order by n")), (Ids{"b", "f", "a", "c", "d", "e"}));
  EXPECT_EQ(found(db, Query::parse("order by n desc")), (Ids{"c", "a", "b", "f", "d", "e"}));
  EXPECT_EQ(found(db, Query::parse("order by s desc, n")), (Ids{"f", "c", "a", "d", "b", "e"}));
  EXPECT_EQ(found(db, Query::parse("order by id desc")), (Ids{"f", "e", "d", "c", "b", "a"}));
}

CONFORMANCE_TEST(sorting, limit_and_offset_cut_the_sorted_answer) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(found(db, Query::parse("order by n limit 2 offset 1")), (Ids{"f", "a"}));
  EXPECT_EQ(found(db, Query::parse("limit 2")), (Ids{"a", "b"}));
  EXPECT_EQ(found(db, Query::parse("offset 4")), (Ids{"e", "f"}));
  EXPECT_EQ(found(db, Query::parse("n exists offset 2")), (Ids{"c", "f"}));
  EXPECT_EQ(found(db, Query::parse("limit 0")), Ids{});
  EXPECT_EQ(found(db, Query::parse("limit 3 offset 100")), Ids{});
}

CONFORMANCE_TEST(sorting, strings_sort_by_code_point) {
  std::vector<std::string> texts = {"", "A", "B", "a", "a b", "ab", "b", "\u00e4", "\uffff", "\U0001f600"};
  std::vector<Record> made;
  for (std::size_t at = texts.size(); at > 0; --at) {
    made.push_back(record(std::to_string(at - 1), {{"n", 1}, {"s", texts[at - 1]}}));
  }
  Database db = load(kNumbers, made);
  EXPECT_EQ(found(db, Query::parse("order by s")), (Ids{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  EXPECT_EQ(found_sorted(db, Query::parse("s > 'ab' and s < '\u00e4'")), (Ids{"6"}));
}

CONFORMANCE_TEST(counting, count_respects_the_whole_query) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(run(db.count()), 6U);
  EXPECT_EQ(run(db.count(Query::parse("n = 9"))), 2U);
  EXPECT_EQ(run(db.count(Query::parse("limit 4"))), 4U);
  EXPECT_EQ(run(db.count(Query::parse("n exists limit 3 offset 2"))), 2U);
  EXPECT_EQ(run(db.count(Query::parse("limit 0"))), 0U);
  EXPECT_EQ(run(db.count(Query::parse("offset 10"))), 0U);
}

CONFORMANCE_TEST(scans, explain_names_what_the_store_takes_and_what_stays) {
  Database db = load(kNumbers, some_numbers());
  std::string text = run(db.explain(Query::parse("n > 9 order by n limit 2")));
  EXPECT_NE(text.find("n > 9"), std::string::npos) << text;
}

CONFORMANCE_TEST(scans, explain_warns_of_a_literal_that_matches_no_value, Need::columns) {
  Database db = load(kNumbers, some_numbers());
  const std::string warning = "'n = 'nine'' can match no value of 'n'";
  EXPECT_NE(run(db.explain(Query::parse("n = 'nine'"))).find(warning), std::string::npos);
  EXPECT_EQ(run(db.explain(Query::parse("n = 9"))).find("can match no value"), std::string::npos);
}

// --- removals
// -------------------------------------------------------------------------------------------------------

CONFORMANCE_TEST(range_removal, remove_where_removes_what_the_query_finds, &Capabilities::writes) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(run(db.remove_where(Query::parse("n = 9"))), 2U);
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"a", "c", "d", "e"}));
  EXPECT_EQ(run(db.remove_where(Query::parse("s contains 'nothing'"))), 0U);
  EXPECT_EQ(run(db.remove_where(Query::parse("order by n desc limit 2"))), 2U);
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"d", "e"}));
  EXPECT_EQ(run(db.remove_where(Query::parse("s regex '^x$'"))), 1U);
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"e"}));
}

CONFORMANCE_TEST(range_removal, clear_removes_everything_and_counts, &Capabilities::writes) {
  Database db = load(kNumbers, some_numbers());
  EXPECT_EQ(run(db.clear()), 6U);
  EXPECT_EQ(run(db.count()), 0U);
  EXPECT_EQ(run(db.clear()), 0U);
  EXPECT_EQ(run(db.create(record("a", {{"n", 1}}))), "a");
}

CONFORMANCE_TEST(range_removal, clear_leaves_other_tables_alone, &Capabilities::writes) {
  Database one = load(kNumbers, some_numbers(), "p");
  Database two = load(kNumbers, some_numbers(), "p2");
  EXPECT_EQ(run(one.clear()), 6U);
  EXPECT_EQ(run(two.count()), 6U);
  EXPECT_EQ(run(one.count()), 0U);
}

CONFORMANCE_TEST(scans, an_answer_above_the_memory_given_names_the_stream, Need::writable) {
  std::vector<Record> records = people(2000);
  for (Record& record : records) record.set("note", std::string(100, 'x'));
  Database db = load(kPeople, std::move(records));
  Database small = db.with_memory(50'000);
  const auto check = [&](const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::resource) << error.what();
    EXPECT_NE(error.message().find("50000 bytes"), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("stream_read"), std::string::npos) << error.what();
    EXPECT_EQ(error.operation(), "search");
    EXPECT_EQ(error.store(), small.name());
  };
  check(error_of(small.all()));
  check(error_of(small.search(Query::parse("age >= 0"))));
  check(error_of(small.search(Query::parse("age >= 0 order by age desc"))));
  check(error_of(small.search(Query::parse("upper(name) like 'NAME%' order by note, age limit 1500"))));
  check(error_of(small.search_page(Query::parse("order by age limit 1500"))));
  EXPECT_EQ(run(small.search(Query::parse("age < 30"))).size(), 30U);
  EXPECT_EQ(found(small, Query::parse("age >= 0 order by age desc limit 2")),
            (std::vector<std::string>{"p01999", "p01998"}));
  EXPECT_EQ(run(drain(small, Query::parse("age >= 0"))).size(), 2000U);
  EXPECT_EQ(run(small.count()), 2000U);
  EXPECT_EQ(run(db.with_memory(10'000'000).all()).size(), 2000U);
}

}  // namespace
}  // namespace dataknobs::conformance
