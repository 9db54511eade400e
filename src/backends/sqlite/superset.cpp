// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/superset.hpp"

#include <algorithm>
#include <cmath>

#include "expr/literal.hpp"
#include "expr/pattern.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::size_t kLongestList = 1000;
constexpr std::int64_t kMicrosecondsOfDay = 86'400'000'000;
// Every integer up to here is a float, however it is written.
constexpr std::int64_t kExactIntegers = std::int64_t{1} << 53U;
// Floats beyond these may have been infinite, or zero, before they were rounded.
constexpr double kLargest = 1e290;
constexpr double kSmallest = 1e-290;
// Far more than SQLite's reading of a number is off.
constexpr double kSlack = 1.0 / (std::int64_t{1} << 44U);
constexpr std::size_t kDateSize = 10;
constexpr std::size_t kMinuteSize = 5;

// Cells from `low` to `high`, both included, and some that stand elsewhere.
struct Range {
  std::optional<Parameter> low;
  std::optional<Parameter> high;
  bool signed_years = false;
  bool negative_infinity = false;
};

Sql range_sql(const std::string& cell, const Range& range) {
  std::vector<Sql> parts;
  Sql main(cell);
  if (range.low && range.high) {
    main << " BETWEEN ";
    main.value(*range.low) << " AND ";
    main.value(*range.high);
  } else if (range.low) {
    main << " >= ";
    main.value(*range.low);
  } else {
    main << " <= ";
    main.value(*range.high);
  }
  parts.push_back(std::move(main));
  if (range.signed_years) parts.push_back(Sql(cell) << " BETWEEN '' AND '/'");
  if (range.negative_infinity) parts.push_back(Sql(cell) << " = '-Infinity'");
  return joined(parts, " OR ");
}

std::string up_to_zero_character(const std::string& text) {
  return text.substr(0, text.find('\0'));
}

// What SQLite may have read of a number.
std::optional<std::pair<double, double>> number_range(const Value& number) {
  double nearest = 0;
  if (const auto* integer = number.get_if<std::int64_t>()) {
    nearest = static_cast<double>(*integer);
  } else if (const auto* floating = number.get_if<double>()) {
    nearest = *floating;
  } else {
    nearest = number.get<Decimal>().to_double();
  }
  if (!(std::abs(nearest) < kLargest)) return std::nullopt;  // The negation keeps NaN out.
  const double slack = std::max(std::abs(nearest) * kSlack, kSmallest);
  return std::pair(nearest - slack, nearest + slack);
}

std::optional<std::int64_t> exact_integer(const Value& number) {
  std::optional<std::int64_t> integer;
  if (const auto* whole = number.get_if<std::int64_t>()) {
    integer = *whole;
  } else if (const auto* floating = number.get_if<double>()) {
    if (std::abs(*floating) <= static_cast<double>(kExactIntegers) && std::trunc(*floating) == *floating) {
      integer = static_cast<std::int64_t>(*floating);
    }
  } else {
    integer = number.get<Decimal>().to_int64();
  }
  if (integer && (*integer > kExactIntegers || *integer < -kExactIntegers)) integer.reset();
  return integer;
}

// The first and last days, as texts, that the moment may be written on: an offset is less than a day. Nothing for years
// that are not four digits long.
std::optional<std::pair<std::string, std::string>> days_around(const Value& moment) {
  std::int64_t day = 0;
  if (const auto* date = moment.get_if<Date>()) {
    if (!date->is_finite()) return std::nullopt;
    day = date->days;
  } else {
    const DateTime value = moment.get<DateTime>();
    if (!value.is_finite()) return std::nullopt;
    day = value.microseconds / kMicrosecondsOfDay;
  }
  // The division may have rounded a day up: that one is a day wider.
  constexpr std::int64_t kFirst = -719'000;
  constexpr std::int64_t kLast = 2'932'000;
  if (day < kFirst || day > kLast) return std::nullopt;
  return std::pair(to_text(Date{static_cast<std::int32_t>(day - 2)}),
                   to_text(Date{static_cast<std::int32_t>(day + 1)}) + "~");
}

