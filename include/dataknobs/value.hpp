// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The values a field can hold. A Value is a regular type: copies are independent, moves are cheap.
/// Thread safety: distinct objects may be used from distinct threads; const access may be shared.

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <dataknobs/decimal.hpp>

namespace dataknobs {

class Value;

/// The classes of values, in the order in which a sort puts values of different classes.
/// integer, floating and decimal form one class (numbers); so do datetime and date.
enum class ValueType : std::uint8_t {
  null,
  boolean,
  integer,
  floating,
  decimal,
  string,
  binary,
  datetime,
  date,
  time,
  json,
  vector,
};

/// The name as written in schemas and messages: "integer", "float", "datetime" ...
std::string_view to_string(ValueType type) noexcept;

/// The type of that name ("float", "text" is a string ...), or nothing.
std::optional<ValueType> value_type_from_string(std::string_view name) noexcept;

/// Bytes, as opposed to text.
struct Binary {
  std::string bytes;
  auto operator<=>(const Binary&) const = default;
};

/// A moment: microseconds since 1970-01-01T00:00:00 UTC, proleptic Gregorian. The two extremes of the
/// integer are the reserved values -infinity and infinity.
struct DateTime {
  std::int64_t microseconds = 0;
  /// Later than all others.
  static constexpr DateTime infinity() noexcept { return {INT64_MAX}; }
  /// Earlier than all others.
  static constexpr DateTime negative_infinity() noexcept { return {INT64_MIN}; }
  /// False for the infinities.
  constexpr bool is_finite() const noexcept { return microseconds != INT64_MAX && microseconds != INT64_MIN; }
  auto operator<=>(const DateTime&) const = default;
};

/// A calendar day: days since 1970-01-01. The extremes of the integer are the infinities.
struct Date {
  std::int32_t days = 0;
  /// Later than all others.
  static constexpr Date infinity() noexcept { return {INT32_MAX}; }
  /// Earlier than all others.
  static constexpr Date negative_infinity() noexcept { return {INT32_MIN}; }
  /// False for the infinities.
  constexpr bool is_finite() const noexcept { return days != INT32_MAX && days != INT32_MIN; }
  auto operator<=>(const Date&) const = default;
};

/// A time of day: microseconds since midnight, 0 ... 86'400'000'000 (24:00:00 included, as PostgreSQL has it).
struct Time {
  std::int64_t microseconds = 0;
  auto operator<=>(const Time&) const = default;
};

/// A JSON object or array. Immutable and shared: copies are cheap. Members keep their order; their names are
/// unique. Leaves are null, boolean, integer, floating, decimal, string or again json.
class Json {
 public:
  /// The elements of an array.
  using Array = std::vector<Value>;
  /// The members of an object by name, in their order.
  using Object = std::vector<std::pair<std::string, Value>>;

  /// An empty object.
  Json();
  /// Errors: SerializationError if a leaf is of a class that JSON does not have.
  explicit Json(Array elements);
  /// Errors: SerializationError on equal names, or as above.
  explicit Json(Object members);

  /// True for an array, false for an object.
  bool is_array() const noexcept;
  /// True for an object, false for an array.
  bool is_object() const noexcept { return !is_array(); }
  /// The elements. REQUIRES: is_array()
  const Array& array() const noexcept;
  /// The members in their order. REQUIRES: is_object()
  const Object& object() const noexcept;
  /// The member of that name, or nullptr; of an array always nullptr.
  const Value* find(std::string_view name) const noexcept;

 private:
  friend struct JsonAccess;
  struct Node;
  explicit Json(std::shared_ptr<const Node> node) noexcept : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

/// Single-precision numbers of a fixed count (an embedding).
using Vector = std::vector<float>;

/// One value of a field: null, or a value of one of the classes of ValueType.
///
/// Comparison follows the one semantics of all stores (docs/semantics.md): numbers compare by exact value
/// whatever their type, strings by code point, and values of different classes are never equal.
class Value {
 public:
  /// What a value is kept as: one alternative for each of ValueType, in its order.
  using Storage = std::variant<std::monostate, bool, std::int64_t, double, Decimal, std::string, Binary,
                               DateTime, Date, Time, Json, Vector>;

