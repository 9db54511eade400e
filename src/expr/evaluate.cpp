// SPDX-License-Identifier: Apache-2.0
#include "expr/evaluate.hpp"

#include <utility>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "expr/compiled.hpp"
#include "expr/operators.hpp"

namespace dataknobs {

Evaluator::Evaluator(const Expression& expression, const FieldResolution& fields)
    : condition_(std::make_shared<const CompiledCondition>(resolve(expression, fields), fields)),
      uses_id_or_metadata_(dataknobs::uses_id_or_metadata(expression, fields)) {}

bool Evaluator::matches(const Record& record) const {
  return condition_->matches(record);
}

bool Evaluator::is_always_true() const noexcept {
  return condition_->op == Operator::logical_and && condition_->children.empty();
}

struct ValueEvaluator::Compiled {
  Compiled(const Expression& operand, const FieldResolution& fields) : term(operand, fields, paths) {}
  std::vector<CompiledPath> paths;
  CompiledTerm term;
};

ValueEvaluator::ValueEvaluator(const Expression& operand, const FieldResolution& fields) {
  if (!is_operand(operand.op())) Error(ErrorCode::query, "a value is wanted, not a condition").raise();
  compiled_ = std::make_unique<const Compiled>(resolve(operand, fields), fields);
}

ValueEvaluator::~ValueEvaluator() = default;
ValueEvaluator::ValueEvaluator(ValueEvaluator&&) noexcept = default;
ValueEvaluator& ValueEvaluator::operator=(ValueEvaluator&&) noexcept = default;

Value ValueEvaluator::evaluate(const Record& record) const {
  return evaluate(record, nullptr);
}

Value ValueEvaluator::evaluate_strictly(const Record& record) const {
  const Expression* failed = nullptr;
  Value value = evaluate(record, &failed);
  if (failed == nullptr) return value;
  Error(ErrorCode::validation, fmt::format("'{}' has no result here", failed->to_string()))
      .record_id(record.id().value_or(""))
      .hint("leave such records out, or say with if(condition, value, otherwise) what they get")
      .raise();
}

Value ValueEvaluator::evaluate(const Record& record, const Expression** failed) const {
  std::vector<Value> found(compiled_->paths.size());
  std::vector<const Value*> values;
  for (std::size_t i = 0; i < found.size(); ++i)
    values.push_back(&compiled_->paths[i].find(record, found[i]));
  Value scratch;
  return compiled_->term.value(values, scratch, failed);
}

PathReader::PathReader(const Path& path, const FieldResolution& fields) {
  check_field(path, fields);
  path_ = std::make_unique<const CompiledPath>(path, fields);
}

PathReader::~PathReader() = default;
PathReader::PathReader(PathReader&&) noexcept = default;
PathReader& PathReader::operator=(PathReader&&) noexcept = default;

bool PathReader::is_id() const noexcept {
  return path_->root() == CompiledPath::Root::id;
}

const Value& PathReader::read(const Record& record, Value& scratch) const {
  return path_->find(record, scratch);
}

}  // namespace dataknobs
