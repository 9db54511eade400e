// SPDX-License-Identifier: Apache-2.0
#include "database/config_file.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/error.hpp>

#include "record/nearest.hpp"

namespace dataknobs {

namespace {

using Text = ConfigFile::Text;
using Definition = ConfigFile::Definition;

[[noreturn]] void fail(const std::string& message, const std::string& hint = {}) {
  Error(ErrorCode::configuration, message).hint(hint).raise();
}

[[noreturn]] void fail_with_nearest(const std::string& message, std::string_view name,
                                    std::span<const std::string_view> known) {
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  fail(message, nearest ? fmt::format("did you mean '{}'?", *nearest)
                        : fmt::format("one of {}", fmt::join(known, ", ")));
}

// Reads one file; what is wrong is named with its line.
class Parser {
 public:
  explicit Parser(std::string file) : file_(std::move(file)) {}

  std::vector<Definition> databases(const YAML::Node& root) const;
  std::string place(const YAML::Mark& mark) const {
    return mark.is_null() ? file_
                          : fmt::format("{}, line {}, column {}", file_, mark.line + 1, mark.column + 1);
  }

 private:
  void check_keys(const YAML::Node& root) const;
  Definition database(const YAML::Node& node) const;
  void add_pool(Definition& database, const YAML::Node& node) const;
  std::string word(const YAML::Node& node) const;
  Text text(const YAML::Node& node) const;
  std::vector<Text> texts(const YAML::Node& node) const;

  std::string file_;
};

std::vector<Definition> Parser::databases(const YAML::Node& root) const {
  std::vector<Definition> result;
  if (root.IsNull()) return result;
  if (!root.IsMap()) fail(fmt::format("{}: the key 'databases' is wanted here", place(root.Mark())));
  check_keys(root);
  const YAML::Node databases = root["databases"];
  if (!databases || databases.IsNull()) return result;
  if (databases.IsMap()) {
    for (const auto& entry : databases) {
      Definition found = database(entry.second);
      if (!found.name.empty())
        fail(fmt::format("{}: '{}' has its name already", found.place, word(entry.first)),
             "leave 'name' out");
      found.name = word(entry.first);
      result.push_back(std::move(found));
    }
  } else if (databases.IsSequence()) {
    for (const YAML::Node& entry : databases) result.push_back(database(entry));
  } else {
    fail(fmt::format("{}: databases are wanted here, as a list or by name", place(databases.Mark())));
  }
  for (auto one = result.begin(); one != result.end(); ++one) {
    if (one->name.empty()) fail(fmt::format("{}: the key 'name' is missing", one->place));
    const auto other =
        std::find_if(result.begin(), one, [&](const Definition& before) { return before.name == one->name; });
    if (other == one) continue;
    fail(fmt::format("{}: the database '{}' is there already ({})", one->place, one->name, other->place));
  }
  return result;
}

void Parser::check_keys(const YAML::Node& root) const {
  constexpr std::array<std::string_view, 1> known{"databases"};
  for (const auto& entry : root) {
    const std::string key = word(entry.first);
    if (key != known.front())
      fail_with_nearest(fmt::format("{}: unknown key '{}'", place(entry.first.Mark()), key), key, known);
  }
}

Definition Parser::database(const YAML::Node& node) const {
  Definition result;
  result.place = place(node.Mark());
  if (node.IsScalar()) {
    result.url = text(node);
    return result;
  }
  if (!node.IsMap()) fail(fmt::format("{}: a URL or a group of keys is wanted here", result.place));
  for (const auto& entry : node) {
    const std::string key = word(entry.first);
    if (key == "name") {
      result.name = word(entry.second);
    } else if (key == "url") {
      result.url = text(entry.second);
    } else if (key == "backend") {
      result.backend = text(entry.second);
    } else if (key == "path") {
      result.path = text(entry.second);
    } else if (key == "pool") {
      add_pool(result, entry.second);
    } else {
      result.options.emplace_back(key, texts(entry.second));
    }
  }
  if (result.url && (result.backend || result.path)) {
    fail(fmt::format("{}: the URL says already what '{}' does ({})", result.url->place,
                     result.backend ? "backend" : "path",
                     (result.backend ? result.backend : result.path)->place),
         "leave one of them out");
  }
  if (result.url || result.backend) return result;
  std::vector<std::string> names;
  for (const auto& entry : node) names.push_back(word(entry.first));
  const std::vector<std::string_view> given(names.begin(), names.end());
  std::optional<std::string_view> nearest = nearest_name("url", given);
  if (!nearest) nearest = nearest_name("backend", given);
  fail(fmt::format("{}: the key 'url' or 'backend' is missing", result.place),
       nearest ? fmt::format("did you mean it by '{}'?", *nearest) : std::string());
}

void Parser::add_pool(Definition& database, const YAML::Node& node) const {
  constexpr std::array<std::string_view, 5> known{"min", "max", "idle", "lifetime", "warm_up"};
  if (!node.IsMap())
    fail(fmt::format("{}: a group of keys is wanted here: {}", place(node.Mark()), fmt::join(known, ", ")));
  for (const auto& entry : node) {
    const std::string key = word(entry.first);
    if (std::find(known.begin(), known.end(), key) == known.end())
      fail_with_nearest(fmt::format("{}: unknown key '{}'", place(entry.first.Mark()), key), key, known);
    database.options.emplace_back("pool_" + key, std::vector<Text>{text(entry.second)});
  }
}

std::string Parser::word(const YAML::Node& node) const {
  if (!node.IsScalar()) fail(fmt::format("{}: a name is wanted here", place(node.Mark())));
  return node.Scalar();
}

// A text, or where it is to be had: {variable: NAME}, {file: PATH}, {command: WORDS}.
Text Parser::text(const YAML::Node& node) const {
  Text result;
  result.place = place(node.Mark());
  if (node.IsScalar()) {
    result.text = node.Scalar();
    return result;
  }
  constexpr std::array<std::string_view, 3> known{"variable", "file", "command"};
  constexpr std::array<Text::Source, 3> sources{Text::Source::variable, Text::Source::file,
                                                Text::Source::command};
  if (!node.IsMap() || node.size() != 1)
    fail(fmt::format("{}: a text is wanted here, or one of {}", result.place, fmt::join(known, ", ")));
  const std::string key = word(node.begin()->first);
  const auto found = std::find(known.begin(), known.end(), key);
  if (found == known.end())
    fail_with_nearest(fmt::format("{}: unknown key '{}'", result.place, key), key, known);
  result.source = sources[static_cast<std::size_t>(found - known.begin())];
  result.text = word(node.begin()->second);
  return result;
}

// An option's value: a text, or a list (several options, or the names of `key`).
std::vector<Text> Parser::texts(const YAML::Node& node) const {
  if (!node.IsSequence()) return {text(node)};
  std::vector<Text> result;
  for (const YAML::Node& element : node) result.push_back(text(element));
  return result;
}

// Gets the texts of one database.
class Resolver {
 public:
  Resolver(const ConfigSources& sources, const std::string& file) : sources_(sources), file_(file) {}

