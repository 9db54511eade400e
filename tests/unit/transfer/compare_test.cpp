// SPDX-License-Identifier: Apache-2.0
#include "transfer/compare.hpp"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace dataknobs {
namespace {

RecordMark mark(std::uint64_t key, std::uint64_t content) {
  return RecordMark(digest_value(Value(static_cast<std::int64_t>(key)), 1),
                    digest_value(Value(static_cast<std::int64_t>(content)), 2));
}

struct Counts {
  std::uint64_t only_left = 0;
  std::uint64_t only_right = 0;
  std::uint64_t different = 0;
  bool operator==(const Counts&) const = default;
};

Counts count(const std::vector<MarkDifference>& differences) {
  Counts counts;
  for (const MarkDifference& difference : differences) {
    counts.only_left += difference.kind == VerifyReport::Kind::only_left;
    counts.only_right += difference.kind == VerifyReport::Kind::only_right;
    counts.different += difference.kind == VerifyReport::Kind::different;
  }
  return counts;
}

using Pairs = std::vector<std::pair<int, int>>;

std::vector<RecordMark> marks(const Pairs& pairs) {
  std::vector<RecordMark> result;
  for (const auto& [key, content] : pairs) {
    result.push_back(mark(static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(content)));
  }
  return result;
}

TEST(CompareMarks, Table) {
  struct Case {
    Pairs left;
    Pairs right;
    Counts expected;
  };
  const std::vector<Case> cases = {
      {{}, {}, {0, 0, 0}},
      {{{1, 1}}, {{1, 1}}, {0, 0, 0}},
      {{{1, 1}, {2, 2}}, {{2, 2}, {1, 1}}, {0, 0, 0}},
      {{{1, 1}}, {}, {1, 0, 0}},
      {{}, {{1, 1}}, {0, 1, 0}},
      {{{1, 1}}, {{1, 2}}, {0, 0, 1}},
      {{{1, 1}}, {{2, 1}}, {1, 1, 0}},
      // Contents exchanged between two keys.
      {{{1, 1}, {2, 2}}, {{1, 2}, {2, 1}}, {0, 0, 2}},
      // A record doubled.
      {{{1, 1}}, {{1, 1}, {1, 1}}, {0, 1, 0}},
      {{{1, 1}, {1, 1}, {1, 3}}, {{1, 1}, {1, 2}}, {1, 0, 1}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::vector<RecordMark> left = marks(cases[i].left);
    std::vector<RecordMark> right = marks(cases[i].right);
    EXPECT_EQ(count(compare_marks(left, right)), cases[i].expected) << i;
    BucketTable table;
    for (const RecordMark& each : left) table.add(false, each);
    for (const RecordMark& each : right) table.add(true, each);
    EXPECT_EQ(table.differing(1000).empty(), cases[i].expected == Counts()) << i;
  }
}

// Buckets, groups and comparison together find what a map finds.
TEST(CompareMarks, AgreesWithAMap) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::map<int, int> left;
    std::map<int, int> right;
    const int keys = static_cast<int>(random() % 2000) + 1;
    for (int key = 0; key < keys; ++key) {
      const auto choice = random() % 100;
      const int content = static_cast<int>(random() % 1000);
      if (choice != 0) left[key] = content;
      if (choice != 1) right[key] = choice == 2 ? content + 1 : content;
    }
    Counts expected;
    for (const auto& [key, content] : left) {
      expected.only_left += !right.contains(key);
      expected.different += right.contains(key) && right.at(key) != content;
    }
    for (const auto& [key, content] : right) expected.only_right += !left.contains(key);
    BucketTable table;
    for (const auto& [key, content] : left)
      table.add(false, mark(static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(content)));
    for (const auto& [key, content] : right)
      table.add(true, mark(static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(content)));
    Counts found;
    const std::uint64_t most = random() % 20 + 1;
    for (const std::vector<std::uint32_t>& group : table.differing(most)) {
      const auto of_group = [&](const std::map<int, int>& side) {
        std::vector<RecordMark> kept;
        for (const auto& [key, content] : side) {
          const RecordMark each = mark(static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(content));
          if (std::find(group.begin(), group.end(), BucketTable::bucket_of(each)) != group.end())
            kept.push_back(each);
        }
        return kept;
      };
      std::vector<RecordMark> a = of_group(left);
      std::vector<RecordMark> b = of_group(right);
      const Counts part = count(compare_marks(a, b));
      found.only_left += part.only_left;
      found.only_right += part.only_right;
      found.different += part.different;
    }
    ASSERT_EQ(found, expected) << "seed " << seed << ", round " << round;
  }
}

}  // namespace
}  // namespace dataknobs
