// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/native_regex.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "expr/pattern.hpp"

namespace dataknobs::postgresql {

namespace {

// Longer ones might be too complex for the server, which is an error there.
constexpr std::size_t longest = 1000;
constexpr std::uint32_t most_repetitions = 255;
constexpr char32_t end_of_unicode = 0x110000;

bool is_ascii_letter(char32_t point) {
  return (point >= U'a' && point <= U'z') || (point >= U'A' && point <= U'Z');
}

bool is_ascii_digit(char32_t point) {
  return point >= U'0' && point <= U'9';
}

// A backslash makes every ASCII character but letters and digits literal, within brackets too.
void append_literal_point(std::string& out, char32_t point) {
  if (point < 0x80 && !is_ascii_letter(point) && !is_ascii_digit(point)) out += '\\';
  append_code_point(out, point);
}

void append_folded(std::string& out, char32_t folded) {
  const std::u32string points = unfold_case(folded);
  if (points.size() > 1) out += '[';
  for (const char32_t point : points) append_literal_point(out, point);
  if (points.size() > 1) out += ']';
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  while (!text.empty()) points += take_code_point(text);
  return points;
}

// Reads the syntax of RE2 and writes that of PostgreSQL; every method returns false where it gives up.
class RegexTranslator {
 public:
  explicit RegexTranslator(std::u32string pattern) : pattern_(std::move(pattern)) {}

  std::optional<std::string> run() {
    if (pattern_.size() > longest) return std::nullopt;
    for (const char32_t point : pattern_) {
      if (point == 0 || point >= end_of_unicode) return std::nullopt;
    }
    // The empty expression is found everywhere.
    if (pattern_.empty()) return std::string();
    if (!alternation() || !at_end()) return std::nullopt;
    return std::move(out_);
  }

 private:
  struct Flags {
    bool ignore_case = false;
    bool dot_takes_newline = false;
  };

  bool at_end() const { return position_ == pattern_.size(); }
  char32_t peek() const { return at_end() ? 0 : pattern_[position_]; }
  bool take(char32_t point) {
    if (at_end() || pattern_[position_] != point) return false;
    ++position_;
    return true;
  }

  bool alternation() {
    if (!branch()) return false;
    while (take(U'|')) {
      out_ += '|';
      if (!branch()) return false;
    }
    return true;
  }

  // Not empty: what that means is not written alike.
  bool branch() {
    bool empty = true;
    while (!at_end() && peek() != U'|' && peek() != U')') {
      bool is_flags = false;
      if (!piece(is_flags)) return false;
      empty = empty && is_flags;
    }
    return !empty;
  }

  bool piece(bool& is_flags) {
    const bool counted_before = std::exchange(counted_, false);
    bool repeatable = true;
    if (!atom(repeatable, is_flags)) return false;
    const bool ok = quantifier(repeatable);
    counted_ = counted_ || counted_before;
    return ok;
  }

  bool quantifier(bool repeatable) {
    switch (peek()) {
      case U'*':
      case U'+':
      case U'?':
        out_ += static_cast<char>(peek());
        ++position_;
        break;
      case U'{':
        if (!count()) return false;
        break;
      default:
        return true;
    }
    if (!repeatable) return false;
    // Lazy or not, the same texts match.
    take(U'?');
    return peek() != U'*' && peek() != U'+' && peek() != U'?' && peek() != U'{';
  }

  bool number(std::uint32_t& value) {
    const std::size_t start = position_;
    for (value = 0; is_ascii_digit(peek()); ++position_) {
      value = value * 10 + (peek() - U'0');
      if (value > most_repetitions) return false;
    }
    return position_ > start;
  }

  // {n}, {n,} and {n,m}, of what is not counted itself: the server counts by copies.
  bool count() {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    if (counted_ || !take(U'{') || !number(least)) return false;
    out_ += fmt::format("{{{}", least);
    if (take(U',')) {
      out_ += ',';
      if (peek() != U'}') {
        if (!number(most) || most < least) return false;
        out_ += fmt::to_string(most);
      }
    }
    out_ += '}';
    counted_ = true;
    return take(U'}');
  }

  bool atom(bool& repeatable, bool& is_flags) {
    const char32_t point = pattern_[position_++];
    switch (point) {
      case U'(':
        return group(repeatable, is_flags);
      case U'[':
        return bracket();
      case U'.':
        out_ += flags_.dot_takes_newline ? "." : "[^\n]";
        return true;
      case U'^':
      case U'$':
        repeatable = false;
        out_ += static_cast<char>(point);
        return true;
      case U'\\':
        return escape(repeatable);
      case U'*':
      case U'+':
      case U'?':
      case U'{':
        return false;
      default:
        return literal(point);
    }
  }

  bool literal(char32_t point) {
    if (!flags_.ignore_case) {
      append_literal_point(out_, point);
      return true;
    }
    // Of other letters RE2 may know another version of Unicode.
    if (point >= 0x80) return false;
    append_folded(out_, fold_case(point));
    return true;
  }

