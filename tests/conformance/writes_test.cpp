// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

CONFORMANCE_TEST(writes, create_puts_a_new_id_on_the_record) {
  Database db = database(kPeople);
  Record ada{{"name", "Ada"}, {"age", 36}};
  std::string id = run(db.create(ada));
  EXPECT_EQ(ada.id(), id);
  ASSERT_EQ(parse_uuid(id), id) << "not a UUID in its canonical form";
  EXPECT_EQ(id[14], '7') << id;
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
  std::optional<Record> stored = run(db.read(id));
  ASSERT_TRUE(stored);
  EXPECT_EQ(plain(*stored), plain(ada));
}

CONFORMANCE_TEST(writes, new_ids_are_distinct) {
  Database db = database(kPeople);
  std::set<std::string> seen;
  for (int at = 0; at < 200; ++at) seen.insert(run(db.create(Record{{"age", at}})));
  EXPECT_EQ(seen.size(), 200U);
  EXPECT_EQ(run(db.count()), 200U);
}

CONFORMANCE_TEST(writes, create_keeps_a_given_id_and_leaves_the_rest_of_the_record_alone) {
  Database db = database(kPeople);
  Record ada = person("ada", "Ada", 36);
  EXPECT_EQ(run(db.create(ada)), "ada");
  EXPECT_EQ(plain(ada), person("ada", "Ada", 36));
  EXPECT_FALSE(ada.metadata());
}

CONFORMANCE_TEST(writes, create_of_an_existing_id_changes_nothing) {
  Database db = load(kPeople, {person("1", "Ada", 36)});
  Record other = person("1", "Eve", 1);
  EXPECT_THROW(run(db.create(other)), DuplicateRecordError);
  Error error = error_of(db.create(other));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error.record_id(), "1");
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("1", "Ada", 36)});
}

CONFORMANCE_TEST(writes, update_replaces_the_whole_record) {
  Database db = load(kPeople, {person("1", "Ada", 36), person("2", "Bob", 20)});
  EXPECT_TRUE(run(db.update("1", Record{{"note", "new"}})));
  EXPECT_EQ(plain(*run(db.read("1"))), record("1", {{"note", "new"}}));
  EXPECT_EQ(plain(*run(db.read("2"))), person("2", "Bob", 20));
}

CONFORMANCE_TEST(writes, update_and_patch_of_a_missing_id_are_false_and_make_nothing) {
  Database db = load(kPeople, {person("1", "Ada", 36)});
  EXPECT_FALSE(run(db.update("2", Record{{"age", 1}})));
  EXPECT_FALSE(run(db.patch("2", Record{{"age", 1}})));
  EXPECT_EQ(run(db.count()), 1U);
}

CONFORMANCE_TEST(writes, update_under_another_id_on_the_record_does_not_move_it) {
  Database db = load(kPeople, {person("1", "Ada", 36)});
  try {
    run(db.update("1", person("2", "Ada", 37)));
  } catch (const Error&) {
    // Refusing a changed key is as good as leaving it out of the update.
  }
  EXPECT_EQ(found_sorted(db, Query()), std::vector<std::string>{"1"});
}

CONFORMANCE_TEST(patches, it_merges_the_given_fields, Need::writable) {
  Database db = load(kPeople, {person("1", "Ada", 36)});
  EXPECT_TRUE(run(db.patch("1", Record{{"age", 37}, {"note", "x"}})));
  EXPECT_EQ(plain(*run(db.read("1"))), record("1", {{"name", "Ada"}, {"age", 37}, {"note", "x"}}));
  EXPECT_TRUE(run(db.patch("1", Record{{"name", nullptr}})));
  EXPECT_EQ(plain(*run(db.read("1"))), record("1", {{"age", 37}, {"note", "x"}}));
  EXPECT_TRUE(run(db.patch("1", Record())));
  EXPECT_EQ(plain(*run(db.read("1"))), record("1", {{"age", 37}, {"note", "x"}}));
}

