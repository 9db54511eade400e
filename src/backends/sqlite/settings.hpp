// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a URL says of an SQLite store.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "database/registry.hpp"
#include "runtime/pool_state.hpp"

namespace dataknobs::sqlite {

class Settings {
 public:
  /// Errors: ConfigurationError with the nearest known value.
  static Settings parse(const StoreUrl& url);

  /// The database's file as it was given; for a database in memory a name of its own.
  const std::string& path() const noexcept { return path_; }
  bool in_memory() const noexcept { return in_memory_; }
  bool read_only() const noexcept { return read_only_; }
  std::chrono::milliseconds busy_timeout() const noexcept { return busy_timeout_; }
  /// Nothing: a new file gets "wal", an existing one keeps what it has.
  const std::optional<std::string>& journal_mode() const noexcept { return journal_mode_; }
  const std::optional<std::string>& synchronous() const noexcept { return synchronous_; }
  bool foreign_keys() const noexcept { return foreign_keys_; }
  const PoolLimits& pool_limits() const noexcept { return pool_limits_; }
  /// The URL for people.
  const std::string& display() const noexcept { return display_; }

 private:
  std::string path_;
  std::string display_;
  bool in_memory_ = false;
  bool read_only_ = false;
  bool foreign_keys_ = true;
  std::chrono::milliseconds busy_timeout_{5000};
  std::optional<std::string> journal_mode_;
  std::optional<std::string> synchronous_;
  PoolLimits pool_limits_;
};

/// The file of that name, which need not be there: absolute, links resolved.
std::string resolved_path(const std::string& path);

/// All options that a URL may give.
std::vector<OptionDeclaration> option_declarations();

}  // namespace dataknobs::sqlite