  bool group(bool& repeatable, bool& is_flags) {
    const Flags before = flags_;
    if (take(U'?') && !take(U':')) {
      bool has_body = false;
      if (!take_flags(has_body)) return false;
      if (!has_body) {
        // For the rest of the group around.
        repeatable = false;
        is_flags = true;
        return true;
      }
    }
    out_ += "(?:";
    if (!alternation() || !take(U')')) return false;
    out_ += ')';
    flags_ = before;
    return true;
  }

  bool take_flags(bool& has_body) {
    bool value = true;
    while (!at_end()) {
      const char32_t point = pattern_[position_++];
      switch (point) {
        case U'i':
          flags_.ignore_case = value;
          break;
        case U's':
          flags_.dot_takes_newline = value;
          break;
        case U'-':
          if (!std::exchange(value, false)) return false;
          break;
        case U':':
        case U')':
          has_body = point == U':';
          return true;
        default:
          return false;
      }
    }
    return false;
  }

  // The characters of \d, \s and \w, as they stand within brackets.
  static std::string_view perl_class(char32_t name) {
    switch (name) {
      case U'd':
        return "0-9";
      case U's':
        return "\t\n\f\r ";
      case U'w':
        return "0-9A-Za-z_";
      default:
        return {};
    }
  }

  // The character that an escape means, or 0.
  static char32_t escaped_point(char32_t name) {
    switch (name) {
      case U'n':
        return U'\n';
      case U't':
        return U'\t';
      case U'r':
        return U'\r';
      case U'f':
        return U'\f';
      case U'v':
        return U'\v';
      case U'a':
        return U'\a';
      default:
        return name < 0x80 && !is_ascii_letter(name) && !is_ascii_digit(name) ? name : 0;
    }
  }

  bool escape(bool& repeatable) {
    if (at_end()) return false;
    const char32_t name = pattern_[position_++];
    const bool is_negated = name == U'D' || name == U'S' || name == U'W';
    if (const std::string_view members = perl_class(is_negated ? fold_case(name) : name); !members.empty()) {
      if (flags_.ignore_case && (name == U'w' || name == U'W')) return false;
      out_ += fmt::format("[{}{}]", is_negated ? "^" : "", members);
      return true;
    }
    constexpr std::u32string_view assertions = U"bBAz";
    static constexpr const char* translations[] = {"\\y", "\\Y", "^", "$"};
    if (const auto at = assertions.find(name); at != std::u32string_view::npos) {
      repeatable = false;
      out_ += translations[at];
      return true;
    }
    const char32_t point = escaped_point(name);
    return point != 0 && literal(point);
  }

  // A character within brackets.
  bool bracket_point(char32_t& point) {
    if (at_end()) return false;
    point = pattern_[position_++];
    if (point == U'[') return false;
    if (point != U'\\') return true;
    if (at_end()) return false;
    point = escaped_point(pattern_[position_++]);
    return point != 0;
  }

  bool bracket_item() {
    if (peek() == U'\\' && position_ + 1 < pattern_.size()) {
      if (const std::string_view members = perl_class(pattern_[position_ + 1]); !members.empty()) {
        position_ += 2;
        out_ += members;
        // As the start of a range it would be an error.
        return peek() != U'-';
      }
    }
    char32_t first = 0;
    if (!bracket_point(first)) return false;
    append_literal_point(out_, first);
    const bool is_range =
        peek() == U'-' && position_ + 1 < pattern_.size() && pattern_[position_ + 1] != U']';
    if (!is_range) return true;
    ++position_;
    char32_t last = 0;
    if (!bracket_point(last) || last < first || last >= 0x80) return false;
    out_ += '-';
    append_literal_point(out_, last);
    return true;
  }

  bool bracket() {
    if (flags_.ignore_case) return false;
    out_ += '[';
    if (take(U'^')) out_ += '^';
    if (peek() == U']') return false;
    while (!take(U']')) {
      if (!bracket_item()) return false;
    }
    out_ += ']';
    return true;
  }

  std::u32string pattern_;
  std::size_t position_ = 0;
  std::string out_;
  Flags flags_;
  // Something that was just read is counted.
  bool counted_ = false;
};

}  // namespace

std::optional<std::string> translate_regex(const std::string& pattern) {
  return RegexTranslator(code_points(pattern)).run();
}

std::optional<std::string> regex_of_ilike(const std::string& pattern) {
  if (pattern.size() > longest) return std::nullopt;
  const LikePattern compiled(pattern, true);
  std::string regex = "^";
  for (std::size_t i = 0; i < compiled.pieces().size(); ++i) {
    if (i != 0) regex += ".*";
    for (const char32_t point : compiled.pieces()[i]) {
      if (point == LikePattern::kAny) {
        regex += '.';
      } else if (point >= end_of_unicode) {
        return std::nullopt;
      } else {
        append_folded(regex, point);
      }
    }
  }
  return regex + "$";
}

}  // namespace dataknobs::postgresql