CONFORMANCE_TEST(writes, get_or_create_gives_what_is_there) {
  Database db = database(kPeople);
  const std::pair<Record, bool> first = run(db.get_or_create(person("1", "Ada", 36)));
  EXPECT_TRUE(first.second);
  EXPECT_EQ(plain(first.first), person("1", "Ada", 36));
  const std::pair<Record, bool> again = run(db.get_or_create(person("1", "Eve", 20)));
  EXPECT_FALSE(again.second);
  EXPECT_EQ(plain(again.first), person("1", "Ada", 36));
  EXPECT_EQ(run(db.count()), 1U);
  Record nameless{{"name", "Eve"}};
  EXPECT_EQ(error_of(db.get_or_create(nameless)).code(), ErrorCode::invalid_argument);
}

CONFORMANCE_TEST(patches, update_where_changes_what_the_query_finds, Need::writable) {
  Database db = load(kPeople, people(2500));
  EXPECT_EQ(run(db.update_where(Query::parse("age < 1200"), Record{{"note", "young"}, {"name", nullptr}})),
            1200U);
  EXPECT_EQ(run(db.count(Query::parse("note = 'young' and name is null"))), 1200U);
  EXPECT_EQ(run(db.count(Query::parse("age >= 1200 and name is not null"))), 1300U);
  // The query is asked once: records that come to match it by the change are not changed again.
  EXPECT_EQ(run(db.update_where(Query::parse("order by age desc limit 2"), Record{{"age", 0}})), 2U);
  EXPECT_EQ(found_sorted(db, Query::parse("age = 0")).size(), 3U);
  EXPECT_EQ(run(db.update_where(Query::parse("age = 77777"), Record{{"age", 1}})), 0U);
  const Error error = error_of(db.update_where(Query(), record("p1", {{"age", 1}})));
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_EQ(run(db.count()), 2500U);
}

CONFORMANCE_TEST(patches, update_where_computes_from_each_record_as_it_was, Need::writable) {
  Database db = load(kPeople, people(2500));
  Changes changes =
      Changes::parse("age = age + 10000, name = concat(upper(name), to_string(age)), note = null");
  EXPECT_EQ(run(db.update_where(Query::parse("age < 1200"), changes)), 1200U);
  EXPECT_EQ(run(db.count(Query::parse("age >= 10000 and name like '%' and note is null"))), 1200U);
  EXPECT_EQ(run(db.count(Query::parse("age >= 10000 and not name like '%0' and age % 10 = 0"))), 0U);
  changes = Changes().set("age", field("age") - 10000);
  EXPECT_EQ(run(db.update_where(Query::parse("age >= 10000 order by age limit 3"), changes)), 3U);
  EXPECT_EQ(run(db.count(Query::parse("age < 3"))), 3U);
  // What has no result is an error here; a filter would not find it.
  changes = Changes::parse("age = age div (age - 2)");
  const Error error = error_of(db.update_where(Query::parse("age < 3"), changes));
  EXPECT_EQ(error.code(), ErrorCode::validation);
  EXPECT_NE(error.message().find("age div (age - 2)"), std::string::npos) << error.message();
  EXPECT_EQ(run(db.count(Query::parse("age < 3"))), 3U);
}

CONFORMANCE_TEST(writes, upsert_creates_then_replaces) {
  Database db = database(kPeople);
  Record ada{{"name", "Ada"}, {"age", 36}};
  std::string id = run(db.upsert(ada));
  EXPECT_EQ(ada.id(), id);
  Record other = record(id, {{"note", "only this"}});
  EXPECT_EQ(run(db.upsert(other)), id);
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{plain(other)});
}

CONFORMANCE_TEST(writes, remove_tells_whether_there_was_one) {
  Database db = load(kPeople, {person("1", "Ada", 36), person("2", "Bob", 20)});
  EXPECT_TRUE(run(db.exists("1")));
  EXPECT_TRUE(run(db.remove("1")));
  EXPECT_FALSE(run(db.remove("1")));
  EXPECT_FALSE(run(db.exists("1")));
  EXPECT_EQ(run(db.read("1")), std::nullopt);
  EXPECT_EQ(found_sorted(db, Query()), std::vector<std::string>{"2"});
  EXPECT_EQ(run(db.create(person("1", "Again", 1))), "1");
}

