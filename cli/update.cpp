// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

struct UpdateArguments {
  std::string url;
  std::optional<std::string> where;
  bool all = false;
  std::vector<std::string> set;
};

Query query_of(const UpdateArguments& arguments) {
  if (arguments.where.has_value() == arguments.all) {
    Error(ErrorCode::invalid_argument, "give either --where or --all, not both and not neither")
        .hint("--where \"age < 0\" changes what it finds, --all every record")
        .raise();
  }
  return arguments.all ? Query() : Query::parse(check_condition(*arguments.where));
}

// Each --set may hold several, parted by commas.
Changes changes_of(const UpdateArguments& arguments) {
  Changes changes;
  for (const std::string& text : arguments.set) {
    const Changes parsed = Changes::parse(text);
    for (const auto& [name, value] : parsed.fields()) changes.set(name, Operand(value));
  }
  return changes;
}

Task<int> run_update(std::shared_ptr<UpdateArguments> arguments) {
  const Query query = query_of(*arguments);
  const Changes changes = changes_of(*arguments);
  const DatasetPointer dataset = co_await existing_dataset(arguments->url);
  Database database = co_await Database::open(arguments->url);
  warn_of_unmatchable(query, *dataset);
  const std::uint64_t changed = co_await database.update_where(query, changes);
  write_standard_output(fmt::format("{}\n", changed));
  co_await database.close();
  co_return 0;
}

}  // namespace

void add_update(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "update", "Give fields new values in what a query finds; prints in how many records");
  const auto arguments = std::make_shared<UpdateArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  add_text(*command, "--where", arguments->where, "Change what this finds: age < 0");
  command->add_flag("--all", arguments->all, "Change every record");
  take_one_each(
      command
          ->add_option("--set", arguments->set,
                       "A field and its new value, computed from the record as it was: price = price * 1.1; "
                       "repeatable")
          ->required());
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_update(arguments); }); });
}

}  // namespace dataknobs::cli
