// SPDX-License-Identifier: Apache-2.0
//
// Under a loop of the user's own: completion tokens, races, deadlines. The store is usable afterwards.
#include <future>
#include <thread>

#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <dataknobs/deadline.hpp>
#include <dataknobs/table.hpp>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

using boost::asio::co_spawn;
using std::chrono::milliseconds;

CONFORMANCE_TEST(writes, tasks_complete_any_token_on_a_loop_of_the_users, Need::shared_by_url) {
  Database made = load(kPeople, {person("1", "A", 1)});
  boost::asio::io_context mine;
  const auto run_mine = [&] {
    mine.restart();
    mine.run();
  };

  std::future<Database> opened = co_spawn(mine, Database::open(url()), boost::asio::use_future);
  run_mine();
  Database db = opened.get();

  // A callback.
  std::optional<std::uint64_t> counted;
  co_spawn(mine, db.count(), [&](std::exception_ptr failure, std::uint64_t count) {
    EXPECT_FALSE(failure);
    counted = count;
  });
  // An operation that starts when it is told to.
  Records found;
  auto later = co_spawn(mine, db.all(), boost::asio::deferred);
  std::move(later)([&](std::exception_ptr failure, Records records) {
    EXPECT_FALSE(failure);
    found = std::move(records);
  });
  // A failure reaches each of them.
  std::exception_ptr refused;
  const auto note = [&](std::exception_ptr failure, const std::string&) { refused = failure; };
  co_spawn(mine, db.create(person("1", "B", 2)), note);
  std::future<std::string> broken = co_spawn(mine, db.create(person("1", "B", 2)), boost::asio::use_future);
  co_spawn(mine, db.create(person("2", "B", 2)), boost::asio::detached);
  run_mine();
  EXPECT_TRUE(counted);
  EXPECT_FALSE(found.empty());
  EXPECT_THROW(std::rethrow_exception(refused), DuplicateRecordError);
  EXPECT_THROW(broken.get(), DuplicateRecordError);
  EXPECT_EQ(run(made.count()), 2U);

  // What tasks give is made without a value by the tokens: all of these types can be.
  std::future<Store> store = co_spawn(mine, Store::open(url()), boost::asio::use_future);
  std::future<RecordStream> stream = co_spawn(mine, db.stream_read(), boost::asio::use_future);
  run_mine();
  std::future<std::optional<Records>> batch = co_spawn(mine, stream.get().next(), boost::asio::use_future);
  run_mine();
  EXPECT_EQ(batch.get()->size(), 2U);
  store.get();
}

CONFORMANCE_TEST(writes, one_database_serves_several_loops_at_once, Need::shared_by_url) {
  Database db = load(kPeople, {person("1", "A", 1)});
  boost::asio::thread_pool threads(3);
  std::vector<std::future<std::string>> made;
  for (int at = 0; at < 30; ++at) {
    auto work = [](Database to, int number) -> Task<std::string> {
      Record record = person("t" + std::to_string(number), "T", number);
      std::string id = co_await to.create(record);
      co_await to.read(id);
      co_return id;
    };
    made.push_back(co_spawn(boost::asio::make_strand(threads), work(db, at), boost::asio::use_future));
  }
  for (std::future<std::string>& id : made) EXPECT_FALSE(id.get().empty());
  threads.join();
  EXPECT_EQ(run(db.count()), 31U);
}

CONFORMANCE_TEST(scans, the_loser_of_a_race_is_cancelled_and_the_store_usable, Need::writable) {
  using namespace boost::asio::experimental::awaitable_operators;
  Database db = load(kPeople, people(3000));
  auto race = [&](int turns) -> Task<bool> {
    Task<Records> reading = drain(db, Query::parse("age >= 0"));
    auto others = [](int wanted) -> Task<void> {
      const auto executor = co_await boost::asio::this_coro::executor;
      for (int turn = 0; turn < wanted; ++turn) {
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
      }
    };
    Task<void> waiting = others(turns);
    const auto first = co_await (std::move(reading) || std::move(waiting));
    co_return first.index() == 0 && std::get<0>(first).size() == 3000;
  };
  bool read_first = false;
  for (int turns = 0; turns < 100'000 && !read_first; turns = turns * 2 + 1) {
    read_first = run(race(turns));
    EXPECT_EQ(run(db.count()), 3000U);
    EXPECT_EQ(run(db.upsert(person("p00001", "name 1", 1))), "p00001");
  }
}

