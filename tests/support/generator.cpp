// SPDX-License-Identifier: Apache-2.0
#include "support/generator.hpp"

#include <bit>
#include <cmath>
#include <iterator>
#include <limits>

namespace dataknobs::test {

namespace {

constexpr std::string_view kPieces[] = {"a",        "B",
                                        "abc",      "0",
                                        "12",       " ",
                                        "'",        "\"",
                                        "%",        "_",
                                        "\\",       "\\%",
                                        "\n",       "\r\n",
                                        "\t",       ",",
                                        ";",        "{}",
                                        "null",     "NaN",
                                        "\xc3\xa9", "\xe2\x82\xac",
                                        "\xc3\x9f", "\xf0\x9f\x98\x80",
                                        "--",       "$1",
                                        "?",        "\xc4\xb0",
                                        "e\xcc\x81"};
constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31

}  // namespace

RecordGenerator::RecordGenerator(std::uint64_t seed, GeneratorOptions options)
    : random_(seed), options_(std::move(options)) {}

// The distributions of the standard library differ from one implementation to the next; the engine does not.
bool RecordGenerator::chance(double probability) {
  return static_cast<double>(random_() >> 11U) * 0x1.0p-53 < probability;
}

Record RecordGenerator::record() {
  Record record;
  record.reserve(options_.types_.size());
  for (std::size_t i = 0; i < options_.types_.size(); ++i) {
    if (chance(options_.missing_rate_)) continue;
    ValueType type = options_.types_[i];
    std::string field = std::string(to_string(type)) + "_" + std::to_string(i);
    if (chance(options_.null_rate_)) {
      record.append(std::move(field), Value());
    } else {
      record.append(std::move(field), chance(options_.mixed_rate_) ? value() : value(type));
    }
  }
  return record;
}

std::vector<Record> RecordGenerator::records(std::size_t count) {
  std::vector<Record> records;
  records.reserve(count);
  for (std::size_t i = 0; i < count; ++i) records.push_back(record());
  return records;
}

Value RecordGenerator::value() {
  return options_.types_.empty() ? Value() : value(options_.types_[below(options_.types_.size())]);
}

Value RecordGenerator::value(ValueType type) {
  switch (type) {
    case ValueType::null:
      break;
    case ValueType::boolean:
      return Value(below(2) == 1);
    case ValueType::integer:
      return Value(integer());
    case ValueType::floating:
      return Value(floating());
    case ValueType::decimal:
      return Value(decimal());
    case ValueType::string:
      return Value(text());
    case ValueType::datetime:
      return Value(datetime());
    case ValueType::date:
      return Value(date());
    case ValueType::time:
      if (options_.few_values_) return Value(Time{static_cast<std::int64_t>(below(4)) * (kDay / 4)});
      return Value(Time{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(kDay)))});
    case ValueType::json:
      return json(options_.nesting_);
    case ValueType::binary: {
      Binary binary;
      for (std::size_t size = below(options_.few_values_ ? 2 : 12); size > 0; --size) {
        binary.bytes += static_cast<char>(below(options_.few_values_ ? 3 : 256));
      }
      return Value(std::move(binary));
    }
    case ValueType::vector: {
      Vector vector;
      for (std::size_t size = below(5); size > 0; --size) {
        double number = floating();
        if (std::isfinite(number) && std::fabs(number) > 1e38) number = 1;
        vector.push_back(static_cast<float>(number));
      }
      return Value(std::move(vector));
    }
  }
  return {};
}

std::int64_t RecordGenerator::integer() {
  static constexpr std::int64_t kEdges[] = {0,
                                            -1,
                                            1,
                                            INT64_MAX,
                                            INT64_MIN,
                                            INT64_MIN + 1,
                                            9007199254740992,
                                            9007199254740993,
                                            -9007199254740993,
                                            4611686018427387904,
                                            INT32_MAX,
                                            -32768};
  if (options_.few_values_) return static_cast<std::int64_t>(below(6)) - 2;
  switch (below(4)) {
    case 0:
      return kEdges[below(std::size(kEdges))];
    case 1:
      return static_cast<std::int64_t>(random_());
    default:
      return static_cast<std::int64_t>(below(2001)) - 1000;
  }
}

