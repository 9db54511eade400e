// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A filter in the form in which it is evaluated, over rows and over columns alike: what a leaf answers for
/// given values is defined here alone.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <dataknobs/expression.hpp>
#include <dataknobs/record.hpp>

#include "expr/pattern.hpp"
#include "expr/resolve.hpp"

namespace dataknobs {

/// A path that knows where it starts.
class CompiledPath {
 public:
  enum class Root : std::uint8_t { field, id, metadata };

  CompiledPath(const Path& path, const FieldResolution& fields);
  CompiledPath(const CompiledPath& other) : path_(other.path_), root_(other.root_) {}
  CompiledPath(CompiledPath&& other) noexcept;
  CompiledPath& operator=(CompiledPath&&) = delete;

  Root root() const noexcept { return root_; }
  /// Of a field: its name.
  const std::string& name() const noexcept { return path_.root(); }
  /// As it is written in an expression.
  std::string to_string() const { return path_.to_string(); }
  bool is_single_field() const noexcept { return root_ == Root::field && path_.steps().size() == 1; }

  /// The value there, or a null. It lives in the record, in `scratch`, or for ever.
  const Value& find(const Record& record, Value& scratch) const;
  /// The field of that name, or a null. REQUIRES: root() == Root::field
  const Value& find_field(const Record& record) const noexcept;
  /// The rest of the path from the value of its root.
  const Value& descend(const Value& root, Value& scratch) const;

 private:
  Path path_;
  Root root_;
  /// Where the field was in the last record: records of a store mostly have their fields in one order.
  mutable std::atomic<std::uint32_t> position_{0};
};

/// A literal with what its text counts as beside values of other classes.
class CompiledLiteral {
 public:
  explicit CompiledLiteral(Value value);
  const Value& value() const noexcept { return value_; }
  const Value& beside(ValueType type) const noexcept;

 private:
  Value value_;
  std::optional<Value> moment_;
  std::optional<Value> time_;
  std::optional<Value> binary_;
};

class CompiledLeaf;

/// A part of a computed operand: a literal, a path, a call, or (first in an `if`) a condition.
class CompiledTerm {
 public:
  /// Appends the paths that it reads. REQUIRES: the expression is resolved.
  CompiledTerm(const Expression& expression, const FieldResolution& fields, std::vector<CompiledPath>& paths);
  CompiledTerm(CompiledTerm&&) noexcept;
  CompiledTerm& operator=(CompiledTerm&&) = delete;
  ~CompiledTerm();

  /// `values`: those of the paths. The value lives there, in the term or in `scratch`. `failed` gets a call that has no
  /// result although none of its arguments is null, if there is any among those that were looked at.
  const Value& value(std::span<const Value* const> values, Value& scratch,
                     const Expression** failed = nullptr) const;

 private:
  const Value& call(std::span<const Value* const> values, Value& scratch, const Expression** failed) const;
  bool holds(std::span<const Value* const> values) const;

  Expression expression_;
  /// Of a path: which one. Of a comparison: which one is its first.
  std::size_t slot_ = 0;
  std::vector<CompiledTerm> operands_;
  std::unique_ptr<const CompiledLeaf> leaf_;
};

/// Integers from low to high; none if low > high.
struct IntegerRange {
  std::int64_t low = INT64_MIN;
  std::int64_t high = INT64_MAX;
  bool contains(std::int64_t value) const noexcept { return value >= low && value <= high; }
};

/// One comparison.
class CompiledLeaf {
 public:
  struct Operand {
    std::optional<CompiledLiteral> literal;
    std::size_t slot = 0;  ///< Of a path: which one. Computed ones follow the paths.
  };

  /// REQUIRES: the expression is resolved, and a comparison.
  CompiledLeaf(const Expression& expression, const FieldResolution& fields);
  CompiledLeaf(const CompiledLeaf&) = delete;
  CompiledLeaf& operator=(const CompiledLeaf&) = delete;

  bool matches(const Record& record) const;
  /// `values`: those of paths(), in their order.
  bool test(std::span<const Value* const> values) const;

  /// The paths it reads, in the order of its operands.
  const std::vector<CompiledPath>& paths() const noexcept { return paths_; }
  /// The operator as written, and without its negation.
  Operator op() const noexcept { return op_; }
  Operator positive() const noexcept { return positive_; }
  bool is_negated() const noexcept { return op_ != positive_; }
  const std::vector<Operand>& operands() const noexcept { return operands_; }

  /// The first operand is a path, and all others are literals. Then:
  bool is_simple() const noexcept { return is_simple_; }
  bool test_one(const Value& value) const;
  bool test_text(std::string_view text) const;
  bool test_null() const noexcept { return op_ == Operator::not_exists; }
  /// Which integers match the positive operator, if that is all there is to say of integers.
  const std::optional<IntegerRange>& range() const noexcept { return range_; }
  /// The same of datetimes, in microseconds. REQUIRES: is_simple()
  std::optional<IntegerRange> range_of_moments() const;
  /// The same of floats, as number::order_key gives them. REQUIRES: is_simple()
  std::optional<IntegerRange> range_of_floats() const;

 private:
  bool test_operands(std::span<const Value* const> values) const;
  void compile_list();
  void compile_pattern();
  const Value& value_of(std::size_t operand, std::span<const Value* const> values) const noexcept;
  bool equal(std::size_t left, std::size_t right, std::span<const Value* const> values) const noexcept;
  bool ordered(Operator op, std::size_t left, std::size_t right,
               std::span<const Value* const> values) const noexcept;
  bool matches_text(const Value& text, const Value& pattern) const;
  bool in_list(std::span<const Value* const> values) const;
  bool text_is(std::string_view text) const;

  Operator op_;
  Operator positive_;
  bool is_simple_ = false;
  std::vector<Operand> operands_;
  std::vector<CompiledPath> paths_;
  std::vector<CompiledTerm> computed_;
  std::optional<LikePattern> like_;
  std::optional<Regex> regex_;
  std::optional<IntegerRange> range_;
  // The elements of a list: strings and integers for quick finding, and the operands that are neither.
  std::unordered_set<std::string_view> strings_;
  std::vector<std::int64_t> integers_;
  std::vector<std::size_t> others_;
  bool has_other_texts_ = false;
};

/// A node: `and`, `or`, `not` of others, or a leaf.
struct CompiledCondition {
  CompiledCondition(const Expression& expression, const FieldResolution& fields);
  bool matches(const Record& record) const;

  Operator op;
  std::vector<CompiledCondition> children;
  std::unique_ptr<const CompiledLeaf> leaf;
};

}  // namespace dataknobs
