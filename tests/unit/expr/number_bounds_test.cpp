// SPDX-License-Identifier: Apache-2.0
#include "expr/number_bounds.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "expr/evaluate.hpp"

namespace dataknobs {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::int64_t> integers() {
  return {INT64_MIN,
          INT64_MIN + 1,
          -(std::int64_t{1} << 53),
          -2,
          -1,
          0,
          1,
          2,
          17,
          18,
          (std::int64_t{1} << 53) + 1,
          INT64_MAX - 1,
          INT64_MAX};
}

std::vector<double> floats() {
  std::vector<double> result{kInfinity, -kInfinity, std::nan("")};
  for (const double base : {0.0, 0.1, 1.0, 2.5, 1e23, 9007199254740992.0, 4503599627370496.5,
                            9223372036854775808.0, 1e300, 5e-324, 1.7976931348623157e308}) {
    for (const double value : {base, std::nextafter(base, kInfinity), std::nextafter(base, -kInfinity)}) {
      result.push_back(value);
      result.push_back(-value);
    }
  }
  return result;
}

std::vector<Value> literals() {
  std::vector<Value> result;
  for (const std::int64_t value : integers()) result.emplace_back(value);
  for (const double value : floats()) result.emplace_back(value);
  for (const char* text : {"0.1", "0.10000000000000000001", "0.1000000000000000055511151231257827", "17.5",
                           "1.00", "1e23", "9007199254740992.5", "9007199254740993", "9223372036854775807.5",
                           "9223372036854775808", "1e400", "1e-400"}) {
    result.emplace_back(*Decimal::parse(text));
    result.emplace_back(*Decimal::parse(std::string("-") + text));
  }
  return result;
}

bool reference(const Value& value, Operator op, const Value& literal) {
  const Expression comparison =
      Expression::make(op, {Expression::path(Path::parse("x")), Expression::literal(literal)});
  return Evaluator(comparison, FieldResolution::columns()).matches(Record{{"x", value}});
}

template <class T>
bool answer(const BoundedComparison<T>& comparison, const Value& value) {
  if (!comparison.constant) return comparison.always;
  return reference(value, comparison.op, *comparison.constant);
}

TEST(NumberBounds, ComparisonsWithTheConstantAreThoseWithTheNumber) {
  for (const Value& literal : literals()) {
    for (const Operator op : {Operator::equal, Operator::less, Operator::less_equal, Operator::greater,
                              Operator::greater_equal}) {
      for (const std::int64_t value : integers()) {
        EXPECT_EQ(answer(integer_comparison(op, literal), value), reference(value, op, literal))
            << value << ' ' << static_cast<int>(op) << ' ' << to_text(literal);
      }
      for (const double value : floats()) {
        EXPECT_EQ(answer(float_comparison(op, literal), value), reference(value, op, literal))
            << value << ' ' << static_cast<int>(op) << ' ' << to_text(literal);
      }
    }
  }
}

}  // namespace
}  // namespace dataknobs
