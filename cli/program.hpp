// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The frame of the command line: each subcommand is one file with one `add_...` function, which declares its
/// options and sets the action to run.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <dataknobs/dataknobs.hpp>

namespace dataknobs::cli {

/// What the chosen subcommand does; the value is the exit code.
class Program {
 public:
  using Action = std::function<Task<int>()>;
  void set_action(Action action) { action_ = std::move(action); }
  const Action& action() const noexcept { return action_; }

 private:
  Action action_;
};

void add_backends(CLI::App& app, Program& program);
void add_copy(CLI::App& app, Program& program);
void add_aggregate(CLI::App& app, Program& program);
void add_count(CLI::App& app, Program& program);
void add_delete(CLI::App& app, Program& program);
void add_describe(CLI::App& app, Program& program);
void add_get(CLI::App& app, Program& program);
void add_index(CLI::App& app, Program& program);
void add_put(CLI::App& app, Program& program);
void add_query(CLI::App& app, Program& program);
void add_update(CLI::App& app, Program& program);
void add_verify(CLI::App& app, Program& program);

/// An option of one text. An empty one is a text too: by itself the parser would count it as not given.
void add_text(CLI::App& command, const std::string& name, std::optional<std::string>& target,
              const std::string& description);
/// Lets one of the choices alone pass, and names the nearest one.
void take_one_of(CLI::Option* option, const std::vector<std::string>& choices);
/// Lets digits alone pass, and no number above that of a limit. By itself the parser would wrap others around.
std::string check_whole_number(const std::string& text);
/// Of an option that may be repeated: each time it takes the one word behind it, as it is. By itself the parser would
/// take all words that follow, and words in brackets apart.
void take_one_each(CLI::Option* option);
/// The same of a positional argument that takes any number of words.
void take_each_word(CLI::Option* option);

/// The program was called wrongly, as shells have it.
inline constexpr int usage_exit_code = 2;
/// 10 + the number of the error code; 1 for internal errors.
int exit_code(ErrorCode code) noexcept;
/// The table of exit codes for `--help`.
std::string exit_code_table();
/// Writes the error to stderr: what, where, why, what to do.
void report_error(const Error& error);
/// A warning line on stderr.
void report_warning(const std::string& text);

/// The text with its control characters escaped: no line and no command of a terminal begins within it.
std::string printable(std::string_view text);
/// Everything that standard input holds, read off the loop. Errors: serialization if it cannot be read.
Task<std::string> read_standard_input();
/// The content of a file. Errors: not_found, permission, serialization if it cannot be read.
std::string read_whole_file(const std::string& path);
/// The text of a `--where`. Errors: invalid_argument for an empty one, which would be every record.
std::string_view check_condition(const std::string& text);
/// `a, b.c, "x.y"` as paths; `what` names the list in errors. Errors: QueryError.
std::vector<Path> parse_list(const std::string& text, std::string_view what);
/// The same of `--select`.
std::vector<Path> parse_select(const std::string& text);
/// The same where only whole fields can be selected. Errors: QueryError, for a path into a field too.
std::vector<std::string> parse_fields(const std::string& text);
/// A query in the language, or as JSON (Query::from_json), which begins with a brace. Errors: QueryError.
Query parse_query(const std::string& text);
/// Digits with an optional unit: 64MiB, 512KiB, 1GiB, 1000000. Errors: invalid_argument.
std::uint64_t parse_size(const std::string& text);

}  // namespace dataknobs::cli
