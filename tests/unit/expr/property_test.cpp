// SPDX-License-Identifier: Apache-2.0
//
// Random expressions over random records: what must hold of all of them.
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/expression.hpp>

#include "expr/compiled.hpp"
#include "expr/evaluate.hpp"
#include "expr/evaluate_columns.hpp"
#include "record/batch.hpp"
#include "record/json.hpp"
#include "support/expression_generator.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

using test::ExpressionGenerator;
using test::ExpressionOptions;
using test::GeneratorOptions;
using test::RecordGenerator;

constexpr std::uint64_t kSeeds = 100;
constexpr int kFilters = 100;
constexpr std::size_t kRecords = 60;

// Records of all classes with few distinct values. Odd seeds add values of other classes, the extremes and
// missing fields.
std::vector<Record> records_of(std::uint64_t seed) {
  GeneratorOptions options;
  options.few_values(seed % 3 != 0);
  if (seed % 2 == 1) {
    options.mixed_rate(0.2).missing_rate(0.1).special_floats(true).temporal_extremes(true).zero_characters(
        true);
  }
  RecordGenerator generator(seed, options);
  std::vector<Record> records = generator.records(kRecords);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i % 7 != 0) records[i].set_id(std::to_string(i));
    if (i % 3 == 0)
      records[i].set_metadata(
          Json(Json::Object{{"source", generator.text()}, {"n", generator.value(ValueType::json)}}));
  }
  return records;
}

std::string describe(std::uint64_t seed, const Expression& expression) {
  return "seed " + std::to_string(seed) + ": " + expression.to_string();
}

TEST(Property, PrintedExpressionsParseToThemselves) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    ExpressionGenerator generator(seed, records_of(seed), ExpressionOptions().metadata(true).depth(5));
    for (int i = 0; i < kFilters; ++i) {
      Expression filter = generator.filter();
      ASSERT_EQ(parse_expression(filter.to_string()), filter) << describe(seed, filter);
      Query query = generator.query();
      Query parsed = Query::parse(query.to_string());
      ASSERT_EQ(parsed.filter(), query.filter()) << describe(seed, query.filter());
      ASSERT_EQ(parsed.sort(), query.sort()) << query.to_string();
      ASSERT_EQ(parsed.limit(), query.limit()) << query.to_string();
      ASSERT_EQ(parsed.offset(), query.offset()) << query.to_string();
    }
  }
}

TEST(Property, ColumnsAnswerAsRowsDo) {
  std::size_t matches = 0;
  std::size_t asked = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::vector<Record> records = records_of(seed);
    Batch rows = Batch::from_rows(records);
    Batch both = Batch::from_rows(records);
    Batch columns = Batch::from_columns(both.schema(), both.columns(), both.ids());
    Batch part = columns.slice(11, 23);
    bool with_metadata = seed % 2 == 0;
    ExpressionGenerator generator(seed, records, ExpressionOptions().metadata(with_metadata));
    for (int i = 0; i < kFilters; ++i) {
      Expression filter = generator.filter();
      Evaluator evaluator(filter, FieldResolution::document());
      std::vector<bool> expected = evaluate(evaluator, rows);
      ASSERT_EQ(evaluate(evaluator, both), expected) << describe(seed, filter);
      if (!with_metadata) {
        ASSERT_EQ(evaluate(evaluator, columns), expected) << describe(seed, filter);
        std::vector<bool> middle(expected.begin() + 11, expected.begin() + 34);
        ASSERT_EQ(evaluate(evaluator, part), middle) << describe(seed, filter);
      }
      for (bool match : expected) matches += match ? 1 : 0;
      asked += expected.size();
    }
    ASSERT_FALSE(columns.has_rows());
  }
  // The generator is of use only if its filters match some records and not all.
  EXPECT_GT(matches, asked / 5);
  EXPECT_LT(matches, asked * 4 / 5);
}

