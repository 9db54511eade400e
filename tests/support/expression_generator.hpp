// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Random filters and queries over given records. The same seed and options give the same sequence on every
/// machine.

#include <cstdint>
#include <string>
#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

#include "support/generator.hpp"
#include "support/random_call.hpp"

namespace dataknobs::test {

/// What an ExpressionGenerator makes. The defaults suit a document layout of records with every class of value.
class ExpressionOptions {
 public:
  /// `id`, as a record's id.
  ExpressionOptions& ids(bool value) { return ids_ = value, *this; }
  /// `metadata` and paths into it.
  ExpressionOptions& metadata(bool value) { return metadata_ = value, *this; }
  /// Paths into json values, and literals of the class json and vector.
  ExpressionOptions& json(bool value) { return json_ = value, *this; }
  /// Fields that no record has (an unknown field is an error in a columns layout).
  ExpressionOptions& missing_fields(bool value) { return missing_fields_ = value, *this; }
  /// Literals written with their type, as `date '2024-02-29'`; else these are strings, which adapt.
  ExpressionOptions& typed_literals(bool value) { return typed_literals_ = value, *this; }
  /// Regular expressions: none where the store's tests leave them out.
  ExpressionOptions& regex(bool value) { return regex_ = value, *this; }
  /// A path on the right side of a comparison, or a literal on the left.
  ExpressionOptions& exchanged_operands(bool value) { return exchanged_operands_ = value, *this; }
  /// NaN and the infinities as literals.
  ExpressionOptions& special_floats(bool value) { return special_floats_ = value, *this; }
  /// How many of the comparisons have a computed operand (0 to 1).
  ExpressionOptions& computed_rate(double rate) { return computed_rate_ = rate, *this; }
  /// Greatest depth of nested and, or, not.
  ExpressionOptions& depth(std::size_t levels) { return depth_ = levels, *this; }
  /// How often a query has a sort, limit or offset (0 to 1).
  ExpressionOptions& ordered_rate(double rate) { return ordered_rate_ = rate, *this; }

 private:
  friend class ExpressionGenerator;
  bool ids_ = true;
  bool metadata_ = false;
  bool json_ = true;
  bool missing_fields_ = true;
  bool typed_literals_ = true;
  bool regex_ = true;
  bool exchanged_operands_ = true;
  bool special_floats_ = true;
  double computed_rate_ = 0.1;
  std::size_t depth_ = 3;
  double ordered_rate_ = 0.5;
};

/// Makes filters whose literals mostly come from the records, so that they match some and not all.
class ExpressionGenerator {
 public:
  /// Fields, classes and literals are taken from `samples`, which must not be empty.
  ExpressionGenerator(std::uint64_t seed, std::vector<Record> samples, ExpressionOptions options = {});

  /// A condition: comparisons of all operators below nested and, or, not.
  Expression filter();
  /// One comparison.
  Expression comparison();
  /// A filter, mostly, and at times a sort by up to 3 keys, a limit and an offset.
  Query query();
  /// A path into the records, sometimes to nothing.
  Path path();

 private:
  Expression nested(std::size_t levels);
  Expression operand(const Path& path);
  Expression computed_comparison();
  Expression argument(ArgumentKind kind);
  Expression text_comparison(const Path& path);
  Expression list_comparison(const Path& path);
  Path path_into(const Value& value, Path path);
  /// A value found there in some record, its like, or any other.
  Value literal(const Path& path);
  Value near(const Value& value);
  std::string text_of(const Path& path);
  std::string piece(const std::string& text);
  std::string like_pattern(const std::string& text);
  std::string regex_pattern(const std::string& text);
  const Record& sample() { return samples_[below(samples_.size())]; }
  std::uint64_t below(std::uint64_t limit) { return values_.below(limit); }
  bool chance(double probability) { return values_.chance(probability); }

  RecordGenerator values_;
  std::vector<Record> samples_;
  std::vector<std::string> names_;
  ExpressionOptions options_;
};

}  // namespace dataknobs::test
