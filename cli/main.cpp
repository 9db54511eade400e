// SPDX-License-Identifier: Apache-2.0
/// \file
/// The program `dataknobs`: data on stdout, messages on stderr, the exit code says what went wrong.

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>

#include "program.hpp"
#include "record/nearest.hpp"

namespace dataknobs::cli {
namespace {

void add_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(subcommand->get_name());
  }
}

/// "did you mean ..." for the first word that no option or subcommand took and that is near to a known one.
std::string suggestion(const CLI::App& app) {
  const CLI::App* scope = &app;
  while (!scope->get_subcommands().empty()) scope = scope->get_subcommands().back();
  std::vector<std::string> names;
  add_names(*scope, names);
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::vector<std::string> unknown = app.remaining(true);
  for (const std::string& word : unknown) {
    const std::string name = word.substr(0, word.find('='));
    if (const auto nearest = nearest_name(name, known)) {
      return fmt::format("  hint: did you mean '{}' instead of '{}'?\n", *nearest, name);
    }
  }
  return fmt::format("  hint: {}'dataknobs {}--help' lists what there is\n",
                     unknown.empty() ? "" : fmt::format("'{}' is not known; ", unknown.front()),
                     scope == &app ? "" : scope->get_name() + " ");
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  fmt::print(stderr, "error: {}\n{}", error.what(), suggestion(app));
  return usage_exit_code;
}

/// Runs the action on this thread's loop. Ctrl-C and SIGTERM cancel it, so that it stops cleanly; a second
/// one ends the process.
int run(const Program::Action& action) {
  boost::asio::io_context loop(1);
  boost::asio::cancellation_signal cancel;
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  bool interrupted = false;
  signals.async_wait([&](const boost::system::error_code& failure, int) {
    if (failure) return;
    interrupted = true;
    signals.clear();
    std::fputs("\nstopping (once more to stop at once)\n", stderr);
    cancel.emit(boost::asio::cancellation_type::terminal);
  });

  std::optional<int> code;
  std::exception_ptr failure;
  const auto done = [&](std::exception_ptr error, int value) {
    failure = std::move(error);
    code = value;
    signals.cancel();
    loop.stop();
  };
  boost::asio::co_spawn(loop, action(), boost::asio::bind_cancellation_slot(cancel.slot(), done));
  loop.run();
  if (!failure) return code.value_or(1);
  // A cancellation is thrown as it is, or comes as an error that says which call of a store it ended.
  Error stopped(ErrorCode::cancelled, "stopped before the end");
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error&) {
    if (!interrupted) throw;
  } catch (const Error& error) {
    if (!interrupted || error.code() != ErrorCode::cancelled) throw;
    stopped = error;
  }
  report_error(stopped.hint("the same command goes on where it stopped"));
  return exit_code(ErrorCode::cancelled);
}

void declare(CLI::App& app, Program& program) {
  app.set_version_flag("--version", DATAKNOBS_VERSION);
  app.require_subcommand(1);
  app.footer(exit_code_table());
  add_copy(app, program);
  add_verify(app, program);
  add_query(app, program);
  add_get(app, program);
  add_put(app, program);
  add_update(app, program);
  add_delete(app, program);
  add_count(app, program);
  add_aggregate(app, program);
  add_index(app, program);
  add_describe(app, program);
  add_backends(app, program);
  // Where a name of a database is looked up, by whatever resolves it.
  const auto use = [](const std::string& path) { ::setenv("DATAKNOBS_CONFIG", path.c_str(), 1); };
  app.add_option_function<std::string>("--config", use,
                                       "The file of databases by name (default: dataknobs.yaml)")
      ->check(CLI::ExistingFile);
  for (CLI::App* command : app.get_subcommands({})) command->fallthrough();
}

/// The words of the call, last one first as the parser takes them. `-?format=csv` is the standard stream with options,
/// which the parser would take for a short option.
std::vector<std::string> words_of(int argument_count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + argument_count);
  for (std::string& word : words) {
    if (word.starts_with("-?")) word.insert(0, "file:");
  }
  std::reverse(words.begin(), words.end());
  return words;
}

int main_guarded(int argument_count, char** arguments) {
  CLI::App app("One record API for every store: query, change and copy records, wherever they live.",
               "dataknobs");
  Program program;
  declare(app, program);
  try {
    app.parse(words_of(argument_count, arguments));
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  try {
    return run(program.action());
  } catch (const Error& error) {
    report_error(error);
    return exit_code(error.code());
  }
}

/// A closed standard stream would be given to the next file that is opened, and records or messages be written into
/// it. Something that can only be used the other way round takes its place, so that its use fails.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

/// `--memory` is meant for the whole process: what one batch gives back is there for the next one, whichever thread
/// makes it. By default the C library keeps memory apart for each thread, and ever larger blocks of it, and Arrow's
/// allocator keeps its own.
void keep_no_spare_memory() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
  ::setenv("ARROW_DEFAULT_MEMORY_POOL", "system", 0);
}

/// What the loader read of the libraries (symbols, relocations) is some ten megabytes and of no more use: the pages
/// count as this process's memory until they are given back, and would come back from the file. Code stays, for a
/// debugger may have changed it.
void give_back_loader_pages() {
  const auto visit = [](dl_phdr_info* library, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::getpagesize());
    for (std::size_t i = 0; i < library->dlpi_phnum; ++i) {
      const auto& segment = library->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD || segment.p_flags != PF_R) continue;
      const std::uintptr_t begin = (library->dlpi_addr + segment.p_vaddr + page - 1) / page * page;
      const std::uintptr_t end = (library->dlpi_addr + segment.p_vaddr + segment.p_memsz) / page * page;
      // Where the system declines, nothing is lost.
      if (begin < end)
        static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
    }
    return 0;
  };
  ::dl_iterate_phdr(visit, nullptr);
}

}  // namespace
}  // namespace dataknobs::cli

int main(int argument_count, char** arguments) {
  // A closed pipe (`... | head`) is an error of the write, not the end of the process in the middle of a
  // commit.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a file that may not grow any more (ulimit -f).
  std::signal(SIGXFSZ, SIG_IGN);
  dataknobs::cli::hold_standard_streams();
  dataknobs::cli::keep_no_spare_memory();
  dataknobs::cli::give_back_loader_pages();
  try {
    return dataknobs::cli::main_guarded(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: internal: {}\n", error.what());
    return 1;
  }
}