CONFORMANCE_TEST(writes, odd_ids_name_one_record_each) {
  std::vector<std::string> odd = {
      "a",      "A",       "a/b", "a.json",     ".json", "../a",     "it's",
      "\"q\"",  "%",       "_",   "a%b",        "x y",   " a",       "a ",
      "\u00e4", "A\u0308", "#",   "?",          "$1",    "id",       "null",
      "007",    "7",       "7.0", "-7",         "[1]",   "{}",       "a\\b",
      "a\nb",   "\t",      ";--", "\U0001f600", "*",     "metadata", std::string(1000, 'k')};
  Database db = database(kPeople);
  for (std::size_t at = 0; at < odd.size(); ++at) run(db.create(person(odd[at], "n", static_cast<int>(at))));
  EXPECT_EQ(run(db.count()), odd.size());
  std::vector<std::optional<Record>> read = run(db.read_batch(odd));
  ASSERT_EQ(read.size(), odd.size());
  for (std::size_t at = 0; at < odd.size(); ++at) {
    SCOPED_TRACE(odd[at]);
    ASSERT_TRUE(read[at]);
    EXPECT_EQ(plain(*read[at]), person(odd[at], "n", static_cast<int>(at)));
    Query by_id = Query::where(field("id") == Value(odd[at]));
    EXPECT_EQ(found(db, by_id), std::vector<std::string>{odd[at]});
    EXPECT_TRUE(run(db.remove(odd[at])));
  }
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(writes, odd_field_names_are_kept_and_found) {
  std::vector<std::string> odd = {"a.b",   "a[0]",         "it's", "x y",   "-",    "1a",       "select",
                                  "\"q\"", "\u00e4\u00f6", "Name", "order", "a%b",  "metadata", "$1",
                                  "?",     "a;b",          "a--b", "count", "null", "version"};
  Columns columns;
  Record made;
  for (const std::string& name : odd) {
    columns.emplace_back(name, ValueType::string);
    made.set(name, "value of " + name);
  }
  made.set_id("1");
  Database db = load(columns, {made, record("2", {})});
  EXPECT_EQ(plain(*run(db.read("1"))), made);
  for (const std::string& name : odd) {
    SCOPED_TRACE(name);
    Expression wanted = Expression::make(Operator::equal, {Expression::path(Path::of_field(name)),
                                                           Expression::literal(Value("value of " + name))});
    EXPECT_EQ(found(db, Query::where(wanted)), std::vector<std::string>{"1"});
    Query by_text = Query::parse(wanted.to_string() + " order by " + Path::of_field(name).to_string());
    EXPECT_EQ(found(db, by_text), std::vector<std::string>{"1"});
  }
}

CONFORMANCE_TEST(writes, dollar_names_are_ordinary_members, Need::document) {
  Record made =
      record("1", {{"$types", "mine"}, {"$metadata", 1}, {"$version", true}, {"$$", "x"}, {"$$types", 2}});
  Database db = load({}, {made});
  EXPECT_EQ(*run(db.read("1")), made);
}

CONFORMANCE_TEST(writes, a_null_field_and_a_missing_one_stay_apart_on_read_back, Need::document) {
  Database db = load({}, {record("1", {{"a", nullptr}, {"b", 1}}), record("2", {{"b", 1}})});
  EXPECT_TRUE(run(db.read("1"))->contains("a"));
  EXPECT_FALSE(run(db.read("2"))->contains("a"));
  EXPECT_EQ(found_sorted(db, Query::parse("a is null")), (std::vector<std::string>{"1", "2"}));
}

CONFORMANCE_TEST(writes, fields_keep_their_order, Need::document) {
  Database db = load({}, {record("1", {{"z", 1}, {"a", 2}, {"m", 3}})});
  Record stored = *run(db.read("1"));
  std::string order;
  for (const Field& field : stored.fields()) order += field.name();
  EXPECT_EQ(order, "zam");
}

CONFORMANCE_TEST(writes, an_empty_record_is_a_record) {
  Database db = database(kPeople);
  std::string id = run(db.create(Record()));
  std::optional<Record> stored = run(db.read(id));
  ASSERT_TRUE(stored);
  EXPECT_EQ(plain(*stored), record(id, {}));
  EXPECT_EQ(found(db, Query::parse("name is null")), std::vector<std::string>{id});
}

CONFORMANCE_TEST(writes, what_is_read_is_a_copy) {
  Database db = load(kPeople, {person("1", "Ada", 36)});
  Record mine = *run(db.read("1"));
  mine.set("age", 0);
  Records all = run(db.all());
  all[0].set("name", "Eve");
  EXPECT_EQ(plain(*run(db.read("1"))), person("1", "Ada", 36));
}

CONFORMANCE_TEST(writes, an_own_write_is_seen_at_once_also_by_another_database, Need::shared_by_url) {
  Database one = database(kPeople);
  Database two = run(Database::open(url()));
  for (int at = 0; at < 20; ++at) {
    std::string id = "k" + std::to_string(at);
    run(one.create(person(id, "n", at)));
    EXPECT_TRUE(run(two.exists(id)));
    EXPECT_EQ(run(two.count()), static_cast<std::uint64_t>(at + 1));
  }
}

// --- batches
// --------------------------------------------------------------------------------------------------------

CONFORMANCE_TEST(writes, create_batch_is_positional_and_gives_ids) {
  Database db = database(kPeople);
  std::vector<Record> batch = {person("b", "Bob", 1), Record{{"name", "new"}}, person("a", "Ada", 2)};
  std::vector<WriteItem> items = run(db.create_batch(batch));
  ASSERT_EQ(items.size(), 3U);
  for (std::size_t at = 0; at < items.size(); ++at) {
    EXPECT_TRUE(items[at].ok());
    EXPECT_EQ(items[at].id(), batch[at].id());
    EXPECT_EQ(plain(*run(db.read(items[at].id()))), plain(batch[at]));
  }
  EXPECT_EQ(items[0].id(), "b");
  EXPECT_EQ(parse_uuid(items[1].id()), items[1].id());
}

CONFORMANCE_TEST(writes, a_batch_with_a_duplicate_writes_nothing, &Capabilities::transactions) {
  Database db = load(kPeople, {person("3", "Old", 1)});
  std::vector<Record> batch = {person("1", "A", 1), person("2", "B", 2), person("3", "C", 3),
                               person("4", "D", 4)};
  Error error = error_of(db.create_batch(batch));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error.record_id(), "3");
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("3", "Old", 1)});
}

