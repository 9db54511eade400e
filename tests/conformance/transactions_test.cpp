// SPDX-License-Identifier: Apache-2.0
//
// Transactions, savepoints, snapshots and dataknobs' own state beside the data.
#include <stdexcept>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

using Ids = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

CONFORMANCE_TEST(transactions, others_see_nothing_before_the_commit, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  run(inside.create(person("2", "B", 2)));
  run(inside.update("1", person("1", "A", 9)));
  EXPECT_EQ(run(inside.count()), 2U);
  EXPECT_EQ(plain(*run(inside.read("1"))), person("1", "A", 9));
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("1", "A", 1)});
  run(transaction.commit());
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "2"}));
  EXPECT_EQ(plain(*run(db.read("1"))), person("1", "A", 9));
}

CONFORMANCE_TEST(transactions, rollback_leaves_everything_as_it_was, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1), person("2", "B", 2)});
  std::optional<Version> version = run(db.get_version("1"));
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  run(inside.create(person("3", "C", 3)));
  run(inside.patch("1", Record{{"age", 7}}));
  run(inside.remove("2"));
  EXPECT_EQ(found_sorted(inside, Query()), (Ids{"1", "3"}));
  run(transaction.rollback());
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "2"}));
  EXPECT_EQ(plain(*run(db.read("1"))), person("1", "A", 1));
  EXPECT_EQ(run(db.get_version("1")), version);
}

CONFORMANCE_TEST(transactions, one_that_is_dropped_is_rolled_back, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  {
    Transaction transaction = run(store.begin());
    Database inside = transaction.in(store.database("people"));
    run(inside.create(person("2", "B", 2)));
  }
  EXPECT_EQ(found_sorted(db, Query()), Ids{"1"});
  EXPECT_EQ(run(db.create(person("2", "C", 3))), "2");
}

CONFORMANCE_TEST(transactions, transact_commits_what_the_work_did, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  auto work = [&](Transaction& transaction) -> Task<void> {
    Database inside = transaction.in(store.database("people"));
    co_await inside.create(person("2", "B", 2));
    co_await inside.remove("1");
  };
  run(store.transact(work));
  EXPECT_EQ(found_sorted(db, Query()), Ids{"2"});
}

CONFORMANCE_TEST(transactions, transact_rolls_back_what_fails, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  int runs = 0;
  auto work = [&](Transaction& transaction) -> Task<void> {
    ++runs;
    Database inside = transaction.in(store.database("people"));
    co_await inside.create(person("2", "B", 2));
    throw std::runtime_error("not today");
  };
  EXPECT_THROW(run(store.transact(work)), std::runtime_error);
  auto duplicate = [&](Transaction& transaction) -> Task<void> {
    ++runs;
    Database inside = transaction.in(store.database("people"));
    co_await inside.create(person("3", "C", 3));
    co_await inside.create(person("1", "X", 0));
  };
  EXPECT_EQ(error_of(store.transact(duplicate)).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(found_sorted(db, Query()), Ids{"1"});
}

CONFORMANCE_TEST(transactions, transact_runs_again_after_a_conflict, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  int runs = 0;
  int conflicts = 2;
  auto work = [&](Transaction& transaction) -> Task<void> {
    ++runs;
    Database inside = transaction.in(store.database("people"));
    co_await inside.create(person("new " + std::to_string(runs), "N", runs));
    if (runs <= conflicts) Error(ErrorCode::concurrency, "somebody was quicker").retryable(true).raise();
  };
  run(store.transact(work));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "new 3"}));
  // It gives up after five attempts.
  conflicts = 100;
  EXPECT_EQ(error_of(store.transact(work)).message(), "somebody was quicker");
  EXPECT_EQ(runs, 3 + 5);
  EXPECT_EQ(run(db.count()), 2U);
}

