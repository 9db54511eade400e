// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/mapping.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "record/excerpt.hpp"

namespace dataknobs::detail {

namespace {

std::string shown(const Value& value) {
  return fmt::format("{} ({})", excerpt(to_text(value)), to_string(value.type()));
}

std::string_view article(std::string_view noun) {
  return std::string_view("aeiou").find(noun.front()) == std::string_view::npos ? "a" : "an";
}

// A value of exactly that class.
template <class T>
bool read_plain(const Value& value, T& out, std::string_view wanted, Misfit& misfit) {
  if (const T* found = value.get_if<T>()) {
    out = *found;
    return true;
  }
  return misfit.wants(fmt::format("{} {}", article(wanted), wanted), value);
}

// The same, or its text: what a literal of the query language would count as.
template <class T, class Parse>
bool read_parsed(const Value& value, T& out, std::string_view wanted, Parse parse, Misfit& misfit) {
  const std::string* text = value.get_if<std::string>();
  if (text == nullptr) return read_plain(value, out, wanted, misfit);
  const std::optional<T> parsed = parse(*text);
  if (!parsed) return misfit.wants(fmt::format("{} {}", article(wanted), wanted), value);
  out = *parsed;
  return true;
}

std::optional<Decimal> exact_decimal(const Value& value) {
  if (const Decimal* decimal = value.get_if<Decimal>()) return *decimal;
  if (const std::int64_t* integer = value.get_if<std::int64_t>()) return Decimal(*integer);
  const double* floating = value.get_if<double>();
  if (floating == nullptr || !std::isfinite(*floating)) return std::nullopt;
  return Decimal::from_double(*floating);
}

// The double that is exactly the number.
std::optional<double> exact_double(const Value& value) {
  if (const double* floating = value.get_if<double>()) return *floating;
  std::optional<double> nearest;
  if (const std::int64_t* integer = value.get_if<std::int64_t>()) nearest = static_cast<double>(*integer);
  if (const Decimal* decimal = value.get_if<Decimal>()) nearest = decimal->to_double();
  if (nearest && Value(*nearest) != value) nearest.reset();
  return nearest;
}

// A float, or the double of its shortest text, as which JSON has it.
bool is_float(double number) {
  const auto narrow = static_cast<float>(number);
  if (!std::isfinite(narrow)) return !std::isfinite(number);
  if (static_cast<double>(narrow) == number) return true;
  std::array<char, 32> text;
  const char* const end = std::to_chars(text.data(), text.data() + text.size(), narrow).ptr;
  double shortest = 0;
  std::from_chars(text.data(), end, shortest);
  return shortest == number;
}

}  // namespace

const Value& no_value() noexcept {
  static const Value null;
  return null;
}

bool Misfit::wants(std::string wanted, const Value& value) {
  if (value.is_null()) {
    message_ = fmt::format("there is no value: {} is wanted", wanted);
    hint_ = "make the member std::optional if records may lack it";
  } else {
    message_ = fmt::format("{} does not fit: {} is wanted", shown(value), wanted);
  }
  return false;
}

bool Misfit::cannot_hold(std::string what, std::string wanted) {
  message_ = fmt::format("{} cannot be stored: {} is wanted", what, wanted);
  return false;
}

bool Misfit::has_unknown(const std::string& member) {
  message_ = "the object has a member that the struct does not have, and that writing the struct would drop";
  hint_ = "give the struct such a member, or make it a Json";
  within(member);
  return false;
}

void Misfit::raise(const std::optional<std::string>& record_id) const {
  const std::vector<Path::Step> steps(steps_.rbegin(), steps_.rend());
  Error error(ErrorCode::validation, message_);
  if (!steps.empty()) error.field_path(Path(steps, true).to_string());
  if (record_id) error.record_id(*record_id);
  if (!hint_.empty()) error.hint(hint_);
  error.raise();
}

Value json_leaf(Value value) {
  switch (value.type()) {
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::time:
      return to_text(value);
    case ValueType::binary:
      return to_base64(value.get<Binary>());
    case ValueType::vector: {
      const Vector& numbers = value.get<Vector>();
      return Json(Json::Array(numbers.begin(), numbers.end()));
    }
    default:
      return value;
  }
}

bool read(const Value& value, bool& out, Misfit& misfit) {
  return read_plain(value, out, "boolean", misfit);
}

bool read(const Value& value, double& out, Misfit& misfit) {
  const std::optional<double> number = exact_double(value);
  if (!number) return misfit.wants("a number that a double holds exactly", value);
  out = *number;
  return true;
}

bool read(const Value& value, float& out, Misfit& misfit) {
  const std::optional<double> number = exact_double(value);
  if (!number || !is_float(*number)) return misfit.wants("a number that a float holds exactly", value);
  out = static_cast<float>(*number);
  return true;
}

bool read(const Value& value, Decimal& out, Misfit& misfit) {
  std::optional<Decimal> decimal = exact_decimal(value);
  if (!decimal) return misfit.wants("a finite number", value);
  out = std::move(*decimal);
  return true;
}

bool read(const Value& value, std::string& out, Misfit& misfit) {
  return read_plain(value, out, "string", misfit);
}

bool read(const Value& value, Binary& out, Misfit& misfit) {
  if (!misfit.in_json()) return read_plain(value, out, "binary value", misfit);
  return read_parsed(value, out, "base64 text", parse_base64, misfit);
}

bool read(const Value& value, DateTime& out, Misfit& misfit) {
  return read_parsed(value, out, "datetime", parse_datetime, misfit);
}

bool read(const Value& value, Date& out, Misfit& misfit) {
  return read_parsed(value, out, "date", parse_date, misfit);
}

bool read(const Value& value, Time& out, Misfit& misfit) {
  return read_parsed(value, out, "time", parse_time, misfit);
}

bool read(const Value& value, Json& out, Misfit& misfit) {
  return read_plain(value, out, "object or array", misfit);
}

bool read(const Value& value, Vector& out, Misfit& misfit) {
  if (const Vector* numbers = value.get_if<Vector>()) {
    out = *numbers;
    return true;
  }
  const Json* json = value.get_if<Json>();
  if (json == nullptr || !json->is_array()) return misfit.wants("a vector of numbers", value);
  out.clear();
  for (const Value& element : json->array()) {
    float number = 0;
    if (!read(element, number, misfit)) {
      misfit.within(out.size());
      return false;
    }
    out.push_back(number);
  }
  return true;
}

bool read_integer(const Value& value, std::int64_t lowest, std::uint64_t highest, std::uint64_t& bits,
                  Misfit& misfit) {
  std::optional<std::int64_t> integer;
  if (const std::int64_t* found = value.get_if<std::int64_t>()) {
    integer = *found;
  } else if (const std::optional<Decimal> decimal = exact_decimal(value)) {
    integer = decimal->to_int64();
    // Above the range of int64 there are only the upper half of the unsigned ones.
    if (!integer && !decimal->negative() && *decimal <= *Decimal::parse(std::to_string(highest))) {
      const std::string text = decimal->normalized().to_string();
      const auto parsed = std::from_chars(text.data(), text.data() + text.size(), bits);
      if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return true;
    }
  }
  if (integer && *integer >= lowest && std::cmp_less_equal(*integer, highest)) {
    bits = static_cast<std::uint64_t>(*integer);
    return true;
  }
  return misfit.wants(fmt::format("an integer from {} to {}", lowest, highest), value);
}

bool read_elements(const Value& value, std::vector<Value>& elements, Misfit& misfit) {
  if (const Vector* numbers = value.get_if<Vector>()) {
    elements.assign(numbers->begin(), numbers->end());
    return true;
  }
  const Json* json = value.get_if<Json>();
  if (json == nullptr || !json->is_array()) return misfit.wants("an array", value);
  elements = json->array();
  return true;
}

const Json::Object* read_object(const Value& value, Misfit& misfit) {
  const Json* json = value.get_if<Json>();
  if (json != nullptr && json->is_object()) return &json->object();
  misfit.wants("an object", value);
  return nullptr;
}

std::string one_of(std::span<const std::string_view> names) {
  return fmt::format("one of {}", fmt::join(names, ", "));
}

bool read_name(const Value& value, std::span<const std::string_view> names, std::size_t& place,
               Misfit& misfit) {
  const std::string* text = value.get_if<std::string>();
  const auto found = text == nullptr ? names.end() : std::find(names.begin(), names.end(), *text);
  if (found == names.end()) return misfit.wants(one_of(names), value);
  place = static_cast<std::size_t>(found - names.begin());
  return true;
}

std::uint64_t id_number(const std::string& id, std::int64_t lowest, std::uint64_t highest) {
  std::uint64_t bits = 0;
  Misfit misfit;
  const std::optional<Decimal> number = Decimal::parse(id);
  // "007" and "7" are two ids, and one number.
  const bool plain = number && number->to_string() == id;
  if (plain && read_integer(Value(*number), lowest, highest, bits, misfit)) return bits;
  Error(ErrorCode::validation,
        fmt::format("the id does not fit the struct: an integer from {} to {} is wanted", lowest, highest))
      .record_id(id)
      .raise();
}

void raise_no_name() {
  Error(ErrorCode::invalid_argument, "the member is not among the names of its struct").raise();
}

}  // namespace dataknobs::detail