// As days_around, for a time of day: texts that begin with its minute.
std::pair<std::string, std::string> minute_of(const Value& time) {
  const std::string minute = to_text(time.get<Time>()).substr(0, kMinuteSize);
  return std::pair(minute, minute + "~");
}

// The texts of strings, and of what the literal counts as beside other values. Nothing if these may be binary ones,
// whose texts sort otherwise.
struct TextRange {
  std::string low;
  std::string high;
  bool signed_years = false;
};
std::optional<TextRange> text_range(const std::string& text) {
  if (adapt_literal(text, ValueType::binary)) return std::nullopt;
  TextRange range;
  range.low = up_to_zero_character(text);
  range.high = range.low + '\1';
  const auto widen = [&](const std::pair<std::string, std::string>& other) {
    range.low = std::min(range.low, other.first);
    range.high = std::max(range.high, other.second);
  };
  if (const std::optional<Value> moment = adapt_literal(text, ValueType::datetime)) {
    const auto days = days_around(*moment);
    if (!days) return std::nullopt;
    widen(*days);
    range.signed_years = true;
  }
  if (const std::optional<Value> time = adapt_literal(text, ValueType::time)) widen(minute_of(*time));
  return range;
}

// All that may stand for values equal to the literal, as a range.
std::optional<Range> range_of(const Value& literal) {
  switch (literal.type()) {
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal: {
      const auto numbers = number_range(literal);
      if (!numbers) return std::nullopt;
      return Range{Parameter(numbers->first), Parameter(numbers->second), false, false};
    }
    case ValueType::string: {
      std::optional<TextRange> texts = text_range(literal.get<std::string>());
      if (!texts) return std::nullopt;
      return Range{Parameter(std::move(texts->low)), Parameter(std::move(texts->high)), texts->signed_years,
                   false};
    }
    case ValueType::datetime:
    case ValueType::date: {
      auto days = days_around(literal);
      if (!days) return std::nullopt;
      return Range{Parameter(std::move(days->first)), Parameter(std::move(days->second)), true, false};
    }
    case ValueType::time: {
      auto minute = minute_of(literal);
      return Range{Parameter(std::move(minute.first)), Parameter(std::move(minute.second)), false, false};
    }
    default:
      return std::nullopt;
  }
}

std::optional<Range> at_least(const Value& literal) {
  std::optional<Range> range = range_of(literal);
  if (range) range->high.reset();  // NaN and infinity are texts, above all numbers.
  return range;
}

std::optional<Range> at_most(const Value& literal) {
  std::optional<Range> range = range_of(literal);
  if (!range) return range;
  range->negative_infinity = literal.is_number();
  range->signed_years = false;
  range->low.reset();
  if (!literal.is_number()) range->low = Parameter(std::string());
  return range;
}

std::optional<Range> between(const Value& low, const Value& high) {
  std::optional<Range> range = range_of(low);
  std::optional<Range> end = range_of(high);
  if (!range || !end || low.is_number() != high.is_number()) return std::nullopt;
  range->high = std::move(end->high);
  return range;
}

// Values equal to one of some literals: single cells, and ranges of them.
class Equal {
 public:
  explicit Equal(const std::string& cell) : cell_(cell) {}

  // False if nothing is known of cells that stand for such values.
  bool add(const Value& literal) {
    if (const auto* boolean = literal.get_if<bool>()) {
      points_.emplace_back(std::int64_t{*boolean ? 1 : 0});
      return true;
    }
    if (const auto* binary = literal.get_if<Binary>()) {
      points_.emplace_back(to_base64(*binary));
      return true;
    }
    if (literal.is_number()) {
      if (const std::optional<std::int64_t> integer = exact_integer(literal)) {
        points_.emplace_back(*integer);
        return true;
      }
    }
    if (const auto* text = literal.get_if<std::string>()) return add_text(*text);
    return add_range(literal);
  }
  // The string alone: nothing adapts to it.
  void add_string(const std::string& text) {
    points_.emplace_back(text);
    if (text.find('\0') != std::string::npos) points_.emplace_back(up_to_zero_character(text));
  }

