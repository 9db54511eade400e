// SPDX-License-Identifier: Apache-2.0
//
// Queries as JSON, in the form that dataknobs-data has for them.
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/error.hpp>
#include <dataknobs/query.hpp>

#include "record/excerpt.hpp"
#include "record/json.hpp"
#include "record/nearest.hpp"

namespace dataknobs {

namespace {

constexpr std::array<std::pair<std::string_view, Operator>, 19> kOperators{{
    {"=", Operator::equal},
    {"!=", Operator::not_equal},
    {"<", Operator::less},
    {"<=", Operator::less_equal},
    {">", Operator::greater},
    {">=", Operator::greater_equal},
    {"like", Operator::like},
    {"not_like", Operator::not_like},
    {"ilike", Operator::ilike},
    {"not_ilike", Operator::not_ilike},
    {"regex", Operator::regex},
    {"starts_with", Operator::starts_with},
    {"contains", Operator::contains},
    {"in", Operator::in},
    {"not_in", Operator::not_in},
    {"between", Operator::between},
    {"not_between", Operator::not_between},
    {"exists", Operator::exists},
    {"not_exists", Operator::not_exists},
}};

constexpr std::array<std::pair<std::string_view, Operator>, 3> kLogic{{
    {"and", Operator::logical_and},
    {"or", Operator::logical_or},
    {"not", Operator::logical_not},
}};

template <std::size_t count>
std::string_view name_of(Operator op, const std::array<std::pair<std::string_view, Operator>, count>& known) {
  const auto* const found =
      std::find_if(known.begin(), known.end(), [&](const auto& candidate) { return candidate.second == op; });
  return found == known.end() ? std::string_view() : found->first;
}

bool has_list(Operator op) noexcept {
  return op == Operator::in || op == Operator::not_in || op == Operator::between ||
         op == Operator::not_between;
}
bool has_no_value(Operator op) noexcept {
  return op == Operator::exists || op == Operator::not_exists;
}

// A member of the text with the way to it, for errors: `filters[1].operator`.
class Member {
 public:
  Member(const Value& value, std::string way) : value_(value), way_(std::move(way)) {}

  [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const {
    Error(ErrorCode::query, fmt::format("{}: {}", way_.empty() ? "the query" : way_, message))
        .hint(hint)
        .raise();
  }

  const Value& value() const noexcept { return value_; }
  bool is_null() const noexcept { return value_.is_null(); }
  const std::string& text() const {
    const auto* text = value_.get_if<std::string>();
    if (text == nullptr) fail("a text is wanted here");
    return *text;
  }
  std::int64_t count() const {
    const auto* count = value_.get_if<std::int64_t>();
    if (count == nullptr)
      fail(fmt::format("a whole number is wanted here, not {}", excerpt(to_json(value_))));
    return *count;
  }
  std::vector<Member> elements() const {
    const auto* json = value_.get_if<Json>();
    if (json == nullptr || !json->is_array()) fail("a list is wanted here");
    std::vector<Member> result;
    for (const Value& element : json->array())
      result.emplace_back(element, fmt::format("{}[{}]", way_, result.size()));
    return result;
  }
  const Json::Object& members() const {
    const auto* json = value_.get_if<Json>();
    if (json == nullptr || !json->is_object()) fail("an object is wanted here");
    return json->object();
  }
  /// Nothing where it is missing or null.
  std::optional<Member> find(std::string_view name) const {
    members();
    const Value* found = value_.get_if<Json>()->find(name);
    if (found == nullptr || found->is_null()) return std::nullopt;
    return Member(*found, way_.empty() ? std::string(name) : fmt::format("{}.{}", way_, name));
  }
  Member get(std::string_view name) const {
    std::optional<Member> found = find(name);
    if (!found) fail(fmt::format("'{}' is missing", name));
    return std::move(*found);
  }
  void check_names(std::span<const std::string_view> known) const {
    for (const auto& [name, ignored] : members()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) fail_unknown("member", name, known);
    }
  }
  [[noreturn]] void fail_unknown(std::string_view what, const std::string& name,
                                 std::span<const std::string_view> known) const {
    const std::optional<std::string_view> nearest = nearest_name(name, known);
    fail(fmt::format("unknown {} '{}'", what, name), nearest
                                                         ? fmt::format("did you mean '{}'?", *nearest)
                                                         : fmt::format("one of {}", fmt::join(known, ", ")));
  }
  template <std::size_t count>
  Operator one_of(const std::array<std::pair<std::string_view, Operator>, count>& known) const {
    // `NOT IN` is taken too.
    std::string name = text();
    for (char& c : name) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name == "==") name = "=";
    std::vector<std::string_view> names;
    for (const auto& [candidate, op] : known) {
      if (candidate == name) return op;
      names.push_back(candidate);
    }
    fail_unknown("operator", text(), names);
  }
  Path path() const {
    try {
      return Path::parse(text());
    } catch (const QueryError& error) {
      fail(error.message(), error.hint());
    }
  }

