// SPDX-License-Identifier: Apache-2.0
//
// Structs in place of records: Table and sync::Table.
#include <chrono>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <dataknobs/sync_table.hpp>
#include <dataknobs/table.hpp>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

using Ids = std::vector<std::string>;

// `note` of the records is no member.
struct Person {
  std::string id;
  std::string name;
  std::optional<int> age;
  std::optional<double> score;
  bool operator==(const Person&) const = default;
};
BOOST_DESCRIBE_STRUCT(Person, (), (id, name, age, score))

struct Note {
  std::string note;
  std::optional<int> age;
};
BOOST_DESCRIBE_STRUCT(Note, (), (note, age))

Person made_person(std::string id, std::string name, std::optional<int> age) {
  return Person{std::move(id), std::move(name), age, std::nullopt};
}

template <class Row>
Ids ids_of(const std::vector<Row>& rows) {
  Ids ids;
  for (const Row& row : rows) ids.push_back(row.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

// A temporary aggregate in a co_await expression is destroyed twice by g++ 12: it does not compile.
template <class Struct, class Given>
concept Creates = requires(Table<Struct>& table, Given&& given) { table.create(std::forward<Given>(given)); };
template <class Struct, class Given>
concept Updates = requires(Table<Struct>& table, Given&& given) { table.update(std::forward<Given>(given)); };
static_assert(Creates<Person, Person&> && Creates<Person, const Person&> && !Creates<Person, Person>);
static_assert(Updates<Person, const Person&> && !Updates<Person, Person>);
static_assert(Creates<Note, Stored<Note>&> && Creates<Note, const Note&> && !Creates<Note, Note>);

CONFORMANCE_TEST(writes, structs_are_created_read_and_removed) {
  Table<Person> table(database(kPeople));
  Person ada = made_person("", "Ada", 36);
  const std::string id = run(table.create(ada));
  EXPECT_EQ(ada.id, id);
  EXPECT_TRUE(parse_uuid(id));
  EXPECT_EQ(run(table.read(id)), ada);
  EXPECT_EQ(run(table.read("none")), std::nullopt);
  const Person bob = made_person("bob", "Bob", std::nullopt);
  EXPECT_EQ(run(table.create(bob)), "bob");
  EXPECT_EQ(run(table.read("bob")), bob);
  EXPECT_EQ(error_of(table.create(bob)).code(), ErrorCode::duplicate_record);
  EXPECT_TRUE(run(table.exists("bob")));
  EXPECT_EQ(run(table.count()), 2U);
  EXPECT_EQ(run(table.count(Query::where(table.field(&Person::age) > 30))), 1U);
  EXPECT_EQ(ids_of(run(table.search(Query::where(table.field(&Person::id) == "bob")))), Ids{"bob"});
  EXPECT_TRUE(run(table.remove("bob")));
  EXPECT_FALSE(run(table.remove("bob")));
  EXPECT_EQ(run(table.all()), std::vector<Person>{ada});
}

CONFORMANCE_TEST(patches, writes_of_structs_keep_what_they_do_not_know, Need::writable) {
  Table<Person> table(load(kPeople, {record("1", {{"name", "Ada"}, {"age", 36}, {"note", "kept"}})}));
  Person ada = *run(table.read("1"));
  ada.name = "Ada L.";
  ada.age = std::nullopt;  // Becomes null.
  ada.score = 0.5;
  EXPECT_TRUE(run(table.update(ada)));
  EXPECT_EQ(plain(*run(table.database().read("1"))),
            record("1", {{"name", "Ada L."}, {"score", 0.5}, {"note", "kept"}}));
  ada.age = 37;
  EXPECT_EQ(run(table.upsert(ada)), "1");
  EXPECT_TRUE(run(table.patch("1", &Person::score, 0.25)));
  EXPECT_EQ(plain(*run(table.database().read("1"))),
            record("1", {{"name", "Ada L."}, {"age", 37}, {"score", 0.25}, {"note", "kept"}}));
  EXPECT_FALSE(run(table.patch("2", &Person::score, 0.25)));
  const Person missing = made_person("2", "Bob", 1);
  EXPECT_FALSE(run(table.update(missing)));
  EXPECT_EQ(error_of(table.patch("1", &Person::id, "2")).code(), ErrorCode::invalid_argument);
  ada.id = "";
  EXPECT_EQ(error_of(table.update(ada)).code(), ErrorCode::invalid_argument);
}

CONFORMANCE_TEST(patches, upserts_of_structs_create_or_merge, Need::writable) {
  Table<Person> table(database(kPeople));
  Person ada = made_person("1", "Ada", std::nullopt);
  EXPECT_EQ(run(table.upsert(ada)), "1");
  EXPECT_EQ(run(table.read("1")), ada);
  Person nameless = made_person("", "Bob", 5);
  EXPECT_EQ(run(table.upsert(nameless)), nameless.id);
  EXPECT_TRUE(parse_uuid(nameless.id));
  EXPECT_EQ(run(table.read(nameless.id)), nameless);
  EXPECT_EQ(run(table.count()), 2U);
}

CONFORMANCE_TEST(conditional_writes, writes_of_structs_may_expect_a_version, Need::writable,
                 &Capabilities::patches) {
  Table<Person> table(load(kPeople, {person("1", "Ada", 36)}));
  const Version version = *run(table.database().get_version("1"));
  Person ada = *run(table.read("1"));
  ada.age = 37;
  EXPECT_TRUE(run(table.update(ada, WriteOptions().expected_version(version))));
  EXPECT_EQ(error_of(table.update(ada, WriteOptions().expected_version(version))).code(),
            ErrorCode::concurrency);
  EXPECT_EQ(error_of(table.upsert(ada, WriteOptions().expected_version(version))).code(),
            ErrorCode::concurrency);
  Person gone = made_person("2", "Eve", 1);
  const Error error = error_of(table.upsert(gone, WriteOptions().expected_version(version)));
  EXPECT_EQ(error.code(), ErrorCode::concurrency);
  EXPECT_EQ(error.record_id(), "2");
  EXPECT_EQ(run(table.count()), 1U);
}

CONFORMANCE_TEST(writes, batches_streams_and_pages_of_structs) {
  Table<Person> table(database(kPeople));
  std::vector<Person> all;
  for (int i = 0; i < 250; ++i)
    all.push_back(made_person(i == 7 ? "" : "p" + std::to_string(1000 + i), "P", i));
  const std::vector<WriteItem> items = run(table.create_batch(all));
  ASSERT_EQ(items.size(), 250U);
  EXPECT_TRUE(parse_uuid(all[7].id));
  EXPECT_EQ(items[7].id(), all[7].id);

  auto stream_all = [&]() -> Task<std::vector<Person>> {
    std::vector<Person> read;
    auto stream = co_await table.stream_read(Query(), StreamConfig().batch_size(100));
    while (const std::optional<std::vector<Person>> batch = co_await stream.next()) {
      EXPECT_LE(batch->size(), 100U);
      read.insert(read.end(), batch->begin(), batch->end());
    }
    co_return read;
  };
  EXPECT_EQ(ids_of(run(stream_all())), ids_of(all));

  Query by_age = Query().sort("age").limit(100);
  TablePage<Person> page = run(table.search_page(by_age));
  ASSERT_EQ(page.rows.size(), 100U);
  EXPECT_EQ(page.rows[99].age, 99);
  page = run(table.search_page(by_age, page.next));
  EXPECT_EQ(page.rows.at(0).age, 100);

  const std::vector<std::optional<Person>> read = run(table.read_batch({"p1003", "none"}));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0], all[3]);
  EXPECT_EQ(read[1], std::nullopt);
}

