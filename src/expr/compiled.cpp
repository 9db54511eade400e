// SPDX-License-Identifier: Apache-2.0
#include "expr/compiled.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <boost/container/small_vector.hpp>
#include <dataknobs/error.hpp>

#include "expr/literal.hpp"
#include "expr/number_bounds.hpp"
#include "expr/operators.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

// The greatest integer that is not above the number, and whether it is the number itself. Nothing where that
// is not plain to see.
struct Floor {
  std::int64_t integer;
  bool exact;
};
std::optional<Floor> floor_of(const Value& number) {
  if (const auto* integer = number.get_if<std::int64_t>()) return Floor{*integer, true};
  if (const auto* floating = number.get_if<double>()) {
    if (number::is_int64(*floating)) return Floor{static_cast<std::int64_t>(*floating), true};
    if (std::isnan(*floating) || std::abs(*floating) >= 0x1p53) return std::nullopt;
    return Floor{static_cast<std::int64_t>(std::floor(*floating)), false};
  }
  if (const auto* decimal = number.get_if<Decimal>()) {
    if (std::optional<std::int64_t> integer = decimal->to_int64()) return Floor{*integer, true};
  }
  return std::nullopt;
}

constexpr IntegerRange kNone{1, 0};

IntegerRange at_least(const Floor& bound, bool or_equal) noexcept {
  if (bound.exact && or_equal) return {bound.integer, INT64_MAX};
  if (bound.integer == INT64_MAX) return kNone;
  return {bound.integer + 1, INT64_MAX};
}

IntegerRange at_most(const Floor& bound, bool or_equal) noexcept {
  if (!bound.exact || or_equal) return {INT64_MIN, bound.integer};
  if (bound.integer == INT64_MIN) return kNone;
  return {INT64_MIN, bound.integer - 1};
}

std::optional<IntegerRange> range_of(Operator op, const Value& literal) {
  std::optional<Floor> bound = floor_of(literal);
  if (!bound) return std::nullopt;
  switch (op) {
    case Operator::equal:
      return bound->exact ? IntegerRange{bound->integer, bound->integer} : kNone;
    case Operator::less:
    case Operator::less_equal:
      return at_most(*bound, op == Operator::less_equal);
    case Operator::greater:
    case Operator::greater_equal:
      return at_least(*bound, op == Operator::greater_equal);
    default:
      return std::nullopt;
  }
}

std::optional<IntegerRange> range_between(const Value& low, const Value& high) {
  std::optional<IntegerRange> from = range_of(Operator::greater_equal, low);
  std::optional<IntegerRange> to = range_of(Operator::less_equal, high);
  if (!from || !to) return std::nullopt;
  return IntegerRange{std::max(from->low, to->low), std::min(from->high, to->high)};
}

// Of the keys of floats.
std::optional<IntegerRange> range_of_keys(Operator op, const Value& number) {
  const bool compares = op == Operator::equal || op == Operator::less || op == Operator::less_equal ||
                        op == Operator::greater || op == Operator::greater_equal;
  if (!compares || !number.is_number()) return std::nullopt;
  const BoundedComparison<double> bounded = float_comparison(op, number);
  if (!bounded.constant) return bounded.always ? IntegerRange() : kNone;
  return range_of(bounded.op, number::order_key(*bounded.constant));
}

bool has_element(const Value& list, const Value& element) {
  if (const auto* json = list.get_if<Json>()) {
    return json->is_array() &&
           std::find(json->array().begin(), json->array().end(), element) != json->array().end();
  }
  const auto* vector = list.get_if<Vector>();
  return vector != nullptr &&
         std::any_of(vector->begin(), vector->end(), [&](float number) { return Value(number) == element; });
}

}  // namespace

CompiledLeaf::CompiledLeaf(const Expression& expression, const FieldResolution& fields)
    : op_(expression.op()), positive_(positive_of(op_).value_or(op_)) {
  operands_.reserve(expression.operands().size());
  for (const Expression& operand : expression.operands()) {
    Operand& compiled = operands_.emplace_back();
    if (operand.is_literal()) {
      compiled.literal.emplace(operand.value());
    } else if (operand.is_path()) {
      compiled.slot = paths_.size();
      paths_.emplace_back(operand.path(), fields);
    } else {
      computed_.emplace_back(operand, fields, paths_);
    }
  }
  std::size_t slot = paths_.size();
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    if (expression.operands()[i].is_call()) operands_[i].slot = slot++;
  }
  is_simple_ = paths_.size() == 1 && computed_.empty() && !operands_[0].literal;
  compile_pattern();
  if (positive_ == Operator::in) compile_list();
  if (!is_simple_) return;
  if (operands_.size() == 2) range_ = range_of(positive_, operands_[1].literal->value());
  if (positive_ == Operator::between) {
    range_ = range_between(operands_[1].literal->value(), operands_[2].literal->value());
  }
}

