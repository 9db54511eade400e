// SPDX-License-Identifier: Apache-2.0
#include "expr/pattern.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <re2/re2.h>
#include <dataknobs/error.hpp>

#include "expr/case_folding_table.hpp"

namespace dataknobs {

namespace {

constexpr char32_t kNotUtf8 = 0x110000;

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

std::size_t length_of(unsigned char lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead >= 0xf0 && lead < 0xf8) return 4;
  if (lead >= 0xe0) return lead < 0xf0 ? 3 : 0;
  return lead >= 0xc0 ? 2 : 0;
}

bool fits_at(std::u32string_view piece, const char32_t* text) noexcept {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] != text[i] && piece[i] != LikePattern::kAny) return false;
  }
  return true;
}

re2::RE2::Options regex_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

std::u32string unfold_case(char32_t folded) {
  std::u32string points(1, folded);
  for (const CaseFoldingRange& range : kCaseFolding) {
    const auto point = static_cast<std::uint32_t>(static_cast<std::int32_t>(folded) - range.delta);
    if (point >= range.first && point <= range.last && (point - range.first) % range.stride == 0)
      points += point;
  }
  return points;
}

char32_t take_code_point(std::string_view& text) noexcept {
  auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = length_of(lead);
  bool valid =
      length != 0 && length <= text.size() &&
      std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation);
  if (!valid) {
    text.remove_prefix(1);
    return kNotUtf8 + lead;
  }
  static constexpr std::uint32_t kLeadBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t point = lead & kLeadBits[length];
  for (std::size_t i = 1; i < length; ++i)
    point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(length);
  return point;
}

void append_code_point(std::string& out, char32_t point) {
  auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (point >> shift & 0x3fU)); };
  if (point >= kNotUtf8) {
    out += static_cast<char>(point - kNotUtf8);
  } else if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0U | point >> 6U);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0U | point >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0U | point >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string fold_case(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) append_code_point(folded, fold_case(take_code_point(text)));
  return folded;
}

LikePattern::LikePattern(std::string_view pattern, bool ignore_case) : ignore_case_(ignore_case), pieces_(1) {
  bool comparable = !ignore_case;
  while (!pattern.empty()) {
    char32_t point = take_code_point(pattern);
    if (point == U'%') {
      pieces_.emplace_back();
      continue;
    }
    if (point == U'_') {
      pieces_.back() += kAny;
      comparable = false;
      continue;
    }
    if (point == U'\\' && !pattern.empty()) point = take_code_point(pattern);
    pieces_.back() += ignore_case ? fold_case(point) : point;
  }
  if (!comparable) return;
  for (const std::u32string& piece : pieces_) {
    std::string& bytes = bytes_.emplace_back();
    for (char32_t point : piece) append_code_point(bytes, point);
  }
}

// The first piece is at the start and the last one at the end; those between are found as far left as they
// can be, which leaves the most room for the rest.
bool LikePattern::matches_bytes(std::string_view text) const noexcept {
  const std::string& first = bytes_.front();
  if (bytes_.size() == 1) return text == first;
  const std::string& last = bytes_.back();
  if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last))
    return false;
  text.remove_prefix(first.size());
  text.remove_suffix(last.size());
  for (std::size_t i = 1; i + 1 < bytes_.size(); ++i) {
    std::size_t found = text.find(bytes_[i]);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + bytes_[i].size());
  }
  return true;
}

bool LikePattern::matches_points(std::u32string_view text) const noexcept {
  const std::u32string& first = pieces_.front();
  if (pieces_.size() == 1) return text.size() == first.size() && fits_at(first, text.data());
  const std::u32string& last = pieces_.back();
  if (text.size() < first.size() + last.size()) return false;
  if (!fits_at(first, text.data()) || !fits_at(last, text.data() + (text.size() - last.size()))) return false;
  text.remove_prefix(first.size());
  text.remove_suffix(last.size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const std::u32string& piece = pieces_[i];
    while (text.size() >= piece.size() && !fits_at(piece, text.data())) text.remove_prefix(1);
    if (text.size() < piece.size()) return false;
    text.remove_prefix(piece.size());
  }
  return true;
}

bool LikePattern::matches(std::string_view text) const {
  if (!bytes_.empty()) return matches_bytes(text);
  // Kept from call to call: matching is a hot loop over rows.
  thread_local std::u32string points;
  points.clear();
  while (!text.empty()) {
    char32_t point = take_code_point(text);
    points += ignore_case_ ? fold_case(point) : point;
  }
  return matches_points(points);
}

bool ends_with_escape(std::string_view pattern) noexcept {
  std::size_t end = pattern.find_last_not_of('\\');
  std::size_t backslashes = pattern.size() - (end == std::string_view::npos ? 0 : end + 1);
  return backslashes % 2 != 0;
}

Regex::Regex(const std::string& pattern)
    : compiled_(std::make_shared<const re2::RE2>(pattern, regex_options())) {
  if (!compiled_->ok()) {
    Error(ErrorCode::query, fmt::format("the regular expression is not valid: {}", compiled_->error()))
        .raise();
  }
}

bool Regex::matches(std::string_view text) const {
  re2::StringPiece piece(text.data(), text.size());
  return compiled_->Match(piece, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::optional<std::string> regex_error(const std::string& pattern) {
  re2::RE2 compiled(pattern, regex_options());
  if (compiled.ok()) return std::nullopt;
  return compiled.error();
}

}  // namespace dataknobs
