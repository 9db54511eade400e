// SPDX-License-Identifier: Apache-2.0
#include "backends/file/compression.hpp"

#include <array>

#include <arrow/util/compression.h>
#include <fmt/format.h>

#include "backends/file/arrow_status.hpp"

namespace dataknobs::file {
namespace {

struct Kind {
  std::string_view name;
  std::string_view extension;
  arrow::Compression::type codec;
  int level;
};
// The levels that the tools of these formats take by themselves; Arrow's own are another's for some.
constexpr std::array<Kind, 6> kKinds = {{{"none", "", arrow::Compression::UNCOMPRESSED, 0},
                                         {"gzip", ".gz", arrow::Compression::GZIP, 6},
                                         {"zstd", ".zst", arrow::Compression::ZSTD, 3},
                                         {"bz2", ".bz2", arrow::Compression::BZ2, 9},
                                         {"lz4", ".lz4", arrow::Compression::LZ4_FRAME, 1},
                                         {"brotli", ".br", arrow::Compression::BROTLI, 5}}};
constexpr std::array<std::string_view, kKinds.size()> kNames = {
    kKinds[0].name, kKinds[1].name, kKinds[2].name, kKinds[3].name, kKinds[4].name, kKinds[5].name};
constexpr std::size_t kOutputBytes = 64U << 10U;

const Kind& kind_of(Compression compression) noexcept {
  return kKinds[static_cast<std::size_t>(compression)];
}

std::unique_ptr<arrow::util::Codec> make_codec(Compression compression) {
  const Kind& kind = kind_of(compression);
  if (!arrow::util::Codec::IsAvailable(kind.codec)) {
    Error(ErrorCode::unsupported, fmt::format("this build of Arrow has no {}", kind.name)).raise();
  }
  return take(arrow::util::Codec::Create(kind.codec, kind.level));
}

const std::uint8_t* as_bytes(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::span<const std::string_view> compression_names() noexcept {
  return kNames;
}

std::string_view to_string(Compression compression) noexcept {
  return kind_of(compression).name;
}

std::optional<Compression> find_compression(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i].name == name) return static_cast<Compression>(i);
  }
  return std::nullopt;
}

Compression compression_of_extension(std::string_view extension) noexcept {
  for (std::size_t i = 1; i < kKinds.size(); ++i) {
    if (kKinds[i].extension == extension) return static_cast<Compression>(i);
  }
  return Compression::none;
}

std::string_view extension_of_compression(Compression compression) noexcept {
  return kind_of(compression).extension;
}

CompressedOutput::CompressedOutput(Compression compression) : codec_(make_codec(compression)) {}
CompressedOutput::~CompressedOutput() = default;
CompressedOutput::CompressedOutput(CompressedOutput&&) noexcept = default;
CompressedOutput& CompressedOutput::operator=(CompressedOutput&&) noexcept = default;

void CompressedOutput::begin() {
  if (!compressor_) compressor_ = take(codec_->MakeCompressor());
}

void CompressedOutput::reset() noexcept {
  compressor_.reset();
}

void CompressedOutput::write(std::string_view bytes, std::string& output) {
  begin();
  std::size_t room = kOutputBytes;
  while (!bytes.empty()) {
    const std::size_t before = output.size();
    output.resize(before + room);
    const auto result = take(compressor_->Compress(static_cast<std::int64_t>(bytes.size()), as_bytes(bytes),
                                                   static_cast<std::int64_t>(room),
                                                   reinterpret_cast<std::uint8_t*>(&output[before])));
    output.resize(before + static_cast<std::size_t>(result.bytes_written));
    bytes.remove_prefix(static_cast<std::size_t>(result.bytes_read));
    if (result.bytes_read == 0) room *= 2;
  }
}

void CompressedOutput::end(std::string& output) {
  if (!compressor_) return;
  std::size_t room = kOutputBytes;
  for (bool again = true; again; room *= 2) {
    const std::size_t before = output.size();
    output.resize(before + room);
    const auto result = take(
        compressor_->End(static_cast<std::int64_t>(room), reinterpret_cast<std::uint8_t*>(&output[before])));
    output.resize(before + static_cast<std::size_t>(result.bytes_written));
    again = result.should_retry;
  }
  compressor_.reset();
}

CompressedInput::CompressedInput(Compression compression)
    : codec_(make_codec(compression)), decompressor_(take(codec_->MakeDecompressor())) {}
CompressedInput::~CompressedInput() = default;

std::size_t CompressedInput::read(std::string_view& bytes, std::span<char> room) {
  if (complete_) {
    if (bytes.empty()) return 0;
    check(decompressor_->Reset());
    complete_ = false;
  }
  const auto result = take(decompressor_->Decompress(static_cast<std::int64_t>(bytes.size()), as_bytes(bytes),
                                                     static_cast<std::int64_t>(room.size()),
                                                     reinterpret_cast<std::uint8_t*>(room.data())));
  bytes.remove_prefix(static_cast<std::size_t>(result.bytes_read));
  complete_ = decompressor_->IsFinished();
  return static_cast<std::size_t>(result.bytes_written);
}

}  // namespace dataknobs::file
