// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Expression: the one language of filters and of computed values, immutable and shared. Build it in C++
/// (`field("age") >= 18 && field("name").like("A%")`) or parse it
/// (``parse_expression("age >= 18 and name like 'A%'")``).
/// Thread safety: immutable; share freely.

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dataknobs/value.hpp>

namespace dataknobs {

/// A way into a record: `address.lines[2]`, `metadata.source`, `"x.y"`.
class Path {
 public:
  /// One step: into a member by its name, or into an array by its index (from 0).
  struct Step {
    /// Into that member.
    Step(std::string member) : name(std::move(member)) {}
    /// Into that element of a list.
    Step(std::uint32_t element) : index(element) {}
    /// True for a step into a list.
    bool is_index() const noexcept { return index.has_value(); }
    bool operator==(const Step&) const = default;
    std::string name;
    std::optional<std::uint32_t> index;
  };

  /// A field by its literal name, as if quoted: dots and brackets are part of the name.
  static Path of_field(std::string name);
  /// Parses the notation of queries. Errors: QueryError with the position of what is wrong.
  static Path parse(std::string_view text);
  /// The path of these steps. REQUIRES: the first step is a name.
  Path(std::vector<Step> steps, bool quoted_root);

  /// The first step is always a name.
  const std::vector<Step>& steps() const noexcept { return steps_; }
  /// The name of the field that it begins with.
  const std::string& root() const noexcept { return steps_.front().name; }
  /// A field although it is called `id` or `metadata`: written in quotes. (Of other names it is false: quoted or not,
  /// they mean the same.)
  bool quoted_root() const noexcept { return quoted_root_; }
  /// `id`, unquoted and without further steps. What it means depends on the layout of the store.
  bool is_id() const noexcept { return !quoted_root_ && steps_.size() == 1 && root() == "id"; }
  /// `metadata` or `metadata.x`, unquoted.
  bool is_metadata() const noexcept { return !quoted_root_ && root() == "metadata"; }
  /// Prints so that it parses back to the same path.
  std::string to_string() const;
  bool operator==(const Path&) const = default;

 private:
  std::vector<Step> steps_;
  bool quoted_root_ = false;
};

/// What a node of an expression does with its operands.
enum class Operator : std::uint8_t {
  literal,  ///< No operands; `value()`.
  path,     ///< No operands; `path()`.
  call,     ///< `function()` of the operands: a value computed from them.
  // Comparisons: [left, right].
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  like,
  not_like,
  ilike,
  not_ilike,
  regex,
  starts_with,
  contains,
  in,           ///< [value, element ...]
  not_in,       ///< [value, element ...]
  between,      ///< [value, low, high]
  not_between,  ///< [value, low, high]
  exists,       ///< [path or call]
  not_exists,   ///< [path or call]
  // Boolean algebra; an empty and is true, an empty or false.
  logical_and,
  logical_or,
  logical_not,  ///< [operand]
};

/// What a call computes; docs/semantics.md says of what.
enum class Function : std::uint8_t {
  // Arithmetic, written between its operands.
  add,
  subtract,
  multiply,
  divide,
  divide_whole,  ///< `div`
  remainder,     ///< `%`
  negate,        ///< [operand]
  // Numbers.
  abs,
  sign,
  round,
  floor,
  ceil,
  trunc,
  sqrt,
  power,
  exp,
  ln,
  log10,
  // Text.
  upper,
  lower,
  trim,
  ltrim,
  rtrim,
  length,  ///< Also of bytes, lists and objects.
  substring,
  left,
  right,
  lpad,
  rpad,
  repeat,
  reverse,
  replace,
  concat,
  position,
  split_part,
  // Dates and times.
  year,
  month,
  day,
  hour,
  minute,
  second,
  date_trunc,
  date_add,
  date_diff,
  // Conversions.
  to_integer,
  to_float,
  to_decimal,
  to_string,
  to_datetime,
  to_date,
  to_time,
  // Any class.
  greatest,
  least,
  type_of,
  keys,
  coalesce,
  choose,  ///< `if`: [condition, value, value]
};

/// An expression. The default-constructed one is the empty `and`, which is true of every record.
class Expression {
 public:
  Expression();
  /// A value as it stands.
  static Expression literal(Value value);
  /// The value of a field.
  static Expression path(Path path);
  /// A value that is computed.
  /// Errors: QueryError if the arguments do not fit the function: their number, a literal of a class that it does not
  /// take, a condition as an argument, a depth of more than 256.
  static Expression call(Function function, std::vector<Expression> arguments);
  /// An `and` or `or` of one operand is that operand.
  /// Errors: QueryError if the operands do not fit the operator: their number, a comparison with a null literal (that
  /// is never true; `exists` asks for it), a pattern which is no string or no valid one, a field or a literal as a
  /// condition, a depth of more than 256.
  static Expression make(Operator op, std::vector<Expression> operands);

  /// What it does with its operands.
  Operator op() const noexcept;
  /// What it does it with.
  const std::vector<Expression>& operands() const noexcept;
  /// The value of a literal. REQUIRES: op() == Operator::literal
  const Value& value() const noexcept;
  /// The field of a path. REQUIRES: op() == Operator::path
  const Path& path() const noexcept;
  /// The function of a call. REQUIRES: op() == Operator::call
  Function function() const noexcept;

