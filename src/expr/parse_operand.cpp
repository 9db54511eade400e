// SPDX-License-Identifier: Apache-2.0
//
// The parser's part for operands: arithmetic, functions, fields and literals.
#include <utility>

#include <fmt/format.h>
#include <dataknobs/functions.hpp>

#include "expr/functions.hpp"
#include "expr/literal.hpp"
#include "expr/parser.hpp"

namespace dataknobs {

Expression Parser::make_call(Function function, std::vector<Expression> arguments, std::size_t start) const {
  return placed(start, [&] { return Expression::call(function, std::move(arguments)); });
}

std::optional<Function> Parser::take_sum() {
  if (accept_symbol("+")) return Function::add;
  if (accept_symbol("-")) return Function::subtract;
  Token& next = tokens_[position_];
  if (next.kind != TokenKind::number) return std::nullopt;
  const char sign = next.text.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  next.text.remove_prefix(1);
  ++next.offset;
  return sign == '+' ? Function::add : Function::subtract;
}

std::optional<Function> Parser::take_product() {
  if (accept_symbol("*")) return Function::multiply;
  if (accept_symbol("/")) return Function::divide;
  if (accept_symbol("%")) return Function::remainder;
  if (accept("div")) return Function::divide_whole;
  return std::nullopt;
}

Expression Parser::operand() {
  const std::size_t start = token().offset;
  Expression left = product();
  while (std::optional<Function> function = take_sum()) {
    Expression right = product();
    left = make_call(*function, {std::move(left), std::move(right)}, start);
  }
  return left;
}

Expression Parser::product() {
  const std::size_t start = token().offset;
  Expression left = term();
  while (std::optional<Function> function = take_product()) {
    Expression right = term();
    left = make_call(*function, {std::move(left), std::move(right)}, start);
  }
  return left;
}

Expression Parser::term() {
  const Token& first = token();
  switch (first.kind) {
    case TokenKind::string:
      ++position_;
      return Expression::literal(first.content);
    case TokenKind::number:
      return number();
    case TokenKind::quoted:
      return Expression::path(path());
    case TokenKind::word:
      return word();
    default:
      break;
  }
  if (accept_symbol("-")) {
    DepthGuard guard(*this);
    std::vector<Expression> arguments{term()};
    return make_call(Function::negate, std::move(arguments), first.offset);
  }
  if (!accept_symbol("(")) fail("a field or a literal");
  DepthGuard guard(*this);
  Expression inner = operand();
  if (!accept_symbol(")")) fail("an operator or ')'");
  return inner;
}

Expression Parser::number() {
  const Token& first = token();
  std::optional<Value> number = parse_number_literal(first.text);
  if (!number) raise(first.offset, fmt::format("the number {} is out of range", first.text));
  ++position_;
  return Expression::literal(std::move(*number));
}

Expression Parser::word() {
  const Token& first = token();
  if (accept("true")) return Expression::literal(true);
  if (accept("false")) return Expression::literal(false);
  if (following().kind == TokenKind::string && is_literal_type(first.text)) return typed_literal();
  if (first.is_word("null")) {
    raise(first.offset, "null can be no operand", "write x is null, or x is not null");
  }
  if (is_reserved_word(first.text)) {
    raise(first.offset, fmt::format("expected a field or a literal, found the keyword '{}'", first.text),
          fmt::format("a field of that name is written \"{}\"", first.text));
  }
  if (following().is_symbol("(")) return call();
  if (first.is_word("case") && following().is_word("when")) return case_when();
  return Expression::path(path());
}

Expression Parser::typed_literal() {
  std::string_view type = token().text;
  std::size_t start = token().offset;
  ++position_;
  std::optional<Value> value = parse_typed_literal(type, token().content);
  if (!value) raise(start, fmt::format("{} is not a valid {}", token().text, type));
  ++position_;
  return Expression::literal(std::move(*value));
}

Expression Parser::element() {
  return accept("null") ? Expression::literal(Value()) : operand();
}

Expression Parser::call() {
  DepthGuard guard(*this);
  const Token& name = token();
  const std::optional<Function> function = function_from_name(name.text);
  const bool is_nullif = name.is_word("nullif");
  if (!function && !is_nullif) {
    const Problem problem = unknown_function(name.text);
    raise(name.offset, problem.message, problem.hint);
  }
  position_ += 2;
  std::vector<Expression> arguments;
  if (!accept_symbol(")")) {
    do {
      const bool is_condition = function == Function::choose && arguments.empty();
      arguments.push_back(is_condition ? expression() : element());
    } while (accept_symbol(","));
    if (!accept_symbol(")")) fail("an operator, ',' or ')'");
  }
  if (!is_nullif) return make_call(*function, std::move(arguments), name.offset);
  if (arguments.size() != 2)
    raise(name.offset, fmt::format("'nullif' takes 2 arguments, not {}", arguments.size()));
  return placed(name.offset, [&] { return nullif(Operand(arguments[0]), Operand(arguments[1])); });
}

// As nested `if`s.
Expression Parser::case_when() {
  DepthGuard guard(*this);
  const std::size_t start = token().offset;
  ++position_;
  std::vector<std::pair<Expression, Expression>> cases;
  while (accept("when")) {
    Expression condition = expression();
    expect("then");
    cases.emplace_back(std::move(condition), element());
  }
  Expression chosen = accept("else") ? element() : Expression::literal(Value());
  if (!accept("end")) fail("an operator, 'when', 'else' or 'end'");
  for (; !cases.empty(); cases.pop_back()) {
    chosen = make_call(Function::choose, {cases.back().first, cases.back().second, std::move(chosen)}, start);
  }
  return chosen;
}

}  // namespace dataknobs
