// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "database/registry.hpp"
#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

/// Each store with an example and the keys of its URLs.
Task<int> run_backends() {
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
  write_standard_output(text);
  co_return 0;
}

}  // namespace

void add_backends(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("backends", "List the stores and the keys of their URLs");
  command->callback([&program] { program.set_action([] { return run_backends(); }); });
}

}  // namespace dataknobs::cli
