// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/query.hpp>

#include <array>
#include <utility>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "expr/parser.hpp"

namespace dataknobs {

namespace {

std::uint64_t checked(std::int64_t count, std::string_view what) {
  if (count < 0)
    Error(ErrorCode::query, fmt::format("{} must not be below 0, it is {}", what, count)).raise();
  return static_cast<std::uint64_t>(count);
}

bool starts_clause(const Token& token) noexcept {
  return token.is_word("order") || token.is_word("limit") || token.is_word("offset");
}

class QueryParser {
 public:
  explicit QueryParser(std::string_view text) : parser_(text) {}

  Expression filter() {
    if (parser_.at_end() || starts_clause(parser_.token())) return {};
    return parser_.expression();
  }

  void clauses() {
    while (!parser_.at_end()) {
      if (parser_.token().is_word("order")) {
        once("order by", !sort.empty());
        parser_.expect("order");
        parser_.expect("by");
        keys();
      } else if (parser_.token().is_word("limit")) {
        once("limit", limit.has_value());
        parser_.expect("limit");
        limit = parser_.count("limit");
      } else if (parser_.token().is_word("offset")) {
        once("offset", offset.has_value());
        parser_.expect("offset");
        offset = parser_.count("offset");
      } else {
        static constexpr std::array<std::string_view, 7> words{"and",    "or",   "order", "limit",
                                                               "offset", "desc", "asc"};
        parser_.fail("'and', 'or', 'order by', 'limit', 'offset' or the end", words);
      }
    }
  }

  std::vector<SortKey> sort;
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> offset;

 private:
  void once(std::string_view clause, bool given) const {
    if (given) parser_.raise(parser_.token().offset, fmt::format("'{}' is given twice", clause));
  }

  void keys() {
    do {
      Path path = parser_.path();
      bool descending = parser_.accept("desc");
      if (!descending) parser_.accept("asc");
      sort.emplace_back(std::move(path), descending);
    } while (parser_.accept_symbol(","));
  }

  Parser parser_;
};

}  // namespace

Query Query::where(Expression filter) {
  Query query;
  query.filter_ = std::move(filter);
  return query;
}

Query Query::parse(std::string_view text) {
  QueryParser parser(text);
  Query query;
  query.filter_ = parser.filter();
  parser.clauses();
  query.sort_ = std::move(parser.sort);
  query.limit_ = parser.limit;
  query.offset_ = parser.offset.value_or(0);
  return query;
}

Query& Query::filter(Expression condition) & {
  filter_ = filter_.is_always_true() ? std::move(condition) : std::move(filter_) && std::move(condition);
  return *this;
}

Query& Query::sort(std::string_view path, bool descending) & {
  sort_.emplace_back(Path::parse(path), descending);
  return *this;
}

Query& Query::limit(std::int64_t count) & {
  limit_ = checked(count, "limit");
  return *this;
}

Query& Query::offset(std::int64_t count) & {
  offset_ = checked(count, "offset");
  return *this;
}

Query& Query::select(std::vector<Path> fields) & {
  select_ = std::move(fields);
  return *this;
}

std::string Query::to_string() const {
  std::string out = filter_.is_always_true() ? "" : filter_.to_string();
  auto separate = [&] {
    if (!out.empty()) out += ' ';
  };
  for (std::size_t i = 0; i < sort_.size(); ++i) {
    if (i == 0) separate();
    out += fmt::format("{}{}{}", i == 0 ? "order by " : ", ", sort_[i].path().to_string(),
                       sort_[i].descending() ? " desc" : "");
  }
  if (limit_) {
    separate();
    out += fmt::format("limit {}", *limit_);
  }
  if (offset_ != 0) {
    separate();
    out += fmt::format("offset {}", offset_);
  }
  return out;
}

}  // namespace dataknobs