CONFORMANCE_TEST(scans, a_record_that_is_no_such_struct_is_named, Need::document, Need::writable) {
  Table<Person> table(load(kPeople, {person("1", "Ada", 36), record("2", {{"name", "Bob"}, {"age", "old"}}),
                                     record("3", {{"age", 5}})}));
  const auto check = [&](const Error& error, const std::string& id, const std::string& path) {
    EXPECT_EQ(error.code(), ErrorCode::validation) << error.what();
    EXPECT_EQ(error.record_id(), id) << error.what();
    EXPECT_EQ(error.field_path(), path) << error.what();
    EXPECT_FALSE(error.operation().empty());
    EXPECT_EQ(error.store(), table.database().name());
  };
  const Error old = error_of(table.read("2"));
  check(old, "2", "age");
  EXPECT_NE(old.message().find("'old'"), std::string::npos) << old.what();
  EXPECT_NE(old.message().find("integer from -2147483648 to 2147483647"), std::string::npos) << old.what();
  check(error_of(table.read("3")), "3", "name");
  check(error_of(table.search(Query::parse("id = 2"))), "2", "age");
  check(error_of(table.read_batch({"1", "3"})), "3", "name");
  EXPECT_EQ(run(table.search(Query::parse("id = 1"))).size(), 1U);
  EXPECT_EQ(error_of(table.search(Query().select({Path::parse("name")}))).code(), ErrorCode::query);
}

CONFORMANCE_TEST(patches, structs_without_an_id_have_it_beside, Need::writable) {
  Table<Note> table(load(kPeople, {person("1", "Ada", 36)}));
  const Note first{"first", 1};
  const std::string id = run(table.create(first));
  Stored<Note> stored = *run(table.read(id));
  EXPECT_EQ(stored.id, id);
  EXPECT_EQ(stored->note, "first");
  stored->note = "second";
  EXPECT_TRUE(run(table.update(stored)));
  EXPECT_EQ(run(table.read(id))->value.note, "second");
  Stored<Note> other(Note{"third", std::nullopt});
  EXPECT_EQ(run(table.upsert(other)), other.id);
  Stored<Note> named(Note{"fourth", 4}, "4");
  EXPECT_EQ(run(table.create(named)), "4");
  const auto found = run(table.search(Query::where(table.field(&Note::note).exists())));
  Ids expected = {id, other.id, "4"};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(ids_of(found), expected);
}

// --- every class of value

