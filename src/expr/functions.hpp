// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The functions of the language: their names, which arguments they take, and what they give. docs/semantics.md says
/// what each of them is.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <dataknobs/expression.hpp>

#include "expr/shape.hpp"

namespace dataknobs {

/// "upper", "+", "div" ...
std::string_view to_string(Function function) noexcept;

/// How tightly an operator between two operands binds: 1 for + and -, 2 for * / div %; 0 for other functions.
int precedence_of(Function function) noexcept;

/// The function written as `name(...)`, in any case, or nothing.
std::optional<Function> function_from_name(std::string_view name) noexcept;
/// That there is none of that name, with the nearest one.
Problem unknown_function(std::string_view name);

/// What is wrong with these arguments of that function, or nothing.
std::optional<Problem> find_problem(Function function, std::span<const Expression> arguments);

/// The units of date_trunc, date_add and date_diff, from the least on.
enum class DateUnit : std::uint8_t {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year
};
std::optional<DateUnit> date_unit_from_name(std::string_view name) noexcept;

/// The result for these arguments; null where it has none. REQUIRES: neither `coalesce` nor `choose`, which look at
/// some of their arguments only; find_problem knows of nothing.
Value compute(Function function, std::span<const Value* const> arguments);

// The parts of compute, by what they compute. REQUIRES: no argument is null.
Value compute_number(Function function, std::span<const Value* const> arguments);
Value compute_text(Function function, std::span<const Value* const> arguments);
Value compute_moment(Function function, std::span<const Value* const> arguments);
Value convert_value(Function function, const Value& value);

/// The integer that a number of any type is, if it is one and fits.
std::optional<std::int64_t> whole_number(const Value& value) noexcept;

}  // namespace dataknobs
