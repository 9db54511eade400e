// SPDX-License-Identifier: Apache-2.0
#include "expr/evaluate_columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include <arrow/array.h>

#include "expr/compiled.hpp"
#include "record/column_reader.hpp"

namespace dataknobs {

namespace {

/// One byte a row, 0 or 1: loops over bytes become vector instructions.
using Mask = std::vector<std::uint8_t>;

// The double that counts as exactly this number, so that doubles can be compared with it as they are. (D(x)
// grows with x.) NaN is left to the general way.
std::optional<double> exact_double(const Value& number) {
  double nearest = 0;
  if (const auto* floating = number.get_if<double>()) {
    nearest = *floating;
  } else if (const auto* integer = number.get_if<std::int64_t>()) {
    if (*integer > (std::int64_t{1} << 53) || *integer < -(std::int64_t{1} << 53)) return std::nullopt;
    nearest = static_cast<double>(*integer);
  } else if (const auto* decimal = number.get_if<Decimal>()) {
    nearest = decimal->to_double();
    if (!std::isfinite(nearest) || Decimal::from_double(nearest) != *decimal) return std::nullopt;
  } else {
    return std::nullopt;
  }
  if (std::isnan(nearest)) return std::nullopt;
  return nearest;
}

template <class Test>
void fill(Mask& out, std::size_t size, Test test) {
  for (std::size_t i = 0; i < size; ++i) out[i] = test(i) ? 1 : 0;
}

class ColumnEvaluator {
 public:
  explicit ColumnEvaluator(const Batch& batch)
      : batch_(batch), size_(static_cast<std::size_t>(batch.size())) {}

  // The rows of `active` that match; the others' are 0.
  Mask evaluate(const CompiledCondition& condition, const Mask& active) const {
    switch (condition.op) {
      case Operator::logical_and: {
        Mask matched = active;
        for (const CompiledCondition& child : condition.children) matched = evaluate(child, matched);
        return matched;
      }
      case Operator::logical_or: {
        Mask left = active;
        Mask matched(size_);
        for (const CompiledCondition& child : condition.children) {
          Mask part = evaluate(child, left);
          for (std::size_t i = 0; i < size_; ++i) {
            matched[i] |= part[i];
            left[i] = static_cast<std::uint8_t>(left[i] & ~part[i]);
          }
        }
        return matched;
      }
      case Operator::logical_not: {
        Mask matched = evaluate(condition.children.front(), active);
        for (std::size_t i = 0; i < size_; ++i)
          matched[i] = static_cast<std::uint8_t>(active[i] & ~matched[i]);
        return matched;
      }
      default:
        return evaluate_leaf(*condition.leaf, active);
    }
  }

 private:
  const Column* find_column(const std::string& name) const {
    std::optional<std::size_t> index = batch_.schema().index_of(name);
    return index ? &batch_.columns()[*index] : nullptr;
  }

  Mask evaluate_leaf(const CompiledLeaf& leaf, const Mask& active) const {
    Mask matched(size_);
    if (leaf.is_simple() && leaf.paths().front().root() == CompiledPath::Root::id &&
        batch_.ids() != nullptr) {
      const auto& ids = static_cast<const arrow::StringArray&>(*batch_.ids());
      evaluate_active(active, matched, [&](std::size_t i) {
        auto row = static_cast<std::int64_t>(i);
        return ids.IsNull(row) ? leaf.test_null() : leaf.test_text(ids.GetView(row));
      });
      return matched;
    }
    if (!leaf.is_simple() || !leaf.paths().front().is_single_field()) {
      evaluate_rows(leaf, active, matched);
      return matched;
    }
    const Column* column = find_column(leaf.paths().front().name());
    if (column == nullptr) {
      if (leaf.test_null()) matched = active;
      return matched;
    }
    evaluate_column(leaf, *column, active, matched);
    const arrow::Array& array = *column->array();
    if (array.null_count() != 0) {
      std::uint8_t of_null = leaf.test_null() ? 1 : 0;
      for (std::size_t i = 0; i < size_; ++i) {
        if (array.IsNull(static_cast<std::int64_t>(i))) matched[i] = of_null;
      }
    }
    for (const auto& [row, value] : column->exceptions()) {
      matched[static_cast<std::size_t>(row)] = leaf.test_one(value) ? 1 : 0;
    }
    for (std::size_t i = 0; i < size_; ++i) matched[i] &= active[i];
    return matched;
  }

