// SPDX-License-Identifier: Apache-2.0
#include "expr/lexer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <dataknobs/error.hpp>
#include <dataknobs/value.hpp>

#include "expr/operators.hpp"

namespace dataknobs {

namespace {

constexpr std::array<std::string_view, 19> kSymbols{"==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")",
                                                    ",",  ".",  "[",  "]",  "+",  "-", "*", "/", "%"};

// What people write who come from other languages.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kForeign{{{"&&", "and"},
                                                                                 {"||", "or"},
                                                                                 {"&", "and"},
                                                                                 {"|", "or"},
                                                                                 {"!", "not"},
                                                                                 {"~", "regex"},
                                                                                 {"`", "\"name\""}}};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    if (!is_valid_utf8(text_)) raise_at(text_, valid_prefix(), "the text is not UTF-8 here");
    std::vector<Token> tokens;
    do {
      tokens.push_back(next());
    } while (tokens.back().kind != TokenKind::end);
    return tokens;
  }

 private:
  char at(std::size_t offset) const noexcept { return offset < text_.size() ? text_[offset] : '\0'; }

  std::size_t valid_prefix() const {
    std::size_t length = 0;
    for (std::size_t step = text_.size(); step > 0; step /= 2) {
      while (length + step <= text_.size() && is_valid_utf8(text_.substr(0, length + step))) length += step;
    }
    return length;
  }

  Token next() {
    while (position_ < text_.size() &&
           std::string_view(" \t\r\n\f\v").find(text_[position_]) != std::string_view::npos) {
      ++position_;
    }
    if (position_ == text_.size()) return token(TokenKind::end, position_);
    char c = text_[position_];
    if (c == '\'') return quoted(TokenKind::string, "string");
    if (c == '"') return quoted(TokenKind::quoted, "name");
    if (is_digit(c) || ((c == '-' || c == '+') && is_digit(at(position_ + 1)))) return number();
    if (is_name_start(c)) {
      return token(TokenKind::word, skip(position_, is_name_part));
    }
    return symbol();
  }

  Token token(TokenKind kind, std::size_t end) {
    Token made;
    made.kind = kind;
    made.text = text_.substr(position_, end - position_);
    made.offset = std::exchange(position_, end);
    return made;
  }

  template <class Predicate>
  std::size_t skip(std::size_t from, Predicate predicate) const {
    while (from < text_.size() && predicate(text_[from])) ++from;
    return from;
  }

  Token quoted(TokenKind kind, std::string_view what) {
    char quote = text_[position_];
    std::string content;
    for (std::size_t i = position_ + 1;; ++i) {
      if (i >= text_.size())
        raise_at(text_, position_, fmt::format("the {} that starts here has no end", what));
      if (text_[i] == quote) {
        if (at(i + 1) != quote) {
          Token made = token(kind, i + 1);
          made.content = std::move(content);
          return made;
        }
        ++i;
      }
      content += text_[i];
    }
  }

  Token number() {
    std::size_t end = skip(position_ + 1, is_digit);
    if (at(end) == '.' && is_digit(at(end + 1))) end = skip(end + 1, is_digit);
    if (at(end) == 'e' || at(end) == 'E') {
      std::size_t digits = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
      if (is_digit(at(digits))) end = skip(digits, is_digit);
    }
    if (is_name_part(at(end)) && at(end) != '\0') {
      std::size_t word_end = skip(end, is_name_part);
      std::string_view word = text_.substr(position_, word_end - position_);
      raise_at(text_, position_, fmt::format("'{}' is neither a number nor a name", word),
               is_digit(word.front()) ? fmt::format("a field of that name is written \"{}\"", word) : "");
    }
    return token(TokenKind::number, end);
  }

  Token symbol() {
    for (std::string_view known : kSymbols) {
      if (text_.substr(position_).starts_with(known)) {
        return token(TokenKind::symbol, position_ + known.size());
      }
    }
    for (auto [foreign, ours] : kForeign) {
      if (text_.substr(position_).starts_with(foreign)) {
        raise_at(text_, position_, fmt::format("'{}' is not part of the language", foreign),
                 fmt::format("did you mean {}?", ours));
      }
    }
    raise_at(text_, position_, fmt::format("unexpected character '{}'", text_[position_]));
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

bool Token::is_word(std::string_view keyword) const noexcept {
  return kind == TokenKind::word && dataknobs::is_word(text, keyword);
}

std::vector<Token> tokenize(std::string_view text) {
  return Lexer(text).run();
}

void raise_at(std::string_view text, std::size_t offset, std::string_view message, std::string_view hint) {
  std::string_view before = text.substr(0, offset);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  std::string_view in_line = before.substr(before.rfind('\n') + 1);
  auto column = 1 + std::count_if(in_line.begin(), in_line.end(),
                                  [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
  Error(ErrorCode::query, fmt::format("line {}, column {}: {}", line, column, message)).hint(hint).raise();
}

}  // namespace dataknobs
