// SPDX-License-Identifier: Apache-2.0
//
// JSON: what is taken reads back the same, and another parser takes it, too.
#include "record/json.hpp"

#include <cstdlib>

#include <boost/json/parse.hpp>

#include <dataknobs/error.hpp>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_taken_by_boost(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 600;
  boost::json::error_code error;
  boost::json::parse({text.data(), text.size()}, error, {}, options);
  return !error || error == boost::json::error::exponent_overflow;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dataknobs;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Value value;
  try {
    value = parse_json(text);
  } catch (const SerializationError& error) {
    require(error.message().starts_with("JSON line "));
    require(is_valid_utf8(error.message()));
    return 0;
  }
  require(is_taken_by_boost(text));
  std::string printed = to_json(value);
  require(parse_json(printed) == value);
  require(to_json(parse_json(printed)) == printed);
  require(parse_json(to_pretty_json(value)) == value);
  return 0;
}
