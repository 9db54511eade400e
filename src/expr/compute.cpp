// SPDX-License-Identifier: Apache-2.0
//
// Calls: what of values of any class, and which part computes the others.
#include <algorithm>
#include <cmath>
#include <compare>

#include "expr/functions.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

// One word for every class that values are compared within.
std::string_view class_name(const Value& value) noexcept {
  switch (value.type()) {
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return "number";
    case ValueType::date:
      return to_string(ValueType::datetime);
    case ValueType::json:
      return value.get<Json>().is_array() ? "list" : "object";
    case ValueType::vector:
      return "list";
    default:
      return to_string(value.type());
  }
}

Value extreme(std::span<const Value* const> arguments, bool greatest) {
  const Value* best = arguments.front();
  for (const Value* argument : arguments) {
    const std::optional<std::strong_ordering> order = compare(*argument, *best);
    if (!order) return {};
    if (greatest ? *order > 0 : *order < 0) best = argument;
  }
  if (best->type() == ValueType::json || best->type() == ValueType::vector) return {};
  return *best;
}

Value keys_of(const Value& value) {
  const auto* json = value.get_if<Json>();
  if (json == nullptr || !json->is_object()) return {};
  std::vector<std::string> names;
  for (const auto& [name, member] : json->object()) {
    if (!member.is_null()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return Json(Json::Array(names.begin(), names.end()));
}

}  // namespace

std::optional<std::int64_t> whole_number(const Value& value) noexcept {
  if (const auto* integer = value.get_if<std::int64_t>()) return *integer;
  if (const auto* decimal = value.get_if<Decimal>()) return decimal->to_int64();
  const auto* floating = value.get_if<double>();
  if (floating == nullptr || !std::isfinite(*floating) || !number::is_int64(*floating)) return std::nullopt;
  return static_cast<std::int64_t>(*floating);
}

Value compute(Function function, std::span<const Value* const> arguments) {
  if (std::any_of(arguments.begin(), arguments.end(), [](const Value* value) { return value->is_null(); }))
    return {};
  if (function <= Function::log10) return compute_number(function, arguments);
  if (function <= Function::split_part) return compute_text(function, arguments);
  if (function <= Function::date_diff) return compute_moment(function, arguments);
  switch (function) {
    case Function::greatest:
    case Function::least:
      return extreme(arguments, function == Function::greatest);
    case Function::type_of:
      return class_name(*arguments[0]);
    case Function::keys:
      return keys_of(*arguments[0]);
    default:
      return convert_value(function, *arguments[0]);
  }
}

}  // namespace dataknobs
