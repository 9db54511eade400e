// SPDX-License-Identifier: Apache-2.0
#include "backends/file/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "backends/file/text_encoding.hpp"
#include "record/excerpt.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

constexpr std::int64_t kFreshNanoseconds = 100'000'000;
constexpr std::size_t kReadBytes = 1U << 20U;

std::string identity_of(const struct stat& status) {
  return fmt::format("{:x}:{:x}:{}:{}.{:09}", status.st_dev, status.st_ino, status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

/// A temporary file without a name: it is gone when the process is.
class Spool {
 public:
  /// `content`: what is kept there, for errors.
  explicit Spool(std::string content) : content_(std::move(content)) {
    const char* folder = std::getenv("TMPDIR");
    name_ = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/dataknobs-XXXXXX";
    descriptor_ = ::mkostemp(name_.data(), O_CLOEXEC);
    if (descriptor_ < 0) raise_system_error(errno, "cannot make a temporary file", name_);
    ::unlink(name_.c_str());
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0)
        raise_system_error(errno, fmt::format("cannot keep {} in the temporary file", content_), name_);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  std::string content_;
  std::string name_;
  int descriptor_ = -1;
};

int spool_standard_input() {
  Spool spool("standard input");
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got == 0) return spool.release();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) raise_system_error(errno, "cannot read", "standard input");
    spool.append(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
  }
}

[[noreturn]] void raise_damaged(const InputFile& packed, Compression compression, std::string_view why,
                                std::string_view native = {}) {
  Error(ErrorCode::serialization,
        fmt::format("{} is no whole {} file: {}", packed.name(), to_string(compression), why))
      .native("", native)
      .hint("get the file again, or say compression=none if it is not compressed")
      .raise();
}

int unpack(const InputFile& packed, Compression compression) {
  Spool spool("what is unpacked of " + packed.name());
  CompressedInput input(compression);
  std::string room(kReadBytes, '\0');
  for (std::uint64_t at = 0; at < packed.size();) {
    const std::string bytes = packed.read(at, kReadBytes);
    if (bytes.empty()) break;  // It was cut off meanwhile.
    at += bytes.size();
    std::string_view rest = bytes;
    for (std::size_t given = room.size(); !rest.empty() || given == room.size();) {
      const std::size_t left = rest.size();
      try {
        given = input.read(rest, room);
      } catch (const Error& error) {
        raise_damaged(packed, compression, fmt::format("it is damaged before byte {}", at - rest.size()),
                      error.message());
      }
      spool.append(std::string_view(room).substr(0, given));
      if (given == 0 && !rest.empty() && rest.size() == left)
        raise_damaged(packed, compression, "it makes no sense");
    }
  }
  packed.check_unchanged();
  if (!input.is_complete()) {
    raise_damaged(packed, compression, packed.size() == 0 ? "it is empty" : "it ends in the middle");
  }
  return spool.release();
}

int decode(const InputFile& encoded, const std::string& encoding) {
  Spool spool("what is decoded of " + encoded.name());
  TextDecoder decoder(encoding);
  std::string text;
  for (std::uint64_t at = 0; at < encoded.size();) {
    const std::string bytes = encoded.read(at, kReadBytes);
    if (bytes.empty()) break;  // It was cut off meanwhile.
    at += bytes.size();
    text.clear();
    if (const auto wrong = decoder.decode(bytes, text)) {
      Error(ErrorCode::serialization,
            fmt::format("{}: the byte at offset {} is no character of the encoding {}", encoded.name(),
                        *wrong, encoding))
          .hint("name the encoding that it has with encoding=")
          .raise();
    }
    spool.append(text);
  }
  encoded.check_unchanged();
  if (!decoder.is_complete()) {
    Error(ErrorCode::serialization, fmt::format("{} ends in the middle of a character", encoded.name()))
        .raise();
  }
  return spool.release();
}

}  // namespace

InputFile::InputFile(std::string name, int descriptor, bool temporary)
    : name_(std::move(name)), descriptor_(descriptor), temporary_(temporary) {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) {
    const int error_number = errno;
    ::close(descriptor_);
    raise_system_error(error_number, "cannot read", name_);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    Error(ErrorCode::invalid_argument, fmt::format("{} is not a regular file", name_))
        .hint("give '-' and format= to read a pipe from standard input")
        .raise();
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  identity_ = identity_of(status);
  struct timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::int64_t age =
      (now.tv_sec - status.st_mtim.tv_sec) * 1'000'000'000 + now.tv_nsec - status.st_mtim.tv_nsec;
  fresh_ = age < kFreshNanoseconds;
}

