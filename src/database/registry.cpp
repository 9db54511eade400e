// SPDX-License-Identifier: Apache-2.0
#include "database/registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "record/nearest.hpp"

namespace dataknobs {

namespace {

std::string did_you_mean(std::string_view wanted, const std::vector<std::string_view>& known) {
  if (const std::optional<std::string_view> nearest = nearest_name(wanted, known)) {
    return fmt::format("did you mean '{}'?", *nearest);
  }
  return fmt::format("known are {}", fmt::join(known, ", "));
}

Layout parse_layout(const StoreUrl& url, const std::string& text) {
  if (text == "document") return Layout::document;
  if (text == "columns") return Layout::columns;
  Error(ErrorCode::configuration, fmt::format("layout= is document or columns, not '{}'", text))
      .store(url.display())
      .hint(did_you_mean(text, {"document", "columns"}))
      .raise();
}

void append_names(std::vector<std::string>& names, const StoreUrl& url, std::string_view list) {
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (comma == 0) {
      Error(ErrorCode::configuration, "key= has an empty name")
          .store(url.display())
          .hint("write key=a or key=a,b")
          .raise();
    }
    const std::string_view name = list.substr(0, comma);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      Error(ErrorCode::configuration, fmt::format("key= names '{}' twice", name))
          .store(url.display())
          .hint("give each key column once")
          .raise();
    }
    names.emplace_back(name);
    if (comma == list.size()) return;
    list.remove_prefix(comma + 1);
  }
}

const OptionDeclaration* find_option(const std::vector<OptionDeclaration>& declared, std::string_view name) {
  for (const OptionDeclaration& option : declared) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

void check_options(const StoreUrl& url, const std::vector<OptionDeclaration>& declared) {
  const auto& options = url.options();
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string& name = options[i].first;
    const OptionDeclaration* declaration = find_option(declared, name);
    if (declaration == nullptr) {
      std::vector<std::string_view> known;
      for (const OptionDeclaration& option : declared) known.push_back(option.name);
      const std::string hint = known.empty() ? "it has no options" : did_you_mean(name, known);
      Error(ErrorCode::configuration, fmt::format("{} has no option '{}'", url.scheme(), name))
          .store(url.display())
          .hint(hint)
          .raise();
    }
    const auto same = [&](const auto& option) { return option.first == name; };
    const auto current = options.begin() + static_cast<std::ptrdiff_t>(i);
    if (!declaration->repeatable && std::any_of(options.begin(), current, same)) {
      Error(ErrorCode::configuration, fmt::format("option '{}' is given twice", name))
          .store(url.display())
          .raise();
    }
  }
}

}  // namespace

namespace {

std::vector<std::string> schemes_of(const BackendDriver& driver) {
  std::vector<std::string> schemes = driver.aliases();
  schemes.insert(schemes.begin(), driver.name());
  return schemes;
}

}  // namespace

const BackendDriver& Registry::find(std::string_view scheme) const {
  std::vector<std::string> names;
  for (const std::unique_ptr<BackendDriver>& driver : drivers_) {
    for (std::string& name : schemes_of(*driver)) {
      if (name == scheme) return *driver;
      names.push_back(std::move(name));
    }
  }
  if (names.empty()) {
    Error(ErrorCode::configuration, fmt::format("the program has no store, and so none for '{}:'", scheme))
        .hint("link the stores: dataknobs::sqlite in CMake, dataknobs-sqlite of pkg-config")
        .raise();
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  Error(ErrorCode::configuration, fmt::format("unknown scheme '{}'", scheme))
      .hint(fmt::format("{} (a file of that name is written ./{}:...)", did_you_mean(scheme, known), scheme))
      .raise();
}

void Registry::add(std::unique_ptr<BackendDriver> driver) {
  const std::vector<std::string> wanted = schemes_of(*driver);
  for (const std::unique_ptr<BackendDriver>& other : drivers_) {
    const std::vector<std::string> taken = schemes_of(*other);
    const auto both = std::find_first_of(wanted.begin(), wanted.end(), taken.begin(), taken.end());
    if (both == wanted.end()) continue;
    Error(ErrorCode::configuration,
          fmt::format("the scheme '{}' is that of the store '{}' already", *both, other->name()))
        .hint("register a store once, under a name of its own")
        .raise();
  }
  drivers_.push_back(std::move(driver));
}

DatasetOptions dataset_options(const StoreUrl& url, const std::vector<OptionDeclaration>& declared) {
  check_options(url, declared);
  DatasetOptions result;
  std::vector<std::string> key;
  std::map<std::string, std::vector<std::string>> extra;
  for (const auto& [name, value] : url.options()) {
    if (!find_option(declared, name)->of_dataset) continue;
    if (name == "table") {
      result.set_name(value);
    } else if (name == "layout") {
      result.set_layout(parse_layout(url, value));
    } else if (name == "key") {
      append_names(key, url, value);
    } else {
      extra[name].push_back(value);
    }
  }
  return result.set_key(std::move(key)).set_extra(std::move(extra));
}

}  // namespace dataknobs