CONFORMANCE_TEST(transactions, transact_moves_between_databases_and_runs_again, &Capabilities::writes) {
  Database people = load(kPeople, {person("1", "A", 1), person("2", "B", 2)});
  Database moved = load(kPeople, {person("0", "Z", 0)}, "moved");
  Store store = run(Store::open(url()));
  int runs = 0;
  auto work = [&](Transaction& transaction) -> Task<void> {
    ++runs;
    Database source = transaction.in(store.database("people"));
    Database target = transaction.in(store.database("moved"));
    const std::optional<Record> record = co_await source.read("1");
    co_await target.create(plain(*record));
    co_await source.remove("1");
    if (runs == 1) Error(ErrorCode::concurrency, "somebody was quicker").retryable(true).raise();
  };
  run(store.transact(work));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(found_sorted(people, Query()), Ids{"2"});
  EXPECT_EQ(found_sorted(moved, Query()), (Ids{"0", "1"}));
  EXPECT_EQ(plain(*run(moved.read("1"))), person("1", "A", 1));
  // What fails in the end leaves both as they were.
  auto failing = [&](Transaction& transaction) -> Task<void> {
    Database source = transaction.in(store.database("people"));
    Database target = transaction.in(store.database("moved"));
    co_await source.remove("2");
    co_await target.create(person("0", "Y", 2));
  };
  EXPECT_EQ(error_of(store.transact(failing)).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(found_sorted(people, Query()), Ids{"2"});
  EXPECT_EQ(found_sorted(moved, Query()), (Ids{"0", "1"}));
}

CONFORMANCE_TEST(transactions, searches_inside_see_its_own_writes, &Capabilities::writes) {
  Database db = load(kPeople, people(50));
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  run(inside.remove_where(Query::parse("age < 10")));
  run(inside.create(person("new", "N", 1000)));
  EXPECT_EQ(run(inside.count()), 41U);
  EXPECT_EQ(found(inside, Query::parse("order by age desc limit 1")), Ids{"new"});
  EXPECT_EQ(run(drain(inside, Query::parse("age >= 40"))).size(), 11U);
  EXPECT_EQ(run(db.count()), 50U);
  run(transaction.commit());
  EXPECT_EQ(run(db.count()), 41U);
}

CONFORMANCE_TEST(transactions, a_failed_write_inside_does_not_leak_out, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  run(inside.create(person("2", "B", 2)));
  Error error = error_of(inside.create(person("1", "X", 0)));
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  run(transaction.rollback());
  EXPECT_EQ(plain(run(db.all())), std::vector<Record>{person("1", "A", 1)});
}

CONFORMANCE_TEST(transactions, a_duplicate_inside_leaves_the_transaction_usable, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  run(inside.create(person("2", "B", 2)));
  EXPECT_EQ(error_of(inside.create(person("1", "X", 0))).code(), ErrorCode::duplicate_record);
  EXPECT_EQ(run(inside.create(person("3", "C", 3))), "3");
  run(transaction.commit());
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "2", "3"}));
}

CONFORMANCE_TEST(transactions, a_task_beside_a_rolled_back_one_keeps_its_writes, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  EXPECT_EQ(run(inside.count()), 1U);
  run(db.create(person("beside", "B", 2)));
  run(transaction.rollback());
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "beside"}));
}

CONFORMANCE_TEST(transactions, batches_of_many_tasks_on_one_database_all_arrive, &Capabilities::writes) {
  Database db = database(kPeople);
  // Makes the table of a document layout first: that is a race of its own, below.
  run(db.create(person("first", "F", 0)));
  constexpr int kTasks = 10;
  int done = 0;
  auto work = [&](int number) -> Task<void> {
    std::vector<Record> batch;
    for (int at = 0; at < 20; ++at)
      batch.push_back(person(std::to_string(number) + "-" + std::to_string(at), "n", at));
    co_await boost::asio::post(boost::asio::use_awaitable);
    co_await db.create_batch(batch);
  };
  auto all = [&]() -> Task<void> {
    for (int number = 0; number < kTasks; ++number) {
      boost::asio::co_spawn(loop().context(), work(number), [&done](std::exception_ptr error) {
        if (error) {
          try {
            std::rethrow_exception(error);
          } catch (const std::exception& what) {
            ADD_FAILURE() << what.what();
          }
        }
        ++done;
      });
    }
    while (done < kTasks) co_await boost::asio::post(boost::asio::use_awaitable);
  };
  run(all());
  EXPECT_EQ(run(db.count()), kTasks * 20U + 1U);
}

