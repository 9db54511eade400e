// SPDX-License-Identifier: Apache-2.0
//
// Paths and literals, compiled.
#include <utility>

#include "expr/compiled.hpp"
#include "expr/literal.hpp"

namespace dataknobs {

namespace {

const Value kNull;

}  // namespace

CompiledPath::CompiledPath(const Path& path, const FieldResolution& fields)
    : path_(path), root_(Root::field) {
  if (fields.is_document() && path.is_id()) root_ = Root::id;
  if (path.is_metadata()) root_ = Root::metadata;
}

CompiledPath::CompiledPath(CompiledPath&& other) noexcept
    : path_(std::move(other.path_)), root_(other.root_) {}

const Value& CompiledPath::find_field(const Record& record) const noexcept {
  const std::vector<Field>& fields = record.fields();
  const std::string& name = path_.root();
  std::size_t last = position_.load(std::memory_order_relaxed);
  if (last < fields.size() && fields[last].name() == name) return fields[last].value();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name() == name) {
      position_.store(static_cast<std::uint32_t>(i), std::memory_order_relaxed);
      return fields[i].value();
    }
  }
  return kNull;
}

const Value& CompiledPath::find(const Record& record, Value& scratch) const {
  if (root_ == Root::id) {
    if (!record.id()) return kNull;
    return scratch = Value(*record.id());
  }
  if (root_ == Root::metadata) {
    if (!record.metadata()) return kNull;
    Value metadata(*record.metadata());
    // The objects are shared: what is found in them lives as long as the record.
    const Value& found = descend(metadata, scratch);
    return &found == &metadata ? scratch = std::move(metadata) : found;
  }
  const Value& value = find_field(record);
  return path_.steps().size() == 1 ? value : descend(value, scratch);
}

const Value& CompiledPath::descend(const Value& root, Value& scratch) const {
  const Value* value = &root;
  for (std::size_t i = 1; i < path_.steps().size(); ++i) {
    const Path::Step& step = path_.steps()[i];
    const auto* json = value->get_if<Json>();
    if (!step.is_index()) {
      value = json != nullptr && json->is_object() ? json->find(step.name) : nullptr;
      if (value == nullptr) return kNull;
      continue;
    }
    if (json != nullptr && json->is_array() && *step.index < json->array().size()) {
      value = &json->array()[*step.index];
      continue;
    }
    const auto* vector = value->get_if<Vector>();
    if (vector == nullptr || *step.index >= vector->size()) return kNull;
    scratch = Value((*vector)[*step.index]);
    value = &scratch;
  }
  return *value;
}

CompiledLiteral::CompiledLiteral(Value value) : value_(std::move(value)) {
  const auto* text = value_.get_if<std::string>();
  if (text == nullptr) return;
  moment_ = adapt_literal(*text, ValueType::datetime);
  time_ = adapt_literal(*text, ValueType::time);
  binary_ = adapt_literal(*text, ValueType::binary);
}

const Value& CompiledLiteral::beside(ValueType type) const noexcept {
  switch (type) {
    case ValueType::datetime:
    case ValueType::date:
      return moment_ ? *moment_ : value_;
    case ValueType::time:
      return time_ ? *time_ : value_;
    case ValueType::binary:
      return binary_ ? *binary_ : value_;
    default:
      return value_;
  }
}

}  // namespace dataknobs