CONFORMANCE_TEST(scans, a_database_with_a_timeout_gives_up_every_call, Need::writable) {
  Database db = load(kPeople, people(10));
  Database late = db.with_timeout(milliseconds(0));
  Record made = person("new", "N", 1);
  std::vector<Record> batch = {person("new", "N", 1)};
  const Record five{{"age", 5}};
  const std::vector<std::string> first = {"p00001"};
  const Query all = Query::parse("age >= 0");
  const std::pair<const char*, std::function<Task<void>()>> calls[] = {
      {"create", [&]() -> Task<void> { co_await late.create(made); }},
      {"read", [&]() -> Task<void> { co_await late.read("p00001"); }},
      {"update", [&]() -> Task<void> { co_await late.update("p00001", five); }},
      {"patch", [&]() -> Task<void> { co_await late.patch("p00001", five); }},
      {"upsert", [&]() -> Task<void> { co_await late.upsert(made); }},
      {"remove", [&]() -> Task<void> { co_await late.remove("p00001"); }},
      {"get_or_create", [&]() -> Task<void> { co_await late.get_or_create(made); }},
      {"create_batch", [&]() -> Task<void> { co_await late.create_batch(batch); }},
      {"read_batch", [&]() -> Task<void> { co_await late.read_batch(first); }},
      {"remove_batch", [&]() -> Task<void> { co_await late.remove_batch(first); }},
      {"search", [&]() -> Task<void> { co_await late.search(all); }},
      {"search_page", [&]() -> Task<void> { co_await late.search_page(Query().limit(2)); }},
      {"count", [&]() -> Task<void> { co_await late.count(all); }},
      {"aggregate", [&]() -> Task<void> { co_await late.aggregate(Aggregation::parse("count() as n")); }},
      {"distinct", [&]() -> Task<void> { co_await late.distinct("age"); }},
      {"update_where", [&]() -> Task<void> { co_await late.update_where(all, five); }},
      {"update_where", [&]() -> Task<void> { co_await late.update_where(all, Changes::parse("age = 5")); }},
      {"remove_where", [&]() -> Task<void> { co_await late.remove_where(all); }},
      {"clear", [&]() -> Task<void> { co_await late.clear(); }},
      {"stream_read", [&]() -> Task<void> { co_await drain(late, Query()); }},
      {"explain", [&]() -> Task<void> { co_await late.explain(all); }},
  };
  for (const auto& [name, call] : calls) {
    const Error error = error_of(call());
    EXPECT_EQ(error.code(), ErrorCode::timeout) << name << ": " << error.what();
    EXPECT_EQ(error.store(), backend()->display_name()) << name << ": " << error.what();
    EXPECT_FALSE(error.operation().empty()) << name << ": " << error.what();
    EXPECT_EQ(found_sorted(db, Query()), ids(people(10))) << name;
  }
  EXPECT_EQ(run(db.count(all)), 10U);
  EXPECT_EQ(run(db.with_timeout(std::chrono::hours(1)).count(all)), 10U);
}

CONFORMANCE_TEST(transactions, a_timeout_inside_can_be_rolled_back, &Capabilities::writes) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Store store = run(Store::open(url()));
  Transaction transaction = run(store.begin());
  Database inside = transaction.in(store.database("people"));
  run(inside.create(person("2", "B", 2)));
  Database late = inside.with_timeout(milliseconds(0));
  EXPECT_EQ(error_of(late.create(person("3", "C", 3))).code(), ErrorCode::timeout);
  run(transaction.rollback());
  EXPECT_EQ(found_sorted(db, Query()), std::vector<std::string>{"1"});
  EXPECT_EQ(run(db.create(person("2", "B", 2))), "2");
}

CONFORMANCE_TEST(scans, a_task_with_a_deadline_leaves_the_store_usable, Need::writable) {
  Database db = load(kPeople, people(100));
  // It gives up wherever it is by then, so several times.
  auto read_for_good = [&]() -> Task<void> {
    const auto executor = co_await boost::asio::this_coro::executor;
    while (true) {
      co_await db.search(Query::parse("age >= 0 order by name"));
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }
  };
  for (int time = 1; time <= 5; ++time) {
    const Error error = error_of(with_deadline(read_for_good(), milliseconds(time)));
    EXPECT_EQ(error.code(), ErrorCode::timeout) << error.what();
    EXPECT_EQ(run(db.count()), 100U);
  }
}

// --- what the store itself is busy with

class Endless {
 public:
  // One connection: the next call gets it back, or none.
  explicit Endless(const Harness& harness, std::string url) : url_(std::move(url)) {
    if (harness.scheme() == "postgresql") url_ += "&pool_max=1";
    text_ = harness.scheme() == "postgresql"
                ? "select pg_sleep(3600)"
                : "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
  }
  const std::string& url() const noexcept { return url_; }
  Task<void> query(Database database) const {
    RecordStream stream = co_await database.native_query(text_);
    co_await stream.next();
  }

 private:
  std::string url_;
  std::string text_;
};

CONFORMANCE_TEST(native_queries, a_timeout_ends_what_the_store_computes, Need::writable) {
  load(kPeople, {person("1", "A", 1)});
  const Endless endless(harness(), url());
  Database db = run(Database::open(endless.url()));
  for (int round = 0; round < 3; ++round) {
    const Error error = error_of(endless.query(db.with_timeout(milliseconds(20))));
    EXPECT_EQ(error.code(), ErrorCode::timeout) << error.what();
    EXPECT_TRUE(error.store().starts_with(harness().scheme())) << error.what();
    EXPECT_FALSE(error.operation().empty()) << error.what();
    EXPECT_EQ(run(db.count()), 1U);
  }
}

CONFORMANCE_TEST(native_queries, a_deadline_ends_what_the_store_computes, Need::writable) {
  load(kPeople, {person("1", "A", 1)});
  const Endless endless(harness(), url());
  Database db = run(Database::open(endless.url()));
  for (int round = 0; round < 3; ++round) {
    const Error error = error_of(with_deadline(endless.query(db), milliseconds(20)));
    EXPECT_EQ(error.code(), ErrorCode::timeout) << error.what();
    EXPECT_TRUE(error.store().starts_with(harness().scheme())) << error.what();
    EXPECT_FALSE(error.operation().empty()) << error.what();
    EXPECT_EQ(run(db.count()), 1U);
  }
}

CONFORMANCE_TEST(native_queries, a_race_ends_what_the_store_computes, Need::writable) {
  using namespace boost::asio::experimental::awaitable_operators;
  load(kPeople, {person("1", "A", 1)});
  const Endless endless(harness(), url());
  Database db = run(Database::open(endless.url()));
  auto race = [&]() -> Task<std::size_t> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, milliseconds(20));
    Task<void> computing = endless.query(db);
    Task<void> waiting = timer.async_wait(boost::asio::use_awaitable);
    const auto first = co_await (std::move(computing) || std::move(waiting));
    co_return first.index();
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(run(race()), 1U);
    EXPECT_EQ(run(db.count()), 1U);
  }
}

}  // namespace
}  // namespace dataknobs::conformance
