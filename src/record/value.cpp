// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/value.hpp>

#include <array>
#include <limits>

#include "record/canonical.hpp"
#include "record/json.hpp"
#include "record/json_compare.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

constexpr std::array<std::string_view, 12> kTypeNames{"null",    "boolean", "integer", "float",
                                                      "decimal", "string",  "binary",  "datetime",
                                                      "date",    "time",    "json",    "vector"};
constexpr std::int64_t kDay = 86'400'000'000;

// Types of one class have one rank; null is last.
constexpr int class_rank(ValueType type) noexcept {
  switch (type) {
    case ValueType::null:
      return std::numeric_limits<int>::max();
    case ValueType::floating:
    case ValueType::decimal:
      return static_cast<int>(ValueType::integer);
    case ValueType::date:
      return static_cast<int>(ValueType::datetime);
    case ValueType::vector:
      return static_cast<int>(ValueType::json);
    default:
      return static_cast<int>(type);
  }
}

std::strong_ordering reverse(std::strong_ordering order) noexcept {
  return 0 <=> order;
}

std::strong_ordering compare_numbers(const Value& left, const Value& right) noexcept {
  const auto* left_integer = left.get_if<std::int64_t>();
  const auto* left_double = left.get_if<double>();
  const auto* right_integer = right.get_if<std::int64_t>();
  const auto* right_double = right.get_if<double>();
  if (left_integer != nullptr) {
    if (right_integer != nullptr) return *left_integer <=> *right_integer;
    if (right_double != nullptr) return number::compare(*left_integer, *right_double);
    return number::compare(*left_integer, *right.get_if<Decimal>());
  }
  if (left_double != nullptr) {
    if (right_integer != nullptr) return reverse(number::compare(*right_integer, *left_double));
    if (right_double != nullptr) return number::compare(*left_double, *right_double);
    return number::compare(*left_double, *right.get_if<Decimal>());
  }
  const Decimal& decimal = *left.get_if<Decimal>();
  if (right_integer != nullptr) return reverse(number::compare(*right_integer, decimal));
  if (right_double != nullptr) return reverse(number::compare(*right_double, decimal));
  return decimal <=> *right.get_if<Decimal>();
}

int infinite_sign(DateTime value) noexcept {
  return value.is_finite() ? 0 : value == DateTime::infinity() ? 1 : -1;
}
int infinite_sign(Date value) noexcept {
  return value.is_finite() ? 0 : value == Date::infinity() ? 1 : -1;
}

// A date counts as its midnight. Days reach farther than microseconds, so days are compared.
std::strong_ordering compare_moments(DateTime left, Date right) noexcept {
  int left_sign = infinite_sign(left);
  int right_sign = infinite_sign(right);
  if (left_sign != 0 || right_sign != 0) return left_sign <=> right_sign;
  std::int64_t day = left.microseconds / kDay;
  std::int64_t rest = left.microseconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  if (day != right.days) return day <=> std::int64_t{right.days};
  return rest <=> std::int64_t{0};
}

std::strong_ordering compare_temporals(const Value& left, const Value& right) noexcept {
  const auto* left_moment = left.get_if<DateTime>();
  const auto* right_moment = right.get_if<DateTime>();
  if (left_moment != nullptr && right_moment != nullptr) return *left_moment <=> *right_moment;
  if (left_moment != nullptr) return compare_moments(*left_moment, *right.get_if<Date>());
  if (right_moment != nullptr) return reverse(compare_moments(*right_moment, *left.get_if<Date>()));
  return *left.get_if<Date>() <=> *right.get_if<Date>();
}

std::strong_ordering compare_bytes(const std::string& left, const std::string& right) noexcept {
  return left.compare(right) <=> 0;
}

// REQUIRES: both are of one class, and not null.
std::optional<std::strong_ordering> compare_within(const Value& left, const Value& right) noexcept {
  switch (left.type()) {
    case ValueType::null:
      return std::nullopt;
    case ValueType::boolean:
      return *left.get_if<bool>() <=> *right.get_if<bool>();
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return compare_numbers(left, right);
    case ValueType::string:
      return compare_bytes(*left.get_if<std::string>(), *right.get_if<std::string>());
    case ValueType::binary:
      return compare_bytes(left.get_if<Binary>()->bytes, right.get_if<Binary>()->bytes);
    case ValueType::datetime:
    case ValueType::date:
      return compare_temporals(left, right);
    case ValueType::time:
      return *left.get_if<Time>() <=> *right.get_if<Time>();
    case ValueType::json:
    case ValueType::vector:
      break;
  }
  if (json_equal(left, right)) return std::strong_ordering::equal;
  return std::nullopt;
}

std::strong_ordering by_canonical_bytes(const Value& left, const Value& right) {
  std::string left_bytes;
  std::string right_bytes;
  append_canonical(left_bytes, left);
  append_canonical(right_bytes, right);
  return compare_bytes(left_bytes, right_bytes);
}

}  // namespace

std::string_view to_string(ValueType type) noexcept {
  return kTypeNames[static_cast<std::size_t>(type)];
}

std::optional<ValueType> value_type_from_string(std::string_view name) noexcept {
  if (name == "text") return ValueType::string;
  for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<ValueType>(i);
  }
  return std::nullopt;
}

Value::Value(unsigned long value) {
  if (value <= static_cast<unsigned long>(std::numeric_limits<std::int64_t>::max())) {
    storage_ = static_cast<std::int64_t>(value);
  } else {
    storage_ = *Decimal::parse(std::to_string(value));
  }
}

bool Value::equal(const Value& left, const Value& right) noexcept {
  if (left.type() == right.type()) {
    switch (left.type()) {
      case ValueType::null:
        return true;
      case ValueType::integer:
        return *left.get_if<std::int64_t>() == *right.get_if<std::int64_t>();
      case ValueType::string:
        return *left.get_if<std::string>() == *right.get_if<std::string>();
      default:
        break;
    }
  } else if (class_rank(left.type()) != class_rank(right.type())) {
    return false;
  }
  std::optional<std::strong_ordering> order = compare_within(left, right);
  return order.has_value() && *order == std::strong_ordering::equal;
}

std::optional<std::strong_ordering> compare(const Value& left, const Value& right) noexcept {
  if (left.type() != right.type() && class_rank(left.type()) != class_rank(right.type())) return std::nullopt;
  return compare_within(left, right);
}

std::strong_ordering sort_order(const Value& left, const Value& right) noexcept {
  int left_rank = class_rank(left.type());
  int right_rank = class_rank(right.type());
  if (left_rank != right_rank) return left_rank <=> right_rank;
  if (left.is_null()) return std::strong_ordering::equal;
  if (std::optional<std::strong_ordering> order = compare_within(left, right)) return *order;
  return by_canonical_bytes(left, right);
}

std::string to_text(const Value& value) {
  switch (value.type()) {
    case ValueType::string:
      return *value.get_if<std::string>();
    case ValueType::binary:
      return to_hex(*value.get_if<Binary>());
    case ValueType::datetime:
      return to_text(*value.get_if<DateTime>());
    case ValueType::date:
      return to_text(*value.get_if<Date>());
    case ValueType::time:
      return to_text(*value.get_if<Time>());
    case ValueType::floating: {
      std::string out;
      number::append_any_text(out, *value.get_if<double>());
      return out;
    }
    default:
      return to_json(value);
  }
}

}  // namespace dataknobs
