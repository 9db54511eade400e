// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Codec: how members of each type become values, and are read back exactly or not at all.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <dataknobs/detail/misfit.hpp>
#include <dataknobs/names.hpp>
#include <dataknobs/value.hpp>

namespace dataknobs::detail {

template <class T>
inline constexpr bool never = false;

template <class T, class... Others>
concept OneOf = (std::same_as<T, Others> || ...);

template <class T>
concept IntegerType = std::integral<T> && !OneOf<T, bool, char, wchar_t, char8_t, char16_t, char32_t>;

template <class T>
concept StructType = std::is_class_v<T> && has_names<T>;

/// `write` makes the value of a member, `read` the member of a value; both return false, and tell the misfit, if they
/// cannot.
template <class T>
struct Codec {
  static_assert(
      never<T>,
      "no field holds a member of this type: take bool, an integer, double, float, Decimal, std::string, "
      "Binary, DateTime, Date, Time, a type of std::chrono no finer than microseconds, Json, Value, "
      "std::optional, std::vector or std::map<std::string, ...> of such, a struct or enum with names "
      "(names.hpp), or tell how it is kept by a specialisation of dataknobs::Conversion");
};

template <class T>
concept Converted = requires(const Value& value, const T& member) {
  { Conversion<T>::from_value(value) } -> std::same_as<std::optional<T>>;
  { Conversion<T>::to_value(member) } -> std::convertible_to<Value>;
};

template <Converted T>
struct Codec<T> {
  static bool write(const T& member, Value& out, Misfit&) {
    out = Conversion<T>::to_value(member);
    return true;
  }
  static bool read(const Value& value, T& out, Misfit& misfit) {
    std::optional<T> converted = Conversion<T>::from_value(value);
    if (!converted) return misfit.wants(std::string(Conversion<T>::wanted), value);
    out = std::move(*converted);
    return true;
  }
};

template <OneOf<bool, double, float, Decimal, std::string, Binary, DateTime, Date, Time, Json, Vector> T>
struct Codec<T> {
  static bool write(const T& member, Value& out, Misfit&) {
    out = Value(member);
    return true;
  }
  static bool read(const Value& value, T& out, Misfit& misfit) { return detail::read(value, out, misfit); }
};

template <>
struct Codec<Value> {
  static bool write(const Value& member, Value& out, Misfit&) {
    out = member;
    return true;
  }
  static bool read(const Value& value, Value& out, Misfit&) {
    out = value;
    return true;
  }
};

template <IntegerType T>
struct Codec<T> {
  static bool write(const T& member, Value& out, Misfit&) {
    if constexpr (std::unsigned_integral<T>) {
      out = Value(static_cast<unsigned long>(member));
    } else {
      out = Value(static_cast<std::int64_t>(member));
    }
    return true;
  }
  static bool read(const Value& value, T& out, Misfit& misfit) {
    std::uint64_t bits = 0;
    if (!read_integer(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), bits, misfit))
      return false;
    out = static_cast<T>(bits);
    return true;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static bool write(const std::optional<T>& member, Value& out, Misfit& misfit) {
    if (member) return Codec<T>::write(*member, out, misfit);
    out = Value();
    return true;
  }
  static bool read(const Value& value, std::optional<T>& out, Misfit& misfit) {
    if (value.is_null()) {
      out.reset();
      return true;
    }
    T present{};
    if (!Codec<T>::read(value, present, misfit)) return false;
    out = std::move(present);
    return true;
  }
};

template <OneOf<std::byte, unsigned char> T>
struct Codec<std::vector<T>> {
  static bool write(const std::vector<T>& member, Value& out, Misfit&) {
    Binary binary;
    binary.bytes.assign(reinterpret_cast<const char*>(member.data()), member.size());
    out = Value(std::move(binary));
    return true;
  }
  static bool read(const Value& value, std::vector<T>& out, Misfit& misfit) {
    Binary binary;
    if (!detail::read(value, binary, misfit)) return false;
    const auto* bytes = reinterpret_cast<const T*>(binary.bytes.data());
    out.assign(bytes, bytes + binary.bytes.size());
    return true;
  }
};

template <class T>
  requires(!OneOf<T, std::byte, unsigned char, float>)
struct Codec<std::vector<T>> {
  static bool write(const std::vector<T>& member, Value& out, Misfit& misfit) {
    Json::Array elements;
    elements.reserve(member.size());
    for (const T& element : member) {
      Value value;
      if (!Codec<T>::write(element, value, misfit)) {
        misfit.within(elements.size());
        return false;
      }
      elements.push_back(json_leaf(std::move(value)));
    }
    out = Value(Json(std::move(elements)));
    return true;
  }
  static bool read(const Value& value, std::vector<T>& out, Misfit& misfit) {
    std::vector<Value> elements;
    if (!read_elements(value, elements, misfit)) return false;
    const Misfit::Inside inside(misfit);
    out.clear();
    out.reserve(elements.size());
    for (const Value& element : elements) {
      T next{};
      if (!Codec<T>::read(element, next, misfit)) {
        misfit.within(out.size());
        return false;
      }
      out.push_back(std::move(next));
    }
    return true;
  }
};

/// Writes a member of an object or of a record.
template <class T>
bool write_from(const T& member, std::string_view name, Value& value, Misfit& misfit) {
  if (Codec<T>::write(member, value, misfit)) return true;
  misfit.within(name);
  return false;
}

template <class T>
bool read_from(const Value& value, std::string_view name, T& member, Misfit& misfit) {
  if (Codec<T>::read(value, member, misfit)) return true;
  misfit.within(name);
  return false;
}

template <class T>
struct Codec<std::map<std::string, T>> {
  static bool write(const std::map<std::string, T>& member, Value& out, Misfit& misfit) {
    Json::Object object;
    for (const auto& [name, element] : member) {
      Value value;
      if (!write_from(element, name, value, misfit)) return false;
      object.emplace_back(name, json_leaf(std::move(value)));
    }
    out = Value(Json(std::move(object)));
    return true;
  }
  static bool read(const Value& value, std::map<std::string, T>& out, Misfit& misfit) {
    const Json::Object* object = read_object(value, misfit);
    if (object == nullptr) return false;
    const Misfit::Inside inside(misfit);
    out.clear();
    for (const auto& [name, member] : *object) {
      if (!read_from(member, name, out[name], misfit)) return false;
    }
    return true;
  }
};

template <StructType T>
struct Codec<T> {
  static bool write(const T& member, Value& out, Misfit& misfit) {
    Json::Object object;
    // Members without a value are left out.
    const auto write_one = [&](const auto& each) {
      Value value;
      if (!write_from(member.*each.value, each.name, value, misfit)) return false;
      if (!value.is_null()) object.emplace_back(std::string(each.name), json_leaf(std::move(value)));
      return true;
    };
    if (!std::apply([&](const auto&... each) { return (write_one(each) && ...); }, names_of<T>)) return false;
    out = Value(Json(std::move(object)));
    return true;
  }
  static bool read(const Value& value, T& out, Misfit& misfit) {
    const Json::Object* object = read_object(value, misfit);
    if (object == nullptr) return false;
    for (const auto& [name, member] : *object) {
      if (place_of<T>(name) == std::tuple_size_v<std::remove_const_t<decltype(names_of<T>)>>)
        return misfit.has_unknown(name);
    }
    const Misfit::Inside inside(misfit);
    const Json& json = value.get<Json>();
    const auto read_one = [&](const auto& each) {
      const Value* found = json.find(each.name);
      return read_from(found == nullptr ? no_value() : *found, each.name, out.*each.value, misfit);
    };
    return std::apply([&](const auto&... each) { return (read_one(each) && ...); }, names_of<T>);
  }
};

template <class T>
  requires(std::is_enum_v<T> && has_names<T>)
struct Codec<T> {
  static constexpr auto kNames =
      std::apply([](const auto&... each) { return std::array{each.name...}; }, names_of<T>);
  static constexpr auto kValues =
      std::apply([](const auto&... each) { return std::array{each.value...}; }, names_of<T>);

  static bool write(const T& member, Value& out, Misfit& misfit) {
    for (std::size_t place = 0; place < kNames.size(); ++place) {
      if (kValues[place] != member) continue;
      out = Value(kNames[place]);
      return true;
    }
    return misfit.cannot_hold(std::to_string(static_cast<std::underlying_type_t<T>>(member)), one_of(kNames));
  }
  static bool read(const Value& value, T& out, Misfit& misfit) {
    std::size_t place = 0;
    if (!read_name(value, kNames, place, misfit)) return false;
    out = kValues[place];
    return true;
  }
};

}  // namespace dataknobs::detail
