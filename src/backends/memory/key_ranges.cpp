// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/key_ranges.hpp"

#include <algorithm>
#include <span>

#include "expr/comparison.hpp"
#include "expr/literal.hpp"
#include "expr/operators.hpp"
#include "expr/pattern.hpp"
#include "record/order_key.hpp"

namespace dataknobs::memory {

namespace {

using Ranges = std::vector<KeyRange>;

constexpr char kValueKey = '\1';
// Each two ranges of two lists are compared.
constexpr std::size_t kMostPairs = 10'000;

KeyRange point(std::string key) {
  std::string high = key + '\0';
  return {std::move(key), std::move(high)};
}

std::string raised(std::string bytes) {
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) + 1);
  return bytes;
}

// The first key of a value's class, and the first one behind it: a key begins with the class.
KeyRange class_of(const std::string& key) {
  const std::string low = key.substr(0, 2);
  return {low, raised(low)};
}

// What the literal counts as beside values of each class.
std::vector<std::string> keys_of(const Value& literal) {
  std::vector<std::string> keys{value_key(literal)};
  const auto* text = literal.get_if<std::string>();
  if (text == nullptr) return keys;
  for (const ValueType type : {ValueType::binary, ValueType::datetime, ValueType::time}) {
    if (const std::optional<Value> adapted = adapt_literal(*text, type)) keys.push_back(value_key(*adapted));
  }
  return keys;
}

Ranges ordered(Operator op, const Value& literal) {
  Ranges ranges;
  for (const std::string& key : keys_of(literal)) {
    KeyRange range = class_of(key);
    const bool inclusive = op == Operator::less_equal || op == Operator::greater;
    (is_below(op) ? range.high : range.low) = inclusive ? key + '\0' : key;
    ranges.push_back(std::move(range));
  }
  return ranges;
}

Ranges between(const Value& low, const Value& high) {
  Ranges ranges;
  for (const std::string& from : keys_of(low)) {
    for (const std::string& to : keys_of(high)) {
      if (class_of(from).low == class_of(to).low && from <= to) ranges.push_back({from, to + '\0'});
    }
  }
  return ranges;
}

Ranges prefixed(const std::string& prefix) {
  const std::string low = value_key(Value(prefix));
  return {{low, raised(low)}};
}

std::optional<Ranges> like(const std::string& pattern) {
  const LikePattern compiled(pattern, false);
  const std::u32string& first = compiled.pieces().front();
  const std::size_t literal = std::min(first.find(LikePattern::kAny), first.size());
  std::string start;
  for (std::size_t i = 0; i < literal; ++i) append_code_point(start, first[i]);
  if (compiled.pieces().size() == 1 && literal == first.size()) return Ranges{point(value_key(Value(start)))};
  return prefixed(start);
}

std::optional<Ranges> leaf_ranges(const Comparison& comparison) {
  Ranges ranges;
  const std::vector<Expression>& right = comparison.right;
  switch (comparison.op) {
    case Operator::exists:
      return Ranges{{std::string(1, kValueKey), std::string(1, kNullKey)}};
    case Operator::not_exists:
      return Ranges{point(std::string(1, kNullKey))};
    case Operator::equal:
    case Operator::in:
      for (const Expression& literal : right) {
        if (literal.value().is_null()) continue;
        for (std::string& key : keys_of(literal.value())) ranges.push_back(point(std::move(key)));
      }
      return ranges;
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      return right[0].value().is_null() ? ranges : ordered(comparison.op, right[0].value());
    case Operator::between:
      if (right[0].value().is_null() || right[1].value().is_null()) return ranges;
      return between(right[0].value(), right[1].value());
    case Operator::starts_with:
      if (const auto* text = right[0].value().get_if<std::string>()) return prefixed(*text);
      return std::nullopt;
    case Operator::like:
      if (const auto* text = right[0].value().get_if<std::string>()) return like(*text);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// Sorted, without common keys.
Ranges united(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const KeyRange& left, const KeyRange& right) { return left.low < right.low; });
  Ranges result;
  for (KeyRange& range : ranges) {
    if (!result.empty() && range.low < result.back().high) {
      result.back().high = std::max(result.back().high, std::move(range.high));
    } else {
      result.push_back(std::move(range));
    }
  }
  return result;
}

Ranges common(const Ranges& left, const Ranges& right) {
  if (left.size() * right.size() > kMostPairs) return left.size() < right.size() ? left : right;
  Ranges result;
  for (const KeyRange& one : left) {
    for (const KeyRange& other : right) {
      KeyRange both{std::max(one.low, other.low), std::min(one.high, other.high)};
      if (both.low < both.high) result.push_back(std::move(both));
    }
  }
  return result;
}

}  // namespace

std::string value_key(const Value& value) {
  if (value.is_null()) return std::string(1, kNullKey);
  std::string key(1, kValueKey);
  append_order_key(key, value);
  return key;
}

std::optional<std::vector<KeyRange>> key_ranges(const Expression& condition, const Path& field) {
  std::optional<Ranges> result;
  switch (condition.op()) {
    case Operator::logical_not:
      return result;
    case Operator::logical_and:
      for (const Expression& operand : condition.operands()) {
        std::optional<Ranges> part = key_ranges(operand, field);
        if (part) result = result ? common(*result, *part) : std::move(*part);
      }
      if (result) result = united(std::move(*result));
      return result;
    case Operator::logical_or:
      result.emplace();
      for (const Expression& operand : condition.operands()) {
        std::optional<Ranges> part = key_ranges(operand, field);
        if (!part) return part;
        result->insert(result->end(), part->begin(), part->end());
      }
      return united(std::move(*result));
    default: {
      const std::optional<Comparison> comparison = comparison_of(condition);
      if (!comparison || comparison->path.path() != field) return result;
      result = leaf_ranges(*comparison);
      if (result) result = united(std::move(*result));
      return result;
    }
  }
}

}  // namespace dataknobs::memory