  /// op() == Operator::literal
  bool is_literal() const noexcept { return op() == Operator::literal; }
  /// op() == Operator::path
  bool is_path() const noexcept { return op() == Operator::path; }
  /// op() == Operator::call
  bool is_call() const noexcept { return op() == Operator::call; }
  /// The empty `and`: no condition at all.
  bool is_always_true() const noexcept { return op() == Operator::logical_and && operands().empty(); }
  /// The text which parses back to an equal expression (NaN and infinities within JSON literals aside).
  std::string to_string() const;
  /// Equal in structure: same operators, paths and literals (1 and 1.0 differ here).
  friend bool operator==(const Expression& left, const Expression& right) noexcept {
    return same(left, right);
  }

  /// `and`, `or` and `not` of conditions.
  friend Expression operator&&(Expression left, Expression right);
  friend Expression operator||(Expression left, Expression right);
  friend Expression operator!(Expression operand);

 private:
  struct Node;
  static Expression finish(std::shared_ptr<Node> node, std::vector<Expression> operands);
  explicit Expression(std::shared_ptr<const Node> node) noexcept;
  static bool same(const Expression& left, const Expression& right) noexcept;
  std::shared_ptr<const Node> node_;
};

/// Parses the text of a filter; an empty one is the condition that is always true.
/// Errors: QueryError with line and column, what was expected, the nearest known word.
Expression parse_expression(std::string_view text);

/// What a comparison compares, built in C++: a field, a literal, or what is computed from them
/// (`field("price") * 1.2 > 10`; see functions.hpp). docs/semantics.md says in detail what each operator means.
/// Errors of all: QueryError as of Expression::make and Expression::call.
class Operand {
 public:
  /// A field or a call.
  explicit Operand(Expression expression) : expression_(std::move(expression)) {}
  /// A literal, of anything that a Value can be made of.
  template <class T>
    requires std::constructible_from<Value, T&&>
  Operand(T&& literal) : expression_(Expression::literal(Value(std::forward<T>(literal)))) {}

  /// True where the whole text matches: `%` is any characters, `_` one, `\` takes the meaning from the next one.
  Expression like(std::string_view pattern) const;
  /// True where it is not null and `like` is false.
  Expression not_like(std::string_view pattern) const;
  /// As `like`, without regard to capital letters.
  Expression ilike(std::string_view pattern) const;
  /// True where RE2 finds the pattern anywhere in the text.
  Expression regex(std::string_view pattern) const;
  /// True where the text begins with that one, literally.
  Expression starts_with(std::string_view prefix) const;
  /// True where the text has that part, or the list an element equal to it.
  Expression contains(Value element) const;
  /// True where it equals one of the values; nulls among them are ignored.
  Expression in(std::vector<Value> values) const;
  /// True where it is not null and `in` is false.
  Expression not_in(std::vector<Value> values) const;
  /// True where it lies between both, ends included.
  Expression between(Value low, Value high) const;
  /// True where it is not null and `between` is false.
  Expression not_between(Value low, Value high) const;
  /// True where it is there and not null.
  Expression exists() const;
  /// True where it is missing or null.
  Expression not_exists() const;

  /// The expression itself.
  operator Expression() const { return expression_; }

  /// Comparisons give conditions, arithmetic gives operands again.
  friend Expression operator==(const Operand& left, const Operand& right) {
    return compare(Operator::equal, left, right);
  }
  friend Expression operator!=(const Operand& left, const Operand& right) {
    return compare(Operator::not_equal, left, right);
  }
  friend Expression operator<(const Operand& left, const Operand& right) {
    return compare(Operator::less, left, right);
  }
  friend Expression operator<=(const Operand& left, const Operand& right) {
    return compare(Operator::less_equal, left, right);
  }
  friend Expression operator>(const Operand& left, const Operand& right) {
    return compare(Operator::greater, left, right);
  }
  friend Expression operator>=(const Operand& left, const Operand& right) {
    return compare(Operator::greater_equal, left, right);
  }
  friend Operand operator+(const Operand& left, const Operand& right) {
    return compute(Function::add, left, right);
  }
  friend Operand operator-(const Operand& left, const Operand& right) {
    return compute(Function::subtract, left, right);
  }
  friend Operand operator*(const Operand& left, const Operand& right) {
    return compute(Function::multiply, left, right);
  }
  friend Operand operator/(const Operand& left, const Operand& right) {
    return compute(Function::divide, left, right);
  }
  friend Operand operator%(const Operand& left, const Operand& right) {
    return compute(Function::remainder, left, right);
  }
  friend Operand operator-(const Operand& operand) {
    return Operand(Expression::call(Function::negate, {operand.expression_}));
  }

 private:
  static Expression compare(Operator op, const Operand& left, const Operand& right);
  static Operand compute(Function function, const Operand& left, const Operand& right);

 protected:
  Expression expression_;
};

/// A field in an expression built in C++; what `field("age")` returns.
class FieldReference : public Operand {
 public:
  /// The field at that path.
  explicit FieldReference(Path path) : Operand(Expression::path(std::move(path))) {}
  /// Where the field is.
  const Path& path() const noexcept { return expression_.path(); }
};

/// The field at that path, in the notation of the query language: `field("address.city")`.
/// Errors: QueryError with position.
FieldReference field(std::string_view path);

}  // namespace dataknobs
