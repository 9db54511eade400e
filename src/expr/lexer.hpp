// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Text of the expression language to tokens.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dataknobs {

enum class TokenKind : unsigned char {
  end,
  word,    ///< A keyword or a name.
  quoted,  ///< A name in double quotes.
  string,  ///< A literal in single quotes.
  number,
  symbol,
};

struct Token {
  TokenKind kind = TokenKind::end;
  /// As written.
  std::string_view text;
  std::size_t offset = 0;
  /// Without quotes (quoted, string).
  std::string content;

  bool is_symbol(std::string_view symbol) const noexcept {
    return kind == TokenKind::symbol && text == symbol;
  }
  /// True if it is that keyword, in any case.
  bool is_word(std::string_view keyword) const noexcept;
};

/// The last token is the end. The tokens point into the text.
/// Errors: QueryError with line and column.
std::vector<Token> tokenize(std::string_view text);

/// Throws the QueryError "line 1, column 5: message". The column counts code points, from 1.
[[noreturn]] void raise_at(std::string_view text, std::size_t offset, std::string_view message,
                           std::string_view hint = {});

}  // namespace dataknobs