InputFile::InputFile(std::shared_ptr<const InputFile> packed, int descriptor)
    : packed_(std::move(packed)),
      name_(packed_->name_),
      descriptor_(descriptor),
      temporary_(packed_->temporary_),
      fresh_(packed_->fresh_),
      identity_(packed_->identity_) {
  struct stat status{};
  if (::fstat(descriptor_, &status) == 0) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    return;
  }
  const int error_number = errno;
  ::close(descriptor_);
  raise_system_error(error_number, "cannot read what is unpacked of", name_);
}

InputFile::~InputFile() {
  // Standard input is spooled once and stays for the life of the process.
  if (!temporary_ || packed_) ::close(descriptor_);
}

std::shared_ptr<const InputFile> InputFile::open_existing(const std::string& path, Compression compression,
                                                          const std::string& encoding) {
  if (!encoding.empty()) {
    std::shared_ptr<const InputFile> encoded = open_existing(path, compression);
    if (!encoded) return nullptr;
    const int descriptor = decode(*encoded, encoding);
    return std::shared_ptr<const InputFile>(new InputFile(std::move(encoded), descriptor));
  }
  if (compression != Compression::none) {
    std::shared_ptr<const InputFile> packed = open_existing(path);
    if (!packed) return nullptr;
    const int descriptor = unpack(*packed, compression);
    return std::shared_ptr<const InputFile>(new InputFile(std::move(packed), descriptor));
  }
  if (path == "-") {
    static std::mutex mutex;
    static int spool = -1;
    const std::lock_guard lock(mutex);
    if (spool < 0) spool = spool_standard_input();
    return std::shared_ptr<const InputFile>(new InputFile("standard input", spool, true));
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return nullptr;
  if (descriptor < 0) raise_system_error(errno, "cannot open", path);
  return std::shared_ptr<const InputFile>(new InputFile(path, descriptor, false));
}

std::string InputFile::identity_at(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return identity_of(status);
  if (errno != ENOENT) raise_system_error(errno, "cannot open", path);
  return {};
}

std::shared_ptr<const InputFile> InputFile::open(const std::string& path) {
  std::shared_ptr<const InputFile> file = open_existing(path);
  if (!file) raise_system_error(ENOENT, "cannot open", path);
  return file;
}

std::size_t InputFile::read(std::uint64_t offset, char* to, std::size_t size) const {
  return read_at(descriptor_, offset, to, size, name_);
}

std::string InputFile::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  bytes.resize(read(offset, bytes.data(), size));
  return bytes;
}

void InputFile::check_unchanged() const {
  if (packed_) return packed_->check_unchanged();
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) raise_system_error(errno, "cannot read", name_);
  if (identity_of(status) == identity_) return;
  Error(ErrorCode::concurrency, fmt::format("{} was changed while it was read", name_))
      .hint("run the command again when the file is complete")
      .raise();
}

void InputFile::raise_at(std::uint64_t offset, std::string_view what, std::string_view hint) const {
  std::uint64_t line = 1;
  std::uint64_t line_start = 0;
  std::string buffer;
  for (std::uint64_t at = 0; at < offset; at += buffer.size()) {
    buffer = read(at, static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, offset - at)));
    if (buffer.empty()) break;
    for (std::size_t i = buffer.find('\n'); i != std::string::npos; i = buffer.find('\n', i + 1)) {
      ++line;
      line_start = at + i + 1;
    }
  }
  // Columns count characters; of a very long line only its last part is looked at, and bytes are counted
  // before it.
  const std::uint64_t from = offset - std::min<std::uint64_t>(offset - line_start, kReadBytes);
  const std::string before = read(from, static_cast<std::size_t>(offset - from));
  const auto is_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const std::uint64_t column =
      1 + (from - line_start) +
      static_cast<std::uint64_t>(std::count_if(before.begin(), before.end(), is_character));
  // The excerpt begins a little before the place, at the start of a character.
  std::size_t back = std::min<std::size_t>(before.size(), 20);
  while (back < before.size() && back < 24 && !is_character(before[before.size() - back])) ++back;
  std::string shown = read(offset - back, 80 + back);
  shown.resize(std::min(shown.size(), shown.find('\n', back)));
  Error(ErrorCode::serialization,
        fmt::format("{}, line {}, column {}: {}: {}", name_, line, column, what, excerpt(shown)))
      .hint(hint)
      .raise();
}

}  // namespace dataknobs::file
