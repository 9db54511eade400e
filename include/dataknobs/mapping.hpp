// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Structs as records: `to_record` and `from_record`. Table (table.hpp) does so with those of a database.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <dataknobs/detail/codec.hpp>
#include <dataknobs/detail/codec_chrono.hpp>
#include <dataknobs/expression.hpp>
#include <dataknobs/names.hpp>
#include <dataknobs/record.hpp>

namespace dataknobs {

namespace detail {

template <class T>
inline constexpr bool has_id = !std::is_null_pointer_v<std::remove_const_t<decltype(id_of<T>)>>;

template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};

template <class T>
concept IdType =
    std::same_as<typename Unwrapped<T>::Type, std::string> || IntegerType<typename Unwrapped<T>::Type>;

/// The text of an id member; nothing if it has no value yet.
template <IdType I>
std::optional<std::string> id_text(const I& member) {
  if constexpr (std::same_as<I, std::string>) {
    return member.empty() ? std::nullopt : std::optional(member);
  } else if constexpr (IntegerType<I>) {
    return std::to_string(member);
  } else {
    return member ? id_text(*member) : std::nullopt;
  }
}

/// The number that an id is the text of. Errors: ValidationError with the id.
std::uint64_t id_number(const std::string& id, std::int64_t lowest, std::uint64_t highest);

template <IdType I>
void set_id_text(I& member, const std::string& id) {
  using Plain = typename Unwrapped<I>::Type;
  if constexpr (std::same_as<Plain, std::string>) {
    member = id;
  } else {
    using Limits = std::numeric_limits<Plain>;
    member = static_cast<Plain>(id_number(id, Limits::min(), Limits::max()));
  }
}

/// True for the member `id`, which is the id of the record and no field of it.
template <class T, class Member>
bool is_only_id(const Named<Member>& each) noexcept {
  if constexpr (std::same_as<Member, std::remove_const_t<decltype(id_of<T>)>>) {
    return each.name == "id" && each.value == id_of<T>;
  } else {
    return false;
  }
}

template <class T>
void require_struct() {
  static_assert(
      StructType<T>,
      "a struct whose members are told by BOOST_DESCRIBE_STRUCT or by a specialisation of names_of");
  static_assert(std::default_initializable<T>, "a struct that can be made empty before its members are read");
  static_assert(std::apply(
                    [](const auto&... each) {
                      std::size_t place = 0;
                      return ((place_of<T>(each.name) == place++) && ...);
                    },
                    names_of<T>),
                "no two members have one name");
}

/// The fields of a struct, and its id. What has no value is null, or left out.
template <class T>
Record fields_of(const T& from, bool with_nulls) {
  require_struct<T>();
  Record record;
  if constexpr (has_id<T>) record.set_id(id_text(from.*id_of<T>));
  Misfit misfit;
  const auto write_one = [&](const auto& each) {
    if (is_only_id<T>(each)) return true;
    Value value;
    if (!write_from(from.*each.value, each.name, value, misfit)) return false;
    if (with_nulls || !value.is_null()) record.append(std::string(each.name), std::move(value));
    return true;
  };
  if (!std::apply([&](const auto&... each) { return (write_one(each) && ...); }, names_of<T>))
    misfit.raise(record.id());
  return record;
}

}  // namespace detail

/// The record of a struct: its members as fields, in their order, and its id. An optional member without a value is no
/// field. Errors: ValidationError with the path of a member that no value can be made of, such as an enum's value
/// without a name.
template <class T>
Record to_record(const T& from) {
  return detail::fields_of(from, false);
}

/// The struct of a record. Fields that it has no member for are passed over. Numbers are taken where they are exactly
/// the same in the member's type; dates and times from their text too, as JSON has them.
/// Errors: ValidationError with the record's id, the path, the value and what is wanted, for a value that is none of
/// the member's type, a field that is missing and whose member is not std::optional, and a member of an object that a
/// nested struct does not have (writing the struct would drop it).
template <class T>
T from_record(const Record& record) {
  detail::require_struct<T>();
  T made{};
  if constexpr (detail::has_id<T>) {
    if (record.id()) detail::set_id_text(made.*id_of<T>, *record.id());
  }
  detail::Misfit misfit;
  std::size_t place = 0;
  const auto read_one = [&](const auto& each) {
    if (detail::is_only_id<T>(each)) return true;
    // Mostly they come in the order of the members.
    const std::vector<Field>& fields = record.fields();
    while (place < fields.size() && fields[place].name() == "id") ++place;
    const Value* found = nullptr;
    if (place < fields.size() && fields[place].name() == each.name) {
      found = &fields[place++].value();
    } else {
      found = record.find(each.name);
    }
    return detail::read_from(found == nullptr ? detail::no_value() : *found, each.name, made.*each.value,
                             misfit);
  };
  if (!std::apply([&](const auto&... each) { return (read_one(each) && ...); }, names_of<T>))
    misfit.raise(record.id());
  return made;
}

namespace detail {

/// Errors: InvalidArgumentError: the member has no name.
[[noreturn]] void raise_no_name();

/// The step to a member of T, which it may have from a base.
template <class T, class Class, class Member>
Path::Step step_to(Member Class::* member) {
  std::string_view name;
  const auto compare = [&](const auto& each) {
    if constexpr (std::same_as<decltype(each.value), Member Class::*>) {
      if (each.value == member) name = each.name;
    }
  };
  std::apply([&](const auto&... each) { (compare(each), ...); }, names_of<T>);
  if (name.empty()) raise_no_name();
  return Path::Step(std::string(name));
}

}  // namespace detail

/// A struct that has no id of its own, with the id of its record.
template <class T>
class Stored {
 public:
  Stored() = default;
  /// A struct with the id of its record, if it has one yet.
  explicit Stored(T from, std::string record_id = {}) : id(std::move(record_id)), value(std::move(from)) {}
  /// The struct's members.
  T* operator->() noexcept { return &value; }
  const T* operator->() const noexcept { return &value; }

  /// Empty: not stored yet.
  std::string id;
  T value{};
};

/// The path of a member in queries: `path_of<Person>(&Person::age)`; of one of a nested struct
/// `path_of<Person>(&Person::home, &Address::city)`.
/// Errors: InvalidArgumentError if a member is not among the names of its struct.
template <class T, class Class, class Member, class... Classes, class... Members>
Path path_of(Member Class::* member, Members Classes::*... inner) {
  Path::Step first = detail::step_to<T>(member);
  const bool is_id = sizeof...(inner) == 0 && detail::is_only_id<T>(named(first.name, member));
  std::vector<Path::Step> steps = {std::move(first), detail::step_to<Classes>(inner)...};
  return Path(std::move(steps), !is_id);
}

}  // namespace dataknobs
