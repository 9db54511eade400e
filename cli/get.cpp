// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

struct GetArguments {
  std::string url;
  std::string id;
};

Task<int> run_get(std::shared_ptr<GetArguments> arguments) {
  const DatasetPointer dataset = co_await existing_dataset(arguments->url);
  Database database = co_await Database::open(arguments->url);
  const std::optional<Record> record = co_await database.read(arguments->id);
  if (!record) {
    Error(ErrorCode::not_found, fmt::format("no record with the id '{}'", arguments->id))
        .store(database.name())
        .record_id(arguments->id)
        .raise();
  }
  write_standard_output(record_to_json(*record, shows_ids(*dataset, {})) + "\n");
  co_await database.close();
  co_return 0;
}

}  // namespace

void add_get(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("get", "Print one record as JSON");
  const auto arguments = std::make_shared<GetArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  command->add_option("id", arguments->id, "The record's id; of a composite key a JSON array")->required();
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_get(arguments); }); });
}

}  // namespace dataknobs::cli
