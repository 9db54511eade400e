// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/registry.hpp"
#include "output.hpp"
#include "program.hpp"
#include "record/json.hpp"
#include "transfer/json_fields.hpp"

namespace dataknobs::cli {
namespace {

/// Each store with an example and the keys of its URLs.
std::string as_text() {
  std::string text;
  for (const std::unique_ptr<BackendDriver>& driver : Registry::instance().drivers()) {
    text += fmt::format("{}: {}\n  example: {}\n", driver->name(), driver->description(), driver->example());
    const std::vector<std::string> aliases = driver->aliases();
    if (!aliases.empty()) text += fmt::format("  also: {}\n", fmt::join(aliases, ", "));
    for (const OptionDeclaration& option : driver->options()) {
      text += fmt::format("    {:<18} {}{}\n", option.name + "=", option.description,
                          option.repeatable ? " (may be repeated)" : "");
    }
    text += "\n";
  }
  return text;
}

std::string as_json() {
  Json::Array stores;
  for (const std::unique_ptr<BackendDriver>& driver : Registry::instance().drivers()) {
    Json::Array keys;
    for (const OptionDeclaration& option : driver->options()) {
      JsonObjectBuilder key;
      key.add("name", option.name).add("description", option.description);
      key.add("of", option.of_dataset ? "database" : "store");
      key.add("repeatable", option.repeatable).add("secret", option.secret);
      keys.emplace_back(key.build());
    }
    JsonObjectBuilder store;
    store.add("name", driver->name()).add("description", driver->description());
    store.add("aliases", driver->aliases()).add("example", driver->example());
    store.add("keys", Value(Json(std::move(keys))));
    stores.emplace_back(store.build());
  }
  return to_json(Value(Json(std::move(stores)))) + "\n";
}

Task<int> run_backends(std::shared_ptr<std::string> output) {
  write_standard_output(*output == "json" ? as_json() : as_text());
  co_return 0;
}

}  // namespace

void add_backends(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("backends", "List the stores and the keys of their URLs");
  const auto output = std::make_shared<std::string>("text");
  take_one_of(command->add_option("--output", *output, "text or json"), {"text", "json"});
  command->callback([output, &program] { program.set_action([output] { return run_backends(output); }); });
}

}  // namespace dataknobs::cli
