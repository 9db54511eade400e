// SPDX-License-Identifier: Apache-2.0
#include "query/planner.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

#include "expr/evaluate.hpp"
#include "query/explain.hpp"
#include "support/expression_generator.hpp"
#include "support/generator.hpp"

namespace dataknobs {
namespace {

// A store whose answers follow from the name of the field: exact_1, above_1, below_1, none_1.
class ByName : public Translator {
 public:
  Translation translate(const Expression& leaf, bool under_not) const override {
    std::string_view name = leaf.operands().front().path().root();
    if (name.starts_with("exact")) return {Bound::exact, leaf.to_string()};
    if (name.starts_with("above"))
      return under_not ? Translation("too much") : Translation(Bound::superset, "wider");
    if (name.starts_with("below")) return under_not ? Translation(Bound::subset, "narrower") : Translation();
    return Translation();
  }
  bool sorts(const std::vector<SortKey>& keys) const override {
    return keys.empty() || keys.front().path().root().starts_with("exact");
  }
  bool cuts() const override { return true; }
};

TEST(Planner, TakesTheMostThatLosesNothing) {
  struct Case {
    std::string_view filter;
    Bound bound;
    std::string_view taken;
    std::string_view residual;
  };
  const std::vector<Case> cases = {
      {"", Bound::exact, "true", "true"},
      {"exact = 1", Bound::exact, "exact = 1", "true"},
      {"above = 1", Bound::superset, "above = 1", "above = 1"},
      {"below = 1", Bound::none, "true", "below = 1"},
      {"none = 1", Bound::none, "true", "none = 1"},
      {"exact = 1 and none = 1", Bound::superset, "exact = 1", "none = 1"},
      {"exact = 1 and above = 1 and none = 1", Bound::superset, "exact = 1 and above = 1",
       "above = 1 and none = 1"},
      {"none = 1 and none = 2", Bound::none, "true", "none = 1 and none = 2"},
      {"exact = 1 or exact = 2", Bound::exact, "exact = 1 or exact = 2", "true"},
      {"exact = 1 or above = 1", Bound::superset, "exact = 1 or above = 1", "exact = 1 or above = 1"},
      {"exact = 1 or none = 1", Bound::none, "true", "exact = 1 or none = 1"},
      {"exact = 1 or (exact = 2 and none = 1)", Bound::superset, "exact = 1 or exact = 2",
       "exact = 1 or (exact = 2 and none = 1)"},
      {"not exact = 1", Bound::exact, "not (exact = 1)", "true"},
      {"not above = 1", Bound::none, "true", "not (above = 1)"},
      {"not below = 1", Bound::superset, "not (below = 1)", "not (below = 1)"},
      {"not not above = 1", Bound::superset, "not not (above = 1)", "not not (above = 1)"},
      {"not not below = 1", Bound::none, "true", "not not (below = 1)"},
      {"not (exact = 1 or none = 1)", Bound::superset, "not (exact = 1)", "not (exact = 1 or none = 1)"},
      {"not (exact = 1 or below = 1)", Bound::superset, "not (exact = 1 or below = 1)",
       "not (exact = 1 or below = 1)"},
      {"not (exact = 1 and none = 1)", Bound::none, "true", "not (exact = 1 and none = 1)"},
      {"not (exact = 1 and below = 1)", Bound::superset, "not (exact = 1 and below = 1)",
       "not (exact = 1 and below = 1)"},
      {"not (none = 1 or none = 2)", Bound::none, "true", "not (none = 1 or none = 2)"},
      {"not (exact = 1 or not above = 1)", Bound::superset, "not (exact = 1 or not (above = 1))",
       "not (exact = 1 or not (above = 1))"},
      {"false", Bound::exact, "false", "true"},
      {"false and none = 1", Bound::superset, "false", "none = 1"},
  };
  for (const Case& entry : cases) {
    PushDown made = plan(parse_expression(entry.filter), FieldResolution::columns(), ByName());
    EXPECT_EQ(made.bound(), entry.bound) << entry.filter;
    EXPECT_EQ(made.taken().to_string(), entry.taken) << entry.filter;
    EXPECT_EQ(made.residual().to_string(), entry.residual) << entry.filter;
    EXPECT_EQ(made.is_exact(), entry.bound == Bound::exact) << entry.filter;
  }
}

TEST(Planner, SortAndRangeAreTakenOnlyBehindAnExactFilter) {
  struct Case {
    std::string_view query;
    bool sort_taken;
    bool range_taken;
  };
  const std::vector<Case> cases = {
      {"exact = 1", false, false},
      {"exact = 1 order by exact", true, false},
      {"exact = 1 order by exact limit 1", true, true},
      {"exact = 1 limit 1", true, true},
      {"exact = 1 offset 1", true, true},
      {"limit 0", true, true},
      {"exact = 1 order by none limit 1", false, false},
      {"above = 1 order by exact limit 1", false, false},
      {"exact = 1 and none = 1 limit 1", false, false},
  };
  for (const Case& entry : cases) {
    PushDown made = plan(Query::parse(entry.query), FieldResolution::columns(), ByName());
    EXPECT_EQ(made.sort_taken(), entry.sort_taken) << entry.query;
    EXPECT_EQ(made.range_taken(), entry.range_taken) << entry.query;
  }
}

TEST(Planner, ResolvesNamesFirst) {
  Schema schema({FieldDescription("exact", ValueType::integer)});
  FieldResolution fields = FieldResolution::columns(schema);
  EXPECT_THROW(plan(Query::parse("exat = 1"), fields, ByName()), QueryError);
  EXPECT_THROW(plan(Query::parse("order by exat"), fields, ByName()), QueryError);
  EXPECT_THROW(plan(Query().select({Path::parse("exat")}), fields, ByName()), QueryError);
  PushDown made = plan(parse_expression("id = 5"), FieldResolution::document(), ByName());
  EXPECT_EQ(made.residual(), parse_expression("id = '5'"));
}

TEST(Explain, ShowsWhatRunsWhere) {
  Query query = Query::parse("exact = 1 and none = 2 order by exact desc limit 3");
  PushDown made = plan(query, FieldResolution::columns(), ByName());
  EXPECT_EQ(Explanation(query, made, "SEARCH t\nUSING INDEX i").to_string(),
            "query:        exact = 1 and none = 2 order by exact desc limit 3\n"
            "store:        exact = 1\n"
            "bound:        superset\n"
            "here:         none = 2\n"
            "order here:   order by exact desc limit 3\n"
            "comparisons:  exact = 1: exact: exact = 1\n"
            "              none = 2: none\n"
            "native plan:  SEARCH t\n"
            "              USING INDEX i\n");
  Query pushed = Query::parse("exact = 1 limit 3");
  Explanation explanation(pushed, plan(pushed, FieldResolution::columns(), ByName()));
  EXPECT_EQ(explanation.line("here"), "nothing");
  EXPECT_EQ(explanation.line("store order"), "order by id limit 3");
  EXPECT_EQ(explanation.line("native plan"), "");
  Explanation warned(pushed, plan(pushed, FieldResolution::columns(), ByName()), "", {"one", "two"});
  EXPECT_EQ(warned.line("warnings"), "one\ntwo");
  Query everything;
  EXPECT_EQ(Explanation(everything, plan(everything, FieldResolution::columns(), ByName())).to_string(),
            "query:  everything\nstore:  everything\nbound:  exact\nhere:   nothing\n");
}

// A store that answers some comparisons exactly, some with records too many or too few, and some not at all.
class Approximate : public Translator {
 public:
  Approximate(std::uint64_t seed, const std::vector<Record>& records) : random_(seed), records_(records) {}