  Sql sql() const {
    std::vector<Sql> parts = ranges_;
    if (points_.size() == 1) {
      Sql equal(cell_);
      equal << " = ";
      parts.push_back(equal.value(points_.front()));
    } else if (!points_.empty()) {
      Sql list(cell_);
      list << " IN (";
      for (std::size_t i = 0; i < points_.size(); ++i) {
        if (i != 0) list << ", ";
        list.value(points_[i]);
      }
      parts.push_back(list << ")");
    }
    return parts.empty() ? Sql("0") : joined(parts, " OR ");
  }

 private:
  bool add_text(const std::string& text) {
    add_string(text);
    if (const std::optional<Value> binary = adapt_literal(text, ValueType::binary)) {
      points_.emplace_back(to_base64(binary->get<Binary>()));
    }
    if (const std::optional<Value> time = adapt_literal(text, ValueType::time)) {
      if (!add_range(*time)) return false;
    }
    const std::optional<Value> moment = adapt_literal(text, ValueType::datetime);
    // An infinite one is written in one way.
    return !moment || text.ends_with("infinity") || add_range(*moment);
  }
  bool add_range(const Value& literal) {
    const std::optional<Range> range = range_of(literal);
    if (range) ranges_.push_back(range_sql(cell_, *range));
    return range.has_value();
  }

  const std::string& cell_;
  std::vector<Parameter> points_;
  std::vector<Sql> ranges_;
};

std::optional<Sql> equal_to_any(const std::string& cell, std::span<const Expression> literals) {
  if (literals.size() > kLongestList) return std::nullopt;
  Equal equal(cell);
  for (const Expression& literal : literals) {
    if (!literal.value().is_null() && !equal.add(literal.value())) return std::nullopt;
  }
  return equal.sql();
}

std::optional<Sql> prefix(const std::string& cell, const std::string& text) {
  Range range;
  std::string low = up_to_zero_character(text);
  std::string high = low;
  if (high.empty()) return std::nullopt;
  high.back() = static_cast<char>(static_cast<unsigned char>(high.back()) + 1);
  range.low = Parameter(std::move(low));
  range.high = Parameter(std::move(high));
  return range_sql(cell, range);
}

std::optional<Sql> like(const std::string& cell, const std::string& pattern) {
  const LikePattern compiled(pattern, false);
  const std::u32string& first = compiled.pieces().front();
  const std::size_t literal = std::min(first.find(LikePattern::kAny), first.size());
  std::string start;
  for (std::size_t i = 0; i < literal; ++i) append_code_point(start, first[i]);
  if (compiled.pieces().size() > 1 || literal < first.size()) return prefix(cell, start);
  Equal equal(cell);
  equal.add_string(start);
  return equal.sql();
}

std::optional<Sql> of_range(const std::string& cell, const std::optional<Range>& range) {
  if (!range) return std::nullopt;
  return range_sql(cell, *range);
}

}  // namespace

std::optional<Sql> superset_condition(const std::string& cell, Operator op,
                                      std::span<const Expression> right) {
  const auto* text = right.empty() ? nullptr : right[0].value().get_if<std::string>();
  switch (op) {
    case Operator::exists:
      return Sql(cell) << " IS NOT NULL";
    case Operator::not_exists:
      return Sql(cell) << " IS NULL";
    case Operator::equal:
    case Operator::in:
      return equal_to_any(cell, right);
    case Operator::greater:
    case Operator::greater_equal:
      return of_range(cell, at_least(right[0].value()));
    case Operator::less:
    case Operator::less_equal:
      return of_range(cell, at_most(right[0].value()));
    case Operator::between:
      return of_range(cell, between(right[0].value(), right[1].value()));
    case Operator::starts_with:
      return text == nullptr ? std::nullopt : prefix(cell, *text);
    case Operator::like:
      return text == nullptr ? std::nullopt : like(cell, *text);
    default:
      return std::nullopt;
  }
}

}  // namespace dataknobs::sqlite
