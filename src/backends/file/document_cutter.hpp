// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Where the documents of NDJSON and JSON files begin and end. What is in them is for the JSON parser to judge; only
/// what is between them is checked here.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/file/input_file.hpp"

namespace dataknobs::file {

/// How documents follow each other: one a line; objects with blanks between; the elements of one array.
enum class DocumentStyle : std::uint8_t { lines, sequence, array };

/// Cuts a text, given in pieces, into documents.
class DocumentCutter {
 public:
  enum class Result : std::uint8_t { document, more, fault };

  /// `inside`: the text starts with a document in the middle of an array.
  DocumentCutter(DocumentStyle style, bool inside)
      : style_(style), place_(inside ? Place::element : Place::start) {}

  /// Looks for the next document from `at`: [begin(), end()) of `text`, and `at` is set behind it. `more`: the rest of
  /// the text, from `at`, has no whole document; it is wanted again with what follows. `final`: nothing follows.
  Result next(std::string_view text, std::size_t& at, bool final);
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return end_; }
  /// What is wrong at begin().
  const char* fault() const noexcept { return fault_; }
  /// The end of the text may be here: not within an array.
  bool may_end() const noexcept { return style_ != DocumentStyle::array || place_ == Place::behind; }

 private:
  enum class Place : std::uint8_t { start, first, element, separator, behind };

  Result next_line(std::string_view text, std::size_t& at, bool final);
  Result next_object(std::string_view text, std::size_t& at, bool final);
  bool step_to_object(std::string_view text, std::size_t& at);
  Result fail(std::size_t at, const char* what);

  DocumentStyle style_;
  Place place_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  const char* fault_ = nullptr;
};

/// Reads the documents of a range of a file. REQUIRES: `begin` starts a document, or the file.
class DocumentReader {
 public:
  DocumentReader(const InputFile& file, DocumentStyle style, std::uint64_t begin, std::uint64_t end,
                 bool inside, std::size_t block_bytes);
  /// The next document, valid until the next call; nothing at the end.
  /// Errors: SerializationError with line, column and excerpt.
  std::optional<std::string_view> next();
  /// Where in the file that document begins.
  std::uint64_t offset() const noexcept { return buffer_offset_ + cutter_.begin(); }

 private:
  bool fill(std::size_t keep_from);

  const InputFile& file_;
  DocumentCutter cutter_;
  std::uint64_t end_;
  std::size_t block_bytes_;
  std::uint64_t buffer_offset_;
  std::string buffer_;
  std::size_t at_ = 0;
};

/// "lines" for NDJSON; for JSON by its first character.
/// Errors: SerializationError if it starts neither an array nor an object.
DocumentStyle style_of_json(const InputFile& file);

}  // namespace dataknobs::file
