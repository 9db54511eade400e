// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What is to be known of the operators and words of the language.

#include <compare>
#include <cstddef>
#include <optional>
#include <string_view>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// Greatest depth of an expression: it bounds every recursion over one.
constexpr std::size_t kMaximumDepth = 256;

/// As written: "=", "not like", "starts with", "and" ...
std::string_view to_string(Operator op) noexcept;

/// Of a negated operator the positive one (`not_like` to `like`), else nothing.
std::optional<Operator> positive_of(Operator op) noexcept;

/// The operator with its operands exchanged (`<` to `>`, `=` to `=`); nothing where there is none.
std::optional<Operator> mirrored(Operator op) noexcept;

constexpr bool is_logical(Operator op) noexcept {
  return op >= Operator::logical_and;
}
/// What has a value: a literal, a path or a call.
constexpr bool is_operand(Operator op) noexcept {
  return op <= Operator::call;
}
/// A comparison of two operands.
constexpr bool is_binary(Operator op) noexcept {
  return op >= Operator::equal && op <= Operator::contains;
}
constexpr bool is_ordering(Operator op) noexcept {
  return op >= Operator::less && op <= Operator::greater_equal;
}
/// `<` or `<=`.
constexpr bool is_below(Operator op) noexcept {
  return op == Operator::less || op == Operator::less_equal;
}
/// What `left op right` is of values in that order. REQUIRES: op is `equal` or an ordering.
bool holds(Operator op, std::strong_ordering order) noexcept;
/// Its right side is a pattern or prefix, a string.
constexpr bool takes_pattern(Operator op) noexcept {
  return op >= Operator::like && op <= Operator::starts_with;
}

/// True if the word, whatever its case, cannot name a field without quotes.
bool is_reserved_word(std::string_view word) noexcept;
/// Equal but for ASCII case; `keyword` is in lower case.
bool is_word(std::string_view word, std::string_view keyword) noexcept;
/// True if the name can be written without quotes as a step of a path.
bool is_plain_name(std::string_view name) noexcept;
constexpr bool is_name_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 128;
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_name_part(char c) noexcept {
  return is_name_start(c) || is_digit(c);
}

}  // namespace dataknobs
