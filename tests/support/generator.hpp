// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Random values and records. The same seed and options give the same sequence on every machine.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs::test {

/// What a RecordGenerator makes. The defaults are what every store can hold.
class GeneratorOptions {
 public:
  /// The classes of the fields; each record has one field per entry, named after its class and place:
  /// "integer_0".
  GeneratorOptions& types(std::vector<ValueType> types) { return types_ = std::move(types), *this; }
  /// How often a field is null, is absent, or holds a value of another of the classes (0 to 1).
  GeneratorOptions& null_rate(double rate) { return null_rate_ = rate, *this; }
  GeneratorOptions& missing_rate(double rate) { return missing_rate_ = rate, *this; }
  GeneratorOptions& mixed_rate(double rate) { return mixed_rate_ = rate, *this; }
  /// Greatest depth of nested json.
  GeneratorOptions& nesting(std::size_t levels) { return nesting_ = levels, *this; }
  /// Greatest number of digits of a decimal.
  GeneratorOptions& decimal_digits(std::size_t digits) { return decimal_digits_ = digits, *this; }
  /// NaN and the infinities among floats (also within json and vectors).
  GeneratorOptions& special_floats(bool value) { return special_floats_ = value, *this; }
  /// Temporal values of the whole range, with their infinities; else of the years 1 to 9999.
  GeneratorOptions& temporal_extremes(bool value) { return temporal_extremes_ = value, *this; }
  /// U+0000 within strings.
  GeneratorOptions& zero_characters(bool value) { return zero_characters_ = value, *this; }
  /// Few distinct values, so that equal ones meet often: what comparisons and joins are tested with.
  GeneratorOptions& few_values(bool value) { return few_values_ = value, *this; }

 private:
  friend class RecordGenerator;
  std::vector<ValueType> types_{ValueType::boolean,  ValueType::integer, ValueType::floating,
                                ValueType::decimal,  ValueType::string,  ValueType::binary,
                                ValueType::datetime, ValueType::date,    ValueType::time,
                                ValueType::json,     ValueType::vector};
  double null_rate_ = 0.1;
  double missing_rate_ = 0;
  double mixed_rate_ = 0;
  std::size_t nesting_ = 3;
  std::size_t decimal_digits_ = 30;
  bool special_floats_ = false;
  bool temporal_extremes_ = false;
  bool zero_characters_ = false;
  bool few_values_ = false;
};

/// Makes random values and records.
class RecordGenerator {
 public:
  explicit RecordGenerator(std::uint64_t seed, GeneratorOptions options = {});

  /// A record without an id.
  Record record();
  std::vector<Record> records(std::size_t count);
  /// A value of that class; null for ValueType::null.
  Value value(ValueType type);
  /// A value of any of the classes of the options.
  Value value();
  /// A value that equals the given one, in another form where there is one: 1 for 1.00, members in another
  /// order.
  Value disguise(const Value& value);
  /// Text with what stores and parsers trip over: quotes, wildcards, backslashes, line ends, wide characters.
  std::string text();
  /// A name for a field: mostly plain, at times with blanks, dots, quotes or wide characters.
  std::string name();

  /// A number below the limit. REQUIRES: limit > 0
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  /// True with that probability.
  bool chance(double probability);

 private:
  std::int64_t integer();
  double floating();
  Decimal decimal();
  DateTime datetime();
  Date date();
  Value json(std::size_t levels);
  Value json_leaf();
  Value disguise_number(const Value& value);

  std::mt19937_64 random_;
  GeneratorOptions options_;
};

}  // namespace dataknobs::test