  /// A null, or that value. An `unsigned long` above the range of int64 becomes a decimal.
  Value() noexcept = default;
  Value(std::nullptr_t) noexcept {}
  Value(bool value) noexcept : storage_(value) {}
  Value(int value) noexcept : storage_(std::int64_t{value}) {}
  Value(unsigned value) noexcept : storage_(std::int64_t{value}) {}
  Value(long value) noexcept : storage_(std::int64_t{value}) {}
  Value(long long value) noexcept : storage_(static_cast<std::int64_t>(value)) {}
  Value(unsigned long value);
  Value(double value) noexcept : storage_(value) {}
  Value(float value) noexcept : storage_(static_cast<double>(value)) {}
  Value(Decimal value) noexcept : storage_(std::move(value)) {}
  Value(std::string value) noexcept : storage_(std::move(value)) {}
  Value(std::string_view value) : storage_(std::string(value)) {}
  Value(const char* value) : storage_(std::string(value)) {}
  Value(Binary value) noexcept : storage_(std::move(value)) {}
  Value(DateTime value) noexcept : storage_(value) {}
  Value(Date value) noexcept : storage_(value) {}
  Value(Time value) noexcept : storage_(value) {}
  Value(Json value) noexcept : storage_(std::move(value)) {}
  Value(Vector value) noexcept : storage_(std::move(value)) {}
  template <class T>
  Value(T*) = delete;  // A pointer is not a boolean.

  /// What it is.
  ValueType type() const noexcept { return static_cast<ValueType>(storage_.index()); }
  /// type() == ValueType::null
  bool is_null() const noexcept { return storage_.index() == 0; }
  /// True for an integer, a float and a decimal.
  bool is_number() const noexcept {
    return type() == ValueType::integer || type() == ValueType::floating || type() == ValueType::decimal;
  }

  /// The value as T, or nullptr if it is of another type: `if (auto* age = value.get_if<std::int64_t>())`.
  template <class T>
  const T* get_if() const noexcept {
    return std::get_if<T>(&storage_);
  }
  /// The value as T. Errors: std::bad_variant_access if it is of another type.
  template <class T>
  const T& get() const {
    return std::get<T>(storage_);
  }
  /// The variant itself, for std::visit.
  const Storage& storage() const noexcept { return storage_; }

  /// True if both are equal by the one semantics: 1 = 1.0, NaN = NaN; null equals only null here (a query's
  /// `=` with null is false, which is a matter of the expression, not of the value).
  friend bool operator==(const Value& left, const Value& right) noexcept { return equal(left, right); }

 private:
  static bool equal(const Value& left, const Value& right) noexcept;
  Storage storage_;
};

/// Compares within a class. Returns nothing across classes, for null, and for two json or vector values
/// that differ (they have equality only).
std::optional<std::strong_ordering> compare(const Value& left, const Value& right) noexcept;

/// The total order of a sort without direction: nulls last, then classes in the order of ValueType, then
/// values; json and vectors by their canonical bytes.
std::strong_ordering sort_order(const Value& left, const Value& right) noexcept;

/// For people: the value as text (strings unquoted, binary in hexadecimal, json as JSON).
std::string to_text(const Value& value);

// Texts of the temporal types (RFC 3339 / ISO 8601). Years outside 0000 ... 9999 carry a sign. Parsing takes
// the whole text or fails; "infinity" and "-infinity" are taken.
/// "2024-02-29T12:30:00Z", with as many fraction digits as needed (0, 3 or 6).
std::string to_text(DateTime value);
/// "2024-02-29"
std::string to_text(Date value);
/// "12:30:00", with as many fraction digits as needed (0, 3 or 6).
std::string to_text(Time value);
/// Takes a date, 'T' or a blank, a time with up to 6 digits of fraction (more must be zeros), and an optional offset
/// ("Z", "+02", "+02:00"); without an offset the time is UTC. A date alone is midnight. Nothing if it is none.
std::optional<DateTime> parse_datetime(std::string_view text) noexcept;
/// Takes a date such as "2024-02-29". Nothing if it is none.
std::optional<Date> parse_date(std::string_view text) noexcept;
/// Takes a time such as "12:30" or "12:30:00.5". Nothing if it is none.
std::optional<Time> parse_time(std::string_view text) noexcept;
/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(const Binary& value);
/// The bytes of hexadecimal digits in both cases. Nothing if they are none.
std::optional<Binary> parse_hex(std::string_view text);
/// Base 64 of RFC 4648 section 4, with padding.
std::string to_base64(const Binary& value);
/// The bytes of such a text. Nothing if it is none.
std::optional<Binary> parse_base64(std::string_view text);
/// The lower-case canonical form if the text is a UUID (RFC 9562: with or without hyphens or braces), else
/// nothing.
std::optional<std::string> parse_uuid(std::string_view text);
/// True if the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_valid_utf8(std::string_view text) noexcept;

}  // namespace dataknobs
