// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/testing/chaos.hpp>

#include <set>

#include <gtest/gtest.h>

#include <dataknobs/backend/registry.hpp>
#include <dataknobs/sync.hpp>
#include <dataknobs/testing/temporary.hpp>

namespace dataknobs::test {
namespace {

/// One chaos over the memory store for all tests: it begins with nothing going wrong.
Chaos& chaos() {
  static const auto shared = [] {
    auto made = std::make_shared<Chaos>(1);
    register_chaos("memory", made);
    return made;
  }();
  return *shared;
}

class ChaosTest : public testing::Test {
 protected:
  void SetUp() override { calm(); }
  void TearDown() override { calm(); }
  static void calm() { chaos().fail(0).cut(0).delay(0, std::chrono::milliseconds(0)).only({}); }

  std::string url(const std::string& table = "people") const { return "chaos+" + store_.url(table); }
  /// The same table without chaos.
  std::string calm_url() const { return store_.url("people"); }

 private:
  TemporaryStore store_ = TemporaryStore::memory();
};

std::vector<bool> failures_of(std::uint64_t seed) {
  Chaos made(seed);
  made.fail(0.3).cut(0.1);
  std::vector<bool> failures;
  for (int call = 0; call < 200; ++call) failures.push_back(made.draw("read").fails);
  return failures;
}

TEST(Chaos, EqualSeedsGiveEqualChances) {
  EXPECT_EQ(failures_of(7), failures_of(7));
  EXPECT_NE(failures_of(7), failures_of(8));
}

TEST(Chaos, ProbabilitiesAreKept) {
  Chaos made(3);
  made.fail(0.25);
  for (int call = 0; call < 4000; ++call) made.draw("read");
  EXPECT_NEAR(static_cast<double>(made.failed()) / 4000, 0.25, 0.03);
  EXPECT_EQ(made.cut_off(), 0U);
  EXPECT_THROW(made.fail(1.5), InvalidArgumentError);
}

TEST_F(ChaosTest, NothingGoesWrongAtFirst) {
  sync::Database people(url());
  people.create(Record{{"name", "Ada"}});
  EXPECT_EQ(people.count(), 1U);
}

TEST_F(ChaosTest, WhatFailedWasNotDone) {
  sync::Database people(url());
  people.create(Record{{"n", -1}});
  chaos().fail(0.3).only({"write"});
  const std::uint64_t before = chaos().failed();
  std::set<std::string> written;
  for (int n = 0; n < 100; ++n) {
    try {
      written.insert(people.create(Record{{"n", n}}));
    } catch (const ConnectionError& error) {
      EXPECT_TRUE(error.retryable());
    }
  }
  EXPECT_GT(written.size(), 40U);
  EXPECT_EQ(chaos().failed() - before, 100 - written.size());
  EXPECT_EQ(sync::Database(calm_url()).count(), written.size() + 1);
}

TEST_F(ChaosTest, WhatWasCutOffIsDoneAndNotToBeRetried) {
  sync::Database people(url());
  people.create(Record{{"n", 1}});
  chaos().cut(1).only({"write"});
  try {
    people.create(Record{{"n", 2}});
    ADD_FAILURE() << "the answer arrived";
  } catch (const ConnectionError& error) {
    EXPECT_FALSE(error.retryable());
    EXPECT_TRUE(error.drops_connection());
  }
  EXPECT_EQ(sync::Database(calm_url()).count(), 2U);
  calm();
  // The next call has a session of its own.
  EXPECT_EQ(people.count(), 2U);
}

TEST_F(ChaosTest, ATransactionThatIsCutOffIsRolledBack) {
  sync::Store store(url());
  sync::Database people(url());
  people.create(Record{{"n", 1}});
  {
    sync::Transaction transaction = store.begin();
    sync::Database inside = transaction.in(store.database("people"));
    inside.create(Record{{"n", 2}});
    chaos().cut(1).only({"read"});
    EXPECT_THROW(inside.read("nobody"), ConnectionError);
    calm();
    EXPECT_THROW(inside.count(), Error);
  }
  EXPECT_EQ(people.count(), 1U);
}

TEST_F(ChaosTest, ACommitThatIsCutOffMayHaveHappened) {
  sync::Store store(url());
  sync::Database people(url());
  people.create(Record{{"n", 1}});
  sync::Transaction transaction = store.begin();
  transaction.in(store.database("people")).create(Record{{"n", 2}});
  chaos().cut(1).only({"commit"});
  EXPECT_THROW(transaction.commit(), Error);
  calm();
  EXPECT_EQ(people.count(), 2U);
}

TEST_F(ChaosTest, ADelayEndsWithTheDeadline) {
  sync::Database people(url());
  people.create(Record{{"n", 1}});
  chaos().delay(1, std::chrono::hours(1)).only({"read"});
  EXPECT_THROW(people.with_timeout(std::chrono::milliseconds(20)).read("a"), TimeoutError);
}

TEST_F(ChaosTest, UnknownOptionsAreToldByTheStoreBelow) {
  EXPECT_THROW(sync::Database(url() + "&tabel=x"), ConfigurationError);
  EXPECT_EQ(Registry::instance().find("chaos+memory").example().rfind("chaos+memory:", 0), 0U);
}

}  // namespace
}  // namespace dataknobs::test
