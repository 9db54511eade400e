// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The frame of the command line: each subcommand is one file with one `add_...` function, which declares its
/// options and sets the action to run.

#include <functional>
#include <string>
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
void add_count(CLI::App& app, Program& program);
void add_delete(CLI::App& app, Program& program);
void add_describe(CLI::App& app, Program& program);
void add_get(CLI::App& app, Program& program);
void add_put(CLI::App& app, Program& program);
void add_query(CLI::App& app, Program& program);
void add_verify(CLI::App& app, Program& program);

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

/// Everything that standard input holds, read off the loop. Errors: serialization if it cannot be read.
Task<std::string> read_standard_input();
/// The content of a file. Errors: not_found, permission.
std::string read_whole_file(const std::string& path);
/// `a, b.c, "x.y"` as paths. Errors: QueryError.
std::vector<Path> parse_select(const std::string& text);
/// Digits with an optional unit: 64MiB, 512KiB, 1GiB, 1000000. Errors: invalid_argument.
std::uint64_t parse_size(const std::string& text);

}  // namespace dataknobs::cli
