// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/native_pattern.hpp"

#include <fmt/format.h>

#include "backends/postgresql/native_filter.hpp"
#include "backends/postgresql/native_regex.hpp"
#include "backends/postgresql/sql.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {

namespace {

using Condition = std::optional<std::string>;

// A text that a like pattern takes literally.
std::string escaped(const std::string& text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '\\' || c == '%' || c == '_') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string like(const Typed& string, const std::string& pattern) {
  return fmt::format("{} like {}", text_in_order(string), quote_literal(pattern));
}

Condition match(const Typed& string, const std::optional<std::string>& regex) {
  if (!regex) return std::nullopt;
  return fmt::format("{} ~ {}", text_in_order(string), quote_literal(*regex));
}

Condition list_contains(const Operand& operand, const Value& element) {
  const Typed& json = operand.json;
  const std::optional<std::string> constant = json_constant(operand, element);
  if (!constant) return std::nullopt;
  if (*constant == "null") return "false";
  const bool is_scalar = element.type() != ValueType::json && element.type() != ValueType::vector;
  if (is_scalar) return fmt::format("{} @> jsonb_build_array({})", json.sql, *constant);
  return fmt::format(
      "exists (select from jsonb_array_elements(case when jsonb_typeof({0}) = 'array' then {0} end) as "
      "e(element) "
      "where jsonb_strip_nulls(element) = {1})",
      json.sql, *constant);
}

Condition contains(const Operand& operand, const Value& literal) {
  std::vector<std::string> parts;
  const auto* text = literal.get_if<std::string>();
  if (text != nullptr && operand.string && text->find('\0') == std::string::npos)
    parts.push_back(like(operand.string, "%" + escaped(*text) + "%"));
  if (operand.json && (is_json_leaf(literal.type()) || literal.type() == ValueType::vector)) {
    Condition listed = list_contains(operand, literal);
    if (!listed) return std::nullopt;
    parts.push_back(std::move(*listed));
  }
  return any_of(parts);
}

}  // namespace

std::optional<std::string> match_literal(const Operand& operand, Operator op, const Value& literal) {
  if (op == Operator::contains) return contains(operand, literal);
  // No text here holds U+0000.
  const auto& pattern = literal.get<std::string>();
  if (!operand.string) return "false";
  if (pattern.find('\0') != std::string::npos) return op == Operator::regex ? Condition() : "false";
  switch (op) {
    case Operator::like:
      return like(operand.string, pattern);
    case Operator::starts_with:
      return like(operand.string, escaped(pattern) + "%");
    case Operator::ilike:
      return match(operand.string, regex_of_ilike(pattern));
    case Operator::regex:
      return match(operand.string, translate_regex(pattern));
    default:
      return std::nullopt;
  }
}

}  // namespace dataknobs::postgresql
