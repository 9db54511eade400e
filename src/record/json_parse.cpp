// SPDX-License-Identifier: Apache-2.0
//
// A parser of its own: the libraries at hand lose the text of numbers, take duplicate names or have no
// positions.
#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/json.hpp"
#include "record/json_compare.hpp"
#include "record/json_text.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

constexpr std::size_t kExcerpt = 24;

bool is_continuation(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

void append_utf8(std::string& out, std::uint32_t code) {
  auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6U);
    put(0x80 | (code & 63U));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12U);
    put(0x80 | (code >> 6U & 63U));
    put(0x80 | (code & 63U));
  } else {
    put(0xF0 | code >> 18U);
    put(0x80 | (code >> 12U & 63U));
    put(0x80 | (code >> 6U & 63U));
    put(0x80 | (code & 63U));
  }
}

// The first byte that is not part of well-formed UTF-8. REQUIRES: the text is not valid.
std::size_t first_invalid(std::string_view text) noexcept {
  std::size_t good = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 1;
    while (size < 4 && i + size < text.size() && is_continuation(text[i + size])) ++size;
    if (!is_valid_utf8(text.substr(i, size))) return i;
    i += size;
    good = i;
  }
  return good;
}

// What a parser collects its children in. A thread keeps it from one text to the next, as most texts are
// small.
struct Stacks {
  std::vector<Value> elements;
  std::vector<std::pair<std::string, Value>> members;
  std::vector<const char*> places;

  // Makes it ready for the next text; an earlier one may have failed, or have been huge.
  Stacks& reset() {
    constexpr std::size_t kKept = 4096;
    if (elements.capacity() > kKept || members.capacity() > kKept) *this = Stacks();
    elements.clear();
    members.clear();
    places.clear();
    return *this;
  }

  static Stacks& of_thread() {
    thread_local Stacks stacks;
    return stacks.reset();
  }
};

class Parser {
 public:
  explicit Parser(std::string_view text, bool decimals = false)
      : text_(text), at_(text.data()), end_(text.data() + text.size()), decimals_(decimals) {}

  Value parse() {
    check_utf8();
    skip_blanks();
    Value value = parse_value(0);
    expect_end();
    return value;
  }

  Json::Object parse_object_only() {
    check_utf8();
    skip_blanks();
    if (at_ == end_ || *at_ != '{') fail("expected an object");
    Json::Object members = parse_members(1);
    expect_end();
    return members;
  }

 private:
  [[noreturn]] void fail(std::string_view what, const char* place) const {
    std::size_t offset = static_cast<std::size_t>(place - text_.data());
    std::string_view before = text_.substr(0, offset);
    std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
    std::size_t line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    std::string_view in_line = before.substr(line_start);
    std::size_t column = 1 + static_cast<std::size_t>(std::count_if(
                                 in_line.begin(), in_line.end(), [](char b) { return !is_continuation(b); }));
    Error(ErrorCode::serialization,
          fmt::format("JSON line {}, column {}: {}{}", line, column, what, excerpt(offset)))
        .raise();
  }
  [[noreturn]] void fail(std::string_view what) const { fail(what, at_); }

  // What stands around the place, for people: cut at whole characters, control characters as blanks.
  std::string excerpt(std::size_t offset) const {
    std::size_t from = offset > kExcerpt ? offset - kExcerpt : 0;
    std::size_t to = std::min(text_.size(), offset + kExcerpt);
    while (from < offset && is_continuation(text_[from])) ++from;
    while (to > offset && to < text_.size() && is_continuation(text_[to])) --to;
    std::string out(text_.substr(from, to - from));
    if (out.empty()) return "";
    for (char& byte : out) {
      if (static_cast<unsigned char>(byte) < 0x20) byte = ' ';
    }
    if (!is_valid_utf8(out)) {
      std::replace_if(
          out.begin(), out.end(), [](char b) { return static_cast<unsigned char>(b) >= 0x80; }, '?');
    }
    return fmt::format(", near `{}`", out);
  }

