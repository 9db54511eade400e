// SPDX-License-Identifier: Apache-2.0
//
// Three kinds of computed values are the server's: exact numbers (of integers and of numerics with a precision, which
// have no infinities, and whose results stay far below the limits of numeric), floats made of integers and constants
// (which cannot overflow), and texts.
#include "backends/postgresql/computed_operand.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/table.hpp"
#include "expr/functions.hpp"

namespace dataknobs::postgresql {

namespace {

using Sql = std::optional<std::string>;

// Places before and behind the point, and how many operands a value is computed of: a product of so many stays within
// what numeric holds (16 383 places behind the point).
constexpr std::int64_t most_digits = 50;
constexpr std::size_t most_operands = 200;
constexpr std::int64_t most_count = 1'000'000;

struct Exact {
  std::string sql;  // A numeric.
  bool is_decimal;  // Whatever the row, it is a decimal (or NaN).
};

std::string present_only(const std::string& condition, const std::string& sql) {
  return fmt::format("(case when {} then {} end)", condition, sql);
}

bool is_short(const Decimal& decimal) {
  const std::int64_t top =
      std::int64_t{decimal.exponent()} + static_cast<std::int64_t>(decimal.digits().size());
  return decimal.exponent() >= -most_digits && top <= most_digits;
}

std::string numeric_constant(const Decimal& decimal) {
  return fmt::format("'{}'::numeric", decimal.to_string());
}

// A constant that no product or quotient with an integer carries out of the range of floats.
Sql float_constant(const Expression& operand) {
  const auto* value = operand.is_literal() ? operand.value().get_if<double>() : nullptr;
  if (value == nullptr || (*value != 0 && (std::abs(*value) < 1e-100 || std::abs(*value) > 1e100)))
    return std::nullopt;
  if (!std::isfinite(*value)) return std::nullopt;
  return fmt::format("'{}'::float8", Decimal::from_double(*value).to_string());
}

std::optional<std::int64_t> count_of(const Expression& operand) {
  const auto* count = operand.is_literal() ? operand.value().get_if<std::int64_t>() : nullptr;
  if (count == nullptr || *count > most_count || *count < -most_count) return std::nullopt;
  return *count;
}

std::size_t count_operands(const Expression& expression) {
  std::size_t count = 1;
  for (const Expression& operand : expression.operands()) count += count_operands(operand);
  return count;
}

class Computer {
 public:
  explicit Computer(const Table& table) : table_(table) {}

  // Null wherever the value is.
  std::optional<Exact> exact(const Expression& operand) const {
    if (operand.is_literal()) return exact_literal(operand.value());
    if (operand.is_path()) return exact_column(operand.path());
    if (!operand.is_call()) return std::nullopt;
    const std::vector<Expression>& parts = operand.operands();
    switch (operand.function()) {
      case Function::add:
      case Function::subtract:
      case Function::multiply:
      case Function::divide_whole:
      case Function::remainder:
        return exact_arithmetic(operand.function(), parts[0], parts[1]);
      case Function::negate:
        return of_one("(-{})", parts[0]);
      case Function::abs:
      case Function::floor:
      case Function::ceil:
      case Function::trunc:
        return of_one(std::string(to_string(operand.function())) + "({})", parts[0]);
      case Function::round: {
        const std::optional<std::int64_t> places = parts.size() > 1 ? count_of(parts[1]) : 0;
        if (!places || std::abs(*places) > most_digits) return std::nullopt;
        return of_one(fmt::format("round({{}}, {})", *places), parts[0]);
      }
      case Function::length: {
        const Sql found = text(parts[0]);
        if (!found) return std::nullopt;
        return Exact{fmt::format("char_length({})::numeric", *found), false};
      }
      case Function::coalesce:
        return exact_coalesce(parts);
      default:
        return date_part(operand.function(), parts);
    }
  }

  // Of integers and constants alone.
  Sql floating(const Expression& call) const {
    if (!is_plain_arithmetic(call.function())) return std::nullopt;
    const Expression& left = call.operands()[0];
    const Expression& right = call.operands()[1];
    const Sql left_integer = integer_as_float(left);
    const Sql right_integer = integer_as_float(right);
    const Sql left_sql = left_integer ? left_integer : float_constant(left);
    const Sql right_sql = right_integer ? right_integer : float_constant(right);
    if (!left_sql || !right_sql) return std::nullopt;
    const bool divides = call.function() == Function::divide;
    if (left_integer && right_integer && !divides) return std::nullopt;  // An exact number.
    const std::string sql = fmt::format("({} {} {})", *left_sql, to_string(call.function()), *right_sql);
    return divides ? present_only(*right_sql + " <> 0", sql) : sql;
  }

