// SPDX-License-Identifier: Apache-2.0
#include "database/url.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

namespace dataknobs {

namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Only positions are told, never the text: it may hold a password.
[[noreturn]] void fail(std::size_t position, std::string_view what, std::string_view hint) {
  Error(ErrorCode::configuration, fmt::format("URL, character {}: {}", position + 1, what))
      .hint(hint)
      .raise();
}

std::string decode(std::string_view text, std::size_t position) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      fail(position + i, "'%' is not followed by two hexadecimal digits",
           "write a literal percent sign as %25");
    }
    const char byte = static_cast<char>(high * 16 + low);
    if (byte == '\0') fail(position + i, "a name cannot hold the character U+0000", "");
    decoded += byte;
    i += 2;
  }
  return decoded;
}

std::string encode(std::string_view text, std::string_view also_plain) {
  std::string encoded;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || std::string_view("-._~,:").find(c) != std::string_view::npos ||
        also_plain.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kHexDigits[byte >> 4U];
      encoded += kHexDigits[byte & 15U];
    }
  }
  return encoded;
}

// The length of the scheme, or 0 for a bare path. A scheme has no dot, so that `data.csv:old` is a path.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') return i;
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-') return 0;
  }
  return 0;
}

using Options = std::vector<std::pair<std::string, std::string>>;

Options parse_options(std::string_view text, std::size_t position) {
  Options options;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, length);
    const std::size_t equals = item.find('=');
    if (item.empty()) fail(position, "an option is empty", "options are written ?name=value&name=value");
    if (equals == std::string_view::npos) {
      fail(position, "an option has no value", "options are written ?name=value&name=value");
    }
    if (equals == 0) fail(position, "an option has no name", "options are written ?name=value&name=value");
    options.emplace_back(decode(item.substr(0, equals), position),
                         decode(item.substr(equals + 1), position + equals + 1));
    if (length + 1 == text.size()) fail(position + length, "an option is empty", "remove the last '&'");
    text.remove_prefix(std::min(length + 1, text.size()));
    position += length + 1;
  }
  return options;
}

bool is_secret(std::string_view key) {
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::array<std::string_view, 7> kSecretWords{"password", "passwd", "secret",     "token",
                                                         "api_key",  "apikey", "credentials"};
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// Is each host of an authority without user and password followed by a port at most?
bool has_only_ports(std::string_view hosts) {
  while (true) {
    const std::size_t comma = std::min(hosts.find(','), hosts.size());
    std::string_view host = hosts.substr(0, comma);
    if (host.starts_with('[')) host.remove_prefix(std::min(host.find(']'), host.size()));
    const std::size_t colon = std::min(host.find(':'), host.size());
    const std::string_view port = host.substr(std::min(colon + 1, host.size()));
    if (!std::all_of(port.begin(), port.end(), is_digit)) return false;
    if (comma == hosts.size()) return true;
    hosts.remove_prefix(comma + 1);
  }
}

// A '/' or '?' in a password ends the authority. The rest of the password must not be taken, and shown, as a path or
// as options. `begin`: of the authority.
void check_authority(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find_first_of("/?", begin), text.size());
  const std::string_view authority = text.substr(begin, end - begin);
  const std::string_view rest = text.substr(end);
  const std::size_t at = rest.find('@');
  if (at == std::string_view::npos || authority.find(':') == std::string_view::npos) return;
  const bool is_whole = authority.find('@') != std::string_view::npos || has_only_ports(authority);
  if (is_whole && at > rest.find('=')) return;
  fail(end, fmt::format("'{}' before the '@'", rest.front()),
       "write '/' in a password as %2F and '?' as %3F; and '@' behind the host as %40");
}

}  // namespace

StoreUrl StoreUrl::parse(std::string_view text) {
  if (text.empty()) {
    Error(ErrorCode::configuration, "the URL is empty")
        .hint("write for example sqlite:app.db?table=people")
        .raise();
  }
  if (text.find('\0') != std::string_view::npos) fail(text.find('\0'), "U+0000 in a URL", "");
  StoreUrl url;
  const std::size_t question = std::min(text.find('?'), text.size());
  std::string_view rest = text.substr(0, question);
  const std::size_t scheme = scheme_length(rest);
  if (scheme > 0 && rest.substr(scheme).starts_with("://")) check_authority(text, scheme + 3);
  if (question < text.size()) url.options_ = parse_options(text.substr(question + 1), question + 1);
  if (scheme == 0) {
    if (rest.empty()) fail(0, "a path or a scheme is missing before '?'", "");
    url.scheme_ = "file";
    url.path_ = rest;
    return url;
  }
  url.scheme_ = rest.substr(0, scheme);
  std::transform(url.scheme_.begin(), url.scheme_.end(), url.scheme_.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::size_t position = scheme + 1;
  rest.remove_prefix(position);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    position += 2;
    url.has_authority_ = true;
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    url.authority_ = rest.substr(0, slash);
    // The slash ends the authority; it belongs to the path only where there is no authority (file:///tmp/x).
    const std::size_t skip = url.authority_.empty() ? 0 : std::min(slash + 1, rest.size());
    rest.remove_prefix(skip);
    position += skip;
  }
  url.path_ = decode(rest, position);
  return url;
}

std::optional<std::string> StoreUrl::option(std::string_view key) const {
  for (const auto& [name, value] : options_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

StoreUrl& StoreUrl::add_option(std::string key, std::string value) {
  options_.emplace_back(std::move(key), std::move(value));
  return *this;
}

StoreUrl& StoreUrl::set_option(std::string key, std::string value) {
  std::erase_if(options_, [&](const auto& option) { return option.first == key; });
  return add_option(std::move(key), std::move(value));
}

std::string StoreUrl::display() const {
  std::string authority = authority_;
  const std::size_t at = authority.rfind('@');
  if (at != std::string::npos) {
    const std::size_t password = std::min(authority.find(':'), at);
    authority.erase(password, at - password);
  }
  std::string text = scheme_ + ":";
  if (has_authority_) text += "//" + authority;
  if (!authority.empty() && !path_.empty()) text += '/';
  // Behind a port an '@' would look like the end of a password.
  const std::string_view at_sign = authority.find(':') == std::string::npos ? "@" : "";
  // A path that begins with two slashes must not look like an authority.
  const bool escaped = !has_authority_ && path_.starts_with("//");
  if (escaped) text += "%2F";
  text += encode(std::string_view(path_).substr(escaped ? 1 : 0), fmt::format("/+ =&()[]{{}}{}", at_sign));
  char separator = '?';
  for (const auto& [name, value] : options_) {
    if (is_secret(name)) continue;
    text += separator;
    text += encode(name, fmt::format("/{}", at_sign)) + "=" + encode(value, fmt::format("/+ {}", at_sign));
    separator = '&';
  }
  return text;
}

}  // namespace dataknobs
