// SPDX-License-Identifier: Apache-2.0
#include "expr/evaluate.hpp"

#include <utility>

#include "expr/compiled.hpp"

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