 private:
  const Value& value_;
  std::string way_;
};

Expression make(const Member& member, Operator op, std::vector<Expression> operands) {
  try {
    return Expression::make(op, std::move(operands));
  } catch (const QueryError& error) {
    member.fail(error.message(), error.hint());
  }
}

Expression parse_filter(const Member& filter) {
  static constexpr std::array<std::string_view, 3> known{"field", "operator", "value"};
  filter.check_names(known);
  const Operator op = filter.get("operator").one_of(kOperators);
  std::vector<Expression> operands{Expression::path(filter.get("field").path())};
  const std::optional<Member> value = filter.find("value");
  if (has_no_value(op)) {
    if (value) value->fail(fmt::format("'{}' takes no value", name_of(op, kOperators)));
  } else if (has_list(op)) {
    for (const Member& element : filter.get("value").elements())
      operands.push_back(Expression::literal(element.value()));
  } else {
    operands.push_back(Expression::literal(value ? value->value() : Value()));
  }
  return make(filter, op, std::move(operands));
}

Expression parse_condition(const Member& condition) {
  const std::string type = condition.get("type").text();
  if (type == "filter") {
    static constexpr std::array<std::string_view, 2> known{"type", "filter"};
    condition.check_names(known);
    return parse_filter(condition.get("filter"));
  }
  if (type == "expression") {
    static constexpr std::array<std::string_view, 2> known{"type", "expression"};
    condition.check_names(known);
    const Member text = condition.get("expression");
    try {
      return parse_expression(text.text());
    } catch (const QueryError& error) {
      text.fail(error.message(), error.hint());
    }
  }
  static constexpr std::array<std::string_view, 3> types{"filter", "logic", "expression"};
  if (type != "logic") condition.get("type").fail_unknown("type", type, types);
  static constexpr std::array<std::string_view, 3> known{"type", "operator", "conditions"};
  condition.check_names(known);
  const Operator op = condition.get("operator").one_of(kLogic);
  std::vector<Expression> operands;
  for (const Member& element : condition.get("conditions").elements())
    operands.push_back(parse_condition(element));
  return make(condition, op, std::move(operands));
}

Expression parse_where(const Member& query) {
  const std::optional<Member> filters = query.find("filters");
  const std::optional<Member> condition = query.find("condition");
  if (filters && condition)
    query.fail("'filters' and 'condition' are given", "put the filters into the condition");
  if (condition) return parse_condition(*condition);
  Expression all;
  if (!filters) return all;
  for (const Member& filter : filters->elements()) all = std::move(all) && parse_filter(filter);
  return all;
}

Query parse_query(const Member& text) {
  static constexpr std::array<std::string_view, 7> known{"filters", "condition", "sort",        "limit",
                                                         "offset",  "fields",    "vector_query"};
  text.check_names(known);
  if (const auto vector = text.find("vector_query")) {
    Error(ErrorCode::unsupported, "searches by vectors are not there")
        .hint("leave 'vector_query' out")
        .raise();
  }
  Query query = Query::where(parse_where(text));
  if (const auto sort = text.find("sort")) {
    for (const Member& key : sort->elements()) {
      static constexpr std::array<std::string_view, 2> names{"field", "order"};
      key.check_names(names);
      static constexpr std::array<std::string_view, 2> orders{"asc", "desc"};
      const std::optional<Member> order = key.find("order");
      if (order && order->text() != "asc" && order->text() != "desc")
        order->fail_unknown("order", order->text(), orders);
      query.sort(key.get("field").path().to_string(), order && order->text() == "desc");
    }
  }
  if (const auto limit = text.find("limit")) query.limit(limit->count());
  if (const auto offset = text.find("offset")) query.offset(offset->count());
  if (const auto fields = text.find("fields")) {
    std::vector<Path> paths;
    for (const Member& field : fields->elements()) paths.push_back(field.path());
    query.select(std::move(paths));
  }
  return query;
}

Value object(Json::Object members) {
  return Value(Json(std::move(members)));
}
Value list(Json::Array elements) {
  return Value(Json(std::move(elements)));
}

// Nothing where a filter of one field and literals that JSON has does not say it.
std::optional<Value> filter_of(const Expression& condition) {
  const std::string_view op = name_of(condition.op(), kOperators);
  const std::vector<Expression>& operands = condition.operands();
  if (op.empty() || operands.empty() || !operands.front().is_path()) return std::nullopt;
  Json::Array values;
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (!operands[i].is_literal() || !is_natural_json(operands[i].value())) return std::nullopt;
    values.push_back(operands[i].value());
  }
  Json::Object filter;
  filter.emplace_back("field", operands.front().path().to_string());
  filter.emplace_back("operator", op);
  if (has_list(condition.op())) {
    filter.emplace_back("value", list(std::move(values)));
  } else if (!values.empty()) {
    filter.emplace_back("value", values.front());
  }
  Json::Object result;
  result.emplace_back("type", "filter");
  result.emplace_back("filter", object(std::move(filter)));
  return object(std::move(result));
}

