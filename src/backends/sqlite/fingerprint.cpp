// SPDX-License-Identifier: Apache-2.0
//
// SQLite's own change counter (bytes 24 to 27 of the file, https://www.sqlite.org/fileformat2.html) counts
// commits of the rollback journal; commits to a write-ahead log show in the log: its salts change when it
// starts anew, and its frames grow in number. Both together with the file's identity and size change with
// every commit.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "backends/sqlite/catalog.hpp"

namespace dataknobs::sqlite {

namespace {

// The log: SQLite holds no locks on it.
class LogFile {
 public:
  explicit LogFile(const std::string& path) noexcept
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~LogFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  bool read(std::uint64_t offset, void* into, std::size_t size) const noexcept {
    return descriptor_ >= 0 &&
           ::pread(descriptor_, into, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
  }

 private:
  int descriptor_;
};

std::uint32_t big_endian(const unsigned char* bytes) noexcept {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U |
         bytes[3];
}

// The frames that belong to the log's present life carry its salts; older ones follow them.
std::string log_state(const std::string& path) {
  constexpr std::size_t kHeader = 32;
  constexpr std::size_t kFrameHeader = 24;
  const LogFile log(path);
  std::array<unsigned char, kHeader> header{};
  if (!log.read(0, header.data(), header.size())) return "0";
  const std::uint64_t frame_size = kFrameHeader + std::uint64_t{big_endian(&header[8])};
  std::array<unsigned char, kFrameHeader> frame{};
  std::array<unsigned char, kFrameHeader> last{};
  std::uint64_t frames = 0;
  while (log.read(kHeader + frames * frame_size, frame.data(), frame.size()) &&
         std::equal(&frame[8], &frame[16], &header[16])) {
    last = frame;
    ++frames;
  }
  if (frames == 0) return "0";
  return fmt::format("{}-{:08x}{:08x}-{:08x}{:08x}", frames, big_endian(&header[16]), big_endian(&header[20]),
                     big_endian(&last[16]), big_endian(&last[20]));
}

}  // namespace

std::string file_fingerprint(Connection& connection) {
  if (connection.settings().in_memory()) return {};
  const std::string& path = connection.settings().path();
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  // The database file itself is read through SQLite's own handle: closing another one would give up the locks
  // that this process has on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
  sqlite3_file* file = nullptr;
  std::array<unsigned char, 100> header{};
  const int code = sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return {};
  const int read = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (read != SQLITE_OK && read != SQLITE_IOERR_SHORT_READ) return {};
  return fmt::format("sqlite1:{}:{}:{}:{}:{}", status.st_ino, status.st_size, big_endian(&header[24]),
                     big_endian(&header[40]), log_state(path + "-wal"));
}

}  // namespace dataknobs::sqlite
