// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

struct CountArguments {
  std::string url;
  std::string expression;
};

Task<int> run_count(std::shared_ptr<CountArguments> arguments) {
  const Query query = parse_query(arguments->expression);
  co_await warn_of_unmatchable(query, arguments->url);
  Database database = co_await Database::open(arguments->url);
  const std::uint64_t count = co_await database.count(query);
  write_standard_output(fmt::format("{}\n", count));
  co_await database.close();
  co_return 0;
}

}  // namespace

void add_count(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("count", "Count the records that a query finds");
  const auto arguments = std::make_shared<CountArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  command->add_option("expression", arguments->expression, "age >= 30; all records without it");
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_count(arguments); }); });
}

}  // namespace dataknobs::cli
