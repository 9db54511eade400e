// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "conformance/cases.hpp"
#include "conformance/differential.hpp"

namespace dataknobs::conformance {
namespace {

Expression with_operand(const Expression& expression, std::size_t at, Expression operand) {
  std::vector<Expression> operands = expression.operands();
  operands[at] = std::move(operand);
  return Expression::make(expression.op(), std::move(operands));
}

Expression without_operand(const Expression& expression, std::size_t at) {
  std::vector<Expression> operands = expression.operands();
  operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(at));
  return Expression::make(expression.op(), std::move(operands));
}

bool is_logical(const Expression& expression) {
  return expression.op() == Operator::logical_and || expression.op() == Operator::logical_or ||
         expression.op() == Operator::logical_not;
}

}  // namespace

std::vector<Expression> simpler(const Expression& expression) {
  std::vector<Expression> result;
  if (expression.is_literal() || expression.is_path() || expression.is_call() || expression.is_always_true())
    return result;
  result.emplace_back();
  const auto& operands = expression.operands();
  if (is_logical(expression)) {
    result.insert(result.end(), operands.begin(), operands.end());
    for (std::size_t at = 0; at < operands.size(); ++at) {
      if (expression.op() != Operator::logical_not) result.push_back(without_operand(expression, at));
      for (Expression& part : simpler(operands[at]))
        result.push_back(with_operand(expression, at, std::move(part)));
    }
  }
  if (expression.op() == Operator::in || expression.op() == Operator::not_in) {
    for (std::size_t at = 1; at < operands.size(); ++at) result.push_back(without_operand(expression, at));
  }
  return result;
}

Query query_of(const Expression& filter, const std::vector<SortKey>& sort, std::optional<std::uint64_t> limit,
               std::uint64_t offset, const std::vector<Path>& select) {
  Query made = filter.is_always_true() ? Query() : Query::where(filter);
  for (const SortKey& key : sort) made.sort(key.path().to_string(), key.descending());
  if (limit) made.limit(static_cast<std::int64_t>(*limit));
  if (offset != 0) made.offset(static_cast<std::int64_t>(offset));
  if (!select.empty()) made.select(select);
  return made;
}

class Differential::Shrinker {
 public:
  Shrinker(Differential& differential, Query query)
      : differential_(differential), query_(std::move(query)), records_(differential.records_) {}

  std::string run() {
    bool again = true;
    while (again && tries_ < kMostTries) {
      again = shrink_query();
      again = shrink_records() || again;
      again = shrink_filter() || again;
      again = shrink_fields() || again;
    }
    return text();
  }

 private:
  static constexpr int kMostTries = 3000;

  bool fails(const Query& query, const std::vector<Record>& records) {
    ++tries_;
    try {
      differential_.fill(records);
      return differential_.difference(query) || differential_.count_difference(query);
    } catch (const std::exception&) {
      return false;
    }
  }

  bool take(Query query) {
    if (tries_ >= kMostTries || !fails(query, records_)) return false;
    query_ = std::move(query);
    return true;
  }

  bool take(std::vector<Record> records) {
    if (tries_ >= kMostTries || !fails(query_, records)) return false;
    records_ = std::move(records);
    return true;
  }

  bool shrink_query() {
    bool shrunk = false;
    auto attempt = [&](bool has, Query smaller) { shrunk = (has && take(std::move(smaller))) || shrunk; };
    const Query& q = query_;
    attempt(!q.select().empty(), query_of(q.filter(), q.sort(), q.limit(), q.offset(), {}));
    attempt(q.limit().has_value(), query_of(q.filter(), q.sort(), {}, q.offset(), q.select()));
    attempt(q.offset() != 0, query_of(q.filter(), q.sort(), q.limit(), 0, q.select()));
    for (std::size_t at = q.sort().size(); at > 0; --at) {
      std::vector<SortKey> sort = q.sort();
      sort.erase(sort.begin() + static_cast<std::ptrdiff_t>(at - 1));
      attempt(true, query_of(q.filter(), sort, q.limit(), q.offset(), q.select()));
    }
    return shrunk;
  }

  bool shrink_filter() {
    bool shrunk = false;
    for (bool again = true; again && tries_ < kMostTries;) {
      again = false;
      for (const Expression& filter : simpler(query_.filter())) {
        again = take(query_of(filter, query_.sort(), query_.limit(), query_.offset(), query_.select()));
        shrunk = shrunk || again;
        if (again) break;
      }
    }
    return shrunk;
  }

  bool shrink_records() {
    bool shrunk = false;
    for (std::size_t part = std::max<std::size_t>(records_.size() / 2, 1); part > 0; part /= 2) {
      for (std::size_t at = 0; at < records_.size() && tries_ < kMostTries;) {
        std::vector<Record> rest = records_;
        auto first = rest.begin() + static_cast<std::ptrdiff_t>(at);
        rest.erase(first, first + static_cast<std::ptrdiff_t>(std::min(part, rest.size() - at)));
        bool taken = take(std::move(rest));
        shrunk = shrunk || taken;
        if (!taken) at += part;
      }
    }
    return shrunk;
  }

  bool shrink_fields() {
    if (records_.size() > 5) return false;
    bool shrunk = false;
    for (std::size_t at = 0; at < records_.size(); ++at) {
      std::vector<Field> fields = records_[at].fields();
      for (const Field& field : fields) {
        std::vector<Record> rest = records_;
        rest[at].remove(field.name());
        shrunk = take(std::move(rest)) || shrunk;
      }
      if (!records_[at].metadata()) continue;
      std::vector<Record> rest = records_;
      rest[at].set_metadata(std::nullopt);
      shrunk = take(std::move(rest)) || shrunk;
    }
    return shrunk;
  }

  std::string text() {
    differential_.fill(records_);
    std::string text;
    for (const Record& record : differential_.records_) text += to_line(record) + "\n";
    text += fmt::format("search {}\n", query_.to_string());
    for (const Path& path : query_.select()) text += fmt::format("# select {}\n", path.to_string());
    std::optional<std::string> difference = differential_.difference(query_);
    if (!difference) difference = differential_.count_difference(query_);
    text += difference.value_or("(it no longer fails)") + "\n";
    try {
      text += differential_.test_.run(differential_.store_->explain(query_));
    } catch (const Error& error) {
      text += fmt::format("(explain fails: {})", error.what());
    }
    return text;
  }

  Differential& differential_;
  Query query_;
  std::vector<Record> records_;
  int tries_ = 0;
};

std::string Differential::shrunk(const Query& query) {
  return Shrinker(*this, query).run();
}

}  // namespace dataknobs::conformance
