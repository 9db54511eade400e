// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <boost/container/small_vector.hpp>

#include "expr/compiled.hpp"
#include "expr/functions.hpp"
#include "expr/operators.hpp"

namespace dataknobs {

CompiledTerm::CompiledTerm(const Expression& expression, const FieldResolution& fields,
                           std::vector<CompiledPath>& paths)
    : expression_(expression) {
  if (expression.is_literal()) return;
  if (expression.is_path()) {
    slot_ = paths.size();
    paths.emplace_back(expression.path(), fields);
  } else if (expression.is_call() || is_logical(expression.op())) {
    operands_.reserve(expression.operands().size());
    for (const Expression& operand : expression.operands()) operands_.emplace_back(operand, fields, paths);
  } else {
    slot_ = paths.size();
    leaf_ = std::make_unique<const CompiledLeaf>(expression, fields);
    for (const CompiledPath& path : leaf_->paths()) paths.push_back(path);
  }
}

CompiledTerm::CompiledTerm(CompiledTerm&&) noexcept = default;
CompiledTerm::~CompiledTerm() = default;

const Value& CompiledTerm::value(std::span<const Value* const> values, Value& scratch,
                                 const Expression** failed) const {
  if (expression_.is_literal()) return expression_.value();
  return expression_.is_path() ? *values[slot_] : call(values, scratch, failed);
}

const Value& CompiledTerm::call(std::span<const Value* const> values, Value& scratch,
                                const Expression** failed) const {
  const Function function = expression_.function();
  if (function == Function::choose)
    return operands_[operands_[0].holds(values) ? 1 : 2].value(values, scratch, failed);
  if (function == Function::coalesce) {
    for (const CompiledTerm& operand : operands_) {
      const Value& value = operand.value(values, scratch, failed);
      if (!value.is_null()) return value;
    }
    return scratch = Value();
  }
  boost::container::small_vector<Value, 3> made(operands_.size());
  boost::container::small_vector<const Value*, 3> arguments;
  bool has_null = false;
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    arguments.push_back(&operands_[i].value(values, made[i], failed));
    has_null = has_null || arguments.back()->is_null();
  }
  scratch = compute(function, {arguments.data(), arguments.size()});
  if (failed != nullptr && scratch.is_null() && !has_null) *failed = &expression_;
  return scratch;
}

bool CompiledTerm::holds(std::span<const Value* const> values) const {
  const auto part_holds = [&](const CompiledTerm& part) { return part.holds(values); };
  switch (expression_.op()) {
    case Operator::logical_and:
      return std::all_of(operands_.begin(), operands_.end(), part_holds);
    case Operator::logical_or:
      return std::any_of(operands_.begin(), operands_.end(), part_holds);
    case Operator::logical_not:
      return !operands_.front().holds(values);
    default:
      return leaf_->test(values.subspan(slot_, leaf_->paths().size()));
  }
}

}  // namespace dataknobs
