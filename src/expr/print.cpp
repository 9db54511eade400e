// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <dataknobs/expression.hpp>

#include "expr/functions.hpp"
#include "expr/literal.hpp"
#include "expr/operators.hpp"

namespace dataknobs {

namespace {

void append_name(std::string& out, std::string_view name, bool plain) {
  if (plain) {
    out += name;
    return;
  }
  out += '"';
  for (char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append(std::string& out, const Expression& expression);

void append_list(std::string& out, const Expression& expression, std::size_t from,
                 std::string_view separator) {
  for (std::size_t i = from; i < expression.operands().size(); ++i) {
    if (i > from) out += separator;
    append(out, expression.operands()[i]);
  }
}

// In parentheses wherever they could matter, not only where they do: "(a = 1 and b = 2) or c = 3".
void append_logical(std::string& out, const Expression& expression) {
  Operator op = expression.op();
  const std::vector<Expression>& operands = expression.operands();
  if (operands.empty()) {
    out += op == Operator::logical_and ? "true" : "false";
    return;
  }
  if (op == Operator::logical_not) out += "not ";
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) out += fmt::format(" {} ", to_string(op));
    Operator inner = operands[i].op();
    bool parenthesized = inner == Operator::logical_and || inner == Operator::logical_or ||
                         (op == Operator::logical_not && inner != Operator::logical_not);
    if (operands[i].operands().empty()) parenthesized = false;
    if (parenthesized) out += '(';
    append(out, operands[i]);
    if (parenthesized) out += ')';
  }
}

void append_part(std::string& out, const Expression& expression, bool parenthesized) {
  if (parenthesized) out += '(';
  append(out, expression);
  if (parenthesized) out += ')';
}

// Parentheses only where the text would else mean another expression.
void append_call(std::string& out, const Expression& call) {
  const Function function = call.function();
  const std::vector<Expression>& operands = call.operands();
  const auto precedence = [](const Expression& operand) {
    return operand.is_call() ? precedence_of(operand.function()) : 0;
  };
  const int own = precedence_of(function);
  if (own > 0) {
    const int left = precedence(operands[0]);
    const int right = precedence(operands[1]);
    append_part(out, operands[0], left > 0 && left < own);
    out += fmt::format(" {} ", to_string(function));
    append_part(out, operands[1], right > 0 && right <= own);
    return;
  }
  if (function == Function::negate) {
    const Expression& operand = operands[0];
    out += '-';
    append_part(out, operand,
                operand.is_literal() || precedence(operand) > 0 ||
                    (operand.is_call() && operand.function() == Function::negate));
    return;
  }
  out += to_string(function);
  out += '(';
  append_list(out, call, 0, ", ");
  out += ')';
}

void append(std::string& out, const Expression& expression) {
  Operator op = expression.op();
  switch (op) {
    case Operator::literal:
      append_literal(out, expression.value());
      return;
    case Operator::path:
      out += expression.path().to_string();
      return;
    case Operator::call:
      append_call(out, expression);
      return;
    case Operator::logical_and:
    case Operator::logical_or:
    case Operator::logical_not:
      append_logical(out, expression);
      return;
    default:
      break;
  }
  append(out, expression.operands().front());
  out += ' ';
  out += to_string(op);
  if (op == Operator::exists || op == Operator::not_exists) return;
  out += ' ';
  if (op == Operator::in || op == Operator::not_in) out += '(';
  append_list(out, expression, 1, op == Operator::between || op == Operator::not_between ? " and " : ", ");
  if (op == Operator::in || op == Operator::not_in) out += ')';
}

}  // namespace

std::string Path::to_string() const {
  std::string out;
  append_name(out, root(), !quoted_root_ && is_plain_name(root()) && !is_reserved_word(root()));
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    if (steps_[i].is_index()) {
      out += fmt::format("[{}]", *steps_[i].index);
    } else {
      out += '.';
      append_name(out, steps_[i].name, is_plain_name(steps_[i].name));
    }
  }
  return out;
}

std::string Expression::to_string() const {
  std::string out;
  append(out, *this);
  return out;
}

}  // namespace dataknobs