  // In a collation that tells texts by their code points.
  Sql text(const Expression& operand) const {
    if (!table_.utf8()) return std::nullopt;
    if (operand.is_literal()) {
      const auto* literal = operand.value().get_if<std::string>();
      if (literal == nullptr || literal->find('\0') != std::string::npos) return std::nullopt;
      return quote_literal(*literal) + "::text";
    }
    if (operand.is_path()) return text_column(operand.path());
    if (!operand.is_call()) return std::nullopt;
    const std::vector<Expression>& parts = operand.operands();
    const Sql first = text(parts[0]);
    if (!first) return std::nullopt;
    switch (operand.function()) {
      case Function::trim:
        return with_set("btrim", *first, parts);
      case Function::ltrim:
      case Function::rtrim:
        return with_set(to_string(operand.function()), *first, parts);
      case Function::reverse:
        return fmt::format("reverse({})", *first);
      case Function::left:
      case Function::right: {
        const std::optional<std::int64_t> count = count_of(parts[1]);
        if (!count) return std::nullopt;
        return fmt::format("{}({}, {})", to_string(operand.function()), *first, *count);
      }
      case Function::substring:
        return substring(*first, parts);
      case Function::coalesce:
        return text_coalesce(parts);
      default:
        return std::nullopt;
    }
  }

 private:
  static bool is_plain_arithmetic(Function function) noexcept {
    return function >= Function::add && function <= Function::divide;
  }

  static std::optional<Exact> exact_literal(const Value& literal) {
    if (const auto* integer = literal.get_if<std::int64_t>()) return Exact{numeric_constant(*integer), false};
    const auto* decimal = literal.get_if<Decimal>();
    if (decimal == nullptr || !is_short(*decimal)) return std::nullopt;
    return Exact{numeric_constant(*decimal), true};
  }

  const TableColumn* plain_column(const Path& path) const {
    if (table_.layout() == Layout::document || path.is_metadata() || path.steps().size() != 1) return nullptr;
    return table_.find_column(path.root());
  }

  std::optional<Exact> exact_column(const Path& path) const {
    const TableColumn* column = plain_column(path);
    if (column == nullptr) return std::nullopt;
    const std::string sql = column->sql() + "::numeric";
    if (column->codec == Codec::int2 || column->codec == Codec::int4 || column->codec == Codec::int8)
      return Exact{sql, false};
    if (column->codec != Codec::numeric) return std::nullopt;
    const FieldType type = field_type_of(column->type);
    if (!type.precision() || *type.precision() > most_digits || !type.scale() || *type.scale() < 0 ||
        *type.scale() > most_digits)
      return std::nullopt;
    return Exact{column->sql(), true};
  }

  Sql integer_as_float(const Expression& operand) const {
    if (operand.is_literal() && operand.value().type() == ValueType::integer)
      return fmt::format("'{}'::bigint::float8", operand.value().get<std::int64_t>());
    const TableColumn* column = operand.is_path() ? plain_column(operand.path()) : nullptr;
    if (column == nullptr) return std::nullopt;
    if (column->codec != Codec::int2 && column->codec != Codec::int4 && column->codec != Codec::int8)
      return std::nullopt;
    return column->sql() + "::float8";
  }

  std::optional<Exact> of_one(const std::string& pattern, const Expression& operand) const {
    std::optional<Exact> inner = exact(operand);
    if (inner) inner->sql = fmt::format(fmt::runtime(pattern), inner->sql);
    return inner;
  }

  // A float constant is a decimal beside decimals, and beside nothing else.
  std::optional<Exact> beside(const Expression& operand, const std::optional<Exact>& other) const {
    const auto* value = operand.is_literal() ? operand.value().get_if<double>() : nullptr;
    if (value == nullptr || !std::isfinite(*value) || !other || !other->is_decimal) return std::nullopt;
    return exact_literal(Value(Decimal::from_double(*value)));
  }

