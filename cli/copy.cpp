// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <dataknobs/transfer.hpp>

#include "database/config.hpp"
#include "database/registry.hpp"
#include "output.hpp"
#include "program.hpp"
#include "progress.hpp"

namespace dataknobs::cli {
namespace {

struct CopyArguments {
  std::string source;
  std::string target;
  std::optional<std::string> where;
  std::optional<std::string> select;
  std::optional<std::string> timezone;
  std::optional<std::string> memory;
  std::optional<std::string> max_record;
  std::string mode = "insert";
  std::string progress = "auto";
  std::string output = "text";
  std::vector<std::string> allow_loss;
  std::vector<std::string> types;
  std::optional<std::uint64_t> limit;
  std::optional<unsigned> jobs;
  bool plan = false;
  bool strict = false;
  bool no_proof = false;
  bool no_digest = false;
  bool fresh = false;
};

CopyOptions copy_options(const CopyArguments& arguments) {
  CopyOptions options;
  if (arguments.where) options.where(check_condition(*arguments.where));
  if (arguments.select) options.select(parse_fields(*arguments.select));
  if (arguments.memory) options.memory(parse_size(*arguments.memory));
  if (arguments.max_record) options.max_record(parse_size(*arguments.max_record));
  if (arguments.timezone) options.timezone(*arguments.timezone);
  if (arguments.jobs) options.jobs(*arguments.jobs);
  options.limit(arguments.limit)
      .mode(arguments.mode == "upsert" ? CopyMode::upsert : CopyMode::insert)
      .allow_loss(arguments.allow_loss)
      .strict(arguments.strict)
      .proof(!arguments.no_proof)
      .digest(!arguments.no_digest)
      .fresh(arguments.fresh);
  return options;
}

void append_encoded(std::string& url, std::string_view text) {
  for (const char c : text) url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
}

/// Types are options of the source: `--type zip=string` is `?type=zip:string`.
void add_types(CopyArguments& arguments) {
  for (const std::string& given : arguments.types) {
    // Names may hold '=', types do not.
    const std::size_t equals = given.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      Error(ErrorCode::invalid_argument, fmt::format("--type is COLUMN=TYPE, not '{}'", given))
          .hint("--type zip=string")
          .raise();
    }
    arguments.source += arguments.source.find('?') == std::string::npos ? "?type=" : "&type=";
    append_encoded(arguments.source, given.substr(0, equals) + ":" + given.substr(equals + 1));
  }
}

/// Prints the plan; a plan with problems is a failure of validation.
Task<int> run_plan(std::shared_ptr<CopyArguments> arguments, CopyOptions options) {
  const CopyPlan plan = co_await plan_copy(arguments->source, arguments->target, options);
  write_standard_output(arguments->output == "json" ? plan.to_json() + "\n" : plan.to_text());
  co_return plan.problems.empty() ? 0 : exit_code(ErrorCode::validation);
}

/// The records themselves go to standard output.
bool writes_records_to_output(const std::string& target) {
  const StoreUrl url = resolve_store(target);
  return Registry::instance().find(url.scheme()).is_pipe(url);
}

Task<int> run_copy(std::shared_ptr<CopyArguments> arguments) {
  CopyOptions options = copy_options(*arguments);
  add_types(*arguments);
  if (arguments->plan) co_return co_await run_plan(arguments, options);
  ProgressDisplay display(arguments->progress);
  options.on_progress([&display](const Progress& progress) { display.show(progress); });
  const CopyReport report = co_await copy(arguments->source, arguments->target, options);
  display.finish();
  for (const std::string& warning : report.warnings) report_warning(warning);
  const bool json = arguments->output == "json";
  const std::string certificate = json ? report.to_json() + "\n" : report.to_text();
  if (json && !writes_records_to_output(arguments->target)) {
    write_standard_output(certificate);
  } else {
    std::fputs(certificate.c_str(), stderr);
  }
  co_return 0;
}

}  // namespace

void add_copy(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("copy", "Copy records from one store into another, resumable and proven");
  const auto arguments = std::make_shared<CopyArguments>();
  CopyArguments& given = *arguments;
  command->add_option("source", given.source, "A URL, a file or a configured name")->required();
  command->add_option("target", given.target, "A URL, a file or a configured name; made if it does not exist")
      ->required();
  add_text(*command, "--where", given.where, "Only records for which this holds: age >= 30");
  add_text(*command, "--select", given.select, "Only these fields: name, age");
  command->add_option("--limit", given.limit, "At most so many records, the first by id")
      ->check(check_whole_number);
  take_one_of(command->add_option("--mode", given.mode,
                                  "insert (an existing key is an error; the default) or upsert"),
              {"insert", "upsert"});
  take_one_each(command->add_option("--allow-loss", given.allow_loss,
                                    "A field whose conversion may lose something (may be repeated)"));
  take_one_each(command->add_option("--type", given.types,
                                    "The type of a column of a CSV source: zip=string (may be repeated)"));
  add_text(*command, "--timezone", given.timezone,
           "The zone of times that have none, where the target's have one: Europe/Vienna");
  command->add_flag("--plan", given.plan, "Show what would be done, field by field, and do nothing");
  command->add_flag("--strict", given.strict, "Warnings are errors");
  command->add_flag("--no-proof", given.no_proof, "Do not read the target back to prove it equal");
  command->add_flag("--no-digest", given.no_digest, "Count records only: no digest and no proof");
  command->add_flag("--fresh", given.fresh,
                    "Forget an unfinished or finished run of this copy and start anew");
  add_text(*command, "--memory", given.memory, "What records on their way may take (default 64MiB)");
  add_text(*command, "--max-record", given.max_record,
           "Let records above the memory pass alone, up to this size (default: they are refused)");
  command->add_option("--jobs", given.jobs, "Parts of the source copied at once (default 2)")
      ->check(CLI::Range(1U, 64U));
  take_one_of(command->add_option("--progress", given.progress, "auto, plain or none"),
              {"auto", "plain", "none"});
  take_one_of(
      command->add_option("--output", given.output,
                          "The certificate or plan as text or json (on stderr where records go to stdout)"),
      {"text", "json"});
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_copy(arguments); }); });
}

}  // namespace dataknobs::cli