std::optional<IntegerRange> CompiledLeaf::range_of_moments() const {
  std::vector<Value> microseconds;
  for (std::size_t i = 1; i < operands_.size(); ++i) {
    const auto* moment = operands_[i].literal->beside(ValueType::datetime).get_if<DateTime>();
    if (moment == nullptr) return std::nullopt;
    microseconds.emplace_back(moment->microseconds);
  }
  if (positive_ == Operator::between) return range_between(microseconds[0], microseconds[1]);
  if (microseconds.size() != 1) return std::nullopt;
  return range_of(positive_, microseconds[0]);
}

std::optional<IntegerRange> CompiledLeaf::range_of_floats() const {
  if (positive_ == Operator::between) {
    std::optional<IntegerRange> from = range_of_keys(Operator::greater_equal, operands_[1].literal->value());
    std::optional<IntegerRange> to = range_of_keys(Operator::less_equal, operands_[2].literal->value());
    if (!from || !to) return std::nullopt;
    return IntegerRange{std::max(from->low, to->low), std::min(from->high, to->high)};
  }
  if (operands_.size() != 2) return std::nullopt;
  return range_of_keys(positive_, operands_[1].literal->value());
}

void CompiledLeaf::compile_pattern() {
  if (!takes_pattern(op_) || !operands_[1].literal) return;
  const auto& pattern = operands_[1].literal->value().get<std::string>();
  if (positive_ == Operator::like) like_.emplace(pattern, false);
  if (positive_ == Operator::ilike) like_.emplace(pattern, true);
  if (positive_ == Operator::regex) regex_.emplace(pattern);
}

void CompiledLeaf::compile_list() {
  for (std::size_t i = 1; i < operands_.size(); ++i) {
    const Operand& element = operands_[i];
    if (!element.literal) {
      has_other_texts_ = true;
      others_.push_back(i);
    } else if (const auto* text = element.literal->value().get_if<std::string>()) {
      strings_.insert(*text);
    } else if (const auto* integer = element.literal->value().get_if<std::int64_t>()) {
      integers_.push_back(*integer);
    } else if (!element.literal->value().is_null()) {
      others_.push_back(i);
    }
  }
  std::sort(integers_.begin(), integers_.end());
}

const Value& CompiledLeaf::value_of(std::size_t operand,
                                    std::span<const Value* const> values) const noexcept {
  const Operand& entry = operands_[operand];
  return entry.literal ? entry.literal->value() : *values[entry.slot];
}

bool CompiledLeaf::equal(std::size_t left, std::size_t right,
                         std::span<const Value* const> values) const noexcept {
  const Value& left_value = value_of(left, values);
  const Value& right_value = value_of(right, values);
  if (left_value.is_null() || right_value.is_null()) return false;
  if (operands_[right].literal) return left_value == operands_[right].literal->beside(left_value.type());
  if (operands_[left].literal) return operands_[left].literal->beside(right_value.type()) == right_value;
  return left_value == right_value;
}

bool CompiledLeaf::ordered(Operator op, std::size_t left, std::size_t right,
                           std::span<const Value* const> values) const noexcept {
  const Value* left_value = &value_of(left, values);
  const Value* right_value = &value_of(right, values);
  if (operands_[right].literal) {
    right_value = &operands_[right].literal->beside(left_value->type());
  } else if (operands_[left].literal) {
    left_value = &operands_[left].literal->beside(right_value->type());
  }
  std::optional<std::strong_ordering> order = compare(*left_value, *right_value);
  return order && holds(op, *order);
}

bool CompiledLeaf::matches_text(const Value& text, const Value& pattern) const {
  const auto* left = text.get_if<std::string>();
  const auto* right = pattern.get_if<std::string>();
  if (positive_ == Operator::contains && left == nullptr) return has_element(text, pattern);
  if (left == nullptr || right == nullptr) return false;
  switch (positive_) {
    case Operator::like:
    case Operator::ilike:
      return like_ ? like_->matches(*left) : LikePattern(*right, positive_ == Operator::ilike).matches(*left);
    case Operator::regex:
      return regex_->matches(*left);
    case Operator::starts_with:
      return left->starts_with(*right);
    default:
      return left->find(*right) != std::string::npos;
  }
}

bool CompiledLeaf::in_list(std::span<const Value* const> values) const {
  const Value& value = value_of(0, values);
  if (const auto* text = value.get_if<std::string>()) {
    if (strings_.contains(*text)) return true;
    if (!has_other_texts_) return false;
  } else if (const auto* integer = value.get_if<std::int64_t>()) {
    if (std::binary_search(integers_.begin(), integers_.end(), *integer)) return true;
  } else {
    for (std::size_t i = 1; i < operands_.size(); ++i) {
      if (equal(0, i, values)) return true;
    }
    return false;
  }
  return std::any_of(others_.begin(), others_.end(), [&](std::size_t i) { return equal(0, i, values); });
}

