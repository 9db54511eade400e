// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Config: databases by name, from a YAML file.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/task.hpp>

namespace dataknobs {

class Database;
class Store;

/// Databases by name, as a YAML file has them (docs/configuration.md). `Database::open` takes such a name too, by the
/// file that `find` gives: this class is for a program that has a file of its own.
/// Thread safety: const; may be shared. Variables, files and commands are read when a database is opened, commands
/// on the calling thread.
///
/// ```cpp
/// const Config config = Config::load("app.yaml");
/// Database people = co_await config.open("people");
/// sync::Database orders(config, "orders");
/// ```
class Config {
 public:
  /// Reads a file. Errors: ConfigurationError with line and column, and the nearest known key.
  static Config load(const std::string& path);
  /// The same of a text; `name`: what errors call it, and the folder from which paths of files with secrets start.
  static Config parse(std::string_view yaml, const std::string& name);
  /// The file in DATAKNOBS_CONFIG, else dataknobs.yaml in the current folder, else the one in the user's folder of
  /// configurations (~/.config/dataknobs); nothing if there is none.
  static std::optional<Config> find();

  /// The names of the databases, in the order of the file.
  std::vector<std::string> names() const;
  /// Opens the database of that name.
  /// Errors: ConfigurationError for an unknown name (with the nearest), an unknown key, or a text that cannot be had.
  Task<Database> open(std::string name) const;
  /// Opens the store of the database of that name. Errors: as `open`.
  Task<Store> open_store(std::string name) const;

 private:
  class State;
  explicit Config(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace dataknobs
