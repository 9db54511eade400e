// SPDX-License-Identifier: Apache-2.0
#include "expr/operators.hpp"

#include <algorithm>
#include <array>

namespace dataknobs {

namespace {

constexpr std::array<std::string_view, 25> kNames{
    "literal", "path",        "call",   "=",          "!=",    "<",           "<=",       ">",  ">=",
    "like",    "not like",    "ilike",  "not ilike",  "regex", "starts with", "contains", "in", "not in",
    "between", "not between", "exists", "not exists", "and",   "or",          "not"};

constexpr std::array<std::string_view, 16> kReserved{"and",   "or",    "not",    "in",    "is",      "null",
                                                     "true",  "false", "like",   "ilike", "between", "exists",
                                                     "order", "limit", "offset", "by"};

}  // namespace

std::string_view to_string(Operator op) noexcept {
  return kNames[static_cast<std::size_t>(op)];
}

std::optional<Operator> positive_of(Operator op) noexcept {
  switch (op) {
    case Operator::not_equal:
      return Operator::equal;
    case Operator::not_like:
      return Operator::like;
    case Operator::not_ilike:
      return Operator::ilike;
    case Operator::not_in:
      return Operator::in;
    case Operator::not_between:
      return Operator::between;
    default:
      return std::nullopt;
  }
}

bool holds(Operator op, std::strong_ordering order) noexcept {
  switch (op) {
    case Operator::equal:
      return order == 0;
    case Operator::less:
      return order < 0;
    case Operator::less_equal:
      return order <= 0;
    case Operator::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

std::optional<Operator> mirrored(Operator op) noexcept {
  switch (op) {
    case Operator::equal:
    case Operator::not_equal:
      return op;
    case Operator::less:
      return Operator::greater;
    case Operator::less_equal:
      return Operator::greater_equal;
    case Operator::greater:
      return Operator::less;
    case Operator::greater_equal:
      return Operator::less_equal;
    default:
      return std::nullopt;
  }
}

bool is_word(std::string_view word, std::string_view keyword) noexcept {
  return std::equal(word.begin(), word.end(), keyword.begin(), keyword.end(), [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? static_cast<char>(left - 'A' + 'a') : left) == right;
  });
}

bool is_reserved_word(std::string_view word) noexcept {
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [&](std::string_view known) { return is_word(word, known); });
}

bool is_plain_name(std::string_view name) noexcept {
  return !name.empty() && is_name_start(name.front()) && std::all_of(name.begin(), name.end(), is_name_part);
}

}  // namespace dataknobs
