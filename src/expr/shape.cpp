// SPDX-License-Identifier: Apache-2.0
#include "expr/shape.hpp"

#include <fmt/format.h>

#include "expr/operators.hpp"
#include "expr/pattern.hpp"

namespace dataknobs {

namespace {

bool is_null_literal(const Expression& operand) noexcept {
  return operand.is_literal() && operand.value().is_null();
}

Problem wrong_count(Operator op, std::string_view wanted, std::size_t given) {
  return {fmt::format("'{}' takes {} operands, not {}", to_string(op), wanted, given), ""};
}

std::optional<Problem> check_count(Operator op, std::size_t count) {
  if (is_operand(op)) return Problem{"a literal or a path is not made of operands", ""};
  if (is_binary(op) && count != 2) return wrong_count(op, "2", count);
  if ((op == Operator::between || op == Operator::not_between) && count != 3)
    return wrong_count(op, "3", count);
  if ((op == Operator::in || op == Operator::not_in) && count < 1) return wrong_count(op, "1 or more", count);
  if ((op == Operator::exists || op == Operator::not_exists || op == Operator::logical_not) && count != 1) {
    return wrong_count(op, "1", count);
  }
  return std::nullopt;
}

std::optional<Problem> check_condition(Operator op, const Expression& operand) {
  if (!is_operand(operand.op())) return std::nullopt;
  return Problem{fmt::format("'{}' takes conditions, not the {} {}", to_string(op),
                             operand.is_path()      ? "field"
                             : operand.is_literal() ? "literal"
                                                    : "value",
                             operand.to_string()),
                 operand.is_literal() ? "" : fmt::format("write {} = true", operand.to_string())};
}

std::optional<Problem> check_null(Operator op, const Expression& other) {
  bool negative = op == Operator::not_equal || positive_of(op).has_value();
  std::string tested = other.is_literal() ? "x" : other.to_string();
  return Problem{fmt::format("'{}' with null is never true", to_string(op)),
                 fmt::format("write {} is {}null", tested, negative ? "not " : "")};
}

std::optional<Problem> check_pattern(Operator op, const Expression& pattern) {
  if (!pattern.is_literal()) {
    if (op != Operator::regex) return std::nullopt;
    return Problem{fmt::format("the pattern of 'regex' must be a string literal, not {}",
                               pattern.is_path() ? "a field" : "computed"),
                   ""};
  }
  const auto* text = pattern.value().get_if<std::string>();
  if (text == nullptr) {
    return Problem{fmt::format("'{}' takes a string, not {}", to_string(op), pattern.to_string()), ""};
  }
  if (op == Operator::regex) {
    if (std::optional<std::string> error = regex_error(*text)) {
      return Problem{fmt::format("the regular expression is not valid: {}", *error), "the syntax is RE2's"};
    }
  } else if (op != Operator::starts_with && ends_with_escape(*text)) {
    return Problem{fmt::format("the pattern of '{}' ends in the middle of an escape", to_string(op)),
                   "a backslash itself is written \\\\"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Problem> find_problem(Operator op, std::span<const Expression> operands) {
  if (std::optional<Problem> problem = check_count(op, operands.size())) return problem;
  bool in_list = op == Operator::in || op == Operator::not_in;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (is_logical(op)) {
      if (std::optional<Problem> problem = check_condition(op, operands[i])) return problem;
      continue;
    }
    if (!is_operand(operands[i].op())) {
      return Problem{fmt::format("'{}' compares values, not conditions", to_string(op)), ""};
    }
    if (is_null_literal(operands[i]) && !(in_list && i > 0)) {
      return check_null(op, operands[i == 0 && operands.size() > 1 ? 1 : 0]);
    }
  }
  if ((op == Operator::exists || op == Operator::not_exists) && operands[0].is_literal()) {
    return Problem{fmt::format("'{}' asks for a field, not for a literal", to_string(op)), ""};
  }
  if (takes_pattern(op)) return check_pattern(op, operands[1]);
  return std::nullopt;
}

}  // namespace dataknobs
