// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Compressed files: which compressions there are, and streams of them in memory. A compressed file is one or more
/// whole streams, one behind the other, as their tools allow: so a file can be cut off and gone on with where one ends.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace arrow::util {
class Codec;
class Compressor;
class Decompressor;
}  // namespace arrow::util

namespace dataknobs::file {

enum class Compression : std::uint8_t { none, gzip, zstd, bz2, lz4, brotli };

/// "none", "gzip", ... as compression= takes them.
std::span<const std::string_view> compression_names() noexcept;
std::string_view to_string(Compression compression) noexcept;
/// By its name in an option. Nothing if there is none of that name.
std::optional<Compression> find_compression(std::string_view name) noexcept;
/// By the extension of a file (".gz"), in lower case; `none` if it says no compression.
Compression compression_of_extension(std::string_view extension) noexcept;

/// ".gz"; empty for `none`.
std::string_view extension_of_compression(Compression compression) noexcept;

/// Turns bytes into compressed ones. Errors of all calls: Error{internal}, for the codecs have no others.
class CompressedOutput {
 public:
  explicit CompressedOutput(Compression compression);
  ~CompressedOutput();
  CompressedOutput(CompressedOutput&&) noexcept;
  CompressedOutput& operator=(CompressedOutput&&) noexcept;

  /// Appends what is ready to `output`.
  void write(std::string_view bytes, std::string& output);
  /// Ends the stream, if one was begun; what follows is another one.
  void end(std::string& output);
  /// Forgets a stream that was begun.
  void reset() noexcept;
  bool is_begun() const noexcept { return compressor_ != nullptr; }
  /// Begins a stream, which may stay empty.
  void begin();

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::util::Compressor> compressor_;
};

/// Turns compressed bytes into what they were made of.
class CompressedInput {
 public:
  explicit CompressedInput(Compression compression);
  ~CompressedInput();

  /// Takes some of `bytes` from the front and puts what they give into `room`; the number of bytes put there. It is to
  /// be called until both are 0: no bytes left, and none given. Errors: SerializationError if they are damaged.
  std::size_t read(std::string_view& bytes, std::span<char> room);
  /// No stream is in the middle. REQUIRES: something was read.
  bool is_complete() const noexcept { return complete_; }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::util::Decompressor> decompressor_;
  bool complete_ = false;
};

}  // namespace dataknobs::file
