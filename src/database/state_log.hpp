// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// StateLog: what dataknobs has to remember of a store that cannot keep it itself: journal and lease, and how far a
/// new file is loaded. A local file of checksummed lines, one per change; a change is there as a whole or not at all.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/system_file.hpp"

namespace dataknobs {

/// Keys and values, UTF-8.
using StateValues = std::map<std::string, std::string, std::less<>>;

struct StateChange {
  StateValues puts;
  std::vector<std::string> removes;
  bool empty() const noexcept { return puts.empty() && removes.empty(); }
};

/// Thread safety: all members may be called from any thread, and by several processes at once.
class StateLog {
 public:
  /// The log of the store of that name (the absolute path of a file, a URL without secrets), in
  /// `${XDG_STATE_HOME:-~/.local/state}/dataknobs/stores/`.
  explicit StateLog(std::string store);

  /// What is kept now; nothing where there is no folder for it.
  /// Errors: SerializationError if the log is damaged, naming the place; it is left as it is.
  StateValues read();
  /// Lets `decide` see what is kept while nobody else changes it, and makes its change durable.
  /// Errors: ConfigurationError if there is no folder for it.
  void apply(const std::function<StateChange(const StateValues&)>& decide);

  const std::string& store() const noexcept { return store_; }
  /// The file that it is in; empty where there is no folder for it.
  const std::string& path() const noexcept { return path_; }

 private:
  void refresh();
  void replay(std::string_view text, std::uint64_t base);
  void append(const StateChange& change);
  void compact();

  std::string store_;
  std::string path_;
  std::mutex mutex_;
  StateValues values_;
  FileDescriptor held_;
  std::uint64_t inode_ = 0;
  std::uint64_t length_ = 0;  ///< Bytes of whole lines that were replayed.
};

}  // namespace dataknobs
