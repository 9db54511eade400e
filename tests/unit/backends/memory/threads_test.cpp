// SPDX-License-Identifier: Apache-2.0
//
// One memory store, used from many threads at once.
#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/database.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/sync.hpp>

namespace dataknobs {
namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 200;

/// Runs the work on so many threads, each with its number.
template <class Work>
void on_threads(Work work) {
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) threads.emplace_back(work, number);
  for (std::thread& thread : threads) thread.join();
}

TEST(MemoryThreads, EachSeesItsOwnWrites) {
  const std::string url = "memory:threads_own?table=people";
  on_threads([&url](int number) {
    sync::Database people(url);
    for (int round = 0; round < kRounds; ++round) {
      const std::string id = fmt::format("{}-{}", number, round);
      Record record{{"n", round}, {"thread", number}};
      record.set_id(id);
      people.create(record);
      EXPECT_EQ(people.read(id).value()["n"], Value(round));
      EXPECT_EQ(people.count(Query::where(field("thread") == number)), static_cast<std::uint64_t>(round + 1));
      people.patch(id, Record{{"n", -round}});
    }
    EXPECT_EQ(people.remove_where(Query::where(field("thread") == number && field("n") < -100)),
              static_cast<std::uint64_t>(kRounds - 101));
  });
  EXPECT_EQ(sync::Database(url).count(), static_cast<std::uint64_t>(kThreads * 101));
}

TEST(MemoryThreads, NoIncrementIsLost) {
  const std::string url = "memory:threads_counter?table=counters";
  Record zero{{"n", 0}};
  zero.set_id("c");
  sync::Database owner(url);
  owner.create(zero);
  on_threads([&url](int) {
    sync::Database counters(url);
    for (int round = 0; round < kRounds;) {
      Record record = counters.read("c").value();
      const std::int64_t next = record["n"].get<std::int64_t>() + 1;
      WriteOptions options;
      options.expected_version(record.version().value());
      try {
        counters.update("c", Record{{"n", next}}, options);
        ++round;
      } catch (const ConcurrencyError&) {
        // Another thread was quicker.
      }
    }
  });
  EXPECT_EQ(owner.read("c").value()["n"], Value(kThreads * kRounds));
}

Task<void> transfer_once(std::string url, int from, int to) {
  Store store = co_await Store::open(url);
  Transaction transaction = co_await store.begin();
  Database accounts = transaction.in(store.database("accounts"));
  const std::string giver = fmt::format("{}", from);
  const std::string taker = fmt::format("{}", to);
  const std::optional<Record> first = co_await accounts.read(giver);
  const std::optional<Record> second = co_await accounts.read(taker);
  const Record less{{"n", (*first)["n"].get<std::int64_t>() - 1}};
  const Record more{{"n", (*second)["n"].get<std::int64_t>() + 1}};
  co_await accounts.patch(giver, less);
  co_await accounts.patch(taker, more);
  co_await transaction.commit();
}

TEST(MemoryThreads, TransactionsKeepTheSum) {
  const std::string url = "memory:threads_accounts?table=accounts";
  sync::Database accounts(url);
  for (int number = 0; number < kThreads; ++number) {
    Record account{{"n", 100}};
    account.set_id(fmt::format("{}", number));
    accounts.create(account);
  }
  std::atomic<int> committed = 0;
  on_threads([&](int number) {
    for (int round = 0; round < kRounds; ++round) {
      boost::asio::io_context loop(1);
      const auto done = [&](std::exception_ptr failure) {
        if (!failure) ++committed;
        try {
          if (failure) std::rethrow_exception(failure);
        } catch (const ConcurrencyError&) {
          // Another transaction wrote the same account.
        }
      };
      boost::asio::co_spawn(loop, transfer_once(url, number, (number + 1 + round % 3) % kThreads), done);
      loop.run();
      std::int64_t sum = 0;
      for (const Record& account : sync::Database(url).all()) sum += account["n"].get<std::int64_t>();
      EXPECT_EQ(sum, kThreads * 100);
    }
  });
  EXPECT_GT(committed, 0);
}

}  // namespace
}  // namespace dataknobs
