// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Patterns of like, ilike and regex, compiled once.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace dataknobs {

/// Unicode simple case folding of a code point.
char32_t fold_case(char32_t point) noexcept;
/// Each code point of the text folded. Bytes that are no UTF-8 stay as they are.
std::string fold_case(std::string_view text);

/// Every code point that folds to this one, itself first. REQUIRES: it folds to itself.
std::u32string unfold_case(char32_t folded);

/// Takes one code point from the front of a text that is not empty; a byte that is no UTF-8 gives 0x110000
/// plus itself.
char32_t take_code_point(std::string_view& text) noexcept;
void append_code_point(std::string& out, char32_t point);

/// A pattern of `like` or `ilike`: `%` any text, `_` any code point, `\` makes the next one literal. (A lone
/// `\` at the very end, which only a pattern out of a field can have, is itself.)
class LikePattern {
 public:
  /// A piece between two `%`. A code point of kAny stands for `_`.
  static constexpr char32_t kAny = 0xffff'ffff;

  LikePattern(std::string_view pattern, bool ignore_case);
  bool matches(std::string_view text) const;

  // For translators: the pieces, in order; more than one where there is a `%`, empty at a `%` at either end.
  const std::vector<std::u32string>& pieces() const noexcept { return pieces_; }

 private:
  bool matches_bytes(std::string_view text) const noexcept;
  bool matches_points(std::u32string_view text) const noexcept;

  bool ignore_case_;
  std::vector<std::u32string> pieces_;
  /// The pieces as UTF-8, where bytes can be compared: case counts and there is no `_`.
  std::vector<std::string> bytes_;
};

/// True if the pattern ends in a backslash that escapes nothing.
bool ends_with_escape(std::string_view pattern) noexcept;

/// A regular expression: RE2's syntax and defaults, found anywhere in the text.
class Regex {
 public:
  /// Errors: QueryError if it is not valid.
  explicit Regex(const std::string& pattern);
  bool matches(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

/// What is wrong with the regular expression, or nothing.
std::optional<std::string> regex_error(const std::string& pattern);

}  // namespace dataknobs
