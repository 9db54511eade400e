// SPDX-License-Identifier: Apache-2.0
//
// Any text: it is refused with a QueryError, or what it says prints to a text that says the same, and can be asked of
// a record.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <dataknobs/error.hpp>
#include <dataknobs/query.hpp>

#include "expr/evaluate.hpp"

using namespace dataknobs;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Query& query) {
  Query again = Query::parse(query.to_string());
  require(again.filter() == query.filter());
  require(again.sort() == query.sort());
  require(again.limit() == query.limit() && again.offset() == query.offset());

  static const Record record = [] {
    Record made{{"a", 1}, {"b", "text"}, {"c", 0.5}, {"d", Json(Json::Array{1, "x"})}, {"e", Date{1}}};
    return made.set_id("1");
  }();
  try {
    // `not p` is true exactly where p is not.
    bool matches = Evaluator(query.filter(), FieldResolution::document()).matches(record);
    require(matches != Evaluator(!query.filter(), FieldResolution::document()).matches(record));
  } catch (const QueryError&) {
    // One level too deep.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check(Query::parse(text));
  } catch (const QueryError&) {
    // Refused.
  }
  try {
    Path path = Path::parse(text);
    require(Path::parse(path.to_string()) == path);
  } catch (const QueryError&) {
    // Refused.
  }
  return 0;
}