CONFORMANCE_TEST(transactions, first_writes_of_many_tasks_make_one_table, &Capabilities::writes,
                 Need::document, Need::shared_by_url) {
  constexpr int kTasks = 8;
  int done = 0;
  auto work = [&](int number) -> Task<void> {
    Database db = co_await Database::open(url("fresh"));
    Record made = person(std::to_string(number), "n", number);
    co_await db.create(made);
  };
  auto all = [&]() -> Task<void> {
    for (int number = 0; number < kTasks; ++number) {
      boost::asio::co_spawn(loop().context(), work(number), [&done](std::exception_ptr error) {
        if (error) {
          try {
            std::rethrow_exception(error);
          } catch (const std::exception& what) {
            ADD_FAILURE() << "a first write failed: " << what.what();
          }
        }
        ++done;
      });
    }
    while (done < kTasks) co_await boost::asio::post(boost::asio::use_awaitable);
  };
  run(all());
  Database db = run(Database::open(url("fresh")));
  EXPECT_EQ(run(db.count()), static_cast<std::uint64_t>(kTasks));
}

// --- savepoints and snapshots
// ---------------------------------------------------------------------------------------

void write_all(ConformanceTest& test, Session& session, const DatasetPointer& dataset,
               std::vector<Record> records) {
  WriteRequest request(dataset, WriteMode::insert, records);
  for (const ItemResult& item : test.run(session.write(test.context(), request))) {
    EXPECT_EQ(item.outcome(), Outcome::written);
  }
}

CONFORMANCE_TEST(savepoints, rollback_to_undoes_what_came_after, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  DatasetPointer dataset = describe();
  std::unique_ptr<Session> inside = session(SessionMode::transaction);
  write_all(*this, *inside, dataset, {person("2", "B", 2)});
  run(inside->savepoint(context(), "one"));
  write_all(*this, *inside, dataset, {person("3", "C", 3)});
  run(inside->savepoint(context(), "it's \"two\""));
  write_all(*this, *inside, dataset, {person("4", "D", 4)});
  run(inside->rollback_to(context(), "it's \"two\""));
  write_all(*this, *inside, dataset, {person("5", "E", 5)});
  run(inside->rollback_to(context(), "one"));
  write_all(*this, *inside, dataset, {person("6", "F", 6)});
  EXPECT_EQ(run(inside->commit(context())), CommitOutcome::committed);
  inside.reset();
  EXPECT_EQ(found_sorted(db, Query()), (Ids{"1", "2", "6"}));
}

CONFORMANCE_TEST(snapshots, every_scan_sees_one_state, &Capabilities::writes) {
  Database db = load(kPeople, people(100));
  DatasetPointer dataset = describe();
  std::unique_ptr<Session> reading = session(SessionMode::snapshot);
  ScanRequest request(dataset);
  EXPECT_EQ(run(reading->count(context(), request)), 100U);
  run(db.create(person("new", "N", 1)));
  run(db.remove("p00000"));
  run(db.patch("p00001", Record{{"age", -1}}));
  EXPECT_EQ(run(reading->count(context(), request)), 100U);
  std::vector<Record> seen = run(drain(context(), *reading, request));
  EXPECT_EQ(seen.size(), 100U);
  for (const Record& each : seen) EXPECT_NE(each["age"], Value(-1));
  Ids wanted = {"p00000"};
  EXPECT_TRUE(run(reading->read(context(), dataset, wanted))[0]);
  reading.reset();
  EXPECT_EQ(run(db.count()), 100U);
  EXPECT_FALSE(run(db.exists("p00000")));
}

// --- state
// ----------------------------------------------------------------------------------------------------------

