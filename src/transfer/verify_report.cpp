// SPDX-License-Identifier: Apache-2.0
//
// The answer of a verification as text and JSON.
#include <dataknobs/verify.hpp>

#include <fmt/format.h>

#include "record/json.hpp"
#include "transfer/json_fields.hpp"

namespace dataknobs {

namespace {

std::string_view name(VerifyReport::Kind kind) {
  switch (kind) {
    case VerifyReport::Kind::only_left:
      return "only_left";
    case VerifyReport::Kind::only_right:
      return "only_right";
    case VerifyReport::Kind::different:
      return "different";
  }
  return "different";
}

std::string shown(const Value& value) {
  if (value.is_null()) return "null";
  const std::string text = to_text(value);
  return value.type() == ValueType::string ? to_json(Value(text)) : text;
}

// Classes that JSON does not have travel as text, with the class beside it where it decides.
Value json_value(const Value& value) {
  switch (value.type()) {
    case ValueType::binary:
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
    case ValueType::vector:
      return Value(fmt::format("{} {}", to_string(value.type()), to_text(value)));
    default:
      return value;
  }
}

}  // namespace

std::string VerifyReport::to_text() const {
  std::string out = fmt::format("left:        {} ({} records)\n", left, left_records);
  out += fmt::format("right:       {} ({} records)\n", right, right_records);
  if (equal) {
    out += fmt::format("equal:       {}\n", left_digest);
    return out;
  }
  out += fmt::format("different:   {} records differ, {} only left, {} only right (by {})\n", different,
                     only_left, only_right, compared_by);
  for (const Difference& difference : differences) {
    if (difference.kind != Kind::different) {
      out += fmt::format("  {}: only {}\n", difference.id,
                         difference.kind == Kind::only_left ? "left" : "right");
    }
    for (const FieldDifference& field : difference.fields) {
      out += fmt::format("  {}: {}: {} | {}\n", difference.id, field.field, shown(field.left_value),
                         shown(field.right_value));
    }
  }
  const std::uint64_t all = different + only_left + only_right;
  if (all > differences.size()) out += fmt::format("  and {} more\n", all - differences.size());
  for (const std::string& warning : warnings) out += fmt::format("warning:     {}\n", warning);
  return out;
}

std::string VerifyReport::to_json() const {
  Json::Array list;
  for (const Difference& difference : differences) {
    Json::Array fields;
    for (const FieldDifference& field : difference.fields) {
      JsonObjectBuilder builder;
      builder.add("field", field.field).add("left", json_value(field.left_value));
      builder.add("right", json_value(field.right_value));
      fields.emplace_back(builder.build());
    }
    JsonObjectBuilder builder;
    builder.add("kind", name(difference.kind)).add("id", difference.id);
    if (!fields.empty()) builder.add("fields", Value(Json(std::move(fields))));
    list.emplace_back(builder.build());
  }
  JsonObjectBuilder builder;
  builder.add("equal", equal).add("left", left).add("right", right);
  builder.add("left_records", left_records).add("right_records", right_records);
  builder.add("left_digest", left_digest).add("right_digest", right_digest);
  if (!compared_by.empty()) builder.add("compared_by", compared_by);
  builder.add("only_left", only_left).add("only_right", only_right).add("different", different);
  builder.add("differences", Value(Json(std::move(list)))).add("warnings", warnings);
  return to_pretty_json(builder.build());
}

}  // namespace dataknobs
