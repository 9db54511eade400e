// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/json.hpp"
#include "record/number.hpp"
#include "record/types_path.hpp"

namespace dataknobs {

namespace {

using Types = std::unordered_map<std::string, ValueType>;

// The class as which the text of a number reads back.
ValueType class_of_text(std::string_view text) {
  number::Scanned scanned;
  number::scan(text, scanned);
  std::optional<Decimal> decimal = Decimal::parse(text);
  if (!scanned.has_point && !scanned.has_exponent && decimal && decimal->to_int64())
    return ValueType::integer;
  double value = 0;
  if (number::to_double(text, value) && number::is_exactly(scanned, value)) return ValueType::floating;
  return ValueType::decimal;
}

// True if natural JSON says the value, its nested ones aside.
bool is_natural_leaf(const Value& value) {
  switch (value.type()) {
    case ValueType::floating:
      return std::isfinite(*value.get_if<double>());
    case ValueType::decimal: {
      const Decimal& decimal = *value.get_if<Decimal>();
      double nearest = 0;
      if (number::is_short(number::view(decimal), nearest))
        return false;  // An integer or a float to a reader.
      return class_of_text(decimal.to_string()) == ValueType::decimal;
    }
    case ValueType::binary:
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
    case ValueType::vector:
      return false;
    default:
      return true;
  }
}

// Calls `visit(child, path of the child)` for each element or member; the path is restored after each.
template <class Visit>
void for_each_child(const Json& json, std::string& path, Visit visit) {
  std::size_t size = path.size();
  if (json.is_array()) {
    for (std::size_t i = 0; i < json.array().size(); ++i) {
      append_types_index(path, i);
      visit(json.array()[i]);
      path.resize(size);
    }
    return;
  }
  for (const auto& [name, child] : json.object()) {
    append_types_member(path, name);
    visit(child);
    path.resize(size);
  }
}

// Notes the classes that natural JSON does not say, below `path`.
void collect_types(const Value& value, std::string& path, Json::Object& types) {
  if (!is_natural_leaf(value)) {
    types.emplace_back(path, Value(to_string(value.type())));
  } else if (const Json* json = value.get_if<Json>(); json != nullptr && !is_natural_json(value)) {
    for_each_child(*json, path, [&](const Value& child) { collect_types(child, path, types); });
  }
}

std::optional<double> float_from_text(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::optional<Value> to_float(const Value& value) {
  if (value.type() == ValueType::floating) return value;
  if (const auto* text = value.get_if<std::string>()) {
    std::optional<double> special = float_from_text(*text);
    return special ? std::optional<Value>(*special) : std::nullopt;
  }
  double nearest = 0;
  if (const auto* integer = value.get_if<std::int64_t>()) {
    nearest = static_cast<double>(*integer);
  } else if (const auto* decimal = value.get_if<Decimal>()) {
    nearest = decimal->to_double();
  } else {
    return std::nullopt;
  }
  Value result(nearest);
  if (result != value) return std::nullopt;  // Another tool wrote a number there that no float holds.
  return result;
}

std::optional<Value> to_decimal(const Value& value) {
  if (value.type() == ValueType::decimal) return value;
  if (const auto* integer = value.get_if<std::int64_t>()) return Value(Decimal(*integer));
  if (const auto* real = value.get_if<double>()) return Value(Decimal::from_double(*real));
  return std::nullopt;
}

template <class T, class Parse>
std::optional<Value> from_text(const Value& value, Parse parse) {
  const auto* text = value.get_if<std::string>();
  if (text == nullptr) return std::nullopt;
  std::optional<T> parsed = parse(*text);
  if (!parsed) return std::nullopt;
  return Value(std::move(*parsed));
}

// The value of that class which the natural JSON value stands for.
std::optional<Value> restore(const Value& value, ValueType type) {
  switch (type) {
    case ValueType::floating:
      return to_float(value);
    case ValueType::decimal:
      return to_decimal(value);
    case ValueType::binary:
      return from_text<Binary>(value, parse_base64);
    case ValueType::datetime:
      return from_text<DateTime>(value, parse_datetime);
    case ValueType::date:
      return from_text<Date>(value, parse_date);
    case ValueType::time:
      return from_text<Time>(value, parse_time);
    case ValueType::vector: {
      std::optional<Vector> vector = vector_from_json(value);
      if (!vector) return std::nullopt;
      return Value(std::move(*vector));
    }
    default:
      return value.type() == type ? std::optional<Value>(value) : std::nullopt;
  }
}

// Restores the noted classes below a top-level value, and undoes the decimals which the parser made of every
// number.
class Restorer {
 public:
  Restorer(const Types& types, std::vector<std::string>* warnings) : types_(types), warnings_(warnings) {}

  Value run(Value value, std::string& path) {
    if (value.is_null()) return value;
    if (auto noted = types_.find(path); noted != types_.end()) {
      if (std::optional<Value> restored = restore(value, noted->second)) return std::move(*restored);
      warn(fmt::format("types: {} is not a {}; it is taken as it is", path, to_string(noted->second)));
    }
    if (const auto* decimal = value.get_if<Decimal>()) return natural_number(*decimal);
    if (const auto* json = value.get_if<Json>()) return nested(*json, path);
    return value;
  }

  void warn(std::string text) {
    if (warnings_ != nullptr) warnings_->push_back(std::move(text));
  }

 private:
  static Value natural_number(const Decimal& decimal) {
    double nearest = decimal.to_double();
    if (std::isfinite(nearest) && Value(nearest) == Value(decimal)) return Value(nearest);
    return Value(decimal);
  }

  Value nested(const Json& json, std::string& path) {
    Json::Array children;
    for_each_child(json, path, [&](const Value& child) { children.push_back(run(child, path)); });
    // A note may make a value a class that JSON does not have: another tool wrote it there, so it stays as it
    // is.
    if (json.is_array()) return Value(Json(std::move(children)));
    Json::Object members;
    members.reserve(children.size());
    for (std::size_t i = 0; i < children.size(); ++i) {
      members.emplace_back(json.object()[i].first, std::move(children[i]));
    }
    return Value(Json(std::move(members)));
  }

  const Types& types_;
  std::vector<std::string>* warnings_;
};

bool can_nest(ValueType type) noexcept {
  return type == ValueType::floating || type == ValueType::decimal || type == ValueType::boolean ||
         type == ValueType::integer || type == ValueType::string || type == ValueType::json;
}

// A path of more than one step: a point or a bracket outside of quotes.
bool is_nested_path(std::string_view path) noexcept {
  bool quoted = false;
  for (char byte : path) {
    if (byte == '"') quoted = !quoted;
    if (!quoted && (byte == '.' || byte == '[')) return true;
  }
  return false;
}

Types parse_types(std::string_view text, Restorer& restorer) {
  Types types;
  for (const auto& [path, name] : parse_json_object(text)) {
    const auto* word = name.get_if<std::string>();
    std::optional<ValueType> type = word == nullptr ? std::nullopt : value_type_from_string(*word);
    if (!type || (is_nested_path(path) && !can_nest(*type))) {
      restorer.warn(fmt::format("types: {} has the unknown type {}; it is ignored", path, to_json(name)));
      continue;
    }
    types.emplace(path, *type);
  }
  return types;
}

}  // namespace

void append_types_name(std::string& path, std::string_view name) {
  if (!name.empty() && name.find_first_of(".[]\"") == std::string_view::npos) {
    path += name;
    return;
  }
  path += '"';
  for (char byte : name) {
    if (byte == '"') path += '"';
    path += byte;
  }
  path += '"';
}

void append_types_member(std::string& path, std::string_view name) {
  path += '.';
  append_types_name(path, name);
}

void append_types_index(std::string& path, std::size_t index) {
  path += fmt::format("[{}]", index);
}

bool is_natural_json(const Value& value) {
  if (!is_natural_leaf(value)) return false;
  const auto* json = value.get_if<Json>();
  if (json == nullptr) return true;
  if (json->is_array()) {
    for (const Value& element : json->array()) {
      if (!is_natural_json(element)) return false;
    }
    return true;
  }
  for (const auto& member : json->object()) {
    if (!is_natural_json(member.second)) return false;
  }
  return true;
}

std::optional<Vector> vector_from_json(const Value& value) {
  if (const auto* vector = value.get_if<Vector>()) return *vector;
  const auto* json = value.get_if<Json>();
  if (json == nullptr || !json->is_array()) return std::nullopt;
  Vector result;
  result.reserve(json->array().size());
  for (const Value& element : json->array()) {
    double number = 0;
    if (const auto* integer = element.get_if<std::int64_t>()) {
      number = static_cast<double>(*integer);
    } else if (const auto* decimal = element.get_if<Decimal>()) {
      number = decimal->to_double();
    } else if (std::optional<Value> special = to_float(element)) {
      number = *special->get_if<double>();
    } else {
      return std::nullopt;
    }
    if (std::isfinite(number) && std::fabs(number) > static_cast<double>(std::numeric_limits<float>::max())) {
      return std::nullopt;
    }
    result.push_back(static_cast<float>(number));
  }
  return result;
}

Document to_document(const Record& record) {
  Document document;
  Json::Object types;
  std::string path;
  document.data = "{";
  for (const Field& field : record.fields()) {
    if (document.data.size() > 1) document.data += ',';
    append_json(document.data, Value(field.name()));
    document.data += ':';
    append_json(document.data, field.value());
    path.clear();
    append_types_name(path, field.name());
    collect_types(field.value(), path, types);
  }
  document.data += '}';
  if (!types.empty()) document.types = to_json(Value(Json(std::move(types))));
  return document;
}

Record from_document(std::string_view data, std::optional<std::string_view> types,
                     std::vector<std::string>* warnings) {
  Types noted;
  Restorer restorer(noted, warnings);
  if (types) noted = parse_types(*types, restorer);
  Json::Object members = noted.empty() ? parse_json_object(data) : parse_json_object_with_decimals(data);
  Record record;
  record.reserve(members.size());
  std::string path;
  for (auto& [name, value] : members) {
    if (!noted.empty()) {
      path.clear();
      append_types_name(path, name);
      value = restorer.run(std::move(value), path);
    }
    record.append(std::move(name), std::move(value));
  }
  return record;
}

}  // namespace dataknobs
