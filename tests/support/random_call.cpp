// SPDX-License-Identifier: Apache-2.0
#include "support/random_call.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dataknobs::test {

namespace {

constexpr auto kNumber = ArgumentKind::number;
constexpr auto kCount = ArgumentKind::count;
constexpr auto kText = ArgumentKind::text;
constexpr auto kMoment = ArgumentKind::moment;
constexpr auto kList = ArgumentKind::list;
constexpr auto kAny = ArgumentKind::any;
constexpr auto kUnit = ArgumentKind::unit;

struct Call {
  Function function;
  ArgumentKind result;
  std::vector<ArgumentKind> arguments;
};

const std::vector<Call>& calls() {
  static const std::vector<Call> all{
      {Function::add, kNumber, {kNumber, kNumber}},
      {Function::subtract, kNumber, {kNumber, kNumber}},
      {Function::multiply, kNumber, {kNumber, kNumber}},
      {Function::divide, kNumber, {kNumber, kNumber}},
      {Function::divide_whole, kNumber, {kNumber, kNumber}},
      {Function::remainder, kNumber, {kNumber, kNumber}},
      {Function::negate, kNumber, {kNumber}},
      {Function::abs, kNumber, {kNumber}},
      {Function::sign, kNumber, {kNumber}},
      {Function::round, kNumber, {kNumber}},
      {Function::round, kNumber, {kNumber, kCount}},
      {Function::floor, kNumber, {kNumber}},
      {Function::ceil, kNumber, {kNumber}},
      {Function::trunc, kNumber, {kNumber}},
      {Function::sqrt, kNumber, {kNumber}},
      {Function::power, kNumber, {kNumber, kCount}},
      {Function::exp, kNumber, {kCount}},
      {Function::ln, kNumber, {kNumber}},
      {Function::log10, kNumber, {kNumber}},
      {Function::upper, kText, {kText}},
      {Function::lower, kText, {kText}},
      {Function::trim, kText, {kText}},
      {Function::trim, kText, {kText, kText}},
      {Function::ltrim, kText, {kText}},
      {Function::rtrim, kText, {kText, kText}},
      {Function::length, kNumber, {kText}},
      {Function::length, kNumber, {kList}},
      {Function::substring, kText, {kText, kCount}},
      {Function::substring, kText, {kText, kCount, kCount}},
      {Function::left, kText, {kText, kCount}},
      {Function::right, kText, {kText, kCount}},
      {Function::lpad, kText, {kText, kCount}},
      {Function::rpad, kText, {kText, kCount, kText}},
      {Function::repeat, kText, {kText, kCount}},
      {Function::reverse, kText, {kText}},
      {Function::replace, kText, {kText, kText, kText}},
      {Function::concat, kText, {kText, kText, kText, kText}},
      {Function::position, kNumber, {kText, kText}},
      {Function::split_part, kText, {kText, kText, kCount}},
      {Function::year, kNumber, {kMoment}},
      {Function::month, kNumber, {kMoment}},
      {Function::day, kNumber, {kMoment}},
      {Function::hour, kNumber, {kMoment}},
      {Function::minute, kNumber, {kMoment}},
      {Function::second, kNumber, {kMoment}},
      {Function::date_trunc, kMoment, {kUnit, kMoment}},
      {Function::date_add, kMoment, {kUnit, kCount, kMoment}},
      {Function::date_diff, kNumber, {kUnit, kMoment, kMoment}},
      {Function::to_integer, kNumber, {kText}},
      {Function::to_integer, kNumber, {kNumber}},
      {Function::to_float, kNumber, {kNumber}},
      {Function::to_decimal, kNumber, {kText}},
      {Function::to_decimal, kNumber, {kNumber}},
      {Function::to_string, kText, {kNumber}},
      {Function::to_string, kText, {kMoment}},
      {Function::to_datetime, kMoment, {kMoment}},
      {Function::to_datetime, kMoment, {kText}},
      {Function::to_date, kMoment, {kMoment}},
      {Function::to_time, kAny, {kMoment}},
      {Function::greatest, kNumber, {kNumber, kNumber}},
      {Function::least, kText, {kText, kText, kText}},
      {Function::type_of, kText, {kAny}},
      {Function::keys, kList, {kList}},
      {Function::coalesce, kAny, {kAny, kAny}},
  };
  return all;
}

Expression argument(const CallSource& source, ArgumentKind kind, int depth) {
  static constexpr std::array<std::string_view, 10> units{
      "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"};
  if (kind == kUnit) return Expression::literal(units[source.below(units.size())]);
  if (depth == 0 || source.below(100) < 65) return source.argument(kind);
  std::vector<const Call*> fitting;
  for (const Call& call : calls()) {
    if (kind == kAny || call.result == kind) fitting.push_back(&call);
  }
  if (fitting.empty()) return source.argument(kind);
  const Call& chosen = *fitting[source.below(fitting.size())];
  std::vector<Expression> arguments;
  for (ArgumentKind wanted : chosen.arguments) arguments.push_back(argument(source, wanted, depth - 1));
  return Expression::call(chosen.function, std::move(arguments));
}

}  // namespace

Expression random_call(const CallSource& source, int depth) {
  if (source.below(100) < 8) {
    Expression condition = source.condition();
    Expression then = argument(source, kAny, depth - 1);
    Expression otherwise =
        source.below(4) == 0 ? Expression::literal(Value()) : argument(source, kAny, depth - 1);
    return Expression::call(Function::choose, {std::move(condition), std::move(then), std::move(otherwise)});
  }
  const Call& chosen = calls()[source.below(calls().size())];
  std::vector<Expression> arguments;
  for (ArgumentKind kind : chosen.arguments) arguments.push_back(argument(source, kind, depth - 1));
  return Expression::call(chosen.function, std::move(arguments));
}

bool has_call(const Expression& expression) {
  return expression.is_call() ||
         std::any_of(expression.operands().begin(), expression.operands().end(), has_call);
}

}  // namespace dataknobs::test