  // What the values of the array say; rows that are null there may get anything.
  void evaluate_column(const CompiledLeaf& leaf, const Column& column, const Mask& active,
                       Mask& matched) const {
    const arrow::Array& array = *column.array();
    if (leaf.op() == Operator::exists || leaf.op() == Operator::not_exists) {
      std::fill(matched.begin(), matched.end(), leaf.op() == Operator::exists ? 1 : 0);
      return;
    }
    switch (column.type().kind()) {
      case ValueType::boolean: {
        const auto& booleans = static_cast<const arrow::BooleanArray&>(array);
        bool of_true = leaf.test_one(true);
        bool of_false = leaf.test_one(false);
        fill(matched, size_, [&](std::size_t i) {
          return booleans.Value(static_cast<std::int64_t>(i)) ? of_true : of_false;
        });
        return;
      }
      case ValueType::integer: {
        const std::int64_t* integers = static_cast<const arrow::Int64Array&>(array).raw_values();
        if (leaf.range()) return evaluate_range(*leaf.range(), leaf.is_negated(), integers, matched);
        return evaluate_active(active, matched, [&](std::size_t i) { return leaf.test_one(integers[i]); });
      }
      case ValueType::floating:
        return evaluate_doubles(leaf, static_cast<const arrow::DoubleArray&>(array).raw_values(), active,
                                matched);
      case ValueType::string: {
        const auto& texts = static_cast<const arrow::StringArray&>(array);
        return evaluate_active(active, matched, [&](std::size_t i) {
          return leaf.test_text(texts.GetView(static_cast<std::int64_t>(i)));
        });
      }
      case ValueType::datetime: {
        const std::int64_t* moments = static_cast<const arrow::TimestampArray&>(array).raw_values();
        if (auto range = leaf.range_of_moments())
          return evaluate_range(*range, leaf.is_negated(), moments, matched);
        return evaluate_active(active, matched,
                               [&](std::size_t i) { return leaf.test_one(DateTime{moments[i]}); });
      }
      default: {
        ColumnReader cells(column);
        return evaluate_active(active, matched, [&](std::size_t i) {
          auto row = static_cast<std::int64_t>(i);
          return cells.is_valid(row) && leaf.test_one(cells.value(row));
        });
      }
    }
  }

  template <class Test>
  void evaluate_active(const Mask& active, Mask& matched, Test test) const {
    fill(matched, size_, [&](std::size_t i) { return active[i] != 0 && test(i); });
  }

  void evaluate_range(IntegerRange range, bool negated, const std::int64_t* values, Mask& matched) const {
    fill(matched, size_,
         [&](std::size_t i) { return (values[i] >= range.low && values[i] <= range.high) != negated; });
  }

  void evaluate_doubles(const CompiledLeaf& leaf, const double* values, const Mask& active,
                        Mask& matched) const {
    std::optional<double> literal;
    if (leaf.operands().size() == 2) literal = exact_double(leaf.operands()[1].literal->value());
    double bound = literal.value_or(0);
    switch (literal ? leaf.op() : Operator::literal) {
      case Operator::equal:
        return fill(matched, size_, [&](std::size_t i) { return values[i] == bound; });
      case Operator::not_equal:
        return fill(matched, size_, [&](std::size_t i) { return values[i] != bound; });
      case Operator::less:
        return fill(matched, size_, [&](std::size_t i) { return values[i] < bound; });
      case Operator::less_equal:
        return fill(matched, size_, [&](std::size_t i) { return values[i] <= bound; });
      case Operator::greater:  // NaN is above all numbers.
        return fill(matched, size_, [&](std::size_t i) { return !(values[i] <= bound); });
      case Operator::greater_equal:
        return fill(matched, size_, [&](std::size_t i) { return !(values[i] < bound); });
      default:
        return evaluate_active(active, matched, [&](std::size_t i) { return leaf.test_one(values[i]); });
    }
  }

  // Any comparison, from values made row by row.
  void evaluate_rows(const CompiledLeaf& leaf, const Mask& active, Mask& matched) const {
    const std::vector<CompiledPath>& paths = leaf.paths();
    std::vector<const Column*> columns;
    for (const CompiledPath& path : paths) {
      columns.push_back(path.root() == CompiledPath::Root::field ? find_column(path.name()) : nullptr);
    }
    std::vector<Value> roots(paths.size());
    std::vector<Value> scratch(paths.size());
    std::vector<const Value*> values(paths.size());
    evaluate_active(active, matched, [&](std::size_t i) {
      for (std::size_t k = 0; k < paths.size(); ++k) {
        roots[k] = root_value(paths[k], columns[k], static_cast<std::int64_t>(i));
        values[k] = &paths[k].descend(roots[k], scratch[k]);
      }
      return leaf.test(values);
    });
  }

  Value root_value(const CompiledPath& path, const Column* column, std::int64_t row) const {
    if (column != nullptr) return column->value(row);
    if (path.root() != CompiledPath::Root::id || batch_.ids() == nullptr || batch_.ids()->IsNull(row))
      return {};
    return static_cast<const arrow::StringArray&>(*batch_.ids()).GetString(row);
  }

  const Batch& batch_;
  std::size_t size_;
};

}  // namespace

std::vector<bool> evaluate(const Evaluator& evaluator, const Batch& batch) {
  auto size = static_cast<std::size_t>(batch.size());
  // Columns made from rows know nothing of the records' metadata.
  bool by_rows = batch.has_rows() && (!batch.has_columns() || evaluator.uses_id_or_metadata());
  std::vector<bool> matched(size);
  if (by_rows) {
    const std::vector<Record>& rows = batch.rows();
    for (std::size_t i = 0; i < size; ++i) matched[i] = evaluator.matches(rows[i]);
    return matched;
  }
  Mask mask = ColumnEvaluator(batch).evaluate(evaluator.condition(), Mask(size, 1));
  for (std::size_t i = 0; i < size; ++i) matched[i] = mask[i] != 0;
  return matched;
}

Batch filter(const Evaluator& evaluator, const Batch& batch) {
  if (evaluator.is_always_true()) return batch;
  std::vector<bool> matched = evaluate(evaluator, batch);
  if (std::find(matched.begin(), matched.end(), false) == matched.end()) return batch;
  return batch.select(matched);
}

}  // namespace dataknobs
