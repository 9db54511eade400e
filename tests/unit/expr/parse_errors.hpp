// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Texts that the parser refuses, with what it says of them.

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>
#include <dataknobs/expression.hpp>

namespace dataknobs {

struct RefusedText {
  std::string_view text;
  std::string_view message;
  std::string_view hint;
};

inline void expect_refused(const std::vector<RefusedText>& cases) {
  for (const RefusedText& entry : cases) {
    try {
      Expression parsed = parse_expression(entry.text);
      ADD_FAILURE() << entry.text << " was taken as " << parsed.to_string();
    } catch (const QueryError& error) {
      EXPECT_EQ(error.message(), entry.message);
      EXPECT_EQ(error.hint(), entry.hint) << entry.text;
    }
  }
}

}  // namespace dataknobs
