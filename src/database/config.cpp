// SPDX-License-Identifier: Apache-2.0
#include "database/config.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/config.hpp>
#include <dataknobs/error.hpp>

#include "database/open.hpp"
#include "database/registry.hpp"
#include "record/nearest.hpp"

namespace dataknobs {

namespace {

constexpr const char* kFileName = "dataknobs.yaml";

[[noreturn]] void fail(const std::string& message, const std::string& hint = {}) {
  Error(ErrorCode::configuration, message).hint(hint).raise();
}

// Its own options are of the store, whichever that is.
void check_options(const ConfigFile::Found& found) {
  const BackendDriver& driver = Registry::instance().find(found.url.scheme());
  const std::vector<OptionDeclaration> declared = driver.options();
  std::vector<std::string_view> known;
  for (const OptionDeclaration& option : declared) known.push_back(option.name);
  for (const auto& [option, place] : found.option_places) {
    if (std::find(known.begin(), known.end(), option) != known.end()) continue;
    const std::optional<std::string_view> nearest = nearest_name(option, known);
    fail(fmt::format("{}: {} has no key '{}'", place, driver.name(), option),
         nearest ? fmt::format("did you mean '{}'?", *nearest) : "`dataknobs backends` lists its keys");
  }
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// Whoever may write it could have commands run.
void check_owner(const char* path) {
  struct stat status{};
  if (::stat(path, &status) != 0 || status.st_uid == ::geteuid() || status.st_uid == 0) return;
  fail(fmt::format("the {} of this folder belongs to another user", path),
       "name it with --config or DATAKNOBS_CONFIG if you trust it");
}

[[noreturn]] void raise_unknown(std::string_view name, const ConfigFile& config) {
  const std::vector<std::string_view> known = config.names();
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  fail(fmt::format("there is no database '{}' in '{}'", name, config.file_name()),
       nearest
           ? fmt::format("did you mean '{}'?", *nearest)
           : fmt::format("it has {}", known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
}

}  // namespace

std::optional<std::string> find_config_file(const Environment& environment) {
  if (auto named = environment("DATAKNOBS_CONFIG"); named && !named->empty()) return named;
  if (exists(kFileName)) {
    check_owner(kFileName);
    return kFileName;
  }
  // XDG Base Directory Specification.
  std::optional<std::string> folder = environment("XDG_CONFIG_HOME");
  if (!folder || !folder->starts_with('/')) {
    folder = environment("HOME");
    if (folder && !folder->empty()) *folder += "/.config";
  }
  if (!folder || folder->empty()) return std::nullopt;
  std::string path = fmt::format("{}/dataknobs/{}", *folder, kFileName);
  if (!exists(path)) return std::nullopt;
  return path;
}

StoreUrl store_url(const ConfigFile& config, std::string_view name) {
  std::optional<ConfigFile::Found> found = config.find(name);
  if (!found) raise_unknown(name, config);
  try {
    check_options(*found);
  } catch (const ConfigurationError& error) {
    // An unknown store knows no place.
    if (error.message().starts_with(config.file_name())) throw;
    fail(fmt::format("{}: {}", found->place, error.message()), error.hint());
  }
  return std::move(found->url);
}

StoreUrl resolve_store(std::string_view text) {
  return resolve_store(text, process_environment());
}

StoreUrl resolve_store(std::string_view text, const Environment& environment) {
  // A name has no colon, no slash and no dot, so most URLs and paths never need the file.
  const std::string_view name = text.substr(0, text.find('?'));
  const bool may_be_name =
      !name.empty() && name != "-" && name.find_first_of(":/.") == std::string_view::npos;
  if (!may_be_name) return StoreUrl::parse(text);
  const std::optional<std::string> path = find_config_file(environment);
  if (!path) return StoreUrl::parse(text);
  const ConfigFile config = ConfigFile::load(*path, process_sources(environment));
  const std::vector<std::string_view> known = config.names();
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    StoreUrl url = store_url(config, name);
    // Options given with the name come on top.
    const StoreUrl given = StoreUrl::parse(text);
    for (const auto& [key, value] : given.options()) url.set_option(key, value);
    return url;
  }
  if (exists(std::string(name)) || !nearest_name(name, known)) return StoreUrl::parse(text);
  raise_unknown(name, config);
}

class Config::State {
 public:
  ConfigFile file;
};

Config::Config(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Config Config::load(const std::string& path) {
  return Config(std::make_shared<State>(ConfigFile::load(path, process_sources(process_environment()))));
}

Config Config::parse(std::string_view yaml, const std::string& name) {
  return Config(
      std::make_shared<State>(ConfigFile::parse(yaml, name, process_sources(process_environment()))));
}

std::optional<Config> Config::find() {
  const std::optional<std::string> path = find_config_file(process_environment());
  if (!path) return std::nullopt;
  return load(*path);
}

std::vector<std::string> Config::names() const {
  const std::vector<std::string_view> names = state_->file.names();
  return {names.begin(), names.end()};
}

Task<Database> Config::open(std::string name) const {
  return [](std::shared_ptr<const State> state, std::string wanted) -> Task<Database> {
    StoreUrl url = store_url(state->file, wanted);
    co_return co_await open_database(std::move(url));
  }(state_, std::move(name));
}

Task<Store> Config::open_store(std::string name) const {
  return [](std::shared_ptr<const State> state, std::string wanted) -> Task<Store> {
    StoreUrl url = store_url(state->file, wanted);
    co_return co_await dataknobs::open_store(std::move(url));
  }(state_, std::move(name));
}

}  // namespace dataknobs