  Translation translate(const Expression& leaf, bool under_not) const override {
    return {answer(leaf, under_not).first, "native"};
  }
  bool sorts(const std::vector<SortKey>&) const override { return true; }
  bool cuts() const override { return true; }

  // What the store gives for the taken expression.
  std::vector<bool> run(const Expression& expression, bool under_not = false) const {
    std::vector<bool> result(records_.size(), expression.op() != Operator::logical_or);
    switch (expression.op()) {
      case Operator::logical_and:
      case Operator::logical_or:
        for (const Expression& operand : expression.operands()) {
          std::vector<bool> part = run(operand, under_not);
          for (std::size_t i = 0; i < part.size(); ++i) {
            result[i] =
                expression.op() == Operator::logical_and ? result[i] && part[i] : result[i] || part[i];
          }
        }
        return result;
      case Operator::logical_not:
        result = run(expression.operands().front(), !under_not);
        result.flip();
        return result;
      default:
        return answer(expression, under_not).second;
    }
  }

 private:
  using Answer = std::pair<Bound, std::vector<bool>>;
  const Answer& answer(const Expression& leaf, bool under_not) const {
    auto [entry, is_new] = answers_.try_emplace({leaf.to_string(), under_not});
    if (!is_new) return entry->second;
    auto& [bound, rows] = entry->second;
    bound = static_cast<Bound>(random_() % 4);
    Evaluator evaluator(leaf, FieldResolution::document());
    for (const Record& record : records_) {
      bool row = evaluator.matches(record);
      bool flips = random_() % 3 == 0;
      if (bound == Bound::superset) row = row || flips;
      if (bound == Bound::subset) row = row && !flips;
      if (bound == Bound::none) row = flips;
      rows.push_back(row);
    }
    return entry->second;
  }

  mutable std::mt19937_64 random_;
  const std::vector<Record>& records_;
  mutable std::map<std::pair<std::string, bool>, Answer> answers_;
};

TEST(Planner, TakenPartAndResidualAlwaysGiveTheReferenceAnswer) {
  std::map<Bound, int> bounds;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    test::RecordGenerator values(seed,
                                 test::GeneratorOptions().few_values(true).mixed_rate(0.1).missing_rate(0.1));
    std::vector<Record> records = values.records(30);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].set_id(std::to_string(i));
    test::ExpressionGenerator expressions(seed, records, test::ExpressionOptions().depth(4));
    for (int round = 0; round < 40; ++round) {
      Approximate store(seed * 1000 + static_cast<std::uint64_t>(round), records);
      Expression filter = expressions.filter();
      PushDown made = plan(filter, FieldResolution::document(), store);
      ++bounds[made.bound()];
      ASSERT_NE(made.bound(), Bound::subset);
      ASSERT_EQ(made.is_exact(), made.bound() == Bound::exact);
      std::vector<bool> taken = store.run(made.taken());
      Evaluator reference(filter, FieldResolution::document());
      Evaluator residual(made.residual(), FieldResolution::document());
      for (std::size_t i = 0; i < records.size(); ++i) {
        bool expected = reference.matches(records[i]);
        ASSERT_EQ(taken[i] && residual.matches(records[i]), expected)
            << "seed " << seed << ", round " << round << ", record " << i << ": " << filter.to_string()
            << "\ntaken: " << made.taken().to_string() << "\nresidual: " << made.residual().to_string();
      }
    }
  }
  // All three happen often, or the test would say little.
  EXPECT_GT(bounds[Bound::exact], 300);
  EXPECT_GT(bounds[Bound::superset], 300);
  EXPECT_GT(bounds[Bound::none], 300);
}

}  // namespace
}  // namespace dataknobs
