// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "backends/postgresql/native_regex.hpp"

namespace dataknobs::postgresql {
namespace {

struct Case {
  const char* pattern;
  /// nullptr: not sure to match the same texts.
  const char* regex;
};

TEST(Regex, IsWrittenInTheServersSyntax) {
  for (const Case& one : std::vector<Case>{
           {"", ""},
           {"^a", "^a"},
           {"a.c", "a[^\n]c"},
           {"(?s)a.b", "a.b"},
           {"(?s:.)(.)", "(?:.)(?:[^\n])"},
           {"^\\d+$", "^[0-9]+$"},
           {"\\D\\w\\S", "[^0-9][0-9A-Za-z_][^\t\n\f\r ]"},
           {"\\bbc\\b", "\\ybc\\y"},
           {"\\Aa\\z", "^a$"},
           {"x{3}", "x{3}"},
           {"(?:ab){2,}?", "(?:ab){2,}"},
           {"(a|b)*?c", "(?:a|b)*c"},
           {"[A-Z_-]", "[A-Z\\_\\-]"},
           {"[^a\\d]", "[^a0-9]"},
           {"[a^\\]]", "[a\\^\\]]"},
           {"a\\.b", "a\\.b"},
           {"\u00e4'", "\u00e4\\'"},
           {"(?i)aK", "[aA][kK\u212a]"},
           {"(?i:a)b", "(?:[aA])b"},
           {"a}", "a\\}"},
           // Not sure.
           {"(?i)\u00e4", nullptr},
           {"(?i)[a]", nullptr},
           {"(?m)^a", nullptr},
           {"(?P<n>a)", nullptr},
           {"a|", nullptr},
           {"()", nullptr},
           {"^*", nullptr},
           {"a**", nullptr},
           {"(?:a{9}){9}", nullptr},
           {"a{256}", nullptr},
           {"a{,2}", nullptr},
           {"\\pL", nullptr},
           {"\\x41", nullptr},
           {"\\Qa\\E", nullptr},
           {"\\C", nullptr},
           {"[[:alpha:]]", nullptr},
           {"[]a]", nullptr},
           {"[\u00e4-\u00fc]", nullptr},
       }) {
    const std::optional<std::string> regex = translate_regex(one.pattern);
    if (one.regex == nullptr) {
      EXPECT_FALSE(regex) << one.pattern << " gives " << *regex;
    } else {
      EXPECT_EQ(regex.value_or("nothing"), one.regex) << one.pattern;
    }
  }
}

TEST(Regex, SpellsOutHowIlikeFolds) {
  EXPECT_EQ(regex_of_ilike("a%"), "^[aA].*$");
  EXPECT_EQ(regex_of_ilike("_K"), "^.[kK\u212a]$");
  EXPECT_EQ(regex_of_ilike("%\\%7"), "^.*\\%7$");
  EXPECT_EQ(regex_of_ilike("\u00c4"), "^[\u00e4\u00c4]$");
  EXPECT_EQ(regex_of_ilike("\xff"), std::nullopt);
  EXPECT_EQ(regex_of_ilike(std::string(2000, 'a')), std::nullopt);
}

}  // namespace
}  // namespace dataknobs::postgresql