TEST(Property, QuickWaysAnswerAsTheGeneralOne) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::vector<Record> records = records_of(seed);
    ExpressionGenerator generator(seed, records);
    for (int i = 0; i < kFilters; ++i) {
      Expression comparison = generator.comparison();
      Expression resolved = resolve(comparison, FieldResolution::document());
      if (resolved.op() >= Operator::logical_and) continue;
      CompiledLeaf leaf(resolved, FieldResolution::document());
      for (const Record& record : records) {
        std::vector<Value> scratch(leaf.paths().size());
        std::vector<const Value*> values;
        for (std::size_t k = 0; k < scratch.size(); ++k)
          values.push_back(&leaf.paths()[k].find(record, scratch[k]));
        ASSERT_EQ(leaf.matches(record), leaf.test(values)) << describe(seed, comparison);
      }
    }
  }
}

// What the operators say of each other. Each pair must be true of the same records.
std::vector<std::pair<Expression, Expression>> laws_of(const Expression& leaf) {
  std::vector<std::pair<Expression, Expression>> laws;
  std::vector<Expression> operands = leaf.operands();
  auto make = [&](Operator op) { return Expression::make(op, operands); };
  Expression all_exist;
  for (const Expression& operand : operands) {
    if (!operand.is_literal()) all_exist = all_exist && Expression::make(Operator::exists, {operand});
  }
  switch (leaf.op()) {
    case Operator::not_equal:
      laws.emplace_back(leaf, all_exist && !make(Operator::equal));
      break;
    case Operator::less_equal:
      laws.emplace_back(leaf, make(Operator::less) || (make(Operator::equal) && leaf));
      laws.emplace_back(leaf, Expression::make(Operator::greater_equal, {operands[1], operands[0]}));
      break;
    case Operator::less:
      laws.emplace_back(leaf, make(Operator::less_equal) && !make(Operator::equal));
      break;
    case Operator::between: {
      Expression low = Expression::make(Operator::greater_equal, {operands[0], operands[1]});
      Expression high = Expression::make(Operator::less_equal, {operands[0], operands[2]});
      laws.emplace_back(leaf, low && high);
      break;
    }
    case Operator::not_between:
      laws.emplace_back(leaf, all_exist && !make(Operator::between));
      break;
    case Operator::not_like:
      laws.emplace_back(leaf, all_exist && !make(Operator::like));
      break;
    case Operator::in: {
      Expression any = Expression::make(Operator::logical_or, {});
      for (std::size_t i = 1; i < operands.size(); ++i) {
        if (operands[i].is_literal() && operands[i].value().is_null()) continue;
        any = any || Expression::make(Operator::equal, {operands[0], operands[i]});
      }
      laws.emplace_back(leaf, any);
      break;
    }
    case Operator::not_in: {
      Expression value =
          operands[0].is_literal() ? Expression() : Expression::make(Operator::exists, {operands[0]});
      laws.emplace_back(leaf, value && !make(Operator::in));
      break;
    }
    default:
      break;
  }
  return laws;
}

TEST(Property, OperatorsAgreeWithEachOther) {
  std::size_t laws = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::vector<Record> records = records_of(seed);
    ExpressionGenerator generator(seed, records);
    for (int i = 0; i < kFilters; ++i) {
      for (const auto& [left, right] : laws_of(generator.comparison())) {
        ++laws;
        Evaluator left_evaluator(left, FieldResolution::document());
        Evaluator right_evaluator(right, FieldResolution::document());
        for (const Record& record : records) {
          ASSERT_EQ(left_evaluator.matches(record), right_evaluator.matches(record))
              << describe(seed, left) << " | " << right.to_string();
        }
      }
    }
  }
  EXPECT_GT(laws, 1000U);
}

TEST(Columns, FilterKeepsTheRowsThatMatch) {
  Batch batch = Batch::from_rows({Record{{"a", 1}}, Record{{"a", 2}}, Record{{"b", 3}}});
  Evaluator evaluator(parse_expression("a >= 2 or b = 3"), FieldResolution::columns());
  EXPECT_EQ(filter(evaluator, batch).rows(), (std::vector<Record>{Record{{"a", 2}}, Record{{"b", 3}}}));
  EXPECT_EQ(evaluate(evaluator, Batch()), std::vector<bool>());
  EXPECT_EQ(filter(Evaluator(Expression(), FieldResolution::columns()), batch).size(), 3U);
  EXPECT_EQ(filter(Evaluator(parse_expression("false"), FieldResolution::columns()), batch).size(), 0U);
}

}  // namespace
}  // namespace dataknobs