bool CompiledLeaf::test(std::span<const Value* const> values) const {
  if (computed_.empty()) return test_operands(values);
  boost::container::small_vector<const Value*, 8> all(values.begin(), values.end());
  boost::container::small_vector<Value, 3> scratch(computed_.size());
  for (std::size_t i = 0; i < computed_.size(); ++i) all.push_back(&computed_[i].value(values, scratch[i]));
  return test_operands({all.data(), all.size()});
}

bool CompiledLeaf::test_operands(std::span<const Value* const> values) const {
  if (op_ == Operator::exists) return !value_of(0, values).is_null();
  if (op_ == Operator::not_exists) return value_of(0, values).is_null();
  std::size_t needed = positive_ == Operator::in ? 1 : operands_.size();
  for (std::size_t i = 0; i < needed; ++i) {
    if (value_of(i, values).is_null()) return false;
  }
  bool positive = false;
  switch (positive_) {
    case Operator::equal:
      positive = equal(0, 1, values);
      break;
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      positive = ordered(positive_, 0, 1, values);
      break;
    case Operator::between:
      positive =
          ordered(Operator::greater_equal, 0, 1, values) && ordered(Operator::less_equal, 0, 2, values);
      break;
    case Operator::in:
      positive = in_list(values);
      break;
    default:
      positive = matches_text(value_of(0, values), value_of(1, values));
      break;
  }
  return positive != is_negated();
}

bool CompiledLeaf::text_is(std::string_view text) const {
  if (positive_ == Operator::exists) return true;
  if (positive_ == Operator::in) return strings_.contains(text);
  if (positive_ == Operator::not_exists) return false;
  const auto* right = operands_[1].literal->value().get_if<std::string>();
  if (right == nullptr) return false;
  switch (positive_) {
    case Operator::like:
    case Operator::ilike:
      return like_->matches(text);
    case Operator::regex:
      return regex_->matches(text);
    case Operator::starts_with:
      return text.starts_with(*right);
    case Operator::contains:
      return text.find(*right) != std::string_view::npos;
    case Operator::equal:
      return text == *right;
    case Operator::between: {
      const auto* high = operands_[2].literal->value().get_if<std::string>();
      return high != nullptr && text >= *right && text <= *high;
    }
    default:
      return holds(positive_, text.compare(*right) <=> 0);
  }
}

bool CompiledLeaf::test_text(std::string_view text) const {
  return text_is(text) != is_negated();
}

bool CompiledLeaf::test_one(const Value& value) const {
  if (const auto* integer = value.get_if<std::int64_t>(); integer != nullptr && range_) {
    return range_->contains(*integer) != is_negated();
  }
  if (const auto* text = value.get_if<std::string>()) return test_text(*text);
  if (value.is_null()) return test_null();
  const Value* values[] = {&value};
  return test(values);
}

bool CompiledLeaf::matches(const Record& record) const {
  if (is_simple_) {
    const CompiledPath& path = paths_.front();
    if (path.is_single_field()) return test_one(path.find_field(record));
    if (path.root() == CompiledPath::Root::id) return record.id() ? test_text(*record.id()) : test_null();
    Value scratch;
    return test_one(path.find(record, scratch));
  }
  constexpr std::size_t kFew = 4;
  if (paths_.size() <= kFew) {
    std::array<Value, kFew> scratch;
    std::array<const Value*, kFew> values{};
    for (std::size_t i = 0; i < paths_.size(); ++i) values[i] = &paths_[i].find(record, scratch[i]);
    return test({values.data(), paths_.size()});
  }
  std::vector<Value> scratch(paths_.size());
  std::vector<const Value*> values;
  for (std::size_t i = 0; i < paths_.size(); ++i) values.push_back(&paths_[i].find(record, scratch[i]));
  return test(values);
}

CompiledCondition::CompiledCondition(const Expression& expression, const FieldResolution& fields)
    : op(expression.op()) {
  if (!is_logical(op)) {
    if (is_operand(op)) {
      Error(ErrorCode::query, "a filter is a condition, not a field or a literal").raise();
    }
    leaf = std::make_unique<const CompiledLeaf>(expression, fields);
    return;
  }
  children.reserve(expression.operands().size());
  for (const Expression& operand : expression.operands()) children.emplace_back(operand, fields);
}

bool CompiledCondition::matches(const Record& record) const {
  switch (op) {
    case Operator::logical_and:
      return std::all_of(children.begin(), children.end(),
                         [&](const auto& child) { return child.matches(record); });
    case Operator::logical_or:
      return std::any_of(children.begin(), children.end(),
                         [&](const auto& child) { return child.matches(record); });
    case Operator::logical_not:
      return !children.front().matches(record);
    default:
      return leaf->matches(record);
  }
}

}  // namespace dataknobs
