// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <boost/container/small_vector.hpp>

#include "expr/compiled.hpp"
#include "expr/functions.hpp"
#include "expr/operators.hpp"

namespace dataknobs {

CompiledTerm::CompiledTerm(const Expression& expression, const FieldResolution& fields,
                           std::vector<CompiledPath>& paths)
    : op_(expression.op()) {
  if (expression.is_literal()) {
    literal_ = expression.value();
  } else if (expression.is_path()) {
    slot_ = paths.size();
    paths.emplace_back(expression.path(), fields);
  } else if (expression.is_call() || is_logical(op_)) {
    function_ = expression.function();
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

const Value& CompiledTerm::value(std::span<const Value* const> values, Value& scratch) const {
  if (op_ == Operator::literal) return literal_;
  return op_ == Operator::path ? *values[slot_] : call(values, scratch);
}

const Value& CompiledTerm::call(std::span<const Value* const> values, Value& scratch) const {
  if (function_ == Function::choose)
    return operands_[operands_[0].holds(values) ? 1 : 2].value(values, scratch);
  if (function_ == Function::coalesce) {
    for (const CompiledTerm& operand : operands_) {
      const Value& value = operand.value(values, scratch);
      if (!value.is_null()) return value;
    }
    return scratch = Value();
  }
  boost::container::small_vector<Value, 3> made(operands_.size());
  boost::container::small_vector<const Value*, 3> arguments;
  for (std::size_t i = 0; i < operands_.size(); ++i)
    arguments.push_back(&operands_[i].value(values, made[i]));
  return scratch = compute(function_, {arguments.data(), arguments.size()});
}

bool CompiledTerm::holds(std::span<const Value* const> values) const {
  const auto part_holds = [&](const CompiledTerm& part) { return part.holds(values); };
  switch (op_) {
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
