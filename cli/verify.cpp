// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include <dataknobs/verify.hpp>

#include "output.hpp"
#include "program.hpp"
#include "progress.hpp"

namespace dataknobs::cli {
namespace {

struct VerifyArguments {
  std::string left;
  std::string right;
  std::optional<std::string> where;
  std::optional<std::string> select;
  std::optional<std::string> memory;
  std::string output = "text";
  std::string progress = "auto";
  std::vector<std::string> key;
  std::uint64_t max_differences = 100;
};

Task<int> run_verify(std::shared_ptr<VerifyArguments> arguments) {
  VerifyOptions options;
  if (arguments->where) options.where(check_condition(*arguments->where));
  if (arguments->select) options.select(parse_fields(*arguments->select));
  if (arguments->memory) options.memory(parse_size(*arguments->memory));
  options.key(arguments->key).max_differences(arguments->max_differences);
  ProgressDisplay display(arguments->progress);
  options.on_progress([&display](const Progress& progress) { display.show(progress); });
  const VerifyReport report = co_await verify(arguments->left, arguments->right, options);
  display.finish();
  for (const std::string& warning : report.warnings) report_warning(warning);
  write_standard_output(arguments->output == "json" ? report.to_json() + "\n" : report.to_text());
  co_return report.equal ? 0 : exit_code(ErrorCode::verification);
}

}  // namespace

void add_verify(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("verify", "Compare two databases; names the records and fields that differ");
  const auto arguments = std::make_shared<VerifyArguments>();
  VerifyArguments& given = *arguments;
  command->add_option("left", given.left, "A URL, a file or a configured name")->required();
  command->add_option("right", given.right, "A URL, a file or a configured name")->required();
  add_text(*command, "--where", given.where, "Only records for which this holds");
  add_text(*command, "--select", given.select, "Compare only these fields");
  CLI::Option* const key = command->add_option(
      "--key", given.key, "Fields by which records are the same record: a,b (default: the stores' keys)");
  take_one_each(key->delimiter(','));
  command
      ->add_option("--max-differences", given.max_differences,
                   "How many differing records are listed; all are counted")
      ->check(check_whole_number);
  add_text(*command, "--memory", given.memory, "What records on their way may take (default 64MiB)");
  take_one_of(command->add_option("--output", given.output, "text or json"), {"text", "json"});
  take_one_of(command->add_option("--progress", given.progress, "auto, plain or none"),
              {"auto", "plain", "none"});
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_verify(arguments); }); });
}

}  // namespace dataknobs::cli
