// SPDX-License-Identifier: Apache-2.0
#include "database/config.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/nearest.hpp"

namespace dataknobs {

namespace {

[[noreturn]] void fail(const std::string& message, const std::string& hint = {}) {
  Error(ErrorCode::configuration, message).hint(hint).raise();
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string replace_variable(std::string_view inside, const Environment& environment) {
  const std::size_t length = static_cast<std::size_t>(
      std::find_if_not(inside.begin(), inside.end(), is_name_character) - inside.begin());
  const std::string name(inside.substr(0, length));
  const std::string_view rest = inside.substr(length);
  if (name.empty() || (!rest.empty() && rest.front() != ':')) {
    fail("a variable is not written as ${NAME}, ${NAME:text}, ${NAME:-text} or ${NAME:?text}",
         "write a literal ${ as $${");
  }
  std::optional<std::string> value = environment(name);
  if (rest.starts_with(":-")) {
    return value && !value->empty() ? std::move(*value) : std::string(rest.substr(2));
  }
  if (rest.starts_with(":?")) {
    if (value && !value->empty()) return std::move(*value);
    fail(fmt::format("the environment variable {} is not set: {}", name, rest.substr(2)));
  }
  if (value) return std::move(*value);
  if (rest.empty()) {
    fail(fmt::format("the environment variable {} is not set", name),
         fmt::format("set it, or write ${{{}:default}}", name));
  }
  return std::string(rest.substr(1));
}

std::string place(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? file : fmt::format("{}, line {}, column {}", file, mark.line + 1, mark.column + 1);
}

Config::Text scalar(const YAML::Node& node, const std::string& file) {
  if (!node.IsScalar()) fail(fmt::format("{}: a text is wanted here", place(file, node.Mark())));
  return {node.Scalar(), place(file, node.Mark())};
}

// An option's value: a text, or a list (several options, or the names of `key`).
std::vector<Config::Text> texts(const YAML::Node& node, const std::string& file) {
  if (!node.IsSequence()) return {scalar(node, file)};
  std::vector<Config::Text> result;
  for (const YAML::Node& element : node) result.push_back(scalar(element, file));
  return result;
}

Config::Definition parse_store(std::string name, const YAML::Node& node, const std::string& file) {
  if (node.IsScalar()) return {std::move(name), scalar(node, file), {}};
  if (!node.IsMap())
    fail(fmt::format("{}: a URL or a group of keys is wanted here", place(file, node.Mark())));
  const YAML::Node url_node = node["url"];
  if (!url_node) {
    std::vector<std::string> names;
    for (const auto& entry : node) names.push_back(entry.first.Scalar());
    const std::vector<std::string_view> known(names.begin(), names.end());
    const auto nearest = nearest_name("url", known);
    fail(fmt::format("{}: the key 'url' is missing", place(file, node.Mark())),
         nearest ? fmt::format("did you mean it by '{}'?", *nearest) : std::string());
  }
  Config::Definition store{std::move(name), scalar(url_node, file), {}};
  for (const auto& entry : node) {
    std::string option = entry.first.Scalar();
    if (option != "url") store.options.emplace_back(std::move(option), texts(entry.second, file));
  }
  return store;
}

std::string resolve(const Config::Text& text, const Environment& environment) {
  try {
    return substitute(text.text, environment);
  } catch (const ConfigurationError& error) {
    fail(fmt::format("{}: {}", text.place, error.message()), error.hint());
  }
}

StoreUrl parse_url(const Config::Text& text, const Environment& environment) {
  const std::string url = resolve(text, environment);
  try {
    return StoreUrl::parse(url);
  } catch (const ConfigurationError& error) {
    fail(fmt::format("{}: {}", text.place, error.message()), error.hint());
  }
}

StoreUrl resolve(const Config::Definition& store, const Environment& environment) {
  StoreUrl url = parse_url(store.url, environment);
  for (const auto& [option, given] : store.options) {
    std::vector<std::string> values;
    for (const Config::Text& text : given) values.push_back(resolve(text, environment));
    if (option == "key") values = {fmt::format("{}", fmt::join(values, ","))};
    for (const std::string& value : values) url.add_option(option, value);
  }
  return url;
}

void check_keys(const YAML::Node& node, const std::string& file) {
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    if (key == "stores") continue;
    const std::vector<std::string_view> known{"stores"};
    fail(fmt::format("{}: unknown key '{}'", place(file, entry.first.Mark()), key),
         nearest_name(key, known) ? "did you mean 'stores'?" : "the only key here is 'stores'");
  }
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string substitute(std::string_view text, const Environment& environment) {
  std::string result;
  while (true) {
    const std::size_t start = text.find("${");
    if (start == std::string_view::npos) return result += text;
    if (start > 0 && text[start - 1] == '$') {
      result += text.substr(0, start - 1);
      result += "${";
      text.remove_prefix(start + 2);
      continue;
    }
    const std::size_t end = text.find('}', start);
    if (end == std::string_view::npos) fail("a variable has no closing brace", "write a literal ${ as $${");
    result += text.substr(0, start);
    result += replace_variable(text.substr(start + 2, end - start - 2), environment);
    text.remove_prefix(end + 1);
  }
}

Config Config::parse(std::string_view yaml, const std::string& file_name, const Environment& environment) {
  Config config;
  config.environment_ = environment;
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (root.IsNull()) return config;
    if (!root.IsMap())
      fail(fmt::format("{}: the key 'stores' is wanted here", place(file_name, root.Mark())));
    check_keys(root, file_name);
    const YAML::Node stores = root["stores"];
    if (!stores || stores.IsNull()) return config;
    if (!stores.IsMap())
      fail(fmt::format("{}: names of stores are wanted here", place(file_name, stores.Mark())));
    for (const auto& entry : stores) {
      std::string name = entry.first.Scalar();
      const std::vector<std::string_view> names = config.names();
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        fail(fmt::format("{}: the store '{}' is there twice", place(file_name, entry.first.Mark()), name));
      }
      config.stores_.push_back(parse_store(std::move(name), entry.second, file_name));
    }
  } catch (const YAML::Exception& error) {
    fail(fmt::format("{}: {}", place(file_name, error.mark), error.msg));
  }
  return config;
}

Config Config::load(const std::string& path, const Environment& environment) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) {
    fail(fmt::format("the configuration file '{}' cannot be read", path),
         "DATAKNOBS_CONFIG says where it is");
  }
  return parse(text.str(), path, environment);
}

