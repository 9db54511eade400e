// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/nearest.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::cli {

void add_text(CLI::App& command, const std::string& name, std::optional<std::string>& target,
              const std::string& description) {
  const auto take = [&target](const std::string& text) { target = text; };
  command.add_option_function<std::string>(name, take, description);
}

void take_one_of(CLI::Option* option, const std::vector<std::string>& choices) {
  const auto check = [choices](const std::string& text) -> std::string {
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return {};
    const std::vector<std::string_view> known(choices.begin(), choices.end());
    const std::optional<std::string_view> nearest = nearest_name(text, known);
    return fmt::format("'{}' is none of {}{}", printable(text), fmt::join(choices, ", "),
                       nearest ? fmt::format(": did you mean '{}'?", *nearest) : "");
  };
  option->check(check, fmt::format("{{{}}}", fmt::join(choices, ",")));
}

std::string check_whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end && number >= 0) return {};
  return fmt::format("'{}' is no whole number from 0 to {}", text, INT64_MAX);
}

void take_one_each(CLI::Option* option) {
  option->expected(1)->allow_extra_args(false)->take_all();
}

void take_each_word(CLI::Option* option) {
  // More than fit on a command line; with that policy the parser does not insist on so many.
  constexpr int words_at_most = 1 << 24;
  option->take_all()->expected(words_at_most, -1)->allow_extra_args(false)->option_text("TEXT ...");
}

int exit_code(ErrorCode code) noexcept {
  return code == ErrorCode::internal ? 1 : 10 + static_cast<int>(code);
}

std::string exit_code_table() {
  std::string text = "Exit codes:\n   0  done (verify: equal)\n   1  internal error\n   2  wrong call\n";
  for (int number = 1; number <= static_cast<int>(ErrorCode::verification); ++number) {
    const auto code = static_cast<ErrorCode>(number);
    text += fmt::format("  {:2}  {}\n", exit_code(code), to_string(code));
  }
  return text;
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char character : text) {
    if (character == '\n') {
      result += "\\n";
    } else if (character == '\t') {
      result += "\\t";
    } else if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(character));
    } else {
      result += character;
    }
  }
  return result;
}

void report_error(const Error& error) {
  std::string text = fmt::format("error: {}\n", printable(error.message()));
  const auto line = [&text](std::string_view label, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {}: {}\n", label, printable(value));
  };
  line("store", error.store());
  line("operation", error.operation());
  line("record", error.record_id());
  line("field", error.field_path());
  if (!error.native_text().empty() || !error.native_code().empty()) {
    line("the store said", fmt::format("{}{}{}", error.native_code(),
                                       error.native_code().empty() || error.native_text().empty() ? "" : " ",
                                       error.native_text()));
  }
  line("hint", error.hint());
  std::fputs(text.c_str(), stderr);
  if (error.cause() != nullptr) {
    std::fputs("caused by: ", stderr);
    report_error(*error.cause());
  }
}

void report_warning(const std::string& text) {
  fmt::print(stderr, "warning: {}\n", printable(text));
}

namespace {

/// `what` names the source in errors.
[[noreturn]] void raise_unreadable(const std::string& what, int number) {
  const ErrorCode code = number == ENOENT   ? ErrorCode::not_found
                         : number == EACCES ? ErrorCode::permission
                                            : ErrorCode::serialization;
  Error(code, "cannot read " + what).native("", std::strerror(number)).raise();
}

std::string read_to_end(int descriptor, const std::string& what) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      raise_unreadable(what, errno);
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Task<std::string> read_standard_input() {
  auto work = [] { return read_to_end(STDIN_FILENO, "standard input"); };
  co_return co_await offload(work);
}

std::string read_whole_file(const std::string& path) {
  const std::string what = fmt::format("'{}'", path);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) raise_unreadable(what, errno);
  const std::unique_ptr<const int, void (*)(const int*)> closing(&descriptor,
                                                                 [](const int* open) { ::close(*open); });
  return read_to_end(descriptor, what);
}

std::string_view check_condition(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") != std::string::npos) return text;
  Error(ErrorCode::invalid_argument, "the condition of --where is empty")
      .hint("give one: --where \"age >= 30\"; is a variable of the shell not set?")
      .raise();
}

std::vector<Path> parse_list(const std::string& text, std::string_view what) {
  std::vector<Path> paths;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t position = 0; position <= text.size(); ++position) {
    if (position < text.size() && text[position] == '"') quoted = !quoted;
    if (position < text.size() && (quoted || text[position] != ',')) continue;
    const std::size_t first = text.find_first_not_of(' ', begin);
    const std::size_t last = text.find_last_not_of(' ', position - 1);
    if (first == std::string::npos || first >= position) {
      Error(ErrorCode::query, fmt::format("an empty field name in {} '{}'", what, text)).raise();
    }
    paths.push_back(Path::parse(std::string_view(text).substr(first, last - first + 1)));
    begin = position + 1;
  }
  return paths;
}

std::vector<Path> parse_select(const std::string& text) {
  return parse_list(text, "--select");
}

Query parse_query(const std::string& text) {
  // No expression begins so.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{' ? Query::from_json(text) : Query::parse(text);
}

std::vector<std::string> parse_fields(const std::string& text) {
  std::vector<std::string> names;
  for (const Path& path : parse_select(text)) {
    if (path.steps().size() > 1) {
      Error(ErrorCode::query, "--select takes whole fields here")
          .field_path(path.to_string())
          .hint("select '" + path.root() + "', or quote the name if it has a dot")
          .raise();
    }
    names.push_back(path.root());
  }
  return names;
}

std::uint64_t parse_size(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> units{{{"", 1},
                                                                                    {"B", 1},
                                                                                    {"KB", 1000},
                                                                                    {"MB", 1000'000},
                                                                                    {"GB", 1000'000'000},
                                                                                    {"KiB", 1ULL << 10U},
                                                                                    {"MiB", 1ULL << 20U},
                                                                                    {"GiB", 1ULL << 30U}}};
  if (error == std::errc()) {
    for (const auto& [name, factor] : units) {
      if (name == unit && number <= UINT64_MAX / factor) return number * factor;
    }
  }
  Error(ErrorCode::invalid_argument, fmt::format("'{}' is not a size", text))
      .hint("give a number of bytes with an optional unit: 64MiB, 512KiB, 1GiB")
      .raise();
}

}  // namespace dataknobs::cli
