// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/document_operand.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/table.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {

namespace {

bool has_zero(const std::vector<Path::Step>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Path::Step& step) { return step.name.find('\0') != std::string::npos; });
}

// Strict: a name is a member of objects alone, an index an element of arrays alone.
std::string json_path(const std::vector<Path::Step>& steps) {
  std::string path = "strict $";
  for (const Path::Step& step : steps) {
    if (step.is_index()) {
      path += fmt::format("[{}]", *step.index);
    } else {
      path += "." + to_json(Value(step.name));
    }
  }
  return path;
}

// The jsonb there, or null.
std::string descend(const std::string& jsonb, const std::vector<Path::Step>& steps) {
  const bool has_index =
      std::any_of(steps.begin(), steps.end(), [](const Path::Step& step) { return step.is_index(); });
  if (has_index) {
    return fmt::format("jsonb_path_query_first({}, {}, '{{}}', true)", jsonb,
                       quote_literal(json_path(steps)));
  }
  std::string sql = jsonb;
  for (const Path::Step& step : steps) sql += " -> " + quote_literal(step.name);
  return steps.empty() ? sql : "(" + sql + ")";
}

}  // namespace

Operand json_operand(const Table& table, const std::string& jsonb, const std::vector<Path::Step>& steps) {
  Operand operand;
  // Names in a jsonb never hold U+0000.
  if (has_zero(steps)) return operand;
  const std::string value = descend(jsonb, steps);
  const auto of_type = [&](std::string_view type, const std::string& sql) {
    return fmt::format("(case when jsonb_typeof({}) = '{}' then {} end)", value, type, sql);
  };
  operand.exact = table.utf8();
  operand.exists = fmt::format("coalesce(jsonb_typeof({}) <> 'null', false)", value);
  operand.missing = fmt::format("coalesce(jsonb_typeof({}) = 'null', true)", value);
  operand.boolean = {Kind::native, of_type("boolean", value + "::boolean")};
  operand.number = {Kind::numeric, of_type("number", value + "::numeric")};
  operand.string = {Kind::text, of_type("string", value + " #>> '{}'")};
  operand.json = {Kind::native,
                  fmt::format("(case when jsonb_typeof({0}) in ('object', 'array') then {0} end)", value)};
  return operand;
}

Operand document_operand(const Table& table, const Path& path) {
  if (path.is_id()) {
    Operand operand;
    operand.exists = "true";
    operand.missing = "false";
    operand.exact = table.utf8();
    operand.string = {Kind::text, "id"};
    return operand;
  }
  if (path.is_metadata()) {
    // A scalar there would be none.
    const std::string metadata =
        "(case when jsonb_typeof(metadata) in ('object', 'array') then metadata end)";
    return json_operand(table, metadata, {path.steps().begin() + 1, path.steps().end()});
  }
  // What class a value is of stands in its types.
  Operand operand = json_operand(table, "data", path.steps());
  operand.exact = false;
  return operand;
}

}  // namespace dataknobs::postgresql
