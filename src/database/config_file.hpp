// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Databases by name, from a YAML file (docs/configuration.md):
///
///     databases:
///       people: sqlite:app.db?table=people
///       orders:
///         url: postgresql://${DB_USER:app}@localhost/shop
///         password: {file: /run/secrets/shop}
///         table: orders
///         key: [customer, number]
///         pool: {min: 2, max: 16, warm_up: true}
///
/// or as a list whose entries have a `name`; `backend` and `path` may stand for `url`. In every text `${NAME}` is the
/// environment variable of that name (an error where it is not set), `${NAME:text}` the text where it is not set,
/// `${NAME:-text}` the text where it is not set or empty, `${NAME:?text}` an error saying the text then; `$${` is a
/// literal `${`. Variables are put in after the file was read, so their values never count as YAML, and only into the
/// database that is asked for: no file is read and no command is run for the others.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "database/url.hpp"

namespace dataknobs {

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// Where texts come from that are not in the file itself. Errors of both functions: ConfigurationError, never with
/// what they would give.
struct ConfigSources {
  Environment environment;
  std::function<std::string(const std::string& path)> read_file;
  /// What the command (of the shell) prints.
  std::function<std::string(const std::string& command)> run_command;
};
/// Those of this process.
ConfigSources process_sources(Environment environment);

/// What a file holds; `what` names it in errors. Errors: ConfigurationError.
std::string read_config_file(const std::string& path, std::string_view what);

/// Puts variables in. Errors: ConfigurationError which names the variable, never a value.
std::string substitute(std::string_view text, const Environment& environment);

class ConfigFile {
 public:
  /// Errors: ConfigurationError with line and column, and the nearest known key.
  static ConfigFile parse(std::string_view yaml, const std::string& file_name, ConfigSources sources);
  static ConfigFile load(const std::string& path, ConfigSources sources);

  /// A database as it is to be opened, and where in the file each of its options stands.
  struct Found {
    StoreUrl url;
    std::string place;
    std::vector<std::pair<std::string, std::string>> option_places;
  };
  /// The database of that name, or nothing. Errors: ConfigurationError if a text of it cannot be had.
  std::optional<Found> find(std::string_view name) const;
  std::vector<std::string_view> names() const;
  const std::string& file_name() const noexcept { return file_name_; }

  /// A text as the file has it.
  struct Text {
    enum class Source : std::uint8_t { here, variable, file, command };
    std::string text;
    std::string place;
    Source source = Source::here;
  };
  /// A database as the file has it: `address` is its URL, or the path after its backend's name.
  struct Definition {
    std::string name;
    std::string place;
    std::optional<Text> url;
    std::optional<Text> backend;
    std::optional<Text> path;
    std::vector<std::pair<std::string, std::vector<Text>>> options;
  };

 private:
  std::string file_name_;
  std::vector<Definition> databases_;
  ConfigSources sources_;
};

}  // namespace dataknobs
