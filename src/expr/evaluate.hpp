// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Evaluator: a filter compiled for records one by one (see evaluate_columns.hpp for batches).

#include <memory>

#include <dataknobs/expression.hpp>
#include <dataknobs/record.hpp>

#include "expr/resolve.hpp"

namespace dataknobs {

struct CompiledCondition;

/// A filter, compiled once and asked of many records.
/// Thread safety: immutable; share freely.
class Evaluator {
 public:
  /// Errors: QueryError on an unknown field (where the fields are known) or an invalid pattern.
  Evaluator(const Expression& expression, const FieldResolution& fields);

  bool matches(const Record& record) const;
  /// True of every record.
  bool is_always_true() const noexcept;
  const CompiledCondition& condition() const noexcept { return *condition_; }
  /// It reads the records' ids or metadata, which columns may lack.
  bool uses_id_or_metadata() const noexcept { return uses_id_or_metadata_; }

 private:
  std::shared_ptr<const CompiledCondition> condition_;
  bool uses_id_or_metadata_;
};

/// An operand (a literal, a path or what is computed), compiled once and asked of many records.
/// Thread safety: immutable; share freely.
class ValueEvaluator {
 public:
  /// Errors: QueryError on an unknown field (where the fields are known), or if it is a condition.
  ValueEvaluator(const Expression& operand, const FieldResolution& fields);
  ~ValueEvaluator();
  ValueEvaluator(ValueEvaluator&&) noexcept;
  ValueEvaluator& operator=(ValueEvaluator&&) noexcept;

  Value evaluate(const Record& record) const;
  /// Errors: ValidationError where a part of it has no result although nothing in it is null: a division by zero, a
  /// function of a value of another class.
  Value evaluate_strictly(const Record& record) const;

 private:
  struct Compiled;
  Value evaluate(const Record& record, const Expression** failed) const;
  std::unique_ptr<const Compiled> compiled_;
};

/// A path, compiled once and read from many records.
/// Thread safety: immutable; share freely.
class PathReader {
 public:
  /// Errors: QueryError on an unknown field (where the fields are known).
  PathReader(const Path& path, const FieldResolution& fields);
  ~PathReader();
  PathReader(PathReader&&) noexcept;
  PathReader& operator=(PathReader&&) noexcept;

  /// True for the id of the record.
  bool is_id() const noexcept;
  /// The value there, or a null. It lives in the record or in `scratch`.
  const Value& read(const Record& record, Value& scratch) const;

 private:
  std::unique_ptr<const class CompiledPath> path_;
};

}  // namespace dataknobs