  ConfigFile::Found database(const Definition& definition) const;

 private:
  StoreUrl address(const Definition& definition) const;
  std::string value(const Text& text) const;
  std::string value_of_source(const Text& text) const;

  const ConfigSources& sources_;
  const std::string& file_;
};

ConfigFile::Found Resolver::database(const Definition& definition) const {
  ConfigFile::Found found{address(definition), definition.place, {}};
  for (const auto& [option, given] : definition.options) {
    const std::string& place = given.empty() ? definition.place : given.front().place;
    if (found.url.option(option))
      fail(fmt::format("{}: the URL says '{}' already", place, option), "leave one of them out");
    std::vector<std::string> values;
    for (const Text& text : given) values.push_back(value(text));
    if (option == "key") values = {fmt::format("{}", fmt::join(values, ","))};
    found.option_places.emplace_back(option, place);
    for (std::string& value : values) found.url.add_option(option, std::move(value));
  }
  return found;
}

StoreUrl Resolver::address(const Definition& definition) const {
  if (!definition.url)
    return StoreUrl(value(*definition.backend), definition.path ? value(*definition.path) : std::string());
  const std::string url = value(*definition.url);
  try {
    return StoreUrl::parse(url);
  } catch (const ConfigurationError& error) {
    fail(fmt::format("{}: {}", definition.url->place, error.message()), error.hint());
  }
}

std::string Resolver::value(const Text& text) const {
  try {
    return value_of_source(text);
  } catch (const ConfigurationError& error) {
    fail(fmt::format("{}: {}", text.place, error.message()), error.hint());
  }
}

std::string Resolver::value_of_source(const Text& text) const {
  switch (text.source) {
    case Text::Source::variable:
      if (const auto value = sources_.environment(text.text)) return *value;
      fail(fmt::format("the environment variable {} is not set", text.text));
    case Text::Source::file: {
      const std::filesystem::path path(substitute(text.text, sources_.environment));
      return sources_.read_file((std::filesystem::path(file_).parent_path() / path).string());
    }
    case Text::Source::command:
      return sources_.run_command(text.text);
    case Text::Source::here:
      break;
  }
  return substitute(text.text, sources_.environment);
}

}  // namespace

ConfigFile ConfigFile::parse(std::string_view yaml, const std::string& file_name, ConfigSources sources) {
  ConfigFile config;
  config.file_name_ = file_name;
  config.sources_ = std::move(sources);
  const Parser parser(file_name);
  try {
    config.databases_ = parser.databases(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& error) {
    fail(fmt::format("{}: {}", parser.place(error.mark), error.msg));
  }
  return config;
}

ConfigFile ConfigFile::load(const std::string& path, ConfigSources sources) {
  return parse(read_config_file(path, "configuration file"), path, std::move(sources));
}

std::optional<ConfigFile::Found> ConfigFile::find(std::string_view name) const {
  for (const Definition& database : databases_) {
    if (database.name == name) return Resolver(sources_, file_name_).database(database);
  }
  return std::nullopt;
}

std::vector<std::string_view> ConfigFile::names() const {
  std::vector<std::string_view> result;
  for (const Definition& database : databases_) result.push_back(database.name);
  return result;
}

}  // namespace dataknobs
