// SPDX-License-Identifier: Apache-2.0
//
// The library's evaluator and the naive one of the suite, written from docs/semantics.md alone, agree on
// random expressions and records: an error of the shared evaluator would otherwise be an error of all stores
// alike.
#include <gtest/gtest.h>

#include "conformance/generator.hpp"
#include "conformance/naive.hpp"
#include "expr/evaluate.hpp"
#include "record/json.hpp"

namespace dataknobs::conformance {
namespace {

constexpr int kRounds = 60;
constexpr int kExpressions = 250;

// With its type, which a comparison by value leaves out; zeros have no sign, and decimals no zeros at their end.
std::string shown(const Value& value) {
  std::string type(to_string(value.type()));
  if (value.type() == ValueType::floating && value == Value(0)) return type + " 0";
  if (const auto* decimal = value.get_if<Decimal>()) return type + " " + decimal->normalized().to_string();
  return type + " " + to_text(value);
}

TEST(NaiveEvaluator, AgreesWithTheEvaluatorOnRandomExpressions) {
  World world = World::document();
  world.set_metadata(true);
  int true_answers = 0;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    Generator generator(world, seed);
    std::vector<Record> records = generator.records(40);
    for (int at = 0; at < kExpressions; ++at) {
      Expression expression = generator.expression(records, 3);
      Evaluator evaluator(expression, FieldResolution::document());
      for (const Record& record : records) {
        bool expected = naive::matches(expression, record);
        true_answers += expected ? 1 : 0;
        ASSERT_EQ(evaluator.matches(record), expected)
            << "seed " << seed << ": " << expression.to_string() << "\n"
            << to_document(record).data << "\n"
            << to_document(record).types.value_or("") << "\nid " << *record.id();
      }
    }
  }
  // Neither trivially true nor trivially false.
  int share = 100 * true_answers / (kRounds * kExpressions * 40);
  EXPECT_GT(share, 15);
  EXPECT_LT(share, 85);
}

TEST(NaiveEvaluator, AgreesOnRandomComputedOperands) {
  World world = World::document();
  int true_answers = 0;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    Generator generator(world, seed);
    generator.set_computed(90);
    std::vector<Record> records = generator.records(40);
    for (int at = 0; at < kExpressions; ++at) {
      Expression expression = generator.expression(records, 1);
      Expression again = parse_expression(expression.to_string());
      ASSERT_EQ(parse_expression(again.to_string()).to_string(), again.to_string());
      Evaluator evaluator(expression, FieldResolution::document());
      for (const Record& record : records) {
        bool expected = naive::matches(expression, record);
        true_answers += expected ? 1 : 0;
        if (&record == &records.front()) {
          ASSERT_EQ(naive::matches(again, record), expected) << expression.to_string();
        }
        ASSERT_EQ(evaluator.matches(record), expected)
            << "seed " << seed << ": " << expression.to_string() << "\n"
            << to_document(record).data << "\n"
            << to_document(record).types.value_or("");
      }
    }
  }
  int share = 100 * true_answers / (kRounds * kExpressions * 40);
  EXPECT_GT(share, 10);
  EXPECT_LT(share, 90);
}

TEST(NaiveEvaluator, AgreesOnTheValuesOfRandomCalls) {
  World world = World::document();
  int values = 0;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    Generator generator(world, seed);
    std::vector<Record> records = generator.records(40);
    for (int at = 0; at < kExpressions; ++at) {
      Expression operand = generator.computed(records);
      ValueEvaluator evaluator(operand, FieldResolution::document());
      for (const Record& record : records) {
        Value expected = naive::value_of(operand, record);
        Value found = evaluator.evaluate(record);
        values += expected.is_null() ? 0 : 1;
        ASSERT_EQ(shown(found), shown(expected)) << "seed " << seed << ": " << operand.to_string() << "\n"
                                                 << to_document(record).data;
      }
    }
  }
  EXPECT_GT(100 * values / (kRounds * kExpressions * 40), 30);
}

TEST(NaiveEvaluator, AgreesOnEveryPairOfPooledValues) {
  std::vector<Value> values;
  for (int type = 1; type <= static_cast<int>(ValueType::vector); ++type) {
    const std::vector<Value>& some = pool(static_cast<ValueType>(type));
    values.insert(values.end(), some.begin(), some.end());
  }
  for (const Value& left : values) {
    for (const Value& right : values) {
      EXPECT_EQ(left == right, naive::equal(left, right)) << to_text(left) << " and " << to_text(right);
      std::optional<std::strong_ordering> order = compare(left, right);
      std::optional<int> expected = naive::order(left, right);
      ASSERT_EQ(order.has_value(), expected.has_value()) << to_text(left) << " and " << to_text(right);
      if (!order) continue;
      EXPECT_EQ(*order < 0, *expected < 0) << to_text(left) << " and " << to_text(right);
      EXPECT_EQ(*order > 0, *expected > 0) << to_text(left) << " and " << to_text(right);
    }
  }
}

TEST(NaiveEvaluator, TextOfRandomExpressionsParsesBack) {
  World world = World::document();
  world.set_metadata(true);
  Generator generator(world, 5);
  std::vector<Record> records = generator.records(40);
  for (int at = 0; at < 5000; ++at) {
    Expression expression = generator.expression(records, 3);
    Expression again = parse_expression(expression.to_string());
    // Not compared with the first text: a decimal within a JSON literal comes back as a float of its value.
    ASSERT_EQ(parse_expression(again.to_string()).to_string(), again.to_string());
    for (int which = 0; which < 5; ++which) {
      const Record& record = records[static_cast<std::size_t>(which)];
      ASSERT_EQ(naive::matches(expression, record), naive::matches(again, record)) << expression.to_string();
    }
  }
}

}  // namespace
}  // namespace dataknobs::conformance
