// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "expr/literal.hpp"
#include "expr/operators.hpp"
#include "expr/parser.hpp"
#include "record/nearest.hpp"

namespace dataknobs {

namespace {

constexpr std::array<std::string_view, 11> kOperatorWords{
    "like", "ilike", "in", "regex", "starts with", "contains", "between", "exists", "not", "is", "starts"};
constexpr std::array<std::string_view, 4> kNegatable{"like", "ilike", "in", "between"};
constexpr std::array<std::string_view, 5> kAfterCondition{"and", "or", "order", "limit", "offset"};

// Symbols that are operators, with their operators.
constexpr std::array<std::pair<std::string_view, Operator>, 8> kSymbolOperators{
    {{"=", Operator::equal},
     {"==", Operator::equal},
     {"!=", Operator::not_equal},
     {"<>", Operator::not_equal},
     {"<", Operator::less},
     {"<=", Operator::less_equal},
     {">", Operator::greater},
     {">=", Operator::greater_equal}}};

// A number with its sign: beside an operand on its left the sign is an operator.
bool is_signed(const Token& token) noexcept {
  return token.kind == TokenKind::number && (token.text.front() == '-' || token.text.front() == '+');
}

bool starts_operator(const Token& token) noexcept {
  if (token.kind == TokenKind::symbol) {
    for (auto [symbol, op] : kSymbolOperators) {
      if (token.text == symbol) return true;
    }
    return false;
  }
  // `not` can only be the start of `not in` and the like here.
  for (std::string_view word : kOperatorWords) {
    if (token.is_word(word)) return true;
  }
  return false;
}

bool starts_arithmetic(const Token& token) noexcept {
  if (token.kind == TokenKind::number) return is_signed(token);
  if (token.kind != TokenKind::symbol) return token.is_word("div");
  return std::string_view("+-*/%").find(token.text) != std::string_view::npos;
}

}  // namespace

const Token& Parser::following() const noexcept {
  return tokens_[position_ + 1 < tokens_.size() ? position_ + 1 : position_];
}

bool Parser::accept(std::string_view keyword) noexcept {
  if (!token().is_word(keyword)) return false;
  ++position_;
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) noexcept {
  if (!token().is_symbol(symbol)) return false;
  ++position_;
  return true;
}

void Parser::expect(std::string_view keyword) {
  if (!accept(keyword)) fail(fmt::format("'{}'", keyword), std::array{keyword});
}

void Parser::fail(std::string_view expected, std::span<const std::string_view> words) const {
  const Token& found = token();
  std::string hint;
  if (found.kind == TokenKind::word) {
    if (auto nearest = nearest_name(found.text, words)) hint = fmt::format("did you mean '{}'?", *nearest);
  }
  std::string seen = found.kind == TokenKind::end ? "the end" : fmt::format("'{}'", found.text);
  if (found.kind == TokenKind::string) {
    seen = fmt::format("the string {}", found.text);
    // A mistyped class before it was taken as a field.
    const std::string_view before = position_ > 0 ? tokens_[position_ - 1].text : std::string_view();
    if (auto nearest = nearest_name(before, literal_types()))
      hint = fmt::format("did you mean '{}'?", *nearest);
  }
  raise(found.offset, fmt::format("expected {}, found {}", expected, seen), hint);
}

Parser::DepthGuard::DepthGuard(Parser& parser) : depth_(parser.depth_) {
  if (depth_ == kMaximumNesting) {
    parser.raise(parser.token().offset,
                 fmt::format("the expression is nested more than {} levels deep", kMaximumNesting));
  }
  ++depth_;
}

Expression Parser::make(Operator op, std::vector<Expression> operands, std::size_t start) const {
  return placed(start, [&] { return Expression::make(op, std::move(operands)); });
}

Expression Parser::expression() {
  DepthGuard guard(*this);
  std::size_t start = token().offset;
  std::vector<Expression> operands;
  do {
    operands.push_back(conjunction());
  } while (accept("or"));
  return make(Operator::logical_or, std::move(operands), start);
}

Expression Parser::conjunction() {
  std::size_t start = token().offset;
  std::vector<Expression> operands;
  do {
    operands.push_back(negation());
  } while (accept("and"));
  return make(Operator::logical_and, std::move(operands), start);
}

Expression Parser::negation() {
  std::size_t start = token().offset;
  if (accept("not")) {
    DepthGuard guard(*this);
    std::vector<Expression> operands;
    operands.push_back(negation());
    return make(Operator::logical_not, std::move(operands), start);
  }
  if (!token().is_symbol("(") || opens_operand()) return condition();
  accept_symbol("(");
  Expression inner = expression();
  if (!accept_symbol(")")) fail("'and', 'or' or ')'", kAfterCondition);
  if (starts_operator(token())) {
    fail("'and', 'or' or the end after ')'");
  }
  return inner;
}

bool Parser::opens_operand() const noexcept {
  std::size_t open = 0;
  for (std::size_t at = position_; at < tokens_.size(); ++at) {
    if (tokens_[at].is_symbol("(")) ++open;
    if (tokens_[at].is_symbol(")") && --open == 0)
      return starts_operator(tokens_[at + 1]) || starts_arithmetic(tokens_[at + 1]);
  }
  return false;
}

// A comparison, or the constants true and false.
Expression Parser::condition() {
  const Token& first = token();
  bool is_constant = first.is_word("true") || first.is_word("false");
  Expression left = operand();
  if (is_constant && left.is_literal() && !starts_operator(token())) {
    return Expression::make(left.value().get<bool>() ? Operator::logical_and : Operator::logical_or, {});
  }
  return comparison(std::move(left), first.offset);
}

Operator Parser::take_is_null() {
  bool negated = accept("not");
  if (!accept("null")) {
    static constexpr std::array<std::string_view, 2> words{"null", "not"};
    fail(negated ? "'null'" : "'null' or 'not null'", words);
  }
  return negated ? Operator::exists : Operator::not_exists;
}

Operator Parser::take_operator() {
  for (auto [symbol, op] : kSymbolOperators) {
    if (accept_symbol(symbol)) return op;
  }
  if (accept("is")) return take_is_null();
  bool negated = accept("not");
  if (accept("like")) return negated ? Operator::not_like : Operator::like;
  if (accept("ilike")) return negated ? Operator::not_ilike : Operator::ilike;
  if (accept("in")) return negated ? Operator::not_in : Operator::in;
  if (accept("between")) return negated ? Operator::not_between : Operator::between;
  if (accept("exists")) return negated ? Operator::not_exists : Operator::exists;
  if (negated) {
    bool known = starts_operator(token());
    if (known) {
      raise(token().offset, fmt::format("there is no 'not {}'", token().text),
            "put 'not' before the whole comparison");
    }
    fail("'in', 'like', 'ilike', 'between' or 'exists' after 'not'", kNegatable);
  }
  if (accept("regex")) return Operator::regex;
  if (accept("contains")) return Operator::contains;
  if (accept("starts")) {
    expect("with");
    return Operator::starts_with;
  }
  if (token().kind == TokenKind::word) {
    static constexpr auto words = kOperatorWords;
    fail("an operator", words);
  }
  fail("an operator ('=', '<', 'like', 'in' ...)");
}

Expression Parser::comparison(Expression left, std::size_t start) {
  Operator op = take_operator();
  return tail_of(op, std::move(left), start);
}

Expression Parser::tail_of(Operator op, Expression left, std::size_t start) {
  std::vector<Expression> operands;
  operands.push_back(std::move(left));
  if (op == Operator::in || op == Operator::not_in) {
    append_list(operands);
  } else if (op == Operator::between || op == Operator::not_between) {
    operands.push_back(operand());
    expect("and");
    operands.push_back(operand());
  } else if (op != Operator::exists && op != Operator::not_exists) {
    if (token().is_word("null")) {
      std::vector<Expression> with_null = std::move(operands);
      with_null.push_back(Expression::literal(Value()));
      return make(op, std::move(with_null), token().offset);
    }
    operands.push_back(operand());
  }
  if (starts_operator(token())) fail("'and', 'or' or the end", kAfterCondition);
  return make(op, std::move(operands), start);
}

void Parser::append_list(std::vector<Expression>& operands) {
  if (!accept_symbol("(")) fail("'(' and a list after 'in'");
  if (accept_symbol(")")) return;
  do {
    operands.push_back(element());
  } while (accept_symbol(","));
  if (!accept_symbol(")")) fail("',' or ')'");
}

Path Parser::path() {
  std::vector<Path::Step> steps;
  bool quoted_root = token().kind == TokenKind::quoted;
  do {
    if (token().kind == TokenKind::quoted) {
      steps.emplace_back(token().content);
    } else if (token().kind == TokenKind::word) {
      steps.emplace_back(std::string(token().text));
    } else {
      fail("a name");
    }
    ++position_;
    while (accept_symbol("[")) {
      steps.emplace_back(index());
      if (!accept_symbol("]")) fail("']'");
    }
  } while (accept_symbol("."));
  return Path(std::move(steps), quoted_root);
}

std::uint32_t Parser::index() {
  std::uint32_t index = 0;
  std::string_view digits = token().text;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (token().kind != TokenKind::number || error != std::errc() || end != digits.data() + digits.size()) {
    fail("the index of an element (0, 1 ...)");
  }
  ++position_;
  return index;
}

std::uint64_t Parser::count(std::string_view what) {
  std::string_view digits = token().text;
  if (token().kind != TokenKind::number) fail(fmt::format("a number after '{}'", what));
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 0) {
    raise(token().offset, fmt::format("{} must be an integer from 0 on, not {}", what, digits));
  }
  ++position_;
  return static_cast<std::uint64_t>(number);
}

Expression parse_expression(std::string_view text) {
  Parser parser(text);
  if (parser.at_end()) return {};
  Expression parsed = parser.expression();
  if (!parser.at_end()) parser.fail("'and', 'or' or the end", std::array<std::string_view, 2>{"and", "or"});
  return parsed;
}

Path Path::parse(std::string_view text) {
  Parser parser(text);
  Path parsed = parser.path();
  if (!parser.at_end()) {
    parser.raise(
        parser.token().offset, fmt::format("'{}' cannot follow in a path", parser.token().text),
        "a name with other characters than letters, digits, '_' and '$' is written in double quotes");
  }
  return parsed;
}

}  // namespace dataknobs
