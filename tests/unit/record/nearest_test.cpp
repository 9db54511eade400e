// SPDX-License-Identifier: Apache-2.0
#include "record/nearest.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace dataknobs {
namespace {

TEST(NearestName, FindsWhatWasMeant) {
  struct Case {
    std::string_view wanted;
    std::optional<std::string_view> nearest;
  };
  static constexpr std::array<std::string_view, 8> known = {"like", "not",     "limit", "between",
                                                            "in",   "address", "age",   "a"};
  const std::vector<Case> cases = {
      {"like", "like"},
      {"LIKE", "like"},
      {"liek", "like"},
      {"lik", "like"},
      {"limt", "limit"},
      {"betwen", "between"},
      {"bewteen", "between"},
      {"adress", "address"},
      {"agee", "age"},
      {"ni", "in"},
      {"nto", "not"},
      {"xyz", std::nullopt},
      {"", std::nullopt},
      {"b", std::nullopt},
      {"a", "a"},
      {"zzzzzzzz", std::nullopt},
  };
  for (const Case& entry : cases) EXPECT_EQ(nearest_name(entry.wanted, known), entry.nearest) << entry.wanted;
}

TEST(NearestName, TakesTheNearestAndOfEqualOnesTheFirst) {
  static constexpr std::array<std::string_view, 3> known = {"tables", "cable", "table"};
  EXPECT_EQ(nearest_name("table", known), "table");
  static constexpr std::array<std::string_view, 2> equal = {"bat", "cat"};
  EXPECT_EQ(nearest_name("hat", equal), "bat");
}

TEST(NearestName, NothingIsKnown) {
  EXPECT_EQ(nearest_name("name", {}), std::nullopt);
}

}  // namespace
}  // namespace dataknobs
