// SPDX-License-Identifier: Apache-2.0
#include "support/expression_generator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "expr/evaluate.hpp"
#include "expr/pattern.hpp"

namespace dataknobs::test {

namespace {

constexpr std::array kComparisons{Operator::equal,      Operator::not_equal, Operator::less,
                                  Operator::less_equal, Operator::greater,   Operator::greater_equal};

std::u32string to_points(std::string_view text) {
  std::u32string points;
  while (!text.empty()) points += take_code_point(text);
  return points;
}

std::string to_bytes(std::u32string_view points) {
  std::string text;
  for (char32_t point : points) append_code_point(text, point);
  return text;
}

bool is_special(const Value& value) {
  const auto* number = value.get_if<double>();
  return number != nullptr && !std::isfinite(*number);
}

// NaN within json has no literal.
bool has_special(const Value& value) {
  if (is_special(value)) return true;
  if (const auto* vector = value.get_if<Vector>()) {
    return std::any_of(vector->begin(), vector->end(), [](float number) { return !std::isfinite(number); });
  }
  const auto* json = value.get_if<Json>();
  if (json == nullptr) return false;
  if (json->is_array()) return std::any_of(json->array().begin(), json->array().end(), has_special);
  return std::any_of(json->object().begin(), json->object().end(),
                     [](const auto& member) { return has_special(member.second); });
}

}  // namespace

ExpressionGenerator::ExpressionGenerator(std::uint64_t seed, std::vector<Record> samples,
                                         ExpressionOptions options)
    : values_(seed, GeneratorOptions().few_values(true)), samples_(std::move(samples)), options_(options) {
  for (const Record& record : samples_) {
    for (const Field& field : record.fields()) {
      if (std::find(names_.begin(), names_.end(), field.name()) == names_.end())
        names_.push_back(field.name());
    }
  }
}

Path ExpressionGenerator::path_into(const Value& value, Path path) {
  const auto* json = value.get_if<Json>();
  std::vector<Path::Step> steps = path.steps();
  const Value* next = nullptr;
  if (json != nullptr && json->is_object() && !json->object().empty()) {
    const auto& member = json->object()[below(json->object().size())];
    steps.emplace_back(member.first);
    next = &member.second;
  } else if (json != nullptr && json->is_array() && !json->array().empty()) {
    std::size_t index = below(json->array().size());
    steps.emplace_back(static_cast<std::uint32_t>(index));
    next = &json->array()[index];
  } else {
    return path;
  }
  Path deeper(std::move(steps), path.quoted_root());
  return chance(0.5) ? path_into(*next, std::move(deeper)) : deeper;
}

Path ExpressionGenerator::path() {
  if (options_.ids_ && chance(0.08)) return Path::parse("id");
  if (options_.metadata_ && chance(0.08)) {
    Path root = Path::parse("metadata");
    const std::optional<Json>& metadata = sample().metadata();
    return metadata ? path_into(*metadata, root) : root;
  }
  if (names_.empty() || (options_.missing_fields_ && chance(0.03))) return Path::of_field("no_such_field");
  std::string name = names_[below(names_.size())];
  Path root = Path::of_field(name);
  if (!options_.json_ || !chance(0.6)) return root;
  return path_into(sample()[name], root);
}

Value ExpressionGenerator::near(const Value& value) {
  if (const auto* integer = value.get_if<std::int64_t>();
      integer != nullptr && *integer > -1'000'000 && *integer < 1'000'000) {
    return *integer + static_cast<std::int64_t>(below(3)) - 1;
  }
  if (const auto* text = value.get_if<std::string>()) return piece(*text);
  if (const auto* moment = value.get_if<DateTime>(); moment != nullptr && moment->is_finite()) {
    return DateTime{moment->microseconds / 1000 * 1000};
  }
  return value;
}

Value ExpressionGenerator::literal(const Path& path) {
  Value value;
  if (!chance(0.12)) {
    Value scratch;
    value = PathReader(path, FieldResolution::document()).read(sample(), scratch);
    if (chance(0.25)) {
      value = values_.disguise(value);
    } else if (chance(0.2)) {
      value = near(value);
    }
  }
  bool wanted_json = options_.json_ || (value.type() != ValueType::json && value.type() != ValueType::vector);
  if (value.is_null() || !wanted_json) {
    static constexpr std::array classes{ValueType::boolean,  ValueType::integer, ValueType::floating,
                                        ValueType::decimal,  ValueType::string,  ValueType::binary,
                                        ValueType::datetime, ValueType::date,    ValueType::time};
    value = values_.value(classes[below(classes.size())]);
  }
  if (is_special(value) ? !options_.special_floats_ : has_special(value)) return 0;
  bool has_text_form = value.type() == ValueType::datetime || value.type() == ValueType::date ||
                       value.type() == ValueType::time || value.type() == ValueType::binary;
  if (has_text_form && (!options_.typed_literals_ || chance(0.5))) {
    if (const auto* binary = value.get_if<Binary>()) {
      return chance(0.5) ? "\\x" + to_hex(*binary) : to_base64(*binary);
    }
    return to_text(value);
  }
  return value;
}

std::string ExpressionGenerator::text_of(const Path& path) {
  Value scratch;
  const Value& value = PathReader(path, FieldResolution::document()).read(sample(), scratch);
  if (const auto* text = value.get_if<std::string>(); text != nullptr && !chance(0.1)) return *text;
  return values_.text();
}

std::string ExpressionGenerator::piece(const std::string& text) {
  std::u32string points = to_points(text);
  std::size_t from = below(points.size() + 1);
  return to_bytes(std::u32string_view(points).substr(from, below(points.size() - from + 1)));
}

std::string ExpressionGenerator::like_pattern(const std::string& text) {
  std::string pattern;
  for (char32_t point : to_points(text)) {
    if (chance(0.1)) {
      pattern += '_';
    } else if (chance(0.1)) {
      pattern += '%';
    } else {
      if (point == U'%' || point == U'_' || point == U'\\' || chance(0.02)) pattern += '\\';
      append_code_point(pattern, chance(0.1) ? fold_case(point) : point);
    }
  }
  if (chance(0.4)) pattern += '%';
  if (chance(0.4)) pattern = '%' + pattern;
  return pattern;
}

std::string ExpressionGenerator::regex_pattern(const std::string& text) {
  std::string pattern = chance(0.3) ? "^" : "";
  if (chance(0.15)) pattern = "(?i)" + pattern;
  for (char32_t point : to_points(piece(text))) {
    if (chance(0.1)) {
      pattern += '.';
    } else if (point < 0x80 && !std::isalnum(static_cast<int>(point))) {
      pattern += point == 0 ? std::string("\\x00") : std::string("\\") + static_cast<char>(point);
    } else {
      append_code_point(pattern, point);
    }
    if (chance(0.05)) pattern += '+';
  }
  if (chance(0.2)) pattern += '$';
  return regex_error(pattern) ? std::string("a") : pattern;
}

Expression ExpressionGenerator::operand(const Path& path) {
  if (options_.exchanged_operands_ && chance(0.08)) return Expression::path(this->path());
  return Expression::literal(literal(path));
}

Expression ExpressionGenerator::text_comparison(const Path& path) {
  std::string text = text_of(path);
  FieldReference reference(path);
  switch (below(options_.regex_ ? 7 : 6)) {
    case 0:
      return reference.like(like_pattern(text));
    case 1:
      return reference.not_like(like_pattern(text));
    case 2:
      return reference.ilike(like_pattern(text));
    case 3:
      return Expression::make(Operator::not_ilike, {reference, Expression::literal(like_pattern(text))});
    case 4:
      return reference.starts_with(piece(text));
    case 5:
      return reference.contains(piece(text));
    default:
      return reference.regex(regex_pattern(text));
  }
}

Expression ExpressionGenerator::list_comparison(const Path& path) {
  std::vector<Expression> operands{Expression::path(path)};
  for (std::size_t count = below(6); count > 0; --count) {
    operands.push_back(chance(0.1) ? Expression::literal(Value()) : operand(path));
  }
  return Expression::make(chance(0.5) ? Operator::in : Operator::not_in, std::move(operands));
}

Expression ExpressionGenerator::argument(ArgumentKind kind) {
  if (kind == ArgumentKind::count && chance(0.8))
    return Expression::literal(static_cast<std::int64_t>(below(9)) - 3);
  const auto fits = [&](const Value& value) {
    switch (kind) {
      case ArgumentKind::number:
      case ArgumentKind::count:
        return value.is_number() && !is_special(value);
      case ArgumentKind::text:
        return value.type() == ValueType::string;
      case ArgumentKind::moment:
        return value.type() == ValueType::datetime || value.type() == ValueType::date;
      case ArgumentKind::list:
        return (value.type() == ValueType::json || value.type() == ValueType::vector) && !has_special(value);
      default:
        return !value.is_null() && value.type() < ValueType::json && !is_special(value);
    }
  };
  for (int tries = 0; tries < 20; ++tries) {
    Path some = path();
    Value scratch;
    const Value& value = PathReader(some, FieldResolution::document()).read(sample(), scratch);
    if (fits(value)) return chance(0.75) ? Expression::path(some) : Expression::literal(value);
  }
  return Expression::path(path());
}

Expression ExpressionGenerator::computed_comparison() {
  CallSource source;
  source.below = [this](std::uint64_t limit) { return below(limit); };
  source.argument = [this](ArgumentKind kind) { return argument(kind); };
  source.condition = [this] { return comparison(); };
  Expression left = random_call(source, 3);
  if (chance(0.1))
    return Expression::make(chance(0.5) ? Operator::exists : Operator::not_exists, {std::move(left)});
  Value right = ValueEvaluator(left, FieldResolution::document()).evaluate(sample());
  if (right.is_null() || has_special(right)) right = near(values_.value(ValueType::integer));
  return Expression::make(
      kComparisons[below(kComparisons.size())],
      {std::move(left), chance(0.2) ? argument(ArgumentKind::any) : Expression::literal(right)});
}

Expression ExpressionGenerator::comparison() {
  if (chance(options_.computed_rate_)) return computed_comparison();
  Path path = this->path();
  FieldReference reference(path);
  switch (below(10)) {
    case 0:
      return chance(0.5) ? reference.exists() : reference.not_exists();
    case 1:
    case 2:
      return text_comparison(path);
    case 3:
    case 4:
      return list_comparison(path);
    case 5:
      return Expression::make(chance(0.5) ? Operator::between : Operator::not_between,
                              {reference, operand(path), operand(path)});
    case 6:
      if (options_.json_ && chance(0.5)) {
        Value scratch;
        const Value& list = PathReader(path, FieldResolution::document()).read(sample(), scratch);
        const auto* json = list.get_if<Json>();
        if (json != nullptr && json->is_array() && !json->array().empty()) {
          const Value& element = json->array()[below(json->array().size())];
          if (!element.is_null() && !has_special(element)) return reference.contains(element);
        }
        return reference.contains(literal(path));
      }
      [[fallthrough]];
    default: {
      std::vector<Expression> operands{reference, operand(path)};
      if (options_.exchanged_operands_ && chance(0.1)) std::swap(operands[0], operands[1]);
      return Expression::make(kComparisons[below(kComparisons.size())], std::move(operands));
    }
  }
}

Expression ExpressionGenerator::nested(std::size_t levels) {
  if (levels == 0 || chance(0.35)) return comparison();
  if (chance(0.25)) return !nested(levels - 1);
  std::vector<Expression> operands;
  std::size_t count = chance(0.05) ? 0 : 2 + below(2);
  for (; count > 0; --count) operands.push_back(nested(levels - 1));
  return Expression::make(chance(0.5) ? Operator::logical_and : Operator::logical_or, std::move(operands));
}

Expression ExpressionGenerator::filter() {
  return nested(options_.depth_);
}

Query ExpressionGenerator::query() {
  Query query;
  if (!chance(0.05)) query.filter(filter());
  if (!chance(options_.ordered_rate_)) return query;
  for (std::size_t count = below(4); count > 0; --count) query.sort(path().to_string(), chance(0.5));
  if (chance(0.6)) query.limit(static_cast<std::int64_t>(below(samples_.size() + 3)));
  if (chance(0.3)) query.offset(static_cast<std::int64_t>(below(samples_.size() + 3)));
  return query;
}

}  // namespace dataknobs::test
