// SPDX-License-Identifier: Apache-2.0
//
// Streams where one batch can be kept waiting: by a transaction that holds its record.
#include <array>

#include <dataknobs/database.hpp>
#include <dataknobs/error.hpp>

#include "integration/postgresql/fixture.hpp"

namespace dataknobs::postgresql {
namespace {

Records only(const char* id) {
  Record record;
  record.set("id", id);
  return {std::move(record)};
}

class StreamTest : public PostgresqlTest {
 protected:
  // Writes `held`, `b` and `c`, each a batch, while a transaction has written `held`; it is rolled back as soon as the
  // others are there.
  Task<StreamResult> write_beside(StreamConfig config) const {
    Store store = co_await Store::open(url("people"));
    Database people = co_await Database::open(url("people"));
    Transaction holder = co_await store.begin();
    Database within = holder.in(people);
    Records held = only("held");
    co_await within.create(held.front());
    std::size_t calls = 0;
    const auto source = [&]() -> Task<std::optional<Records>> {
      constexpr std::array<const char*, 3> kIds{"held", "b", "c"};
      std::optional<Records> given;
      if (calls < kIds.size()) {
        given = only(kIds[calls++]);
        co_return given;
      }
      while (co_await people.count() < 2) {
      }
      co_await holder.rollback();
      co_return given;
    };
    co_return co_await people.stream_write(source, std::move(config));
  }
};

TEST_F(StreamTest, OneBatchThatWaitsHoldsUpNoOther) {
  sql("create table @.people (id text primary key)");
  const StreamConfig config = StreamConfig().batch_size(1).concurrency(2).deadline(std::chrono::minutes(1));
  const StreamResult result = run([&] { return write_beside(config); });
  EXPECT_EQ(result.successful, 3U);
  EXPECT_EQ(value("select count(*) from @.people"), "3");
}

TEST_F(StreamTest, WithoutOthersItWaitsUntilTheDeadline) {
  sql("create table @.people (id text primary key)");
  const StreamConfig config = StreamConfig().batch_size(1).deadline(std::chrono::milliseconds(300));
  try {
    run([&] { return write_beside(config); });
    FAIL() << "a batch was written beside one that waits";
  } catch (const TimeoutError&) {
    // Of the one that waited it is not known whether it was written, now that nobody holds it.
    EXPECT_EQ(value("select count(*) from @.people where id <> 'held'"), "0");
  }
}

TEST_F(StreamTest, ATransactionWritesOneBatchAtATime) {
  sql("create table @.people (id text primary key)");
  const auto write = [&]() -> Task<void> {
    Store store = co_await Store::open(url("people"));
    Database people = co_await Database::open(url("people"));
    Transaction transaction = co_await store.begin();
    Database within = transaction.in(people);
    const auto nothing = []() -> Task<std::optional<Records>> { co_return std::nullopt; };
    co_await within.stream_write(nothing, StreamConfig().concurrency(2));
  };
  EXPECT_THROW(run(write), InvalidArgumentError);
}

}  // namespace
}  // namespace dataknobs::postgresql
