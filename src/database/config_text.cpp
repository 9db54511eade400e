// SPDX-License-Identifier: Apache-2.0
//
// Texts of a configuration that stand elsewhere: in variables of the environment, in files, in what a command prints.
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "database/config_file.hpp"

namespace dataknobs {

namespace {

[[noreturn]] void fail(const std::string& message, const std::string& hint = {}) {
  Error(ErrorCode::configuration, message).hint(hint).raise();
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string replace_variable(std::string_view inside, const Environment& environment) {
  const std::size_t length = static_cast<std::size_t>(
      std::find_if_not(inside.begin(), inside.end(), is_name_character) - inside.begin());
  const std::string name(inside.substr(0, length));
  const std::string_view rest = inside.substr(length);
  if (name.empty() || (!rest.empty() && rest.front() != ':')) {
    fail("a variable is not written as ${NAME}, ${NAME:text}, ${NAME:-text} or ${NAME:?text}",
         "write a literal ${ as $${");
  }
  std::optional<std::string> value = environment(name);
  if (rest.starts_with(":-")) {
    return value && !value->empty() ? std::move(*value) : std::string(rest.substr(2));
  }
  if (rest.starts_with(":?")) {
    if (value && !value->empty()) return std::move(*value);
    fail(fmt::format("the environment variable {} is not set: {}", name, rest.substr(2)));
  }
  if (value) return std::move(*value);
  if (rest.empty()) {
    fail(fmt::format("the environment variable {} is not set", name),
         fmt::format("set it, or write ${{{}:default}}", name));
  }
  return std::string(rest.substr(1));
}

// Files and commands end their only line.
std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

std::string read_text_file(const std::string& path) {
  return without_line_end(read_config_file(path, "file"));
}

std::string output_of(const std::string& command) {
  // What was printed before goes out first, since the command may print too.
  std::fflush(nullptr);
  std::FILE* const pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) fail("the command cannot be run: " + std::generic_category().message(errno));
  std::string output;
  std::array<char, 4096> block;
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe)) {
    output.append(block.data(), got);
  }
  const int status = ::pclose(pipe);
  if (status == 0) return without_line_end(std::move(output));
  if (status > 0 && WIFEXITED(status))
    fail(fmt::format("the command ended with exit code {}", WEXITSTATUS(status)));
  fail("the command did not end by itself");
}

}  // namespace

std::string read_config_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) fail(fmt::format("the {} '{}' cannot be read", what, path));
  return std::move(text).str();
}

ConfigSources process_sources(Environment environment) {
  return {std::move(environment), read_text_file, output_of};
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string substitute(std::string_view text, const Environment& environment) {
  std::string result;
  while (true) {
    const std::size_t start = text.find("${");
    if (start == std::string_view::npos) return result += text;
    if (start > 0 && text[start - 1] == '$') {
      result += text.substr(0, start - 1);
      result += "${";
      text.remove_prefix(start + 2);
      continue;
    }
    const std::size_t end = text.find('}', start);
    if (end == std::string_view::npos) fail("a variable has no closing brace", "write a literal ${ as $${");
    result += text.substr(0, start);
    result += replace_variable(text.substr(start + 2, end - start - 2), environment);
    text.remove_prefix(end + 1);
  }
}

}  // namespace dataknobs
