// SPDX-License-Identifier: Apache-2.0
#include "database/state_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <dataknobs/error.hpp>
#include <dataknobs/value.hpp>

#include "record/json.hpp"

namespace dataknobs {
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

FileDescriptor lock(const std::string& path) {
  const std::string name = path + ".lock";
  FileDescriptor descriptor(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!descriptor.is_open()) raise_system_error(errno, "cannot open", name);
  while (::flock(descriptor.number(), LOCK_EX) != 0) {
    if (errno != EINTR) raise_system_error(errno, "cannot lock", name);
  }
  return descriptor;
}

struct stat status_of(const FileDescriptor& descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor.number(), &status) != 0) raise_system_error(errno, "cannot read", path);
  return status;
}

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
  // The name is for people; the hash tells stores apart.
  std::string name = std::filesystem::path(store_).filename().string().substr(0, 64);
  const auto is_odd = [](unsigned char c) {
    return c < 0x80 && std::isalnum(c) == 0 && c != '.' && c != '-';
  };
  std::replace_if(name.begin(), name.end(), is_odd, '_');
  path_ = fmt::format("{}/dataknobs/stores/{}-{:016x}{:016x}.log", folder, name, hash.high64, hash.low64);
}

StateValues StateLog::read() {
  const std::lock_guard guard(mutex_);
  if (!path_.empty()) refresh();
  return values_;
}

void StateLog::apply(const std::function<StateChange(const StateValues&)>& decide) {
  const std::lock_guard guard(mutex_);
  if (path_.empty()) {
    Error(ErrorCode::configuration, "there is no folder for the state of a copy")
        .hint("set XDG_STATE_HOME or HOME")
        .raise();
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
  if (error) raise_system_error(error.value(), "cannot make the folder of", path_);
  const FileDescriptor locked = lock(path_);
  refresh();
  const StateChange change = decide(values_);
  if (change.empty()) return;
  append(change);
  std::uint64_t live = 0;
  for (const auto& [key, value] : values_) live += key.size() + value.size();
  if (length_ > kCompactFrom && length_ > 4 * live) compact();
}

void StateLog::refresh() {
  FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open() && errno != ENOENT) raise_system_error(errno, "cannot open", path_);
  struct stat status{};
  if (file.is_open()) status = status_of(file, path_);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (status.st_ino != inode_ || size < length_) {
    values_.clear();
    length_ = 0;
    inode_ = status.st_ino;
  }
  // While it is open, no other file gets its inode number: the log that replaces it at a compaction would look like it.
  held_ = std::move(file);
  if (size == length_) return;
  std::string text(static_cast<std::size_t>(size - length_), '\0');
  text.resize(read_at(held_.number(), length_, text.data(), text.size(), path_));
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
          .hint("it keeps how far copies into '" + store_ +
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
  FileDescriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) raise_system_error(errno, "cannot open", path_);
  const std::uint64_t inode = status_of(file, path_).st_ino;
  const bool is_new = length_ == 0;
  std::string text = is_new ? line_of(header_of(store_)) : std::string();
  text += line_of(change_to_json(change));
  const auto end = static_cast<off_t>(length_);
  try {
    if (::ftruncate(file.number(), end) != 0 || ::lseek(file.number(), end, SEEK_SET) < 0)
      raise_system_error(errno, "cannot shorten", path_);
    write_all(file.number(), text, path_);
    if (::fdatasync(file.number()) != 0) raise_system_error(errno, "cannot write", path_);
    if (is_new) sync_folder_of(path_);
  } catch (const Error&) {
    if (::ftruncate(file.number(), end) != 0) inode_ = 0;
    throw;
  }
  inode_ = inode;
  length_ += text.size();
  held_ = std::move(file);
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

}  // namespace dataknobs