/// The state of a test; its keys are its own, for stores whose state is shared by all places.
class State {
 public:
  explicit State(ConformanceTest& test) : test_(test), session_(test.session(SessionMode::autocommit)) {
    std::string place = test.url();
    prefix_ = "conformance/" + std::to_string(std::hash<std::string>()(place)) + "/";
    clear();
  }
  ~State() { clear(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  bool put(Session& session, std::string_view name, const std::string& value,
           Existence existence = Existence::any, const std::optional<std::string>& expected = {}) {
    std::string full = key(name);
    return test_.run(session.put_state(test_.context(), full, value, existence, expected));
  }
  bool put(std::string_view name, const std::string& value, Existence existence = Existence::any,
           const std::optional<std::string>& expected = {}) {
    return put(*session_, name, value, existence, expected);
  }
  std::optional<std::string> get(std::string_view name) { return get(*session_, name); }
  std::optional<std::string> get(Session& session, std::string_view name) {
    std::string full = key(name);
    return test_.run(session.get_state(test_.context(), full));
  }
  Pairs list(std::string_view name) {
    std::string full = key(name);
    Pairs pairs = test_.run(session_->list_state(test_.context(), full));
    for (auto& [each, value] : pairs) each = each.substr(prefix_.size());
    return pairs;
  }
  void remove(std::string_view name) {
    std::string full = key(name);
    test_.run(session_->remove_state(test_.context(), full));
  }

 private:
  void clear() { test_.run(session_->remove_state(test_.context(), prefix_)); }
  ConformanceTest& test_;
  std::unique_ptr<Session> session_;
  std::string prefix_;
};

CONFORMANCE_TEST(state, put_get_list_and_remove, Need::writable) {
  Database db = load(kPeople, {person("1", "A", 1)});
  State state(*this);
  EXPECT_EQ(state.get("a"), std::nullopt);
  EXPECT_TRUE(state.put("b/2", "two"));
  EXPECT_TRUE(state.put("b/10", "ten"));
  EXPECT_TRUE(state.put("b/1", ""));
  EXPECT_TRUE(state.put("c", "it's \"so\" \u00e4\n"));
  EXPECT_EQ(state.get("c"), "it's \"so\" \u00e4\n");
  EXPECT_EQ(state.list("b/"), (Pairs{{"b/1", ""}, {"b/10", "ten"}, {"b/2", "two"}}));
  EXPECT_EQ(state.list("b/1"), (Pairs{{"b/1", ""}, {"b/10", "ten"}}));
  EXPECT_TRUE(state.put("b/1", "one"));
  EXPECT_EQ(state.get("b/1"), "one");
  state.remove("b/1");
  EXPECT_EQ(state.list(""), (Pairs{{"b/2", "two"}, {"c", "it's \"so\" \u00e4\n"}}));
  EXPECT_EQ(run(db.count()), 1U) << "state is kept beside the data, not in it";
}

CONFORMANCE_TEST(state, prefixes_are_taken_literally, Need::writable) {
  Database db = load(kPeople, {});
  State state(*this);
  for (const char* name : {"a_b", "axb", "a%b", "A_b", "a_", "a"}) EXPECT_TRUE(state.put(name, name));
  EXPECT_EQ(state.list("a_"), (Pairs{{"a_", "a_"}, {"a_b", "a_b"}}));
  EXPECT_EQ(state.list("a%"), (Pairs{{"a%b", "a%b"}}));
  state.remove("a_");
  EXPECT_EQ(state.list("").size(), 4U);
}

CONFORMANCE_TEST(state, a_put_happens_only_under_its_condition, Need::writable) {
  Database db = load(kPeople, {});
  State state(*this);
  EXPECT_FALSE(state.put("k", "1", Existence::present));
  EXPECT_FALSE(state.put("k", "1", Existence::any, "0"));
  EXPECT_EQ(state.get("k"), std::nullopt);
  EXPECT_TRUE(state.put("k", "1", Existence::absent));
  EXPECT_FALSE(state.put("k", "2", Existence::absent));
  EXPECT_EQ(state.get("k"), "1");
  EXPECT_TRUE(state.put("k", "2", Existence::present));
  EXPECT_FALSE(state.put("k", "3", Existence::present, "1"));
  EXPECT_TRUE(state.put("k", "3", Existence::present, "2"));
  EXPECT_EQ(state.get("k"), "3");
}

CONFORMANCE_TEST(state, it_commits_with_the_data, &Capabilities::transactions, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  State state(*this);
  state.put("warm", "up");
  DatasetPointer dataset = describe();
  for (bool commit : {false, true}) {
    std::unique_ptr<Session> inside = session(SessionMode::transaction);
    EXPECT_TRUE(state.put(*inside, "journal", "row", Existence::absent));
    write_all(*this, *inside, dataset, {person("2", "B", 2)});
    EXPECT_EQ(state.get(*inside, "journal"), "row");
    if (commit) {
      EXPECT_EQ(run(inside->commit(context())), CommitOutcome::committed);
    } else {
      run(inside->rollback(context()));
    }
    inside.reset();
    EXPECT_EQ(state.get("journal").has_value(), commit);
    EXPECT_EQ(run(db.exists("2")), commit);
  }
}

}  // namespace
}  // namespace dataknobs::conformance
