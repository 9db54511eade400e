// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/testing/temporary.hpp>

#include <filesystem>

#include <gtest/gtest.h>

#include <dataknobs/sync.hpp>

namespace dataknobs::test {
namespace {

void expect_empty_and_usable(const TemporaryStore& store) {
  sync::Database people(store.url("people, old"));
  people.create(Record{{"name", "Ada"}});
  EXPECT_EQ(people.count(), 1U);
}

TEST(TemporaryStore, IsEmptyAtFirst) {
  for (int round = 0; round < 2; ++round) {
    expect_empty_and_usable(TemporaryStore::memory());
    expect_empty_and_usable(TemporaryStore::sqlite());
    expect_empty_and_usable(TemporaryStore::files());
    expect_empty_and_usable(TemporaryStore::files("json"));
  }
}

TEST(TemporaryStore, TablesAreOfOneStore) {
  const TemporaryStore store = TemporaryStore::sqlite();
  sync::Database(store.url("a")).create(Record{{"n", 1}});
  sync::Database(store.url("b")).create(Record{{"n", 2}});
  EXPECT_EQ(sync::Store(store.url("a")).list().size(), 2U);
}

TEST(TemporaryFolder, IsGoneAtTheEnd) {
  std::string path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace dataknobs::test