  void check_utf8() const {
    if (!is_valid_utf8(text_)) fail("invalid UTF-8", text_.data() + first_invalid(text_));
  }

  void skip_blanks() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  void expect_end() {
    skip_blanks();
    if (at_ != end_) fail("unexpected text after the value");
  }

  Value parse_value(std::uint32_t depth) {
    if (at_ == end_) fail("the text ends where a value is expected");
    switch (*at_) {
      case '{':
        return Value(JsonAccess::make(parse_members(depth + 1)));
      case '[':
        return Value(JsonAccess::make(parse_elements(depth + 1)));
      case '"':
        return Value(parse_string());
      case 't':
        return parse_word("true", Value(true));
      case 'f':
        return parse_word("false", Value(false));
      case 'n':
        return parse_word("null", Value());
      default:
        return parse_number();
    }
  }

  Value parse_word(std::string_view word, Value value) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) {
      fail("expected a value");
    }
    at_ += word.size();
    return value;
  }

  void check_depth(std::uint32_t depth) const {
    if (depth > kMaximumJsonDepth) fail(fmt::format("nested deeper than {} levels", kMaximumJsonDepth));
  }

  // Children are collected on one stack for all levels, so that each array and object is made in its final
  // size.
  Json::Array parse_elements(std::uint32_t depth) {
    check_depth(depth);
    ++at_;
    skip_blanks();
    if (take(']')) return {};
    std::size_t base = stacks_.elements.size();
    for (;;) {
      skip_blanks();
      stacks_.elements.push_back(parse_value(depth));
      skip_blanks();
      if (take(']')) break;
      if (!take(',')) fail(at_ == end_ ? "the array is not closed" : "expected ',' or ']'");
    }
    return take_from(stacks_.elements, base);
  }

  Json::Object parse_members(std::uint32_t depth) {
    check_depth(depth);
    ++at_;
    skip_blanks();
    if (take('}')) return {};
    std::size_t base = stacks_.members.size();
    std::size_t base_of_places = stacks_.places.size();
    for (;;) {
      skip_blanks();
      if (at_ == end_) fail("the object is not closed");
      if (*at_ != '"') fail("expected a member name in quotes");
      stacks_.places.push_back(at_);
      std::string name = parse_string();
      skip_blanks();
      if (!take(':')) fail("expected ':' after the member name");
      skip_blanks();
      Value value = parse_value(depth);
      stacks_.members.emplace_back(std::move(name), std::move(value));
      skip_blanks();
      if (take('}')) break;
      if (!take(',')) fail(at_ == end_ ? "the object is not closed" : "expected ',' or '}'");
    }
    Json::Object members = take_from(stacks_.members, base);
    check_unique(members, stacks_.places.data() + base_of_places);
    stacks_.places.resize(base_of_places);
    return members;
  }

  template <class T>
  static std::vector<T> take_from(std::vector<T>& stack, std::size_t base) {
    auto begin = stack.begin() + static_cast<std::ptrdiff_t>(base);
    std::vector<T> top(std::make_move_iterator(begin), std::make_move_iterator(stack.end()));
    stack.erase(begin, stack.end());
    return top;
  }

  void check_unique(const Json::Object& members, const char* const* places) const {
    constexpr std::size_t kFew = 12;
    if (members.size() <= kFew) {
      for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
          if (members[i].first == members[k].first) fail_duplicate(members[i].first, places[i]);
        }
      }
      return;
    }
    std::vector<std::size_t> order(members.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
      int names = members[one].first.compare(members[other].first);
      return names != 0 ? names < 0 : one < other;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (members[order[i]].first == members[order[i - 1]].first) {
        fail_duplicate(members[order[i]].first, places[order[i]]);
      }
    }
  }

  [[noreturn]] void fail_duplicate(const std::string& name, const char* place) const {
    fail(fmt::format("the member '{}' occurs twice", name), place);
  }

  bool take(char byte) noexcept {
    if (at_ == end_ || *at_ != byte) return false;
    ++at_;
    return true;
  }

  std::string parse_string() {
    const char* opening = at_++;
    const char* run = at_;
    at_ = end_of_run(at_, end_);
    std::string out(run, at_);
    for (;;) {
      if (at_ == end_) fail("the string is not closed", opening);
      if (*at_ == '"') {
        ++at_;
        return out;
      }
      if (*at_ != '\\') fail("a control character within a string must be escaped");
      parse_escape(out);
      run = at_;
      at_ = end_of_run(at_, end_);
      out.append(run, at_);
    }
  }

  void parse_escape(std::string& out) {
    const char* start = at_++;
    if (at_ == end_) fail("the string is not closed", start);
    switch (*at_++) {
      case '"':
        out += '"';
        return;
      case '\\':
        out += '\\';
        return;
      case '/':
        out += '/';
        return;
      case 'b':
        out += '\b';
        return;
      case 'f':
        out += '\f';
        return;
      case 'n':
        out += '\n';
        return;
      case 'r':
        out += '\r';
        return;
      case 't':
        out += '\t';
        return;
      case 'u':
        break;
      default:
        fail("unknown escape in a string", start);
    }
    std::uint32_t code = parse_unit(start);
    if (code >= 0xDC00 && code <= 0xDFFF) fail("a lone low surrogate", start);
    if (code >= 0xD800 && code <= 0xDBFF) {
      if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') fail("a lone high surrogate", start);
      at_ += 2;
      std::uint32_t low = parse_unit(start);
      if (low < 0xDC00 || low > 0xDFFF) fail("a lone high surrogate", start);
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(out, code);
  }

  std::uint32_t parse_unit(const char* start) {
    std::uint32_t code = 0;
    if (end_ - at_ < 4) fail("expected four hexadecimal digits after \\u", start);
    auto [stop, error] = std::from_chars(at_, at_ + 4, code, 16);
    if (error != std::errc() || stop != at_ + 4) fail("expected four hexadecimal digits after \\u", start);
    at_ += 4;
    return code;
  }

  // An integer of up to 18 digits, by far the most frequent number. False leaves the place as it was.
  bool parse_small_integer(std::int64_t& out) noexcept {
    const char* at = at_;
    bool negative = *at == '-';
    if (negative) ++at;
    const char* digits = at;
    std::int64_t value = 0;
    for (; at != end_ && *at >= '0' && *at <= '9'; ++at) {
      if (at - digits == 18) return false;
      value = value * 10 + (*at - '0');
    }
    if (at == digits || (*digits == '0' && at - digits > 1)) return false;
    if (at != end_ && (*at == '.' || *at == 'e' || *at == 'E')) return false;
    out = negative ? -value : value;
    at_ = at;
    return true;
  }

  Value parse_number() {
    std::int64_t small = 0;
    if (parse_small_integer(small)) return Value(small);
    if (*at_ == '+') fail("expected a value");
    number::Scanned scanned;
    std::size_t size = number::scan(std::string_view(at_, static_cast<std::size_t>(end_ - at_)), scanned);
    if (size == 0) fail("expected a value");
    if (scanned.whole.size() > 1 && scanned.whole.front() == '0') fail("a number must not start with 0");
    std::string_view token(at_, size);
    const char* start = at_;
    at_ += size;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) fail("expected digits");

    if (!scanned.has_point && !scanned.has_exponent) {
      std::int64_t integer = 0;
      if (std::from_chars(start, start + size, integer).ec == std::errc()) return Value(integer);
    }
    double value = 0;
    if (!decimals_ && number::to_double(token, value) && number::is_exactly(scanned, value))
      return Value(value);
    std::optional<Decimal> decimal = Decimal::parse(token);
    if (!decimal) fail("the number is out of range", start);
    return Value(std::move(*decimal));
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  bool decimals_;
  Stacks& stacks_ = Stacks::of_thread();
};

}  // namespace

Value parse_json(std::string_view text) {
  return Parser(text).parse();
}

Json::Object parse_json_object(std::string_view text) {
  return Parser(text).parse_object_only();
}

Json::Object parse_json_object_with_decimals(std::string_view text) {
  return Parser(text, true).parse_object_only();
}

}  // namespace dataknobs
