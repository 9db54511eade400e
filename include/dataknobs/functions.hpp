// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The functions of the expression language in C++: `upper(field("name")) == "ADA"`. docs/semantics.md says what each
/// of them gives; arithmetic is written with + - * / and %.
/// Errors of all: QueryError as of Expression::call.

#include <string_view>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// The functions by their names in the language: `call("round", {field("price"), 2})`.
/// Errors: QueryError on an unknown name, with the nearest one.
Operand call(std::string_view name, const std::vector<Operand>& arguments);

/// The same by the function itself.
inline Operand call(Function function, std::vector<Expression> arguments) {
  return Operand(Expression::call(function, std::move(arguments)));
}

/// What a condition chooses: `choose(field("age") >= 18, "adult", "child")`, in the language `if(...)`.
inline Operand choose(const Expression& condition, const Operand& then, const Operand& otherwise) {
  return call(Function::choose, {condition, then, otherwise});
}
/// The value, or null if it equals the other one. The same as `choose(value == other, null, value)`.
inline Operand nullif(const Operand& value, const Operand& other) {
  return choose(value == other, Value(), value);
}
/// The first that is not null.
inline Operand coalesce(const Operand& value, const Operand& otherwise) {
  return call(Function::coalesce, {value, otherwise});
}

/// The quotient without its fraction; in the language `div`.
inline Operand divide_whole(const Operand& left, const Operand& right) {
  return call(Function::divide_whole, {left, right});
}
/// The number without its sign.
inline Operand abs(const Operand& number) {
  return call(Function::abs, {number});
}
/// The number rounded to so many places behind the point, halves away from zero.
inline Operand round(const Operand& number, const Operand& places = 0) {
  return call(Function::round, {number, places});
}
/// The greatest whole number that is not above it.
inline Operand floor(const Operand& number) {
  return call(Function::floor, {number});
}
/// The least whole number that is not below it.
inline Operand ceil(const Operand& number) {
  return call(Function::ceil, {number});
}
/// The text in capital letters, code point by code point.
inline Operand upper(const Operand& text) {
  return call(Function::upper, {text});
}
/// The text in small letters, code point by code point.
inline Operand lower(const Operand& text) {
  return call(Function::lower, {text});
}
/// The text without blanks at both ends.
inline Operand trim(const Operand& text) {
  return call(Function::trim, {text});
}
/// How many code points a text has; bytes of binary, elements of a list, members of an object that are not null.
inline Operand length(const Operand& value) {
  return call(Function::length, {value});
}
/// So many code points of a text from `start` on, counted from 1.
inline Operand substring(const Operand& text, const Operand& start, const Operand& count) {
  return call(Function::substring, {text, start, count});
}
/// Both texts, one behind the other.
inline Operand concat(const Operand& left, const Operand& right) {
  return call(Function::concat, {left, right});
}
/// The year of a date or a datetime, in UTC.
inline Operand year(const Operand& moment) {
  return call(Function::year, {moment});
}
/// The beginning of the unit (`"month"`, `"hour"` ...) that a date or datetime lies in.
inline Operand date_trunc(std::string_view unit, const Operand& moment) {
  return call(Function::date_trunc, {Operand(unit), moment});
}
/// A date or datetime so many units later.
inline Operand date_add(std::string_view unit, const Operand& count, const Operand& moment) {
  return call(Function::date_add, {Operand(unit), count, moment});
}

}  // namespace dataknobs