CONFORMANCE_TEST(writes, a_batch_with_one_id_twice_writes_nothing, &Capabilities::transactions) {
  Database db = database(kPeople);
  std::vector<Record> batch = {person("1", "A", 1), person("2", "B", 2), person("1", "C", 3)};
  Error error = error_of(db.create_batch(batch));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error.record_id(), "1");
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(writes, update_batch_replaces_by_position) {
  Database db = load(kPeople, {person("1", "A", 1), person("2", "B", 2), person("3", "C", 3)});
  std::vector<Record> batch = {record("3", {{"note", "x"}}), record("1", {{"note", "y"}})};
  std::vector<WriteItem> items = run(db.update_batch(batch));
  ASSERT_EQ(items.size(), 2U);
  EXPECT_TRUE(items[0].ok() && items[1].ok());
  EXPECT_EQ(items[0].id(), "3");
  EXPECT_EQ(plain(*run(db.read("3"))), plain(batch[0]));
  EXPECT_EQ(plain(*run(db.read("1"))), plain(batch[1]));
  EXPECT_EQ(plain(*run(db.read("2"))), person("2", "B", 2));
}

CONFORMANCE_TEST(writes, an_update_batch_with_a_missing_id_changes_nothing, &Capabilities::transactions) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::vector<Record> batch = {record("1", {{"note", "x"}}), record("nobody", {{"note", "y"}})};
  Error error = error_of(db.update_batch(batch));
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.record_id(), "nobody");
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("1", "A", 1)});
}