double RecordGenerator::floating() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  static constexpr double kEdges[] = {
      0.0, -0.0,   0.1,  -0.5,   1e22, 1e300,  -1e-300, 5e-324,  9007199254740992.0,
      1.0, 1000.0, 1e15, 1e-307, 1e21, 0x1p62, 0x1p63,  -0x1p63, 0.30000000000000004};
  if (options_.special_floats_ && chance(0.1)) {
    const double specials[] = {std::nan(""), -std::nan("1"), kInfinity, -kInfinity};
    return specials[below(4)];
  }
  if (options_.few_values_) return static_cast<double>(below(12)) / 2 - 2;
  switch (below(4)) {
    case 0:
      return kEdges[below(std::size(kEdges))];
    case 1: {
      double any = std::bit_cast<double>(random_());
      return std::isfinite(any) ? any : 0.25;
    }
    case 2:
      return static_cast<double>(below(100'000)) / 100;
    default:
      return static_cast<double>(below(2001)) - 1000;
  }
}

Decimal RecordGenerator::decimal() {
  std::string number = below(2) == 0 ? "-" : "";
  if (options_.few_values_) {
    number += std::to_string(below(4)) + (below(2) == 0 ? ".50" : ".0");
    return *Decimal::parse(number);
  }
  std::size_t digits = 1 + below(below(3) == 0 ? options_.decimal_digits_
                                               : std::min<std::size_t>(options_.decimal_digits_, 9));
  std::size_t point = below(digits + 1);
  for (std::size_t i = 0; i < digits; ++i) {
    if (i == point) number += i == 0 ? "0." : ".";
    number += static_cast<char>('0' + (below(3) == 0 ? 0 : below(10)));
  }
  if (options_.decimal_digits_ >= 400 && below(8) == 0)
    number += "e" + std::to_string(static_cast<int>(below(800)) - 400);
  return *Decimal::parse(number);
}

std::string RecordGenerator::text() {
  if (options_.few_values_) {
    static constexpr std::string_view kFew[] = {"", "a", "b", "ab", "A%", "a_b", "1", "\xc3\xa9", "10"};
    return std::string(kFew[below(std::size(kFew))]);
  }
  std::string out;
  for (std::size_t count = below(8) == 0 ? below(60) : below(5); count > 0; --count) {
    out += kPieces[below(std::size(kPieces))];
    if (options_.zero_characters_ && chance(0.05)) out += '\0';
  }
  return out;
}

std::string RecordGenerator::name() {
  static constexpr std::string_view kOdd[] = {"a b",    "x.y", "q\"q", "it's", "\xc3\xa9t\xc3\xa9",
                                              "select", "A",   "a[0]", "%"};
  if (below(4) == 0) return std::string(kOdd[below(std::size(kOdd))]);
  return "f" + std::to_string(below(20));
}

DateTime RecordGenerator::datetime() {
  if (options_.temporal_extremes_ && below(6) == 0) {
    const DateTime edges[] = {DateTime::infinity(), DateTime::negative_infinity(), DateTime{INT64_MAX - 1},
                              DateTime{INT64_MIN + 1}, DateTime{static_cast<std::int64_t>(random_())}};
    return edges[below(std::size(edges))];
  }
  std::int64_t midnight = date().days * kDay;
  if (options_.few_values_ || below(4) == 0)
    return DateTime{midnight + static_cast<std::int64_t>(below(2)) * kDay / 2};
  return DateTime{midnight + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(kDay)))};
}

Date RecordGenerator::date() {
  if (options_.few_values_) return Date{static_cast<std::int32_t>(below(3))};
  return Date{
      static_cast<std::int32_t>(kFirstDay + static_cast<std::int64_t>(below(kLastDay - kFirstDay + 1)))};
}

Value RecordGenerator::json_leaf() {
  switch (below(6)) {
    case 0:
      return {};
    case 1:
      return value(ValueType::boolean);
    case 2:
      return Value(floating());
    case 3:
      return Value(decimal());
    case 4:
      return Value(integer());
    default:
      return Value(text());
  }
}

Value RecordGenerator::json(std::size_t levels) {
  auto child = [&] { return levels > 1 && below(3) == 0 ? json(levels - 1) : json_leaf(); };
  std::size_t size = below(5);
  if (below(2) == 0) {
    Json::Array elements;
    for (std::size_t i = 0; i < size; ++i) elements.push_back(child());
    return Value(Json(std::move(elements)));
  }
  Record members;  // Keeps the names unique.
  for (std::size_t i = 0; i < size; ++i) members.set(name(), child());
  Json::Object object;
  for (const Field& member : members.fields()) object.emplace_back(member.name(), member.value());
  return Value(Json(std::move(object)));
}

Value RecordGenerator::disguise_number(const Value& value) {
  Decimal exact;
  if (const auto* real = value.get_if<double>()) {
    if (!std::isfinite(*real)) return std::isnan(*real) ? Value(-*real) : value;
    exact = Decimal::from_double(*real);
  } else {
    const auto* integer = value.get_if<std::int64_t>();
    exact = integer != nullptr ? Decimal(*integer) : value.get<Decimal>();
  }
  switch (below(3)) {
    case 0: {
      std::string text = exact.to_string();
      if (text.find_first_of(".e") == std::string::npos) text += '.';
      if (text.find('e') == std::string::npos) text.append(1 + below(3), '0');
      return Value(*Decimal::parse(text));
    }
    case 1:
      if (auto integer = exact.to_int64()) return Value(*integer);
      return Value(exact.normalized());
    default: {
      double nearest = exact.to_double();
      if (std::isfinite(nearest) && Decimal::from_double(nearest) == exact) return Value(nearest);
      return Value(exact);
    }
  }
}

Value RecordGenerator::disguise(const Value& value) {
  if (value.is_number()) return disguise_number(value);
  if (const auto* vector = value.get_if<Vector>(); vector != nullptr && below(2) == 0) {
    Json::Array elements;
    for (float number : *vector) elements.push_back(disguise_number(Value(number)));
    return Value(Json(std::move(elements)));
  }
  const auto* json = value.get_if<Json>();
  if (json == nullptr) return value;
  if (json->is_array()) {
    Json::Array elements;
    for (const Value& element : json->array()) elements.push_back(disguise(element));
    return Value(Json(std::move(elements)));
  }
  Json::Object members;
  for (const auto& [name, member] : json->object()) {
    if (member.is_null() && below(2) == 0) continue;
    members.insert(members.begin() + static_cast<std::ptrdiff_t>(below(members.size() + 1)),
                   {name, disguise(member)});
  }
  if (Json(members).find("absent") == nullptr && below(2) == 0) members.emplace_back("absent", Value());
  return Value(Json(std::move(members)));
}

}  // namespace dataknobs::test
