// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/settings.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <libpq-fe.h>

#include <dataknobs/error.hpp>

#include "database/pool_options.hpp"

namespace dataknobs::postgresql {
namespace {

using KeywordList = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

std::vector<OptionDeclaration> dataset_option_declarations() {
  const auto make = [](const char* name, const char* description) {
    OptionDeclaration option;
    option.name = name;
    option.description = description;
    option.of_dataset = true;
    return option;
  };
  return {make("table", "table or view"),
          make("schema", "schema of the table; default: found through the search path"),
          make("layout", "document or columns; default: what the table is, document for a new one"),
          make("key", "key columns, comma separated; default: the primary key")};
}

bool is_secret(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The password as it stands in `user:password@host`, so that it can be hidden even where libpq refuses the URL.
std::string authority_password(const std::string& authority) {
  const auto at = authority.rfind('@');
  const auto colon = authority.find(':');
  if (at == std::string::npos || colon == std::string::npos || colon > at) return {};
  return authority.substr(colon + 1, at - colon - 1);
}

// Those that libpq does not know.
std::vector<OptionDeclaration> own_options() {
  std::vector<OptionDeclaration> options = dataset_option_declarations();
  for (OptionDeclaration& option : pool_option_declarations()) options.push_back(std::move(option));
  return options;
}

std::string libpq_uri(const StoreUrl& url) {
  std::string uri = "postgresql://" + url.authority() + "/";
  // Without an authority the path keeps its slash: postgresql:///app?host=/run/postgresql
  std::string_view database = url.path();
  if (database.starts_with('/')) database.remove_prefix(1);
  append_percent_encoded(uri, database);
  const std::vector<OptionDeclaration> ours = own_options();
  char separator = '?';
  for (const auto& [key, value] : url.options()) {
    const bool is_ours = std::any_of(ours.begin(), ours.end(), [&](const auto& o) { return o.name == key; });
    if (is_ours) continue;
    uri += separator;
    append_percent_encoded(uri, key);
    uri += '=';
    append_percent_encoded(uri, value);
    separator = '&';
  }
  return uri;
}

}  // namespace

void check_slashes(const StoreUrl& url) {
  if (url.has_authority() || url.path().empty()) return;
  // The store is not named: host, user and password stand in what was taken for a path.
  Error(ErrorCode::configuration, "there are no two slashes before the host")
      .hint(
          "write postgresql://user@host:port/database?table=name, or postgresql:///database for a local "
          "server")
      .raise();
}

Settings Settings::from_url(const StoreUrl& url) {
  check_slashes(url);
  Settings settings;
  settings.display_name_ = url.display();
  // A connection is known to be alive only by asking.
  settings.pool_limits_ =
      dataknobs::pool_limits(url, PoolLimits().set_validate_after(Clock::duration::zero()));
  if (const std::string password = authority_password(url.authority()); !password.empty()) {
    settings.secrets_.push_back(password);
    settings.secrets_.push_back(percent_decoded(password));
  }
  for (const auto& [key, value] : url.options()) {
    if (is_secret(key) && !value.empty()) settings.secrets_.push_back(value);
    if (key == "schema" && !value.empty()) settings.schema_ = value;
  }
  if (std::count(url.authority().begin(), url.authority().end(), '@') > 1) {
    // libpq would take what follows the first one for the host, and show it.
    Error(ErrorCode::configuration, "there are several '@' before the path")
        .store(settings.display_name_)
        .hint("write an '@' of the user or password as %40")
        .raise();
  }
  char* message = nullptr;
  const std::string uri = libpq_uri(url);
  const KeywordList list(PQconninfoParse(uri.c_str(), &message), &PQconninfoFree);
  if (!list) {
    std::string text = message != nullptr ? message : "out of memory";
    PQfreemem(message);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    Error(ErrorCode::configuration, "the connection settings are refused: " + settings.scrub(std::move(text)))
        .store(settings.display_name_)
        .hint("write postgresql://user@host:port/database?table=name")
        .raise();
  }
  for (const PQconninfoOption* option = list.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    settings.keywords_.emplace_back(option->keyword, option->val);
    if (is_secret(option->keyword) && *option->val != '\0') settings.secrets_.emplace_back(option->val);
  }
  // The longest first, so that a secret within another one leaves nothing behind.
  std::sort(settings.secrets_.begin(), settings.secrets_.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  return settings;
}

const std::string& Settings::value(std::string_view keyword) const noexcept {
  static const std::string none;
  for (const auto& [key, value] : keywords_) {
    if (key == keyword) return value;
  }
  return none;
}

StoreUrl Settings::place() const {
  // What libpq takes for a keyword that is not given: the environment's word, or its own.
  const KeywordList defaults(PQconndefaults(), &PQconninfoFree);
  // The user and the session's options too: they decide what a name means, and which rows are seen.
  constexpr std::array<std::string_view, 7> kept{"service", "host", "hostaddr", "port",
                                                 "dbname",  "user", "options"};
  StoreUrl result("postgresql", "");
  for (const PQconninfoOption* option = defaults.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (std::find(kept.begin(), kept.end(), option->keyword) == kept.end()) continue;
    std::string given = value(option->keyword);
    if (given.empty() && option->val != nullptr) given = option->val;
    if (!given.empty()) result.add_option(option->keyword, std::move(given));
  }
  return result;
}

std::string Settings::scrub(std::string text) const {
  for (const std::string& secret : secrets_) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return text;
}

std::vector<OptionDeclaration> declared_options() {
  std::vector<OptionDeclaration> options = own_options();
  const KeywordList list(PQconndefaults(), &PQconninfoFree);
  for (const PQconninfoOption* option = list.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    OptionDeclaration declaration;
    declaration.name = option->keyword;
    declaration.description =
        std::string("libpq: ") + (*option->label != '\0' ? option->label : option->keyword);
    declaration.secret = is_secret(option->keyword);
    options.push_back(std::move(declaration));
  }
  OptionDeclaration ssl;
  ssl.name = "ssl";
  ssl.description = "libpq: true is sslmode=require";
  options.push_back(std::move(ssl));
  return options;
}

}  // namespace dataknobs::postgresql
