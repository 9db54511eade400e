// SPDX-License-Identifier: Apache-2.0
#include "query/planner.hpp"

#include <algorithm>
#include <utility>

#include "expr/operators.hpp"

namespace dataknobs {

namespace {

// An approximation of an expression: what is taken, and what else must hold for the expression itself.
struct Part {
  Bound bound = Bound::none;
  Expression taken;
  Expression residual;
};

class Planner {
 public:
  explicit Planner(const Translator& translator) : translator_(translator) {}

  // The smallest expression the store can run that is true wherever this one is.
  Part above(const Expression& expression) {
    switch (expression.op()) {
      case Operator::logical_and:
        return conjunction_above(expression);
      case Operator::logical_or:
        return all_or_nothing(expression, Bound::superset);
      case Operator::logical_not:
        return negate(expression, below(expression.operands().front()), Bound::subset, Bound::superset);
      default:
        return leaf(expression, Bound::superset);
    }
  }

  std::vector<PlannedLeaf> take_leaves() { return std::move(leaves_); }

 private:
  // The largest that is true only where this one is.
  Part below(const Expression& expression) {
    switch (expression.op()) {
      case Operator::logical_and:
        return all_or_nothing(expression, Bound::subset);
      case Operator::logical_or:
        return disjunction_below(expression);
      case Operator::logical_not:
        return negate(expression, above(expression.operands().front()), Bound::superset, Bound::subset);
      default:
        return leaf(expression, Bound::subset);
    }
  }

  Part approximate(const Expression& expression, Bound wanted) {
    return wanted == Bound::superset ? above(expression) : below(expression);
  }

  Part leaf(const Expression& expression, Bound wanted) {
    Translation translation = translator_.translate(expression, wanted == Bound::subset);
    leaves_.emplace_back(expression, translation.bound(), translation.native());
    if (translation.bound() == Bound::exact) return {Bound::exact, expression, Expression()};
    if (translation.bound() == wanted) return {wanted, expression, expression};
    return {Bound::none, Expression(), expression};
  }

  // Leaving out a part of an `and` gives more, which is a superset still.
  Part conjunction_above(const Expression& expression) {
    std::vector<Expression> taken;
    std::vector<Expression> residual;
    bool exact = true;
    for (const Expression& operand : expression.operands()) {
      Part part = above(operand);
      if (part.bound != Bound::none) taken.push_back(std::move(part.taken));
      if (part.bound != Bound::exact) residual.push_back(std::move(part.residual));
      exact = exact && part.bound == Bound::exact;
    }
    bool nothing = taken.empty() && !exact;
    return {exact     ? Bound::exact
            : nothing ? Bound::none
                      : Bound::superset,
            Expression::make(Operator::logical_and, std::move(taken)),
            Expression::make(Operator::logical_and, std::move(residual))};
  }

  // Leaving out a part of an `or` gives less, which is a subset still.
  Part disjunction_below(const Expression& expression) {
    std::vector<Expression> taken;
    bool exact = true;
    for (const Expression& operand : expression.operands()) {
      Part part = below(operand);
      if (part.bound != Bound::none) taken.push_back(std::move(part.taken));
      exact = exact && part.bound == Bound::exact;
    }
    if (taken.empty() && !exact) return {Bound::none, Expression(), expression};
    return {exact ? Bound::exact : Bound::subset, Expression::make(Operator::logical_or, std::move(taken)),
            exact ? Expression() : expression};
  }

  // No part of a superset of an `or` can be left out, nor of a subset of an `and`.
  Part all_or_nothing(const Expression& expression, Bound wanted) {
    std::vector<Expression> taken;
    bool exact = true;
    bool complete = true;
    for (const Expression& operand : expression.operands()) {
      Part part = approximate(operand, wanted);
      complete = complete && part.bound != Bound::none;
      exact = exact && part.bound == Bound::exact;
      taken.push_back(std::move(part.taken));
    }
    if (!complete) return {Bound::none, Expression(), expression};
    return {exact ? Bound::exact : wanted, Expression::make(expression.op(), std::move(taken)),
            exact ? Expression() : expression};
  }

  static Part negate(const Expression& expression, Part inner, Bound given, Bound becomes) {
    if (inner.bound == Bound::exact) return {Bound::exact, !std::move(inner.taken), Expression()};
    if (inner.bound == given) return {becomes, !std::move(inner.taken), expression};
    return {Bound::none, Expression(), expression};
  }

  const Translator& translator_;
  std::vector<PlannedLeaf> leaves_;
};

}  // namespace

std::string_view to_string(Bound bound) noexcept {
  switch (bound) {
    case Bound::exact:
      return "exact";
    case Bound::superset:
      return "superset";
    case Bound::subset:
      return "subset";
    case Bound::none:
      break;
  }
  return "none";
}

PushDown plan(const Expression& filter, const FieldResolution& fields, const Translator& translator) {
  Planner planner(translator);
  Part part = planner.above(resolve(filter, fields));
  PushDown made(std::move(part.taken), std::move(part.residual), part.bound);
  made.set_leaves(planner.take_leaves());
  return made;
}

void check_fields(const Query& query, const FieldResolution& fields) {
  for (const SortKey& key : query.sort()) check_field(key.path(), fields);
  for (const Path& path : query.select()) check_field(path, fields);
}

PushDown plan(const Query& query, const FieldResolution& fields, const Translator& translator) {
  check_fields(query, fields);
  PushDown made = plan(query.filter(), fields, translator);
  if (!query.is_ordered() || !made.is_exact()) return made;
  made.set_sort_taken(translator.sorts(query.sort()));
  bool has_range = query.limit().has_value() || query.offset() != 0;
  made.set_range_taken(has_range && made.sort_taken() && translator.cuts());
  return made;
}

}  // namespace dataknobs
