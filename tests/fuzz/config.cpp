// SPDX-License-Identifier: Apache-2.0
//
// A configuration file: it is refused with a ConfigurationError that never shows the value of a variable, or gives a
// URL for each of its names, which may lack a text. No file is read and no command is run.
#include "database/config_file.hpp"

#include <cstdint>
#include <cstdlib>

#include <dataknobs/error.hpp>

namespace {

using namespace dataknobs;

constexpr std::string_view kSecret = "hunter2-hunter2";

void require(bool condition) {
  if (!condition) std::abort();
}

std::optional<std::string> variable(const std::string& name) {
  if (name == "A") return std::string(kSecret);
  if (name == "B") return std::string();
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto secret = [](const std::string&) { return std::string(kSecret); };
    const ConfigFile config = ConfigFile::parse(text, "fuzz.yaml", {variable, secret, secret});
    for (const std::string_view name : config.names()) require(config.find(name).has_value());
  } catch (const ConfigurationError& error) {
    require(std::string_view(error.what()).find(kSecret) == std::string_view::npos);
  }
  try {
    const std::string put = substitute(text, variable);
    require(text.find('$') != std::string_view::npos || put == text);
  } catch (const ConfigurationError&) {
    // Refused.
  }
  return 0;
}
