// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "output.hpp"
#include "program.hpp"

namespace dataknobs::cli {
namespace {

struct DeleteArguments {
  std::string url;
  std::vector<std::string> ids;
  std::optional<std::string> where;
};

/// Ids that are not there are an error, but only after all others were removed: the outcome is what was asked
/// for.
Task<int> remove_ids(Database& database, const std::vector<std::string>& ids) {
  const std::vector<WriteItem> items = co_await database.remove_batch(ids);
  int code = 0;
  std::uint64_t removed = 0;
  for (const WriteItem& item : items) {
    if (item.ok()) {
      ++removed;
      continue;
    }
    Error error(ErrorCode::not_found, fmt::format("no record with the id '{}'", item.id()));
    if (item.error() != nullptr) error = *item.error();
    error.store(database.name()).record_id(item.id());
    report_error(error);
    code = exit_code(error.code());
  }
  write_standard_output(fmt::format("{}\n", removed));
  co_return code;
}

Task<int> run_delete(std::shared_ptr<DeleteArguments> arguments) {
  if (arguments->ids.empty() != arguments->where.has_value()) {
    Error(ErrorCode::invalid_argument, "give either ids or --where, not both and not neither")
        .hint("dataknobs delete people.db?table=people 17 18, or --where \"age < 0\"")
        .raise();
  }
  const DatasetPointer dataset = co_await existing_dataset(arguments->url);
  Database database = co_await Database::open(arguments->url);
  int code = 0;
  if (!arguments->ids.empty()) {
    code = co_await remove_ids(database, arguments->ids);
  } else {
    const Query query = Query::parse(check_condition(*arguments->where));
    warn_of_unmatchable(query, *dataset);
    const std::uint64_t removed = co_await database.remove_where(query);
    write_standard_output(fmt::format("{}\n", removed));
  }
  co_await database.close();
  co_return code;
}

}  // namespace

void add_delete(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("delete", "Delete records by id or by a query; prints how many");
  const auto arguments = std::make_shared<DeleteArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  take_each_word(
      command->add_option("id", arguments->ids, "Ids of the records; of a composite key JSON arrays"));
  add_text(*command, "--where", arguments->where, "Delete what this finds: age < 0");
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_delete(arguments); }); });
}

}  // namespace dataknobs::cli
