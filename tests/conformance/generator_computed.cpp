// SPDX-License-Identifier: Apache-2.0
//
// Comparisons of computed operands.
#include "conformance/generator.hpp"
#include "conformance/naive.hpp"
#include "support/random_call.hpp"

namespace dataknobs::conformance {
namespace {

using test::ArgumentKind;

bool fits(ArgumentKind kind, ValueType type) {
  switch (kind) {
    case ArgumentKind::number:
    case ArgumentKind::count:
      return type == ValueType::integer || type == ValueType::floating || type == ValueType::decimal;
    case ArgumentKind::text:
      return type == ValueType::string;
    case ArgumentKind::moment:
      return type == ValueType::datetime || type == ValueType::date;
    case ArgumentKind::list:
      return type == ValueType::json || type == ValueType::vector;
    default:
      return true;
  }
}

}  // namespace

Expression Generator::argument(test::ArgumentKind kind) {
  if (kind == ArgumentKind::count && chance(85))
    return Expression::literal(static_cast<std::int64_t>(below(9)) - 3);
  if (!chance(30)) {
    for (int tries = 0; tries < 12; ++tries) {
      const World::FieldSpec& spec = field();
      if (fits(kind, spec.type) || chance(3)) return Expression::path(path(spec, false));
    }
  }
  for (;;) {
    Value value = any_value();
    if (kind == ArgumentKind::any ? value.type() < ValueType::json : fits(kind, value.type()))
      return Expression::literal(std::move(value));
  }
}

Expression Generator::computed(const std::vector<Record>& records) {
  test::CallSource source;
  source.below = [this](std::uint64_t bound) { return below(bound); };
  source.argument = [this](ArgumentKind kind) { return argument(kind); };
  source.condition = [&] { return leaf(records); };
  return test::random_call(source, 3);
}

Expression Generator::computed_leaf(const std::vector<Record>& records) {
  Expression left = computed(records);
  // What it is of some record, mostly, so that some match.
  Value seen = records.empty() ? Value() : naive::value_of(left, one_of(records));
  World::FieldSpec spec{"", seen.type(), {seen.is_null() || chance(15) ? any_value() : seen}};
  if (chance(10)) return Expression::make(Operator::greater_equal, {computed(records), std::move(left)});
  return comparison(spec, std::move(left), {});
}

}  // namespace dataknobs::conformance
