// SPDX-License-Identifier: Apache-2.0
#include "expr/pattern.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

struct Case {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

TEST(LikePattern, MatchesTheWholeText) {
  const std::vector<Case> cases = {
      {"", "", true},
      {"", "a", false},
      {"%", "", true},
      {"%", "abc", true},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "ABC", false},
      {"a%", "abc", true},
      {"a%", "ba", false},
      {"%c", "abc", true},
      {"%c", "cb", false},
      {"%b%", "abc", true},
      {"%b%", "ac", false},
      {"a%c", "ac", true},
      {"a%c", "abbc", true},
      {"a%a", "a", false},
      {"a%a", "aa", true},
      {"ab%ba", "aba", false},
      {"_", "", false},
      {"_", "a", true},
      {"_", "ab", false},
      {"_", "\u00e4", true},
      {"__", "\u00e4", false},
      {"_", "\U0001F600", true},
      {"a_c", "abc", true},
      {"a_c", "a\u00e4c", true},
      {"%_", "", false},
      {"%_", "x", true},
      {"_%_", "x", false},
      {"_%_", "xy", true},
      {"%a_c%", "xxabcxx", true},
      {"%a_c%", "xxaxbxx", false},
      {"\\%", "%", true},
      {"\\%", "a", false},
      {"100\\%", "100%", true},
      {"\\_", "_", true},
      {"\\_", "a", false},
      {"\\\\", "\\", true},
      {"\\a", "a", true},
      {"a\\%%", "a%b", true},
      {"a\\", "a\\", true},
      {"%%", "x", true},
      {"%a%b%", "xaxbx", true},
      {"%a%b%", "bxa", false},
      {"%aab%", "aaab", true},
      {"a%b%c", "abcbc", true},
      {"%\u00e4", "\u00e4", true},
      {"\n%", "\nx", true},
  };
  for (const Case& entry : cases) {
    EXPECT_EQ(LikePattern(entry.pattern, false).matches(entry.text), entry.matches)
        << entry.pattern << " on " << entry.text;
  }
}

TEST(LikePattern, IgnoresCaseBySimpleFolding) {
  const std::vector<Case> cases = {
      {"abc", "ABC", true},
      {"A%", "abc", true},
      {"%\u00c4%", "x\u00e4x", true},
      {"\u03c3", "\u03a3", true},  // sigma
      {"\u03c2", "\u03a3", true},  // final sigma
      {"\u1e9e", "\u00df", true},  // capital sharp s, status S
      {"ss", "\u00df", false},     // only the full folding says so
      {"\u212a", "k", true},       // Kelvin sign
      {"\u017f", "S", true},       // long s
      {"i", "\u0130", false},      // dotted capital I has no simple folding
      {"i", "I", true},
      {"\u0131", "I", false},              // dotless i
      {"\U00010400", "\U00010428", true},  // Deseret
      {"\u1f88", "\u1f80", true},          // Greek with iota, status S
      {"\u13a0", "\uab70", true},          // Cherokee folds to upper case
      {"_", "\u00c4", true},
      {"a\\%", "A%", true},
      {"a\\%", "Ab", false},
  };
  for (const Case& entry : cases) {
    EXPECT_EQ(LikePattern(entry.pattern, true).matches(entry.text), entry.matches)
        << entry.pattern << " on " << entry.text;
  }
}

TEST(LikePattern, BytesThatAreNoTextAreComparedAsTheyAre) {
  EXPECT_TRUE(LikePattern("_", false).matches("\xff"));
  EXPECT_TRUE(LikePattern("a_", false).matches("a\xc3"));
  EXPECT_TRUE(LikePattern("\xff%", true).matches("\xff\xfe"));
  EXPECT_FALSE(LikePattern("\xff", true).matches("\xfe"));
}

TEST(LikePattern, ManyWildcardsStayQuick) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "%a";
  pattern += "%b_";
  EXPECT_FALSE(LikePattern(pattern, false).matches(std::string(20'000, 'a')));
}

TEST(FoldCase, UnfoldsToAllThatFoldsToIt) {
  EXPECT_EQ(unfold_case(U'k'), U"kK\u212a");
  EXPECT_EQ(unfold_case(U'a'), U"aA");
  EXPECT_EQ(unfold_case(U'7'), U"7");
  std::size_t unfolded = 0;
  for (char32_t point = 0; point < 0x110000; ++point) {
    if (fold_case(point) != point) continue;
    for (const char32_t other : unfold_case(point)) {
      EXPECT_EQ(fold_case(other), point);
      ++unfolded;
    }
  }
  EXPECT_EQ(unfolded, 0x110000U);
}

TEST(FoldCase, FoldsTextByCodePoint) {
  EXPECT_EQ(fold_case("Stra\u00dfe \u00c4\u0416\U00010400"), "stra\u00dfe \u00e4\u0436\U00010428");
  EXPECT_EQ(fold_case(std::string_view("\xff\xc3", 2)), "\xff\xc3");
  for (char32_t point = 0; point < 0x110000; ++point) {
    ASSERT_EQ(fold_case(fold_case(point)), fold_case(point)) << static_cast<std::uint32_t>(point);
  }
}

TEST(EndsWithEscape, CountsBackslashes) {
  EXPECT_FALSE(ends_with_escape(""));
  EXPECT_TRUE(ends_with_escape("\\"));
  EXPECT_FALSE(ends_with_escape("\\\\"));
  EXPECT_TRUE(ends_with_escape("a\\\\\\"));
  EXPECT_FALSE(ends_with_escape("\\a"));
}

TEST(Regex, SearchesAnywhere) {
  EXPECT_TRUE(Regex("b+").matches("abbc"));
  EXPECT_FALSE(Regex("^b").matches("abbc"));
  EXPECT_TRUE(Regex("").matches(""));
  EXPECT_TRUE(Regex("^.$").matches("\u00e4"));
  EXPECT_FALSE(Regex("a.b").matches("a\nb"));
  EXPECT_TRUE(Regex("(?i)ADA").matches("ada"));
  EXPECT_TRUE(Regex("a.b").matches(std::string_view("a\0b", 3)));
  EXPECT_THROW(Regex("a("), QueryError);
  EXPECT_EQ(regex_error("a"), std::nullopt);
  EXPECT_NE(regex_error("(?<=a)b"), std::nullopt);
}

}  // namespace
}  // namespace dataknobs
