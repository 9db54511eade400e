// SPDX-License-Identifier: Apache-2.0
#include "transfer/schema_inference.hpp"

#include <algorithm>

#include <arrow/array.h>

#include "record/nul.hpp"
#include "runtime/offload.hpp"

namespace dataknobs {

namespace {

bool is_number(const FieldType& type) noexcept {
  return type.kind() == ValueType::integer || type.kind() == ValueType::floating ||
         type.kind() == ValueType::decimal;
}

// What the values of a column have in common; nothing if all of them are null.
std::optional<FieldType> type_of(const Column& column) {
  std::optional<FieldType> type;
  const auto add = [&](const FieldType& other) { type = type ? common_type(*type, other) : other; };
  std::int64_t present = 0;
  for (std::int64_t row = 0; row < column.size() && present == 0; ++row) {
    present += !column.exceptions().contains(row) && !column.value(row).is_null();
  }
  if (present > 0) add(column.type());
  for (const auto& [row, value] : column.exceptions()) add(FieldType(value.type()));
  return type;
}

bool holds_nul(const Value& value) {
  std::vector<Path::Step> steps;
  return find_nul(value, steps);
}

bool holds_nul(const Column& column) {
  const ValueType kind = column.type().kind();
  if (kind == ValueType::string || kind == ValueType::json) {
    const auto& texts = static_cast<const arrow::StringArray&>(*column.array());
    for (std::int64_t row = 0; row < texts.length(); ++row) {
      if (texts.IsNull(row)) continue;
      const std::string_view text = texts.GetView(row);
      const bool found = kind == ValueType::string ? text.find('\0') != std::string_view::npos
                                                   : may_hold_nul(text) && holds_nul(column.value(row));
      if (found) return true;
    }
  }
  return std::any_of(column.exceptions().begin(), column.exceptions().end(),
                     [](const auto& exception) { return holds_nul(exception.second); });
}

}  // namespace

FieldType common_type(const FieldType& left, const FieldType& right) {
  if (left == right) return left;
  if (is_number(left) && is_number(right)) {
    const bool decimal = left.kind() == ValueType::decimal || right.kind() == ValueType::decimal;
    if (left.kind() == right.kind() && !decimal)
      return FieldType(left).set_width(std::max(left.width(), right.width()));
    return FieldType(decimal ? ValueType::decimal : ValueType::floating);
  }
  if (left.kind() == right.kind()) return FieldType(left.kind());
  return FieldType();
}

void SchemaInference::add(const Batch& batch) {
  const std::vector<FieldDescription>& described = batch.schema().fields();
  for (std::size_t i = 0; i < described.size(); ++i) {
    const std::string& name = described[i].name();
    const auto same = [&](const FieldDescription& field) { return field.name() == name; };
    const auto found = std::find_if(fields_.begin(), fields_.end(), same);
    const std::optional<FieldType> type = type_of(batch.columns()[i]);
    if (!fields_with_nul_.contains(name) && holds_nul(batch.columns()[i])) fields_with_nul_.insert(name);
    // A field of nulls alone is kept, as a text that nobody has written yet.
    if (found == fields_.end()) {
      fields_.emplace_back(name, type.value_or(FieldType()));
      undecided_.push_back(!type);
      continue;
    }
    if (!type) continue;
    const auto index = static_cast<std::size_t>(found - fields_.begin());
    const FieldType merged = undecided_[index] ? *type : common_type(found->type(), *type);
    *found = FieldDescription(name, merged);
    undecided_[index] = false;
  }
}

Schema SchemaInference::finish() const {
  std::vector<FieldDescription> fields = fields_;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (undecided_[i]) fields[i] = FieldDescription(fields[i].name(), FieldType(ValueType::string));
  }
  return Schema(std::move(fields));
}

Task<SchemaInference> infer_schema(Backend& backend, const SourceScan& scan, ProgressMeter& meter) {
  Context context;
  std::unique_ptr<Session> session = co_await backend.session(context, SessionMode::autocommit);
  std::unique_ptr<Reader> reader = co_await scan.open(context, *session, scan.request());
  SchemaInference inference;
  while (std::optional<Batch> batch = co_await reader->next(context)) {
    meter.now().read += batch->size();
    meter.tick();
    auto work = [&] { inference.add(scan.refine(*batch)); };
    co_await offload(work);
  }
  co_return inference;
}

}  // namespace dataknobs
