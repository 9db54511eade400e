// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

struct AggregateArguments {
  std::string url;
  std::string aggregation;
  std::string expression;
  std::string output;
  bool exact = false;
};

// What the answer looks like to an output.
Dataset answer_of(const Aggregation& aggregation) {
  std::vector<FieldDescription> fields;
  for (const std::string& name : aggregation.names()) fields.emplace_back(name, FieldType());
  Dataset answer(DatasetOptions("aggregate"), Layout::columns);
  answer.set_schema(Schema(std::move(fields))).set_positional_ids(true);
  return answer;
}

Task<int> run_aggregate(std::shared_ptr<AggregateArguments> arguments) {
  Aggregation aggregation = Aggregation::parse(arguments->aggregation);
  aggregation.exact(arguments->exact);
  Query query = parse_query(arguments->expression);
  co_await warn_of_unmatchable(query, arguments->url);
  Database database = co_await Database::open(arguments->url);
  const Records records = co_await database.aggregate(aggregation, query);
  const Dataset answer = answer_of(aggregation);
  const std::vector<Path> everything;
  const std::unique_ptr<RecordOutput> output = make_output(arguments->output, answer, everything);
  co_await output->write(records);
  co_await output->finish();
  co_await database.close();
  co_return 0;
}

}  // namespace

void add_aggregate(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("aggregate", "Count, sum and group the records that a query finds");
  const auto arguments = std::make_shared<AggregateArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  command
      ->add_option("aggregation", arguments->aggregation,
                   "The fields to group by, and of each group count, count_distinct, sum, avg, min or max: "
                   "city, count() as n, avg(price)")
      ->required();
  command->add_option("expression", arguments->expression,
                      "Which records, and the order of the answer: price > 0 order by n desc limit 10");
  command->add_flag("--exact", arguments->exact, "Sum floats exactly, each as the decimal that it prints as");
  take_one_of(command->add_option("--output", arguments->output,
                                  "table (default on a terminal), json, ndjson, csv or parquet"),
              output_formats());
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_aggregate(arguments); }); });
}

}  // namespace dataknobs::cli
