// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Settings of a connection: what libpq takes, from a store's URL.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "database/registry.hpp"
#include "database/url.hpp"
#include "runtime/pool_state.hpp"

namespace dataknobs::postgresql {

/// Connection keywords as libpq names them, checked by libpq's own parser.
/// Thread safety: immutable once made.
class Settings {
 public:
  /// Errors: ConfigurationError in libpq's words, never with the password.
  static Settings from_url(const StoreUrl& url);

  const std::vector<std::pair<std::string, std::string>>& keywords() const noexcept { return keywords_; }
  /// The value of a keyword; empty if it is not given.
  const std::string& value(std::string_view keyword) const noexcept;
  /// The URL without secrets.
  const std::string& display_name() const noexcept { return display_name_; }
  /// The server, the database and who reads it, in one spelling.
  StoreUrl place() const;
  /// The schema that the URL names, if it does.
  const std::optional<std::string>& schema() const noexcept { return schema_; }
  const PoolLimits& pool_limits() const noexcept { return pool_limits_; }
  /// `text` with every secret of these settings replaced: for words of libpq and of the server.
  std::string scrub(std::string text) const;

 private:
  std::vector<std::pair<std::string, std::string>> keywords_;
  std::vector<std::string> secrets_;
  std::string display_name_;
  std::optional<std::string> schema_;
  PoolLimits pool_limits_;
};

/// Without `//` a URL names no server, and its password would be shown as part of a path.
/// Errors: ConfigurationError that shows nothing of the URL.
void check_slashes(const StoreUrl& url);

/// Every key that a URL may give: libpq's keywords, those of a dataset and those of the pool.
std::vector<OptionDeclaration> declared_options();

}  // namespace dataknobs::postgresql