Value condition_of(const Expression& condition) {
  Json::Object result;
  if (const std::string_view op = name_of(condition.op(), kLogic); !op.empty()) {
    Json::Array conditions;
    for (const Expression& operand : condition.operands()) conditions.push_back(condition_of(operand));
    result.emplace_back("type", "logic");
    result.emplace_back("operator", op);
    result.emplace_back("conditions", list(std::move(conditions)));
    return object(std::move(result));
  }
  if (std::optional<Value> filter = filter_of(condition)) return std::move(*filter);
  result.emplace_back("type", "expression");
  result.emplace_back("expression", condition.to_string());
  return object(std::move(result));
}

}  // namespace

Query Query::from_json(std::string_view text) {
  Value value;
  try {
    value = parse_json(text);
  } catch (const SerializationError& error) {
    Error(ErrorCode::query, "the query is no JSON: " + error.message()).hint(error.hint()).raise();
  }
  return parse_query(Member(value, ""));
}

std::string Query::to_json() const {
  Json::Object result;
  if (!filter_.is_always_true()) result.emplace_back("condition", condition_of(filter_));
  Json::Array keys;
  for (const SortKey& key : sort_) {
    Json::Object one;
    one.emplace_back("field", key.path().to_string());
    one.emplace_back("order", key.descending() ? "desc" : "asc");
    keys.push_back(object(std::move(one)));
  }
  if (!keys.empty()) result.emplace_back("sort", list(std::move(keys)));
  if (limit_) result.emplace_back("limit", *limit_);
  if (offset_ != 0) result.emplace_back("offset", offset_);
  Json::Array fields;
  for (const Path& path : select_) fields.emplace_back(path.to_string());
  if (!fields.empty()) result.emplace_back("fields", list(std::move(fields)));
  return dataknobs::to_json(object(std::move(result)));
}

}  // namespace dataknobs
