// SPDX-License-Identifier: Apache-2.0
#include "expr/functions.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "expr/operators.hpp"
#include "record/nearest.hpp"

namespace dataknobs {

namespace {

// Classes of values, as bits.
constexpr unsigned kNumber = 1;
constexpr unsigned kText = 2;
constexpr unsigned kBinary = 4;
constexpr unsigned kMoment = 8;  // A datetime or a date.
constexpr unsigned kTime = 16;
constexpr unsigned kJson = 32;  // An object, a list or a vector.
constexpr unsigned kBoolean = 64;
constexpr unsigned kAny = 127;
constexpr unsigned kUnit = 128;  // The literal name of a unit of time.

constexpr std::size_t kMany = 1000;

struct Signature {
  Function function;
  std::string_view name;
  std::size_t least;
  std::size_t most;
  // The classes of the first arguments; those of the last one hold for all that follow.
  std::array<unsigned, 3> classes;
};

constexpr std::array kSignatures{
    Signature{Function::add, "+", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::subtract, "-", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::multiply, "*", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::divide, "/", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::divide_whole, "div", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::remainder, "%", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::negate, "-", 1, 1, {kNumber, 0, 0}},
    Signature{Function::abs, "abs", 1, 1, {kNumber, 0, 0}},
    Signature{Function::sign, "sign", 1, 1, {kNumber, 0, 0}},
    Signature{Function::round, "round", 1, 2, {kNumber, kNumber, 0}},
    Signature{Function::floor, "floor", 1, 1, {kNumber, 0, 0}},
    Signature{Function::ceil, "ceil", 1, 1, {kNumber, 0, 0}},
    Signature{Function::trunc, "trunc", 1, 1, {kNumber, 0, 0}},
    Signature{Function::sqrt, "sqrt", 1, 1, {kNumber, 0, 0}},
    Signature{Function::power, "power", 2, 2, {kNumber, kNumber, 0}},
    Signature{Function::exp, "exp", 1, 1, {kNumber, 0, 0}},
    Signature{Function::ln, "ln", 1, 1, {kNumber, 0, 0}},
    Signature{Function::log10, "log10", 1, 1, {kNumber, 0, 0}},
    Signature{Function::upper, "upper", 1, 1, {kText, 0, 0}},
    Signature{Function::lower, "lower", 1, 1, {kText, 0, 0}},
    Signature{Function::trim, "trim", 1, 2, {kText, kText, 0}},
    Signature{Function::ltrim, "ltrim", 1, 2, {kText, kText, 0}},
    Signature{Function::rtrim, "rtrim", 1, 2, {kText, kText, 0}},
    Signature{Function::length, "length", 1, 1, {kText | kBinary | kJson, 0, 0}},
    Signature{Function::substring, "substring", 2, 3, {kText, kNumber, kNumber}},
    Signature{Function::left, "left", 2, 2, {kText, kNumber, 0}},
    Signature{Function::right, "right", 2, 2, {kText, kNumber, 0}},
    Signature{Function::lpad, "lpad", 2, 3, {kText, kNumber, kText}},
    Signature{Function::rpad, "rpad", 2, 3, {kText, kNumber, kText}},
    Signature{Function::repeat, "repeat", 2, 2, {kText, kNumber, 0}},
    Signature{Function::reverse, "reverse", 1, 1, {kText, 0, 0}},
    Signature{Function::replace, "replace", 3, 3, {kText, kText, kText}},
    Signature{Function::concat, "concat", 1, kMany, {kText, kText, kText}},
    Signature{Function::position, "position", 2, 2, {kText, kText, 0}},
    Signature{Function::split_part, "split_part", 3, 3, {kText, kText, kNumber}},
    Signature{Function::year, "year", 1, 1, {kMoment, 0, 0}},
    Signature{Function::month, "month", 1, 1, {kMoment, 0, 0}},
    Signature{Function::day, "day", 1, 1, {kMoment, 0, 0}},
    Signature{Function::hour, "hour", 1, 1, {kMoment | kTime, 0, 0}},
    Signature{Function::minute, "minute", 1, 1, {kMoment | kTime, 0, 0}},
    Signature{Function::second, "second", 1, 1, {kMoment | kTime, 0, 0}},
    Signature{Function::date_trunc, "date_trunc", 2, 2, {kUnit, kMoment, 0}},
    Signature{Function::date_add, "date_add", 3, 3, {kUnit, kNumber, kMoment}},
    Signature{Function::date_diff, "date_diff", 3, 3, {kUnit, kMoment, kMoment}},
    Signature{Function::to_integer, "to_integer", 1, 1, {kNumber | kText | kBoolean, 0, 0}},
    Signature{Function::to_float, "to_float", 1, 1, {kNumber | kText, 0, 0}},
    Signature{Function::to_decimal, "to_decimal", 1, 1, {kNumber | kText, 0, 0}},
    Signature{Function::to_string, "to_string", 1, 1, {kAny & ~kJson, 0, 0}},
    Signature{Function::to_datetime, "to_datetime", 1, 1, {kMoment | kText, 0, 0}},
    Signature{Function::to_date, "to_date", 1, 1, {kMoment | kText, 0, 0}},
    Signature{Function::to_time, "to_time", 1, 1, {kMoment | kTime | kText, 0, 0}},
    Signature{Function::greatest, "greatest", 1, kMany, {kAny & ~kJson, kAny & ~kJson, kAny & ~kJson}},
    Signature{Function::least, "least", 1, kMany, {kAny & ~kJson, kAny & ~kJson, kAny & ~kJson}},
    Signature{Function::type_of, "typeof", 1, 1, {kAny, 0, 0}},
    Signature{Function::keys, "keys", 1, 1, {kJson, 0, 0}},
    Signature{Function::coalesce, "coalesce", 1, kMany, {kAny, kAny, kAny}},
    Signature{Function::choose, "if", 3, 3, {kAny, kAny, kAny}},
};

constexpr std::array<std::string_view, 10> kUnits{"microsecond", "millisecond", "second", "minute",  "hour",
                                                  "day",         "week",        "month",  "quarter", "year"};

const Signature& signature_of(Function function) noexcept {
  return *std::find_if(kSignatures.begin(), kSignatures.end(),
                       [&](const Signature& signature) { return signature.function == function; });
}

unsigned classes_at(const Signature& signature, std::size_t position) noexcept {
  return signature.classes[std::min(position, std::size_t{2})];
}

unsigned class_of(ValueType type) noexcept {
  switch (type) {
    case ValueType::null:
      return 0;
    case ValueType::boolean:
      return kBoolean;
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return kNumber;
    case ValueType::string:
      return kText;
    case ValueType::binary:
      return kBinary;
    case ValueType::datetime:
    case ValueType::date:
      return kMoment;
    case ValueType::time:
      return kTime;
    case ValueType::json:
    case ValueType::vector:
      break;
  }
  return kJson;
}

std::string names_of(unsigned classes) {
  constexpr std::array<std::pair<unsigned, std::string_view>, 7> names{{{kNumber, "numbers"},
                                                                        {kText, "strings"},
                                                                        {kBinary, "binary values"},
                                                                        {kMoment, "dates"},
                                                                        {kTime, "times"},
                                                                        {kJson, "objects and lists"},
                                                                        {kBoolean, "booleans"}}};
  std::vector<std::string_view> found;
  for (auto [bit, name] : names) {
    if ((classes & bit) != 0) found.push_back(name);
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

std::optional<Problem> check_count(const Signature& signature, std::size_t count) {
  if (count >= signature.least && count <= signature.most) return std::nullopt;
  std::string wanted = fmt::format("{}", signature.least);
  if (signature.most == kMany) {
    wanted += " or more";
  } else if (signature.most != signature.least) {
    wanted += fmt::format(" or {}", signature.most);
  }
  return Problem{fmt::format("'{}' takes {} {}, not {}", signature.name, wanted,
                             wanted == "1" ? "argument" : "arguments", count),
                 ""};
}

std::optional<Problem> check_unit(const Signature& signature, const Expression& argument) {
  const auto* name = argument.is_literal() ? argument.value().get_if<std::string>() : nullptr;
  if (name != nullptr && date_unit_from_name(*name)) return std::nullopt;
  std::string hint;
  if (name != nullptr) {
    if (auto nearest = nearest_name(*name, kUnits)) hint = fmt::format("did you mean '{}'?", *nearest);
  }
  return Problem{fmt::format("'{}' takes a unit of time ('{}'), not {}", signature.name,
                             fmt::join(kUnits, "', '"), argument.to_string()),
                 hint};
}

std::optional<Problem> check_literal(const Signature& signature, unsigned classes, const Value& literal) {
  if (literal.is_null()) {
    if (precedence_of(signature.function) == 0 && signature.function != Function::negate) return std::nullopt;
    return Problem{fmt::format("'{}' with null is always null", signature.name), ""};
  }
  if ((class_of(literal.type()) & classes) != 0) return std::nullopt;
  std::string hint;
  if (literal.type() == ValueType::string && (classes & kMoment) != 0) {
    hint = fmt::format("write date {}", Expression::literal(literal).to_string());
  }
  return Problem{fmt::format("'{}' takes {} here, not {}", signature.name, names_of(classes),
                             Expression::literal(literal).to_string()),
                 hint};
}

}  // namespace

std::string_view to_string(Function function) noexcept {
  return signature_of(function).name;
}

int precedence_of(Function function) noexcept {
  if (function == Function::add || function == Function::subtract) return 1;
  return function >= Function::multiply && function <= Function::remainder ? 2 : 0;
}

std::optional<Function> function_from_name(std::string_view name) noexcept {
  for (const Signature& signature : kSignatures) {
    if (signature.function > Function::negate && is_word(name, signature.name)) return signature.function;
  }
  return std::nullopt;
}

Problem unknown_function(std::string_view name) {
  std::vector<std::string_view> names{"nullif"};
  for (const Signature& signature : kSignatures) {
    if (signature.function > Function::negate) names.push_back(signature.name);
  }
  auto nearest = nearest_name(name, names);
  return {fmt::format("unknown function '{}'", name),
          nearest ? fmt::format("did you mean '{}'?", *nearest) : ""};
}

std::optional<Problem> find_problem(Function function, std::span<const Expression> arguments) {
  const Signature& signature = signature_of(function);
  if (std::optional<Problem> problem = check_count(signature, arguments.size())) return problem;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Expression& argument = arguments[i];
    const unsigned classes = classes_at(signature, i);
    if (function == Function::choose && i == 0) {
      if (!is_operand(argument.op())) continue;
      return Problem{fmt::format("'if' takes a condition first, not {}", argument.to_string()),
                     argument.is_literal() ? "" : fmt::format("write {} = true", argument.to_string())};
    }
    if (!is_operand(argument.op())) {
      return Problem{fmt::format("'{}' takes values, not conditions", signature.name), ""};
    }
    std::optional<Problem> problem;
    if (classes == kUnit) {
      problem = check_unit(signature, argument);
    } else if (argument.is_literal()) {
      problem = check_literal(signature, classes, argument.value());
    }
    if (problem) return problem;
  }
  return std::nullopt;
}

std::optional<DateUnit> date_unit_from_name(std::string_view name) noexcept {
  const auto* found = std::find(kUnits.begin(), kUnits.end(), name);
  if (found == kUnits.end()) return std::nullopt;
  return static_cast<DateUnit>(found - kUnits.begin());
}

}  // namespace dataknobs
