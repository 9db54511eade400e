// SPDX-License-Identifier: Apache-2.0
#include "backends/file/document_cutter.hpp"

#include <cstring>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

namespace dataknobs::file {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaximumDocumentBytes = std::size_t{1} << 30U;

/// The offset behind the object that starts at `at`, or npos if it does not end.
std::size_t object_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    switch (text[i]) {
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return i + 1;
        break;
      case '"':
        for (++i;; i += 2) {
          i = text.find_first_of("\"\\", i);
          if (i == npos) return npos;
          if (text[i] == '"') break;
        }
        break;
      default:
        break;
    }
  }
  return npos;
}

}  // namespace

DocumentCutter::Result DocumentCutter::fail(std::size_t at, const char* what) {
  begin_ = at;
  fault_ = what;
  return Result::fault;
}

DocumentCutter::Result DocumentCutter::next(std::string_view text, std::size_t& at, bool final) {
  return style_ == DocumentStyle::lines ? next_line(text, at, final) : next_object(text, at, final);
}

DocumentCutter::Result DocumentCutter::next_line(std::string_view text, std::size_t& at, bool final) {
  for (;;) {
    std::size_t line_end = text.find('\n', at);
    if (line_end == npos) {
      if (!final || text.find_first_not_of(kBlanks, at) == npos) return Result::more;
      line_end = text.size();
    }
    const std::size_t start = text.find_first_not_of(kBlanks, at);
    if (start >= line_end) {
      at = line_end + 1;
      continue;
    }
    begin_ = start;
    end_ = line_end;
    at = std::min(line_end + 1, text.size());
    return Result::document;
  }
}

/// Over blanks and what is between documents. False if the text ends before the next document, or it is a fault.
bool DocumentCutter::step_to_object(std::string_view text, std::size_t& at) {
  for (;;) {
    at = std::min(text.find_first_not_of(kBlanks, at), text.size());
    if (at == text.size()) return false;
    const char c = text[at];
    const bool array = style_ == DocumentStyle::array;
    if (array && place_ == Place::start && c == '[') {
      place_ = Place::first;
    } else if (array && place_ == Place::separator && c == ',') {
      place_ = Place::element;
    } else if (array && (place_ == Place::separator || place_ == Place::first) && c == ']') {
      place_ = Place::behind;
    } else if (array && place_ == Place::behind) {
      fail(at, "text behind the end of the array");
      return false;
    } else if (array && place_ == Place::separator) {
      fail(at, "expected ',' or ']'");
      return false;
    } else if (c == '{') {
      return true;
    } else {
      fail(at, "expected an object");
      return false;
    }
    ++at;
  }
}

DocumentCutter::Result DocumentCutter::next_object(std::string_view text, std::size_t& at, bool final) {
  if (!step_to_object(text, at)) return fault_ != nullptr ? Result::fault : Result::more;
  const std::size_t end = object_end(text, at);
  if (end == npos) return final ? fail(at, "an object that does not end") : Result::more;
  begin_ = at;
  end_ = end;
  at = end;
  place_ = Place::separator;
  return Result::document;
}

DocumentReader::DocumentReader(const InputFile& file, DocumentStyle style, std::uint64_t begin,
                               std::uint64_t end, bool inside, std::size_t block_bytes)
    : file_(file),
      cutter_(style, inside),
      end_(end),
      block_bytes_(std::max<std::size_t>(block_bytes, 64)),
      buffer_offset_(begin) {
  if (begin == 0 && file.read(0, 3) == kByteOrderMark) buffer_offset_ = 3;
}

bool DocumentReader::fill(std::size_t keep_from) {
  const std::uint64_t read_to = buffer_offset_ + buffer_.size();
  if (read_to >= end_) return false;
  buffer_.erase(0, keep_from);
  buffer_offset_ += keep_from;
  // A document longer than the buffer makes it grow.
  const std::size_t wanted = std::max(block_bytes_, buffer_.size());
  if (buffer_.size() > kMaximumDocumentBytes) file_.raise_at(buffer_offset_, "a document that is too long");
  const std::size_t kept = buffer_.size();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, end_ - read_to));
  buffer_.resize(kept + size);
  if (file_.read(read_to, buffer_.data() + kept, size) != size) {
    file_.check_unchanged();
    Error(ErrorCode::serialization, fmt::format("{} ends early", file_.name())).raise();
  }
  return true;
}

std::optional<std::string_view> DocumentReader::next() {
  for (;;) {
    const bool final = buffer_offset_ + buffer_.size() >= end_;
    switch (cutter_.next(buffer_, at_, final)) {
      case DocumentCutter::Result::document:
        return std::string_view(buffer_).substr(cutter_.begin(), cutter_.end() - cutter_.begin());
      case DocumentCutter::Result::fault:
        file_.check_unchanged();
        file_.raise_at(offset(), cutter_.fault(), "is the file complete?");
      case DocumentCutter::Result::more:
        break;
    }
    if (fill(at_)) {
      at_ = 0;
      continue;
    }
    if (end_ == file_.size() && !cutter_.may_end()) {
      file_.raise_at(end_, "the array does not end", "is the file complete?");
    }
    return std::nullopt;
  }
}

DocumentStyle style_of_json(const InputFile& file) {
  std::uint64_t at = file.read(0, 3) == kByteOrderMark ? 3 : 0;
  while (at < file.size()) {
    const std::string text = file.read(at, 4096);
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == npos) {
      at += text.size();
      continue;
    }
    if (text[first] == '[') return DocumentStyle::array;
    if (text[first] == '{') return DocumentStyle::sequence;
    file.raise_at(at + first, "expected an array of objects, or an object");
  }
  return DocumentStyle::sequence;
}

}  // namespace dataknobs::file
