// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/native_filter.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backends/postgresql/native_moment.hpp"
#include "backends/postgresql/numeric.hpp"
#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/temporal.hpp"
#include "expr/literal.hpp"
#include "expr/number_bounds.hpp"
#include "expr/operators.hpp"
#include "record/json.hpp"
#include "record/number.hpp"

namespace dataknobs::postgresql {

namespace {

using Condition = std::optional<std::string>;

// How many elements of a list are tests of their own, which a GIN index serves.
constexpr std::size_t most_members = 8;

std::string present(const std::string& sql) {
  return sql + " is not null";
}

std::string compare(const std::string& left, Operator op, const std::string& right) {
  return fmt::format("{} {} {}", left, to_string(op), right);
}

std::string integer_constant(std::int64_t value) {
  // Without quotes a minus is an operator beside a constant, which for the least integer is none.
  return value < 0 ? fmt::format("'{}'::bigint", value) : fmt::to_string(value);
}

template <class T, class Constant>
std::string bounded(const std::string& sql, const BoundedComparison<T>& comparison, Constant constant) {
  if (!comparison.constant) return comparison.always ? present(sql) : "false";
  return compare(sql, comparison.op, constant(*comparison.constant));
}

std::optional<std::string> numeric_constant(const Value& number) {
  std::string text;
  if (const auto* integer = number.get_if<std::int64_t>()) {
    number::append_text(text, *integer);
  } else if (const auto* floating = number.get_if<double>()) {
    number::append_any_text(text, *floating);
  } else {
    text = number.get<Decimal>().normalized().to_string();
  }
  std::string wire;
  const bool is_special = text.find('N') != std::string::npos || text.find('I') != std::string::npos;
  if (!is_special && !append_numeric_wire(wire, text)) return std::nullopt;
  return fmt::format("'{}'::numeric", text);
}

// Equality with a scalar as a test that a GIN index serves; nothing where the value is no member of a document.
// REQUIRES: jsonb can hold the scalar.
Condition contained(const Operand& operand, Operator op, Value scalar) {
  if (op != Operator::equal || operand.members.empty()) return std::nullopt;
  for (auto name = operand.members.rbegin(); name != operand.members.rend(); ++name)
    scalar = Value(Json(Json::Object{{*name, std::move(scalar)}}));
  return fmt::format("{} @> {}::jsonb", operand.document, quote_literal(to_json(scalar)));
}

Condition compare_number(const Operand& operand, Operator op, const Value& literal) {
  const Typed& number = operand.number;
  switch (number.kind) {
    case Kind::none:
      return "false";
    case Kind::integer:
      return bounded(number.sql, integer_comparison(op, literal), integer_constant);
    case Kind::floating:
      return bounded(number.sql, float_comparison(op, literal), [](double value) {
        std::string text;
        number::append_any_text(text, value);
        return fmt::format("'{}'::float8", text);
      });
    default:
      break;
  }
  const std::optional<std::string> constant = numeric_constant(literal);
  if (!constant) return std::nullopt;
  const auto* floating = literal.get_if<double>();
  if (floating == nullptr || std::isfinite(*floating)) {
    if (Condition condition = contained(operand, op, literal)) return condition;
  }
  return compare(number.sql, op, *constant);
}

std::string compare_text(const Typed& string, Operator op, const std::string& text) {
  if (const auto zero = text.find('\0'); zero != std::string::npos) {
    // No text here holds U+0000, so the literal stands right behind its part before that.
    if (op == Operator::equal) return "false";
    return compare(text_in_order(string), is_below(op) ? Operator::less_equal : Operator::greater,
                   quote_literal(text.substr(0, zero)));
  }
  const std::string constant = quote_literal(text);
  if (string.kind == Kind::uuid && parse_uuid(text) == text)
    return compare(string.sql, op, constant + "::uuid");
  if (string.kind == Kind::uuid && op == Operator::equal) return "false";
  if (string.kind == Kind::padded_text && op == Operator::equal) {
    // Blanks at the end are padding, to both sides of an operator of this type.
    return text.ends_with(' ') ? "false" : compare(string.sql, op, constant + "::bpchar");
  }
  if (op == Operator::equal) return compare(string.sql, op, constant);
  return compare(text_in_order(string), op, constant);
}

bool is_special_float(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

// Where the value is noted as one of these types, the text is no string.
std::string types_of_text(const Operand& operand, const std::string& text) {
  std::string types;
  const auto add = [&](bool restores, std::string_view type) {
    if (restores) types += fmt::format("{}'{}'", types.empty() ? "" : ", ", type);
  };
  add(is_special_float(text), "float");
  // Below a field JSON itself has no others. A text of bytes is equal to itself, whether noted or not.
  if (!operand.moment) return types;
  add(parse_datetime(text).has_value(), "datetime");
  add(parse_date(text).has_value(), "date");
  add(parse_time(text).has_value(), "time");
  return types;
}

std::string compare_string(const Operand& operand, Operator op, const std::string& text) {
  if (!operand.string) return "false";
  const std::string& prefix = operand.string_prefix;
  if (!prefix.empty() && !text.starts_with(prefix))
    return holds(op, prefix.compare(text) <=> 0) ? operand.is_string : "false";
  const bool possible = text.find('\0') == std::string::npos;
  const Condition member = possible ? contained(operand, op, Value(text)) : std::nullopt;
  if (!member) return compare_text(operand.string, op, text);
  const std::string types = operand.note.empty() ? "" : types_of_text(operand, text);
  if (types.empty()) return *member;
  return all_of({*member, negation(fmt::format("{} in ({})", operand.note, types))});
}

Condition compare_json(const Operand& operand, Operator op, const Value& literal) {
  // There is no order, but what is equal is also less or equal.
  if (!operand.json || op == Operator::less || op == Operator::greater) return "false";
  const std::optional<std::string> constant = json_constant(operand, literal);
  if (!constant) return std::nullopt;
  if (*constant == "null") return "false";
  return fmt::format("jsonb_strip_nulls({}) = {}", operand.json.sql, *constant);
}

// Both are without the texts that may be floats, or have the same ones.
std::string compare_jsons(const Operand& left, const Operand& right) {
  const std::string equal =
      fmt::format("jsonb_strip_nulls({}) = jsonb_strip_nulls({})", left.json.sql, right.json.sql);
  if (left.note.empty() && right.note.empty()) return equal;
  const auto floats = [](const Operand& operand) {
    return operand.noted_floats.empty() ? std::string("null::jsonb") : operand.noted_floats;
  };
  return fmt::format(
      "({} and case when jsonb_path_exists({}, '$.** ? (@ == \"NaN\" || @ == \"Infinity\" || @ == "
      "\"-Infinity\")') "
      "then {} is not distinct from {} else true end)",
      equal, left.json.sql, floats(left), floats(right));
}

std::string compare_binary(const Operand& operand, Operator op, const Binary& literal) {
  if (!operand.binary) return "false";
  // Equal bytes have equal texts.
  if (const Condition member = contained(operand, op, Value(to_base64(literal))))
    return all_of({*member, operand.note + " = 'binary'"});
  return compare(operand.binary.sql, op, fmt::format("'\\x{}'::bytea", to_hex(literal)));
}

// A string literal counts as each value of another class that it parses as, beside a value of that class.
std::vector<std::string> compare_adapted(const Operand& operand, Operator op, const std::string& text) {
  std::vector<std::string> parts{compare_string(operand, op, text)};
  const auto adapted = [&](const Typed& typed, ValueType type) {
    return typed ? adapt_literal(text, type) : std::nullopt;
  };
  const auto binary = adapted(operand.binary, ValueType::binary);
  const bool is_itself =
      binary && op == Operator::equal && !operand.members.empty() && to_base64(binary->get<Binary>()) == text;
  if (binary && !is_itself) parts.push_back(compare_binary(operand, op, binary->get<Binary>()));
  if (const auto value = adapted(operand.moment, ValueType::datetime))
    parts.push_back(compare_moment(operand, op, *value));
  if (const auto value = adapted(operand.time, ValueType::time))
    parts.push_back(compare_time(operand.time, op, value->get<Time>()));
  return parts;
}

// The number as a numeric, exactly. Nothing for floats: beyond 2^63 the server's shortest text is sometimes another.
Condition as_numeric(const Typed& number) {
  if (number.kind == Kind::floating) return std::nullopt;
  return number.sql;
}

Condition compare_numbers(const Typed& left, Operator op, const Typed& right) {
  if (!left || !right) return "false";
  if (left.kind == Kind::floating && right.kind == Kind::floating) return compare(left.sql, op, right.sql);
  const Condition first = as_numeric(left);
  const Condition second = as_numeric(right);
  if (!first || !second) return std::nullopt;
  return compare(*first, op, *second);
}

std::string compare_natives(const Typed& left, Operator op, const Typed& right) {
  return left && right ? compare(left.sql, op, right.sql) : "false";
}

// Equalities of one expression with many constants as one list, which an index serves as a whole.
class EqualityLists {
 public:
  explicit EqualityLists(const Operand& operand) {
    for (const Typed* typed : {&operand.boolean, &operand.number, &operand.string, &operand.binary,
                               &operand.moment, &operand.time}) {
      if (*typed) lists_.emplace_back(typed->sql, std::vector<std::string>());
    }
  }

  void add(std::string condition) {
    for (auto& [left, constants] : lists_) {
      const std::string start = left + " = ";
      if (!condition.starts_with(start)) continue;
      constants.push_back(condition.substr(start.size()));
      return;
    }
    others_.push_back(std::move(condition));
  }

  std::string finish() && {
    for (const auto& [left, constants] : lists_) {
      if (constants.size() == 1) others_.push_back(fmt::format("{} = {}", left, constants.front()));
      if (constants.size() > 1)
        others_.push_back(fmt::format("{} in ({})", left, fmt::join(constants, ", ")));
    }
    return any_of(others_);
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> lists_;
  std::vector<std::string> others_;
};

std::string join(const std::vector<std::string>& conditions, std::string_view word, std::string_view neutral,
                 std::string_view decisive) {
  std::vector<std::string> parts;
  for (const std::string& condition : conditions) {
    if (condition == decisive) return std::string(decisive);
    if (condition != neutral) parts.push_back(condition);
  }
  if (parts.empty()) return std::string(neutral);
  if (parts.size() == 1) return parts.front();
  return fmt::format("({})", fmt::join(parts, word));
}

Value without_vectors(const Vector& vector) {
  Json::Array elements;
  for (const float element : vector) elements.emplace_back(static_cast<double>(element));
  return Value(Json(std::move(elements)));
}

// A float that JSON has no number for, or its text.
bool has_special_float(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return is_special_float(*text);
  if (const auto* number = value.get_if<double>()) return !std::isfinite(*number);
  const auto* json = value.get_if<Json>();
  if (json == nullptr) return false;
  if (json->is_array()) return std::any_of(json->array().begin(), json->array().end(), has_special_float);
  return std::any_of(json->object().begin(), json->object().end(),
                     [](const auto& member) { return has_special_float(member.second); });
}

// False if no jsonb is equal to it; nothing if its numbers are too large for the server.
std::optional<bool> can_be_jsonb(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return text->find('\0') == std::string::npos;
  if (const auto* number = value.get_if<double>()) return std::isfinite(*number);
  if (value.is_number()) return numeric_constant(value) ? std::optional<bool>(true) : std::nullopt;
  const auto* json = value.get_if<Json>();
  if (json == nullptr) return true;
  std::optional<bool> answer = true;
  const auto look = [&](const Value& child) {
    const std::optional<bool> one = can_be_jsonb(child);
    if (!one || !answer) {
      answer = std::nullopt;
    } else {
      answer = *answer && *one;
    }
  };
  if (json->is_array()) {
    for (const Value& child : json->array()) look(child);
    return answer;
  }
  for (const auto& [name, child] : json->object()) {
    if (child.is_null()) continue;
    look(child);
    if (answer && name.find('\0') != std::string::npos) answer = false;
  }
  return answer;
}

}  // namespace

std::string all_of(const std::vector<std::string>& conditions) {
  return join(conditions, " and ", "true", "false");
}

std::string any_of(const std::vector<std::string>& conditions) {
  return join(conditions, " or ", "false", "true");
}

std::string negation(const std::string& condition) {
  if (condition == "false") return "true";
  if (condition == "true") return "false";
  return "(" + condition + ") is not true";
}

std::string text_in_order(const Typed& string) {
  return string.sql + (string.kind == Kind::text ? " collate \"C\"" : "::text collate \"C\"");
}

std::optional<std::string> json_constant(const Operand& operand, const Value& literal) {
  const auto* vector = literal.get_if<Vector>();
  const Value value = vector == nullptr ? literal : without_vectors(*vector);
  // Which of these texts are floats stands in the types, value by value.
  if (!operand.note.empty() && has_special_float(value)) return std::nullopt;
  const std::optional<bool> possible = can_be_jsonb(value);
  if (!possible) return std::nullopt;
  if (!*possible) return "null";
  return fmt::format("jsonb_strip_nulls({}::jsonb)", quote_literal(to_json(value)));
}

std::optional<std::string> compare_literal(const Operand& operand, Operator op, const Value& literal) {
  switch (literal.type()) {
    case ValueType::null:
      return "false";
    case ValueType::boolean:
      if (Condition condition = contained(operand, op, literal)) return condition;
      return operand.boolean ? compare(operand.boolean.sql, op, literal.get<bool>() ? "true" : "false")
                             : "false";
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return compare_number(operand, op, literal);
    case ValueType::string:
      return any_of(compare_adapted(operand, op, literal.get<std::string>()));
    case ValueType::binary:
      return compare_binary(operand, op, literal.get<Binary>());
    case ValueType::datetime:
    case ValueType::date:
      return compare_moment(operand, op, literal);
    case ValueType::time:
      return compare_time(operand.time, op, literal.get<Time>());
    case ValueType::json:
    case ValueType::vector:
      return compare_json(operand, op, literal);
  }
  return std::nullopt;
}

std::optional<std::string> compare_operands(const Operand& left, Operator op, const Operand& right) {
  const Condition numbers = compare_numbers(left.number, op, right.number);
  if (!numbers) return std::nullopt;
  std::vector<std::string> parts{*numbers, compare_natives(left.boolean, op, right.boolean),
                                 compare_natives(left.binary, op, right.binary),
                                 compare_moments(left, op, right),
                                 compare_natives(left.time, op, right.time)};
  if (left.string && right.string)
    parts.push_back(compare(text_in_order(left.string), op, text_in_order(right.string)));
  if (left.json && right.json && op != Operator::less && op != Operator::greater)
    parts.push_back(compare_jsons(left, right));
  return any_of(parts);
}

std::optional<std::string> in_literals(const Operand& operand, const std::vector<Value>& literals) {
  Operand compared = operand;
  // So many tests of a document would be slower than one list.
  if (literals.size() > most_members) compared.members.clear();
  EqualityLists lists(compared);
  for (const Value& literal : literals) {
    if (const auto* text = literal.get_if<std::string>()) {
      for (std::string& part : compare_adapted(compared, Operator::equal, *text)) lists.add(std::move(part));
      continue;
    }
    Condition condition = compare_literal(compared, Operator::equal, literal);
    if (!condition) return std::nullopt;
    lists.add(std::move(*condition));
  }
  return std::move(lists).finish();
}

}  // namespace dataknobs::postgresql
