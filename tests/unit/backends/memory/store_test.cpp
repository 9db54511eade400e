// SPDX-License-Identifier: Apache-2.0
//
// The data of the memory store shared by threads: snapshots see one moment, and records that were given out share
// their fields with the store until somebody changes them.
#include "backends/memory/store.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace dataknobs::memory {
namespace {

constexpr std::int64_t kAccounts = 16;
constexpr std::int64_t kTotal = kAccounts * 100;

std::string account(std::uint64_t number) {
  return "account " + std::to_string(number % kAccounts);
}

std::int64_t balance_of(const Record& record) {
  return record["balance"].get<std::int64_t>();
}

class SharedStore : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::unique_lock lock(store_->mutex());
    ASSERT_TRUE(store_->add_table(table_));
    const Sequence sequence = store_->begin_commit();
    for (std::uint64_t i = 0; i < kAccounts; ++i) put(account(i), 100, sequence);
    store_->finish_commit();
  }

  // REQUIRES: the store is locked exclusively.
  void put(const std::string& id, std::int64_t balance, Sequence sequence) {
    auto record = std::make_shared<Record>(Record{{"balance", balance}, {"owner", "somebody"}});
    record->set_id(id).set_version(Store::next_version());
    table_->apply(id, std::move(record), sequence, store_->keeps_versions());
  }

  // Moves one unit from one account to another, in one commit.
  void move_one(std::uint64_t from, std::uint64_t to) {
    if (account(from) == account(to)) return;
    const std::unique_lock lock(store_->mutex());
    const Sequence sequence = store_->begin_commit();
    const std::int64_t source = balance_of(*table_->find(account(from))->record);
    const std::int64_t target = balance_of(*table_->find(account(to))->record);
    put(account(from), source - 1, sequence);
    put(account(to), target + 1, sequence);
    store_->finish_commit();
  }

  // All records as of that moment, one lock per record: writers come in between.
  std::vector<Record> read_slowly(Sequence moment) const {
    std::vector<Record> records;
    for (std::uint64_t i = 0; i < kAccounts; ++i) {
      const std::shared_lock lock(store_->mutex());
      records.push_back(*table_->find(account(i))->at(moment));
    }
    return records;
  }

  std::shared_ptr<Store> store_ = std::make_shared<Store>();
  std::shared_ptr<Table> table_ =
      std::make_shared<Table>("accounts", Layout::document, Schema(), std::vector<std::string>());
};

TEST_F(SharedStore, SnapshotsSeeOneMomentWhileOthersWrite) {
  std::vector<std::thread> threads;
  for (std::uint64_t writer = 0; writer < 2; ++writer) {
    threads.emplace_back([this, writer] {
      for (std::uint64_t i = 0; i < 2000; ++i) move_one(i * 7 + writer, i * 3 + 1);
    });
  }
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([this] {
      for (int i = 0; i < 300; ++i) {
        const Snapshot snapshot(store_);
        std::int64_t sum = 0;
        for (const Record& record : read_slowly(snapshot.sequence())) sum += balance_of(record);
        ASSERT_EQ(sum, kTotal);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(store_->keeps_versions());
}

TEST_F(SharedStore, RecordsGivenOutAreIndependent) {
  std::vector<std::thread> threads;
  for (int user = 0; user < 4; ++user) {
    threads.emplace_back([this, user] {
      for (int i = 0; i < 500; ++i) {
        for (Record& record : read_slowly(kLatest)) {
          Record copy = record;
          copy.set("owner", "user " + std::to_string(user)).set_id("another");
          ASSERT_EQ(record["owner"], Value("somebody"));
          record.set("balance", -1);
          ASSERT_EQ(copy["owner"], Value("user " + std::to_string(user)));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::int64_t sum = 0;
  for (const Record& record : read_slowly(kLatest)) sum += balance_of(record);
  EXPECT_EQ(sum, kTotal);
}

}  // namespace
}  // namespace dataknobs::memory
