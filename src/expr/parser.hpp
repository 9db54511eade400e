// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The parser of filters, paths and queries. Recursive descent over tokens, with a bounded depth.
///
///   query      := [expression] {"order" "by" path ["asc" | "desc"] {"," ...} | "limit" count | "offset" count}
///   expression := conjunction {"or" conjunction}
///   conjunction:= negation {"and" negation}
///   negation   := "not" negation | "(" expression ")" | "true" | "false" | comparison
///   comparison := operand ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") operand
///               | operand ["not"] ("like" | "ilike") operand | operand "regex" operand
///               | operand "starts" "with" operand | operand "contains" operand
///               | operand ["not"] "in" "(" [element {"," element}] ")"
///               | operand ["not"] "between" operand "and" operand
///               | operand ["not"] "exists" | operand "is" ["not"] "null"
///   operand    := product {("+" | "-") product}
///   product    := term {("*" | "/" | "%" | "div") term}
///   term       := "-" term | "(" operand ")" | function "(" [element {"," element}] ")"
///               | "if" "(" expression "," element "," element ")"
///               | "case" "when" expression "then" element {"when" ...} ["else" element] "end"
///               | path | number | string | "true" | "false" | type string
///   element    := operand | "null"
///   path       := name {"." name | "[" index "]"}

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <dataknobs/error.hpp>
#include <dataknobs/expression.hpp>

#include "expr/lexer.hpp"
#include "expr/operators.hpp"

namespace dataknobs {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(tokenize(text)) {}

  Expression expression();
  Path path();
  /// Takes a number that is at least 0. `what`: "limit", for messages.
  std::uint64_t count(std::string_view what);

  const Token& token() const noexcept { return tokens_[position_]; }
  bool at_end() const noexcept { return token().kind == TokenKind::end; }
  /// Takes the keyword if it is next.
  bool accept(std::string_view keyword) noexcept;
  bool accept_symbol(std::string_view symbol) noexcept;
  void expect(std::string_view keyword);

  /// Throws "expected ..., found ..." at the next token, with the nearest of the words that could follow.
  [[noreturn]] void fail(std::string_view expected, std::span<const std::string_view> words = {}) const;
  [[noreturn]] void raise(std::size_t offset, std::string_view message, std::string_view hint = {}) const {
    raise_at(text_, offset, message, hint);
  }

  /// Takes what has a value: `price * 1.2`.
  Expression operand();
  /// The same, or null.
  Expression element();

  /// What `build` gives, with the position in its error.
  template <class Build>
  Expression placed(std::size_t start, Build build) const {
    std::string message;
    std::string hint;
    try {
      return build();
    } catch (const QueryError& error) {
      message = error.message();
      hint = error.hint();
    }
    raise(start, message, hint);
  }

 private:
  /// Nesting of the text: parentheses count, of which an expression of the greatest depth prints no more than these.
  static constexpr std::size_t kMaximumNesting = 2 * kMaximumDepth;
  class DepthGuard {
   public:
    explicit DepthGuard(Parser& parser);
    ~DepthGuard() { --depth_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;

   private:
    std::size_t& depth_;
  };

  Expression conjunction();
  Expression negation();
  Expression condition();
  Expression comparison(Expression left, std::size_t start);
  Expression tail_of(Operator op, Expression left, std::size_t start);
  Expression product();
  Expression term();
  Expression word();
  Expression call();
  Expression case_when();
  Expression number();
  Expression typed_literal();
  void append_list(std::vector<Expression>& operands);
  Operator take_operator();
  Operator take_is_null();
  std::optional<Function> take_sum();
  std::optional<Function> take_product();
  /// The parenthesis that is next holds an operand, not a condition.
  bool opens_operand() const noexcept;
  std::uint32_t index();
  Expression make(Operator op, std::vector<Expression> operands, std::size_t start) const;
  Expression make_call(Function function, std::vector<Expression> arguments, std::size_t start) const;
  const Token& following() const noexcept;

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace dataknobs
