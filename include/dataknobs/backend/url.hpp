// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The URL that names a store and a dataset in it.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dataknobs {

/// A parsed store URL: `scheme:path?key=value` or `scheme://user:password@host:port/path?key=value`. Names
/// and values are percent-decoded; '+' is a plus. A bare path (`people.csv`, `./a:b.csv`, `-`) is a file
/// store: it is taken as it is, without decoding, up to the first '?', where options may follow.
class StoreUrl {
 public:
  /// Errors: ConfigurationError with the position of what is wrong. Never shows a password.
  static StoreUrl parse(std::string_view text);
  StoreUrl() = default;
  /// Without authority and options.
  StoreUrl(std::string scheme, std::string path) : scheme_(std::move(scheme)), path_(std::move(path)) {}

  const std::string& scheme() const noexcept { return scheme_; }
  /// What is between `//` and the path, undecoded (`user:password@host:port`); empty if there is none.
  const std::string& authority() const noexcept { return authority_; }
  bool has_authority() const noexcept { return has_authority_; }
  /// Percent-decoded. `postgresql://host/app` has "app", `sqlite:app.db` "app.db", `sqlite:/tmp/x.db`
  /// "/tmp/x.db"; after an empty authority the slash stays: `file:///tmp/x.csv` has "/tmp/x.csv".
  const std::string& path() const noexcept { return path_; }
  /// Options in their order; a key may occur more than once.
  const std::vector<std::pair<std::string, std::string>>& options() const noexcept { return options_; }
  std::optional<std::string> option(std::string_view key) const;
  StoreUrl& set_scheme(std::string scheme) { return scheme_ = std::move(scheme), *this; }
  StoreUrl& add_option(std::string key, std::string value);
  /// In place of all options of that key.
  StoreUrl& set_option(std::string key, std::string value);
  /// The URL without password and secret options, for people.
  std::string display() const;

 private:
  std::string scheme_;
  std::string authority_;
  bool has_authority_ = false;
  std::string path_;
  std::vector<std::pair<std::string, std::string>> options_;
};

}  // namespace dataknobs
