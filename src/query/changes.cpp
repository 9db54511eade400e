// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/changes.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "expr/parser.hpp"

namespace dataknobs {

Changes& Changes::set(std::string field, const Operand& value) & {
  const bool is_known =
      std::any_of(fields_.begin(), fields_.end(), [&](const auto& known) { return known.first == field; });
  if (is_known) Error(ErrorCode::query, fmt::format("'{}' is given two values", field)).raise();
  fields_.emplace_back(std::move(field), value);
  return *this;
}

Changes Changes::parse(std::string_view text) {
  Parser parser(text);
  Changes changes;
  do {
    const std::size_t start = parser.token().offset;
    const Path path = parser.path();
    if (path.steps().size() != 1) parser.raise(start, "a field is wanted, not a path into its value");
    if (path.is_metadata() || path.is_id()) {
      parser.raise(start, fmt::format("{} cannot be changed so", path.to_string()),
                   fmt::format("a field of that name is written \"{}\"", path.root()));
    }
    if (!parser.accept_symbol("=")) parser.fail("'=' and a value");
    const Expression value = parser.element();
    parser.placed(start, [&] { return changes.set(path.root(), Operand(value)), value; });
  } while (parser.accept_symbol(","));
  if (!parser.at_end()) parser.fail("an operator, ',' or the end");
  return changes;
}

std::string Changes::to_string() const {
  std::string text;
  for (const auto& [name, value] : fields_) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} = {}", Path::of_field(name).to_string(), value.to_string());
  }
  return text;
}

}  // namespace dataknobs