std::optional<StoreUrl> Config::find(std::string_view name) const {
  for (const Definition& store : stores_) {
    if (store.name == name) return resolve(store, environment_);
  }
  return std::nullopt;
}

std::vector<std::string_view> Config::names() const {
  std::vector<std::string_view> result;
  for (const Definition& store : stores_) result.push_back(store.name);
  return result;
}

StoreUrl resolve_store(std::string_view text) {
  return resolve_store(text, process_environment());
}

StoreUrl resolve_store(std::string_view text, const Environment& environment) {
  const std::optional<std::string> path = environment("DATAKNOBS_CONFIG");
  // A name has no colon, no slash and no dot, so most URLs and paths never need the file.
  const std::string_view name = text.substr(0, text.find('?'));
  const bool may_be_name =
      !name.empty() && name != "-" && name.find_first_of(":/.") == std::string_view::npos;
  if (!path || path->empty() || !may_be_name) return StoreUrl::parse(text);
  const Config config = Config::load(*path, environment);
  if (std::optional<StoreUrl> url = config.find(name)) {
    // Options given with the name come on top.
    const StoreUrl given = StoreUrl::parse(text);
    for (const auto& [key, value] : given.options()) url->set_option(key, value);
    return std::move(*url);
  }
  if (std::filesystem::exists(name)) return StoreUrl::parse(text);
  const std::vector<std::string_view> known = config.names();
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  if (nearest) {
    fail(fmt::format("'{}' is neither a file nor a store of '{}'", name, *path),
         fmt::format("did you mean '{}'?", *nearest));
  }
  return StoreUrl::parse(text);
}

}  // namespace dataknobs
