// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Expression: the one language of filters, immutable and shared. Build it in C++
/// (`field("age") >= 18 && field("name").like("A%")`) or parse it (`parse_expression("age >= 18 and name like 'A%'")`).
/// Thread safety: immutable; share freely.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/value.hpp>

namespace dataknobs {

/// A way into a record: `address.lines[2]`, `metadata.source`, `"x.y"`.
class Path {
 public:
  /// One step: into a member by its name, or into an array by its index (from 0).
  struct Step {
    Step(std::string member) : name(std::move(member)) {}
    Step(std::uint32_t element) : index(element) {}
    bool is_index() const noexcept { return index.has_value(); }
    bool operator==(const Step&) const = default;
    std::string name;
    std::optional<std::uint32_t> index;
  };

  /// A field by its literal name, as if quoted: dots and brackets are part of the name.
  static Path of_field(std::string name);
  /// Errors: QueryError with the position of what is wrong.
  static Path parse(std::string_view text);
  /// REQUIRES: the first step is a name.
  Path(std::vector<Step> steps, bool quoted_root);

  /// The first step is always a name.
  const std::vector<Step>& steps() const noexcept { return steps_; }
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
  exists,       ///< [path]
  not_exists,   ///< [path]
  // Boolean algebra; an empty and is true, an empty or false.
  logical_and,
  logical_or,
  logical_not,  ///< [operand]
};

/// An expression. The default-constructed one is the empty `and`, which is true of every record.
class Expression {
 public:
  Expression();
  static Expression literal(Value value);
  static Expression path(Path path);
  /// An `and` or `or` of one operand is that operand.
  /// Errors: QueryError if the operands do not fit the operator: their number, a comparison with a null literal (that
  /// is never true; `exists` asks for it), a pattern which is no string or no valid one, a field or a literal as a
  /// condition, a depth of more than 256.
  static Expression make(Operator op, std::vector<Expression> operands);

  Operator op() const noexcept;
  const std::vector<Expression>& operands() const noexcept;
  /// REQUIRES: op() == Operator::literal
  const Value& value() const noexcept;
  /// REQUIRES: op() == Operator::path
  const Path& path() const noexcept;

  bool is_literal() const noexcept { return op() == Operator::literal; }
  bool is_path() const noexcept { return op() == Operator::path; }
  /// The empty `and`: no condition at all.
  bool is_always_true() const noexcept { return op() == Operator::logical_and && operands().empty(); }
  /// The text which parses back to an equal expression (NaN and infinities within JSON literals aside).
  std::string to_string() const;
  /// Equal in structure: same operators, paths and literals (1 and 1.0 differ here).
  friend bool operator==(const Expression& left, const Expression& right) noexcept {
    return same(left, right);
  }

  friend Expression operator&&(Expression left, Expression right);
  friend Expression operator||(Expression left, Expression right);
  friend Expression operator!(Expression operand);

 private:
  struct Node;
  explicit Expression(std::shared_ptr<const Node> node) noexcept;
  static bool same(const Expression& left, const Expression& right) noexcept;
  std::shared_ptr<const Node> node_;
};

/// Parses the text of a filter; an empty one is the condition that is always true.
/// Errors: QueryError with line and column, what was expected, the nearest known word.
Expression parse_expression(std::string_view text);

/// A field in an expression built in C++; what `field("age")` returns.
class FieldReference {
 public:
  explicit FieldReference(Path path) : path_(std::move(path)) {}

  Expression like(std::string_view pattern) const;
  Expression not_like(std::string_view pattern) const;
  Expression ilike(std::string_view pattern) const;
  Expression regex(std::string_view pattern) const;
  Expression starts_with(std::string_view prefix) const;
  Expression contains(Value element) const;
  Expression in(std::vector<Value> values) const;
  Expression not_in(std::vector<Value> values) const;
  Expression between(Value low, Value high) const;
  Expression not_between(Value low, Value high) const;
  Expression exists() const;
  Expression not_exists() const;

  const Path& path() const noexcept { return path_; }
  operator Expression() const { return Expression::path(path_); }

 private:
  Path path_;
};

/// The field at that path, in the notation of the query language: `field("address.city")`.
FieldReference field(std::string_view path);

Expression operator==(const FieldReference& left, Value right);
Expression operator!=(const FieldReference& left, Value right);
Expression operator<(const FieldReference& left, Value right);
Expression operator<=(const FieldReference& left, Value right);
Expression operator>(const FieldReference& left, Value right);
Expression operator>=(const FieldReference& left, Value right);

}  // namespace dataknobs
