// SPDX-License-Identifier: Apache-2.0
#include "conformance/generator.hpp"

#include <fmt/format.h>

#include "record/json.hpp"

namespace dataknobs::conformance {
namespace {

constexpr ValueType kTypes[] = {ValueType::boolean,  ValueType::integer, ValueType::floating,
                                ValueType::decimal,  ValueType::string,  ValueType::binary,
                                ValueType::datetime, ValueType::date,    ValueType::time,
                                ValueType::json,     ValueType::vector};

// Some values of every class, for fields whose class is not fixed.
std::vector<Value> mixed_values() {
  std::vector<Value> values;
  for (ValueType type : kTypes) {
    std::size_t taken = 0;
    for (const Value& value : pool(type)) {
      if (taken++ < 12) values.push_back(value);
    }
  }
  return values;
}

std::vector<Value> numbers() {
  std::vector<Value> values;
  for (ValueType type : {ValueType::integer, ValueType::floating, ValueType::decimal}) {
    values.insert(values.end(), pool(type).begin(), pool(type).end());
  }
  return values;
}

}  // namespace

World World::document() {
  World world;
  world.mixed_ = true;
  for (ValueType type : kTypes) {
    world.fields_.push_back({fmt::format("f_{}", to_string(type)), type, pool(type)});
  }
  world.fields_.push_back({"number", ValueType::null, numbers()});
  world.fields_.push_back({"any", ValueType::null, mixed_values()});
  world.fields_.push_back({"odd name.x[0]", ValueType::null, mixed_values()});
  world.fields_.push_back({"it's \"so\"", ValueType::string, pool(ValueType::string)});
  return world;
}

World World::columns(const std::vector<ValueType>& types) {
  World world;
  for (ValueType type : types)
    world.fields_.push_back({fmt::format("f_{}", to_string(type)), type, pool(type)});
  world.id_is_field_ = true;
  return world;
}

Value Generator::any_value() {
  ValueType type = kTypes[below(std::size(kTypes))];
  return one_of(pool(type));
}

Value Generator::value_of(const World::FieldSpec& spec) {
  if (chance(10)) return nullptr;
  if (world_.mixed() && chance(8)) return any_value();
  if (spec.type == ValueType::integer && chance(40)) return static_cast<std::int64_t>(below(40));
  if (spec.type == ValueType::floating && chance(20)) return static_cast<double>(below(80)) / 4;
  return one_of(spec.values);
}

Record Generator::record() {
  Record made;
  for (const World::FieldSpec& spec : world_.fields()) {
    if (!chance(12)) made.set(spec.name, value_of(spec));
  }
  if (world_.has_metadata() && chance(60)) {
    Json::Object members;
    members.emplace_back("source", chance(50) ? Value("a") : Value(static_cast<std::int64_t>(below(3))));
    if (chance(30)) members.emplace_back("tags", one_of(pool(ValueType::json)));
    made.set_metadata(Json(std::move(members)));
  }
  return made;
}

std::vector<Record> Generator::records(std::size_t count) {
  static const std::vector<std::string> prefixes = {"", "r", "R", "0", "\u00e4", "-", "r'"};
  std::vector<Record> made;
  made.reserve(count);
  for (std::size_t at = 0; at < count; ++at) {
    Record next = record();
    std::string id = one_of(prefixes) + std::to_string(at);
    if (world_.id_is_field()) next.set("id", id);
    next.set_id(std::move(id));
    made.push_back(std::move(next));
  }
  return made;
}

Path Generator::path(const World::FieldSpec& spec, bool nested) {
  std::vector<Path::Step> steps = {Path::Step(spec.name)};
  if (nested) {
    static const std::vector<std::string> members = {"a", "b", "list", "it's", "x.y", "$z", "none"};
    std::uint64_t depth = 1 + below(3);
    for (std::uint64_t at = 0; at < depth; ++at) {
      if (chance(35)) {
        steps.emplace_back(static_cast<std::uint32_t>(below(4)));
      } else {
        steps.emplace_back(one_of(members));
      }
    }
  }
  return Path(std::move(steps), false);
}

Value Generator::text_of(const Value& value) {
  if (auto* binary = value.get_if<Binary>())
    return chance(50) ? Value("\\x" + to_hex(*binary)) : Value(to_base64(*binary));
  return Value(to_text(value));
}

Value Generator::literal(const World::FieldSpec& spec, const std::vector<Record>& records) {
  if (chance(8)) return any_value();
  if (chance(10)) return text_of(one_of(spec.values));
  if (!records.empty() && chance(45)) {
    const Value& seen = one_of(records)[spec.name];
    if (!seen.is_null()) return seen;
  }
  if (spec.type == ValueType::integer && chance(50)) return static_cast<std::int64_t>(below(40));
  // A number of another type than the field's.
  bool number =
      spec.type == ValueType::integer || spec.type == ValueType::floating || spec.type == ValueType::decimal;
  if (number && chance(40)) {
    ValueType type =
        chance(50) ? ValueType::decimal : (chance(50) ? ValueType::floating : ValueType::integer);
    return one_of(pool(type));
  }
  return one_of(spec.values);
}

std::string Generator::pattern(const std::vector<Record>&) {
  std::string text = one_of(pool(ValueType::string)).get<std::string>().substr(0, 12);
  // Cut within a character: give it whole.
  if (!is_valid_utf8(text)) text = "a";
  std::string made = chance(40) ? "%" : "";
  for (char character : text) {
    if (character == '\\' || ((character == '%' || character == '_') && chance(50))) made += '\\';
    made += character;
    if (chance(8) && static_cast<unsigned char>(character) < 0x80) made += chance(50) ? "%" : "_";
  }
  if (chance(50)) made += chance(70) ? "%" : "_";
  return made;
}

Expression Generator::comparison(const World::FieldSpec& spec, Expression left,
                                 const std::vector<Record>& records) {
  auto value = [&] { return Expression::literal(literal(spec, records)); };
  auto text = [&](Operator op, std::string_view other) {
    return Expression::make(op, {std::move(left), Expression::literal(Value(other))});
  };
  static const std::vector<std::string> regexes = {"^a",       "b$",      "^$",      ".",       "a.c",
                                                   "[A-Z]+",   "(?i)ABC", "^\\d+$",  "x{3}",    "\u00e4",
                                                   "\\bbc\\b", "a|b",     "^[^a]*$", "(?s)a.b", "'"};
  static const std::vector<std::string> prefixes = {"a", "A", "ab", "", "%", "\u00e4", "'", "2024", "x_"};
  switch (below(16)) {
    case 0:
      return text(Operator::like, pattern(records));
    case 1:
      return text(chance(50) ? Operator::not_like : Operator::like, pattern(records));
    case 2:
      return text(chance(30) ? Operator::not_ilike : Operator::ilike, pattern(records));
    case 3:
      return text(Operator::regex, one_of(regexes));
    case 4:
      return text(Operator::starts_with, one_of(prefixes));
    case 5:
      return Expression::make(Operator::contains, {std::move(left), value()});
    case 6:
    case 7: {
      std::vector<Expression> operands = {std::move(left)};
      for (std::uint64_t count = below(5); count > 0; --count) {
        if (chance(4)) {
          operands.push_back(chance(50) ? Expression::literal(nullptr)
                                        : Expression::path(path(field(), false)));
        } else {
          operands.push_back(value());
        }
      }
      return Expression::make(chance(50) ? Operator::in : Operator::not_in, std::move(operands));
    }
    case 8:
      return Expression::make(chance(60) ? Operator::between : Operator::not_between,
                              {std::move(left), value(), value()});
    case 9:
      return Expression::make(chance(50) ? Operator::exists : Operator::not_exists, {std::move(left)});
    default: {
      static const std::vector<Operator> operators = {Operator::equal,   Operator::not_equal,
                                                      Operator::less,    Operator::less_equal,
                                                      Operator::greater, Operator::greater_equal};
      Expression right = value();
      // Another field, and the literal on the left, now and then.
      if (chance(6)) right = Expression::path(path(field(), false));
      if (chance(8)) std::swap(left, right);
      return Expression::make(one_of(operators), {std::move(left), std::move(right)});
    }
  }
}

Expression Generator::id_leaf(const std::vector<Record>& records) {
  Expression left = Expression::path(Path::parse("id"));
  auto some = [&] {
    if (!world_.id_is_field() && chance(10))
      return Expression::literal(static_cast<std::int64_t>(below(200)));
    return Expression::literal(Value(records.empty() ? std::string("1") : *one_of(records).id()));
  };
  switch (below(6)) {
    case 0:
      return Expression::make(Operator::equal, {left, some()});
    case 1:
      return Expression::make(Operator::not_equal, {left, some()});
    case 2:
      return Expression::make(Operator::in, {left, some(), some(), some()});
    case 3:
      return Expression::make(Operator::like, {left, Expression::literal(Value("%1%"))});
    case 4:
      return Expression::make(Operator::between,
                              {left, Expression::literal(Value("0")), Expression::literal(Value("r5"))});
    default:
      return Expression::make(chance(50) ? Operator::less : Operator::greater_equal,
                              {left, Expression::literal(Value(*one_of(records).id()))});
  }
}

Expression Generator::leaf(const std::vector<Record>& records) {
  if (computed_ != 0 && chance(computed_)) return computed_leaf(records);
  if (!records.empty() && chance(5)) return id_leaf(records);
  const World::FieldSpec& spec = field();
  if (world_.has_metadata() && chance(5)) {
    Expression source = Expression::path(Path::parse(chance(70) ? "metadata.source" : "metadata.tags.a"));
    Value wanted = chance(50) ? Value("a") : Value(static_cast<std::int64_t>(below(3)));
    return Expression::make(chance(70) ? Operator::equal : Operator::not_equal,
                            {std::move(source), Expression::literal(std::move(wanted))});
  }
  bool nested = spec.type == ValueType::json ? chance(60) : (spec.type == ValueType::null && chance(15));
  if (!nested) return comparison(spec, Expression::path(path(spec, false)), records);
  World::FieldSpec inner = spec;
  inner.values = {1, 1.0, 2, "x", "a", "7", 7, true, 2.5, "b", "\u00e4", 0.1};
  return comparison(inner, Expression::path(path(spec, true)), records);
}

Expression Generator::expression(const std::vector<Record>& records, int depth) {
  if (depth == 0 || chance(45)) return leaf(records);
  std::uint64_t kind = below(5);
  if (kind == 0) return Expression::make(Operator::logical_not, {expression(records, depth - 1)});
  std::vector<Expression> parts;
  std::uint64_t count = chance(4) ? 0 : 2 + below(2);
  for (; count > 0; --count) parts.push_back(expression(records, depth - 1));
  return Expression::make(kind <= 2 ? Operator::logical_and : Operator::logical_or, std::move(parts));
}

Query Generator::query(const std::vector<Record>& records) {
  Query made;
  if (chance(94)) made = Query::where(expression(records, 3));
  if (chance(40)) {
    for (std::uint64_t keys = 1 + below(2); keys > 0; --keys) {
      const World::FieldSpec& spec = field();
      Path by = chance(6) ? Path::parse("id") : path(spec, spec.type == ValueType::json && chance(40));
      made.sort(by.to_string(), chance(50));
    }
  }
  if (chance(30)) made.limit(static_cast<std::int64_t>(below(60)));
  if (chance(20)) made.offset(static_cast<std::int64_t>(below(30)));
  if (chance(20)) {
    std::vector<Path> fields;
    for (std::uint64_t count = 1 + below(3); count > 0; --count) {
      const World::FieldSpec& spec = field();
      fields.push_back(path(spec, spec.type == ValueType::json && chance(30)));
    }
    made.select(std::move(fields));
  }
  return made;
}

}  // namespace dataknobs::conformance