enum class Kind { small, large };
BOOST_DESCRIBE_ENUM(Kind, small, large)

struct Owner {
  std::string name;
  std::vector<int> phones;
  std::optional<std::chrono::sys_days> since;
  bool operator==(const Owner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Owner, (), (name, phones, since))

struct Shop {
  std::string id;
  Kind kind = Kind::small;
  std::chrono::sys_time<std::chrono::milliseconds> opened;
  std::chrono::year_month_day founded{};
  Decimal turnover;
  std::vector<std::byte> logo;
  std::vector<std::string> tags;
  Owner owner;
  bool operator==(const Shop&) const = default;
};
BOOST_DESCRIBE_STRUCT(Shop, (), (id, kind, opened, founded, turnover, logo, tags, owner))

CONFORMANCE_TEST(writes, every_type_of_member_is_read_back) {
  using namespace std::chrono;
  Table<Shop> table(database({{"kind", ValueType::string},
                              {"opened", ValueType::datetime},
                              {"founded", ValueType::date},
                              {"turnover", ValueType::decimal},
                              {"logo", ValueType::binary},
                              {"tags", ValueType::json},
                              {"owner", ValueType::json}}));
  Shop shop;
  shop.id = "s1";
  shop.kind = Kind::large;
  shop.opened = sys_days(2024y / February / 29) + milliseconds(1);
  shop.founded = 1815y / December / 10;
  shop.turnover = *Decimal::parse("123456789012345678901234567890.50");
  shop.logo = {std::byte{0x89}, std::byte{'P'}};
  shop.tags = {"a", ""};
  shop.owner = Owner{"Ada", {1, 2}, sys_days(2020y / 1 / 2)};
  run(table.create(shop));
  EXPECT_EQ(run(table.read("s1")), shop);
  EXPECT_EQ(run(table.count(Query::where(table.field(&Shop::kind) == "large" &&
                                         table.field(&Shop::founded) < Date{0} &&
                                         table.field(&Shop::owner, &Owner::name) == "Ada"))),
            1U);
}

CONFORMANCE_TEST(transactions, structs_in_transactions, &Capabilities::writes, &Capabilities::patches) {
  Table<Person> table(load(kPeople, {person("1", "Ada", 36)}));
  Store store = run(Store::open(url()));
  auto work = [&](Transaction& transaction) -> Task<void> {
    Table<Person> inside = table.in(transaction);
    Person ada = made_person("1", "Ada", 37);
    co_await inside.update(ada);
    Person bob = made_person("2", "Bob", 5);
    co_await inside.upsert(bob);
  };
  run(store.transact(work));
  EXPECT_EQ(run(table.read("1"))->age, 37);
  EXPECT_EQ(run(table.count()), 2U);
}

CONFORMANCE_TEST(patches, blocking_tables_do_what_the_others_do, Need::shared_by_url, Need::writable,
                 &Capabilities::transactions) {
  Table<Person> table(database(kPeople));
  sync::Table<Person> blocking(url());
  Person ada = made_person("", "Ada", 36);
  EXPECT_EQ(blocking.create(ada), ada.id);
  EXPECT_EQ(run(table.read(ada.id)), ada);
  ada.age = 37;
  EXPECT_TRUE(blocking.update(ada));
  EXPECT_TRUE(blocking.patch(ada.id, &Person::score, 1.5));
  ada.score = 1.5;
  EXPECT_EQ(blocking.read(ada.id), ada);
  Person bob = made_person("bob", "Bob", std::nullopt);
  EXPECT_EQ(blocking.upsert(bob), "bob");
  EXPECT_EQ(blocking.upsert(bob), "bob");
  std::vector<Person> batch = {made_person("", "C", 1), made_person("d", "D", 2)};
  EXPECT_TRUE(blocking.create_batch(batch)[0].ok());
  EXPECT_EQ(blocking.count(Query::where(blocking.field(&Person::age) > 0)), 3U);
  EXPECT_EQ(ids_of(blocking.all()), ids_of(run(table.all())));
  EXPECT_EQ(blocking.search_page(Query().sort("name").limit(1)).rows.at(0), ada);
  EXPECT_EQ(blocking.read_batch({"d", "none"}).at(0), batch[1]);
  std::vector<Person> streamed;
  blocking.stream_read(
      Query(), [&](std::vector<Person> some) { streamed.insert(streamed.end(), some.begin(), some.end()); });
  EXPECT_EQ(streamed.size(), 4U);
  EXPECT_TRUE(blocking.remove("d"));
  EXPECT_FALSE(blocking.exists("d"));
  try {
    blocking.create(bob);
    ADD_FAILURE() << "no error was raised";
  } catch (const DuplicateRecordError& error) {
    EXPECT_EQ(error.record_id(), "bob");
  }
  sync::Store store(url());
  sync::Table<Person> shared(store.database("people"));
  store.transact([&](sync::Transaction& transaction) { shared.in(transaction).upsert(bob); });
  EXPECT_EQ(shared.count(), 3U);
}

}  // namespace
}  // namespace dataknobs::conformance
