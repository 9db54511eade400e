// SPDX-License-Identifier: Apache-2.0
#include "backends/file/state_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <dataknobs/error.hpp>
#include <dataknobs/value.hpp>

#include "backends/file/input_file.hpp"
#include "backends/file/output_file.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

// A line is "<16 hex digits of XXH3-64 of the JSON> <JSON>\n".
constexpr std::size_t kChecksumDigits = 16;
constexpr std::int64_t kVersion = 1;
constexpr std::uint64_t kCompactFrom = 1U << 20U;

std::string line_of(const Json::Object& object) {
  const std::string json = to_json(Value(Json(object)));
  return fmt::format("{:016x} {}\n", XXH3_64bits(json.data(), json.size()), json);
}

Json::Object header_of(const std::string& store) {
  Json::Object header;
  header.emplace_back("dataknobs-log", kVersion);
  header.emplace_back("store", store);
  return header;
}

Json::Object change_to_json(const StateChange& change) {
  Json::Object puts;
  for (const auto& [key, value] : change.puts) puts.emplace_back(key, value);
  Json::Array removes;
  for (const std::string& key : change.removes) removes.emplace_back(key);
  Json::Object object;
  if (!change.removes.empty()) object.emplace_back("remove", Json(std::move(removes)));
  if (!change.puts.empty()) object.emplace_back("put", Json(std::move(puts)));
  return object;
}

/// The JSON of a line without its line end, or nothing if it is damaged.
std::optional<Json> payload(std::string_view line) {
  if (line.size() <= kChecksumDigits || line[kChecksumDigits] != ' ') return std::nullopt;
  const std::string_view json = line.substr(kChecksumDigits + 1);
  if (fmt::format("{:016x}", XXH3_64bits(json.data(), json.size())) != line.substr(0, kChecksumDigits)) {
    return std::nullopt;
  }
  return Json(parse_json_object(json));
}

/// Holds the lock of a log, which other processes see.
class Lock {
 public:
  explicit Lock(const std::string& path)
      : descriptor_(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) raise_system_error(errno, "cannot open", path + ".lock");
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      const int error_number = errno;
      ::close(descriptor_);
      raise_system_error(error_number, "cannot lock", path + ".lock");
    }
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ::close(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

StateLog::StateLog(std::string store) : store_(std::move(store)) {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::string folder;
  if (state != nullptr && *state == '/') {
    folder = state;
  } else if (home != nullptr && *home == '/') {
    folder = std::string(home) + "/.local/state";
  } else {
    return;
  }
  const XXH128_hash_t hash = XXH3_128bits(store_.data(), store_.size());
  const std::string name = std::filesystem::path(store_).filename().string().substr(0, 64);
  path_ = fmt::format("{}/dataknobs/files/{}-{:016x}{:016x}.log", folder, name, hash.high64, hash.low64);
}

StateValues StateLog::read() {
  const std::lock_guard guard(mutex_);
  if (!path_.empty()) refresh();
  return values_;
}

void StateLog::apply(const std::function<StateChange(const StateValues&)>& decide) {
  const std::lock_guard guard(mutex_);
  if (path_.empty()) {
    Error(ErrorCode::configuration, "there is no folder for the state of a load")
        .hint("set XDG_STATE_HOME or HOME")
        .raise();
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
  if (error) raise_system_error(error.value(), "cannot make the folder of", path_);
  const Lock lock(path_);
  refresh();
  const StateChange change = decide(values_);
  if (change.empty()) return;
  append(change);
  std::uint64_t live = 0;
  for (const auto& [key, value] : values_) live += key.size() + value.size();
  if (length_ > kCompactFrom && length_ > 4 * live) compact();
}

void StateLog::refresh() {
  const std::shared_ptr<const InputFile> file = InputFile::open_existing(path_);
  struct stat status{};
  if (file && ::fstat(file->descriptor(), &status) != 0) raise_system_error(errno, "cannot read", path_);
  if (!file || status.st_ino != inode_ || file->size() < length_) {
    values_.clear();
    length_ = 0;
    inode_ = status.st_ino;
  }
  // While it is open, no other file gets its inode number: the log that replaces it at a compaction would look like it.
  held_ = file;
  if (!file || file->size() == length_) return;
  const std::string text = file->read(length_, static_cast<std::size_t>(file->size() - length_));
  replay(text, length_);
}

void StateLog::replay(std::string_view text, std::uint64_t base) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    std::optional<Json> json;
    if (end != std::string_view::npos) json = payload(text.substr(at, end - at));
    if (!json) {
      // A write that was cut off leaves a torn last line, which nobody relied on. Anything else is damage.
      if (end == std::string_view::npos || end + 1 == text.size()) return;
      Error(ErrorCode::serialization, fmt::format("{} is damaged at byte {}", path_, base + at))
          .hint("it keeps how far loads of '" + store_ +
                "' are; restore it, or remove it and start them anew")
          .raise();
    }
    const Value* version = json->find("dataknobs-log");
    if (version != nullptr && *version != Value(kVersion)) {
      Error(ErrorCode::serialization, fmt::format("{} was written by another version of dataknobs", path_))
          .raise();
    }
    const Value* removes = json->find("remove");
    if (removes != nullptr) {
      for (const Value& key : removes->get<Json>().array()) values_.erase(key.get<std::string>());
    }
    const Value* puts = json->find("put");
    if (puts != nullptr) {
      for (const auto& [key, value] : puts->get<Json>().object()) values_[key] = value.get<std::string>();
    }
    at = end + 1;
    length_ = base + at;
  }
}

void StateLog::append(const StateChange& change) {
  const int descriptor = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) raise_system_error(errno, "cannot open", path_);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) {
    const int error_number = errno;
    ::close(descriptor);
    raise_system_error(error_number, "cannot read", path_);
  }
  OutputFile output(path_, descriptor, length_);
  const bool is_new = length_ == 0;
  try {
    output.truncate(length_);
    std::string text = is_new ? line_of(header_of(store_)) : std::string();
    text += line_of(change_to_json(change));
    output.append(text);
    output.sync();
    if (is_new) sync_folder_of(path_);
  } catch (const Error&) {
    if (::ftruncate(descriptor, static_cast<off_t>(length_)) != 0) inode_ = 0;
    throw;
  }
  inode_ = status.st_ino;
  if (is_new) held_ = InputFile::open_existing(path_);
  length_ = output.position();
  for (const std::string& key : change.removes) values_.erase(key);
  for (const auto& [key, value] : change.puts) values_[key] = value;
}

void StateLog::compact() {
  StateChange all;
  all.puts = values_;
  std::string text = line_of(header_of(store_));
  if (!all.empty()) text += line_of(change_to_json(all));
  write_whole_file(path_, text);
  values_.clear();
  inode_ = 0;
  length_ = 0;
  refresh();
}

}  // namespace dataknobs::file