  std::optional<Exact> exact_arithmetic(Function function, const Expression& left,
                                        const Expression& right) const {
    std::optional<Exact> first = exact(left);
    std::optional<Exact> second = exact(right);
    if (!first) first = beside(left, second);
    if (!second) second = beside(right, first);
    if (!first || !second) return std::nullopt;
    const bool is_decimal = first->is_decimal || second->is_decimal;
    if (function == Function::divide_whole || function == Function::remainder) {
      if (right.is_call()) return std::nullopt;  // It would be written twice, and twice again below.
      const std::string_view name = function == Function::remainder ? "mod" : "div";
      return Exact{
          present_only(second->sql + " <> 0", fmt::format("{}({}, {})", name, first->sql, second->sql)),
          is_decimal};
    }
    return Exact{fmt::format("({} {} {})", first->sql, to_string(function), second->sql), is_decimal};
  }

  std::optional<Exact> exact_coalesce(const std::vector<Expression>& parts) const {
    Exact all{"", true};
    for (const Expression& part : parts) {
      const std::optional<Exact> one = exact(part);
      if (!one) return std::nullopt;
      all.sql += (all.sql.empty() ? "coalesce(" : ", ") + one->sql;
      all.is_decimal = all.is_decimal && one->is_decimal;
    }
    all.sql += ")";
    return all;
  }

  // The server has no year 0, and no parts of the infinities.
  std::optional<Exact> date_part(Function function, const std::vector<Expression>& parts) const {
    if (function != Function::year && function != Function::month && function != Function::day)
      return std::nullopt;
    const TableColumn* column = parts[0].is_path() ? plain_column(parts[0].path()) : nullptr;
    if (column == nullptr || column->codec != Codec::date) return std::nullopt;
    const std::string sql = column->sql();
    std::string part = fmt::format("extract({} from {})::numeric", to_string(function), sql);
    if (function == Function::year) part = fmt::format("({0} + case when {0} < 0 then 1 else 0 end)", part);
    return Exact{present_only(fmt::format("isfinite({})", sql), part), false};
  }

  Sql text_column(const Path& path) const {
    const TableColumn* column = plain_column(path);
    if (column == nullptr || column->codec != Codec::text) return std::nullopt;
    return fmt::format("({}::text collate \"C\")", column->sql());
  }

  Sql with_set(std::string_view name, const std::string& first, const std::vector<Expression>& parts) const {
    if (parts.size() == 1) return fmt::format("{}({}, ' ')", name, first);
    const Sql set = parts[1].is_literal() ? text(parts[1]) : std::nullopt;
    if (!set) return std::nullopt;
    return fmt::format("{}({}, {})", name, first, *set);
  }

  static Sql substring(const std::string& first, const std::vector<Expression>& parts) {
    const std::optional<std::int64_t> start = count_of(parts[1]);
    if (!start) return std::nullopt;
    if (parts.size() == 2) return fmt::format("substr({}, {})", first, *start);
    const std::optional<std::int64_t> count = count_of(parts[2]);
    if (!count || *count < 0) return std::nullopt;
    return fmt::format("substr({}, {}, {})", first, *start, *count);
  }

  Sql text_coalesce(const std::vector<Expression>& parts) const {
    std::string all;
    for (const Expression& part : parts) {
      const Sql one = text(part);
      if (!one) return std::nullopt;
      all += (all.empty() ? "coalesce(" : ", ") + *one;
    }
    return all + ")";
  }

  const Table& table_;
};

Operand with_presence(const std::string& sql) {
  Operand operand;
  operand.exists = sql + " is not null";
  operand.missing = sql + " is null";
  return operand;
}

}  // namespace

std::optional<Operand> computed_operand(const Table& table, const Expression& call) {
  if (count_operands(call) > most_operands) return std::nullopt;
  const Computer computer(table);
  if (const std::optional<Exact> exact = computer.exact(call)) {
    Operand operand = with_presence(exact->sql);
    operand.number = {Kind::numeric, exact->sql};
    return operand;
  }
  if (const Sql floating = computer.floating(call)) {
    Operand operand = with_presence(*floating);
    operand.number = {Kind::floating, *floating};
    return operand;
  }
  if (const Sql text = computer.text(call)) {
    const std::string sql = fmt::format("({} collate \"C\")", *text);
    Operand operand = with_presence(sql);
    operand.string = {Kind::text, sql};
    return operand;
  }
  return std::nullopt;
}

}  // namespace dataknobs::postgresql
