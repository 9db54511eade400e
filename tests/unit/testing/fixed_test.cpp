// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/testing/fixed.hpp>

#include <gtest/gtest.h>

#include <dataknobs/sync.hpp>
#include <dataknobs/testing/temporary.hpp>
#include <dataknobs/transfer.hpp>

namespace dataknobs::test {
namespace {

// 2020-02-29T12:00:00Z
const FixedClock::Moment kLeapDay = FixedClock::Moment(std::chrono::seconds(1582977600));

TEST(FixedIds, CountUp) {
  const TemporaryStore store = TemporaryStore::memory();
  sync::Database people(store.url("people"));
  {
    const FixedIds ids("p");
    EXPECT_EQ(people.create(Record{{"name", "Ada"}}), "p1");
    EXPECT_EQ(people.create(Record{{"name", "Bob"}}), "p2");
  }
  EXPECT_EQ(people.create(Record{{"name", "Cy"}}).size(), 36U);
}

TEST(FixedClock, IsTheTimeOfReportsAndOfNewIds) {
  const TemporaryStore store = TemporaryStore::memory();
  sync::Database people(store.url("people"));
  FixedClock clock(kLeapDay);
  const std::string id = people.create(Record{{"name", "Ada"}});
  EXPECT_EQ(id.size(), 36U);
  clock.advance(std::chrono::seconds(90));
  const TemporaryStore target = TemporaryStore::sqlite();
  EXPECT_EQ(sync::copy(store.url("people"), target.url("people")).started, "2020-02-29T12:01:30Z");
}

}  // namespace
}  // namespace dataknobs::test
