// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/aggregation.hpp>

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "expr/parser.hpp"
#include "record/nearest.hpp"

namespace dataknobs {

namespace {

constexpr std::array<std::string_view, 6> kNames{"count", "count_distinct", "sum", "avg", "min", "max"};

class AggregationParser {
 public:
  explicit AggregationParser(std::string_view text) : parser_(text) {}

  Aggregation parse() {
    Aggregation aggregation;
    do {
      item(aggregation);
    } while (parser_.accept_symbol(","));
    if (!parser_.at_end()) parser_.fail("',' or the end");
    return aggregation;
  }

 private:
  void item(Aggregation& aggregation) {
    const Token start = parser_.token();
    Path path = parser_.path();
    if (!parser_.accept_symbol("(")) {
      aggregation.by(path.to_string());
      return;
    }
    Aggregate aggregate = function(start);
    if (parser_.accept("as")) aggregate.as(name());
    aggregation.add(std::move(aggregate));
  }

  // After the opening parenthesis.
  Aggregate function(const Token& start) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (start.kind != TokenKind::word || !start.is_word(kNames[i])) continue;
      const auto function = static_cast<AggregateFunction>(i);
      std::optional<Path> path;
      if (!parser_.accept_symbol(")")) {
        path = parser_.path();
        if (!parser_.accept_symbol(")")) parser_.fail("')'");
      } else if (function != AggregateFunction::count) {
        parser_.raise(start.offset, fmt::format("{} needs a field, as in {}(price)", kNames[i], kNames[i]));
      }
      return Aggregate(function, std::move(path));
    }
    const auto nearest = nearest_name(start.text, kNames);
    parser_.raise(start.offset, fmt::format("unknown function '{}'", start.text),
                  nearest ? fmt::format("did you mean '{}'?", *nearest)
                          : fmt::format("there are {}", fmt::join(kNames, ", ")));
  }

  std::string name() {
    const Token token = parser_.token();
    const Path path = parser_.path();
    if (path.steps().size() != 1) parser_.raise(token.offset, "a name has no parts");
    return path.root();
  }

  Parser parser_;
};

}  // namespace

std::string_view to_string(AggregateFunction function) noexcept {
  return kNames[static_cast<std::size_t>(function)];
}

std::string Aggregate::text() const {
  return fmt::format("{}({})", to_string(function_), path_ ? path_->to_string() : std::string());
}

Aggregation Aggregation::parse(std::string_view text) {
  return AggregationParser(text).parse();
}

std::vector<std::string> Aggregation::names() const {
  std::vector<std::string> names;
  for (const Path& path : groups_) names.push_back(path.to_string());
  for (const Aggregate& aggregate : aggregates_) names.push_back(aggregate.name());
  return names;
}

std::string Aggregation::to_string() const {
  std::string text;
  for (const Path& path : groups_) text += (text.empty() ? "" : ", ") + path.to_string();
  for (const Aggregate& aggregate : aggregates_) {
    text += (text.empty() ? "" : ", ") + aggregate.text();
    if (aggregate.name() != aggregate.text()) text += " as " + Path::of_field(aggregate.name()).to_string();
  }
  return text;
}

}  // namespace dataknobs
