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

// Nesting of the text: parentheses count, of which an expression of the greatest depth prints no more than
// these.
constexpr std::size_t kMaximumNesting = 2 * kMaximumDepth;

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

class DepthGuard {
 public:
  DepthGuard(std::size_t& depth, const Parser& parser) : depth_(depth) {
    if (++depth_ > kMaximumNesting) {
      std::size_t offset = parser.token().offset;
      --depth_;
      parser.raise(offset, fmt::format("the expression is nested more than {} levels deep", kMaximumNesting));
    }
  }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

 private:
  std::size_t& depth_;
};

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

Expression Parser::make(Operator op, std::vector<Expression> operands, std::size_t start) const {
  std::string message;
  std::string hint;
  try {
    return Expression::make(op, std::move(operands));
  } catch (const QueryError& error) {
    message = error.message();
    hint = error.hint();
  }
  raise(start, message, hint);
}

Expression Parser::expression() {
  DepthGuard guard(depth_, *this);
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
    DepthGuard guard(depth_, *this);
    std::vector<Expression> operands;
    operands.push_back(negation());
    return make(Operator::logical_not, std::move(operands), start);
  }
  if (!accept_symbol("(")) return condition();
  Expression inner = expression();
  if (!accept_symbol(")")) fail("'and', 'or' or ')'", kAfterCondition);
  if (starts_operator(token())) {
    fail("'and', 'or' or the end after ')'");
  }
  return inner;
}

// A comparison, or the constants true and false.
Expression Parser::condition() {
  const Token& first = token();
  bool is_constant = first.is_word("true") || first.is_word("false");
  Expression left = operand();
  if (is_constant && !starts_operator(token())) {
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
    operands.push_back(accept("null") ? Expression::literal(Value()) : operand());
  } while (accept_symbol(","));
  if (!accept_symbol(")")) fail("',' or ')'");
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

Expression Parser::operand() {
  const Token& first = token();
  switch (first.kind) {
    case TokenKind::string:
      ++position_;
      return Expression::literal(first.content);
    case TokenKind::number: {
      std::optional<Value> number = parse_number_literal(first.text);
      if (!number) raise(first.offset, fmt::format("the number {} is out of range", first.text));
      ++position_;
      return Expression::literal(std::move(*number));
    }
    case TokenKind::quoted:
      return Expression::path(path());
    case TokenKind::word:
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
      return Expression::path(path());
    default:
      fail("a field or a literal");
  }
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
