// SPDX-License-Identifier: Apache-2.0
//
// A store's URL: it is refused with a ConfigurationError, or what is displayed of it names the same store again, and
// holds neither password nor secret option.
#include "database/url.hpp"

#include <cstdint>
#include <cstdlib>

#include <dataknobs/error.hpp>

namespace {

using namespace dataknobs;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string without_password(const std::string& authority) {
  const std::size_t at = authority.rfind('@');
  if (at == std::string::npos) return authority;
  return authority.substr(0, std::min(authority.find(':'), at)) + authority.substr(at);
}

void check(const StoreUrl& url) {
  const StoreUrl again = StoreUrl::parse(url.display());
  require(again.display() == url.display());
  require(again.scheme() == url.scheme());
  require(again.path() == url.path());
  require(again.has_authority() == url.has_authority());
  require(again.authority() == without_password(url.authority()));
  std::size_t next = 0;
  for (const auto& [name, value] : url.options()) {
    const bool shown = next < again.options().size() && again.options()[next] == std::pair(name, value);
    require(shown || name.size() >= 5);
    next += shown ? 1 : 0;
  }
  require(next == again.options().size());
  for (const auto& [name, value] : again.options()) require(name.find("password") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check(StoreUrl::parse(text));
  } catch (const ConfigurationError&) {
    // Refused; `check` itself must not be.
    try {
      StoreUrl::parse(text);
    } catch (const ConfigurationError&) {
      return 0;
    }
    std::abort();
  }
  return 0;
}
