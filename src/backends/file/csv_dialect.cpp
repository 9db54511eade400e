// SPDX-License-Identifier: Apache-2.0
#include "backends/file/csv_dialect.hpp"

#include <simdjson.h>

#include <cstring>

#include <dataknobs/value.hpp>

namespace dataknobs::file {
namespace {

constexpr auto npos = std::string_view::npos;

CsvFault bare_carriage_return(std::size_t offset) {
  return {offset, "a carriage return that no line feed follows", "lines end with LF or CRLF"};
}

/// One walk over a text, from quote to quote.
class Walk {
 public:
  Walk(std::string_view text, const CsvDialect& dialect, bool final)
      : text_(text), dialect_(dialect), final_(final), has_returns_(text.find('\r') != npos) {}

  CsvSplit run() {
    std::size_t position = 0;
    while (!split_.fault) {
      const std::size_t quote = dialect_.quote == '\0' ? npos : text_.find(dialect_.quote, position);
      const std::size_t end = quote == npos ? text_.size() : quote;
      outside(position, end);
      if (split_.fault) break;
      if (quote == npos) {
        if (final_) split_.complete = text_.size();
        break;
      }
      if (!at_field_start(quote)) {
        split_.fault = CsvFault{quote, "a quote inside an unquoted field",
                                "quote the whole field and double the quote, or give quote=none"};
        break;
      }
      const std::size_t behind = inside(quote);
      if (behind == npos) break;
      position = behind;
    }
    return std::move(split_);
  }

 private:
  bool at_field_start(std::size_t quote) const {
    return quote == 0 || text_[quote - 1] == dialect_.delimiter || text_[quote - 1] == '\n';
  }

  /// Text outside quotes: remembers its last line end.
  void outside(std::size_t from, std::size_t to) {
    const std::string_view part = text_.substr(from, to - from);
    if (dialect_.blank_lines) {
      const std::size_t newline = part.rfind('\n');
      if (newline != npos) split_.complete = from + newline + 1;
    } else if (!check_lines(from, to)) {
      return;
    }
    if (!has_returns_) return;
    for (std::size_t at = part.find('\r'); at != npos; at = part.find('\r', at + 1)) {
      const std::size_t next = from + at + 1;
      if (next == text_.size() && !final_) return;
      if (next == text_.size() || text_[next] != '\n') {
        split_.fault = bare_carriage_return(from + at);
        return;
      }
    }
  }

  /// As above, and finds empty lines.
  bool check_lines(std::size_t from, std::size_t to) {
    for (std::size_t at = from;;) {
      const void* found = std::memchr(text_.data() + at, '\n', to - at);
      if (found == nullptr) return true;
      const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
      const std::size_t start = split_.complete;
      if (newline == start || (newline == start + 1 && text_[start] == '\r')) {
        split_.fault = CsvFault{start, "an empty line", "a record has a field for each column"};
        return false;
      }
      at = split_.complete = newline + 1;
    }
  }

  /// A quoted field: the offset behind its closing quote, or npos if the text ends before it or a fault was
  /// found.
  std::size_t inside(std::size_t opening) {
    for (std::size_t position = opening + 1;;) {
      const std::size_t quote = text_.find(dialect_.quote, position);
      if (quote == npos || (quote + 1 == text_.size() && !final_)) {
        if (final_) {
          split_.fault = CsvFault{opening, "a quoted field that is never closed", "is the file complete?"};
        }
        return npos;
      }
      const std::size_t next = quote + 1;
      if (next == text_.size()) return next;
      const char character = text_[next];
      if (character == dialect_.quote) {
        position = next + 1;
        continue;
      }
      if (character != dialect_.delimiter && character != '\n' && character != '\r') {
        split_.fault =
            CsvFault{next, "text behind the closing quote of a field", "a quote within a field is doubled"};
        return npos;
      }
      return next;
    }
  }

  std::string_view text_;
  const CsvDialect& dialect_;
  bool final_;
  bool has_returns_;
  CsvSplit split_;
};

/// The offset of the first character that is not UTF-8. REQUIRES: there is one.
std::size_t first_invalid(std::string_view text) {
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  std::size_t good = 0;  // Everything before it is valid, and it starts a character.
  for (std::size_t step = text.size() / 2; step > 0; step /= 2) {
    std::size_t end = good + step;
    while (end < text.size() && end > good && continues(end)) --end;
    if (end <= text.size() && end > good && is_valid_utf8(text.substr(good, end - good))) good = end;
  }
  while (good < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_valid_utf8(text.substr(good, length))) ++length;
    if (length > 4) break;
    good += length;
  }
  return good;
}

}  // namespace

CsvSplit split_records(std::string_view text, const CsvDialect& dialect, bool final) {
  CsvSplit split = Walk(text, dialect, final).run();
  const std::string_view checked = text.substr(0, split.complete);
  if (!simdjson::validate_utf8(checked.data(), checked.size())) {
    const std::size_t offset = first_invalid(checked);
    if (!split.fault || offset < split.fault->offset) {
      split.fault = CsvFault{offset, "bytes that are not UTF-8",
                             "name the encoding that it has: encoding=windows-1252"};
    }
  }
  return split;
}

std::size_t first_record_end(std::string_view text, const CsvDialect& dialect) {
  for (std::size_t position = 0;;) {
    const std::size_t newline = text.find('\n', position);
    if (newline == npos) return npos;
    if (dialect.quote == '\0') return newline + 1;
    const std::size_t opening = text.substr(0, newline).find(dialect.quote, position);
    if (opening == npos) return newline + 1;
    const std::size_t closing = text.find(dialect.quote, opening + 1);
    if (closing == npos) return npos;
    position = closing + 1;
  }
}

}  // namespace dataknobs::file
