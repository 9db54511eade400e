// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// How structs and enums are told to the library: by Boost.Describe, or by naming their members here. Light: a header
/// of a program's own types needs no more.

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>

namespace dataknobs {

/// A member of a struct, or a value of an enum, with its name in records.
template <class Member>
struct Named {
  std::string_view name;
  Member value;
};
/// A member with that name, for `names_of`.
template <class Member>
constexpr Named<Member> named(std::string_view name, Member value) noexcept {
  return {name, value};
}

namespace detail {

template <class T>
constexpr auto described_names() noexcept {
  if constexpr (boost::describe::has_describe_enumerators<T>::value) {
    return []<template <class...> class List, class... Value>(List<Value...>) {
      return std::make_tuple(named(Value::name, Value::value)...);
    }(boost::describe::describe_enumerators<T>());
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    using Modifiers = boost::describe::modifiers;
    constexpr auto wanted = static_cast<unsigned>(Modifiers::mod_public | Modifiers::mod_inherited);
    return []<template <class...> class List, class... Member>(List<Member...>) {
      return std::make_tuple(named(Member::name, Member::pointer)...);
    }(boost::describe::describe_members<T, wanted>());
  } else {
    return std::tuple<>();
  }
}

}  // namespace detail

/// The names of a struct's members, which become fields, or of an enum's values, which become texts. What
/// BOOST_DESCRIBE_STRUCT or BOOST_DESCRIBE_ENUM describe is known already; names of one's own, or of a type that others
/// made, are told by a specialisation, behind the type and before its use:
///
/// ```cpp
/// struct Shop {
///   std::string id;
///   std::string city;
///   std::optional<Decimal> turnover;
/// };
/// template <>
/// inline constexpr auto dataknobs::names_of<Shop> =
///     std::tuple(named("id", &Shop::id), named("city", &Shop::city), named("sales", &Shop::turnover));
/// ```
template <class T>
inline constexpr auto names_of = detail::described_names<T>();

namespace detail {

template <class T>
inline constexpr bool has_names = std::tuple_size_v<std::remove_const_t<decltype(names_of<T>)>> > 0;

/// The place of the first member of that name; the number of members if there is none.
template <class T>
constexpr std::size_t place_of(std::string_view name) noexcept {
  std::size_t place = 0;
  std::apply([&](const auto&... each) { static_cast<void>(((each.name != name && ++place != 0) && ...)); },
             names_of<T>);
  return place;
}

template <class T>
constexpr auto member_called_id() noexcept {
  constexpr std::size_t place = place_of<T>("id");
  if constexpr (place < std::tuple_size_v<std::remove_const_t<decltype(names_of<T>)>>) {
    return std::get<place>(names_of<T>).value;
  } else {
    return nullptr;
  }
}

}  // namespace detail

/// The member that is the record's id: a text, an integer, or an optional one of them. It is the one called `id`, if
/// there is one; another one, such as that of a table's key column, is told by a specialisation:
///
/// ```cpp
/// template <>
/// inline constexpr auto dataknobs::id_of<Country> = &Country::code;
/// ```
/// A member of another name than `id` is a field as well.
template <class T>
inline constexpr auto id_of = detail::member_called_id<T>();

/// How a type of one's own is kept in a field: a specialisation with these three.
///
/// ```cpp
/// template <>
/// struct dataknobs::Conversion<Celsius> {
///   static constexpr std::string_view wanted = "a temperature";
///   static Value to_value(const Celsius& from) { return from.degrees; }
///   static std::optional<Celsius> from_value(const Value& value);  // Nothing: it is none.
/// };
/// ```
template <class T>
struct Conversion;

}  // namespace dataknobs
