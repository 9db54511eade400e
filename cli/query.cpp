// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

struct QueryArguments {
  std::string url;
  std::string expression;
  std::optional<std::string> select;
  std::string output;
  bool explain = false;
};

Task<int> run_query(std::shared_ptr<QueryArguments> arguments) {
  Query query = parse_query(arguments->expression);
  if (arguments->select) query.select(parse_select(*arguments->select));
  Database database = co_await Database::open(arguments->url);
  if (arguments->explain) {
    const std::string text = co_await database.explain(query);
    write_standard_output(text);
    co_return 0;
  }
  const DatasetPointer dataset = co_await existing_dataset(arguments->url);
  warn_of_unmatchable(query, *dataset);
  const std::unique_ptr<RecordOutput> output = make_output(arguments->output, *dataset, query.select());
  RecordStream stream = co_await database.stream_read(query);
  while (true) {
    const std::optional<Records> records = co_await stream.next();
    if (!records) break;
    co_await output->write(*records);
  }
  co_await output->finish();
  co_await database.close();
  co_return 0;
}

}  // namespace

void add_query(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("query", "Print the records that a query finds");
  const auto arguments = std::make_shared<QueryArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  command->add_option("expression", arguments->expression,
                      "age >= 30 and name like 'A%' order by name limit 10; all records without it; also as "
                      "JSON: {\"filters\": [...]}");
  add_text(*command, "--select", arguments->select, "Only these fields: name, address.city");
  CLI::Option* const output = command->add_option(
      "--output", arguments->output, "table (default on a terminal), json, ndjson, csv or parquet");
  take_one_of(output, output_formats());
  command
      ->add_flag("--explain", arguments->explain,
                 "Show what the store runs of the query instead of running it")
      ->excludes(output);
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_query(arguments); }); });
}

}  // namespace dataknobs::cli
