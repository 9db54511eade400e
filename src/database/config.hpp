// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Stores by name, from a YAML file:
///
///     stores:
///       people: sqlite:app.db?table=people
///       orders:
///         url: postgresql://${DB_USER:app}@localhost/shop
///         password: ${DB_PASSWORD:?set it in the environment}
///         table: orders
///         key: [customer, number]
///
/// Keys beside `url` are options of the URL. In every text `${NAME}` is the environment variable of that name (an error
/// where it is not set), `${NAME:text}` the text where it is not set, `${NAME:-text}` the text where it is not set or
/// empty, `${NAME:?text}` an error saying the text then; `$${` is a literal `${`. Variables are put in after the file
/// was read, so their values never count as YAML, and only into the store that is asked for.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/url.hpp"

namespace dataknobs {

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// Puts variables in. Errors: ConfigurationError which names the variable, never a value.
std::string substitute(std::string_view text, const Environment& environment);

class Config {
 public:
  /// Errors: ConfigurationError with line and column, and the nearest known key.
  static Config parse(std::string_view yaml, const std::string& file_name, const Environment& environment);
  static Config load(const std::string& path, const Environment& environment);

  /// The URL of that name, or nothing. Errors: ConfigurationError if a variable of it is not set.
  std::optional<StoreUrl> find(std::string_view name) const;
  std::vector<std::string_view> names() const;

  /// A text as the file has it.
  struct Text {
    std::string text;
    std::string place;
  };
  /// A store as the file has it.
  struct Definition {
    std::string name;
    Text url;
    std::vector<std::pair<std::string, std::vector<Text>>> options;
  };

 private:
  std::vector<Definition> stores_;
  Environment environment_;
};

/// A URL, or a name of the configuration file in DATAKNOBS_CONFIG. Errors: ConfigurationError.
StoreUrl resolve_store(std::string_view text);
StoreUrl resolve_store(std::string_view text, const Environment& environment);

}  // namespace dataknobs