CONFORMANCE_TEST(writes, upsert_batch_does_either) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::vector<Record> batch = {record("1", {{"note", "x"}}), person("2", "B", 2), Record{{"name", "new"}}};
  std::vector<WriteItem> items = run(db.upsert_batch(batch));
  ASSERT_EQ(items.size(), 3U);
  for (const WriteItem& item : items) EXPECT_TRUE(item.ok());
  EXPECT_EQ(run(db.count()), 3U);
  EXPECT_EQ(plain(*run(db.read("1"))), record("1", {{"note", "x"}}));
  EXPECT_EQ(plain(*run(db.read(items[2].id()))), plain(batch[2]));
}

CONFORMANCE_TEST(writes, read_batch_is_positional_with_gaps_and_repeats) {
  Database db = load(kPeople, {person("1", "A", 1), person("2", "B", 2)});
  std::vector<std::optional<Record>> read = run(db.read_batch({"2", "none", "1", "2"}));
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(plain(*read[0]), person("2", "B", 2));
  EXPECT_FALSE(read[1]);
  EXPECT_EQ(plain(*read[2]), person("1", "A", 1));
  EXPECT_EQ(plain(*read[3]), person("2", "B", 2));
}

CONFORMANCE_TEST(writes, remove_batch_tells_which_were_missing) {
  Database db = load(kPeople, {person("1", "A", 1), person("2", "B", 2), person("3", "C", 3)});
  std::vector<WriteItem> items = run(db.remove_batch({"3", "none", "1"}));
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].status(), WriteStatus::written);
  EXPECT_EQ(items[1].status(), WriteStatus::missing);
  EXPECT_EQ(items[2].status(), WriteStatus::written);
  EXPECT_EQ(found_sorted(db, Query()), std::vector<std::string>{"2"});
}

CONFORMANCE_TEST(writes, empty_batches_do_nothing) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::vector<Record> none;
  EXPECT_TRUE(run(db.create_batch(none)).empty());
  EXPECT_TRUE(run(db.update_batch(none)).empty());
  EXPECT_TRUE(run(db.upsert_batch(none)).empty());
  EXPECT_TRUE(run(db.read_batch({})).empty());
  EXPECT_TRUE(run(db.remove_batch({})).empty());
  EXPECT_EQ(run(db.count()), 1U);
}

CONFORMANCE_TEST(writes, large_batches_have_no_limit_of_their_own) {
  Database db = database(kPeople);
  std::vector<Record> batch = people(70'000);
  std::vector<std::string> all = ids(batch);
  EXPECT_EQ(run(db.create_batch(batch)).size(), batch.size());
  EXPECT_EQ(run(db.count()), batch.size());
  std::vector<std::optional<Record>> read = run(db.read_batch(all));
  ASSERT_EQ(read.size(), all.size());
  EXPECT_EQ(read[69'999]->id(), all[69'999]);
  std::vector<WriteItem> removed = run(db.remove_batch(all));
  EXPECT_EQ(removed.size(), all.size());
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(writes, streams_are_written_in_batches) {
  Database db = database(kPeople);
  std::vector<Record> all = people(2500);
  std::size_t next = 0;
  auto source = [&]() -> Task<std::optional<Records>> {
    if (next >= all.size()) co_return std::nullopt;
    std::size_t end = std::min(next + 700, all.size());
    Records part(all.begin() + static_cast<std::ptrdiff_t>(next),
                 all.begin() + static_cast<std::ptrdiff_t>(end));
    next = end;
    co_return part;
  };
  StreamResult result = run(db.stream_write(source, StreamConfig().batch_size(100)));
  EXPECT_EQ(result.processed, 2500U);
  EXPECT_EQ(result.successful, 2500U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(run(db.count()), 2500U);
}

}  // namespace
}  // namespace dataknobs::conformance
