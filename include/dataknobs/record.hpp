// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Record: an ordered set of named values with an id, metadata and, when it was read from a store, a version.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/detail/copy_on_write.hpp>
#include <dataknobs/value.hpp>

namespace dataknobs {

/// A named value.
class Field {
 public:
  /// That value under that name.
  Field(std::string name, Value value) noexcept : name_(std::move(name)), value_(std::move(value)) {}

  /// Literal: dots and brackets are part of it.
  const std::string& name() const noexcept { return name_; }
  /// What it holds, to be read or changed.
  const Value& value() const noexcept { return value_; }
  Value& value() noexcept { return value_; }

 private:
  std::string name_;
  Value value_;
};

/// An opaque token that changes with every write of a record; compare it for equality only.
using Version = std::string;

/// A record. Its fields keep the order in which they were set; a name occurs once. Copies are independent and
/// cheap: they share the fields until one of them changes.
///
/// ```cpp
/// Record ada{{"name", "Ada"}, {"age", 36}};
/// ada.set("email", "ada@example.org");
/// std::int64_t age = ada["age"].get<std::int64_t>();
/// ```
/// Thread safety: as for a standard container.
class Record {
 public:
  Record() = default;
  /// A record of these fields. A field `id` stays a field; stores of documents and tables with such a key take the id
  /// from it where the record has none of its own. Errors: SerializationError if a name occurs twice.
  Record(std::initializer_list<Field> fields);
  /// A record of these fields. Errors: SerializationError if a name occurs twice.
  explicit Record(std::vector<Field> fields);

  /// The id under which a store keeps the record; nothing before it was stored or named.
  const std::optional<std::string>& id() const noexcept { return header_.get().id; }
  /// Names the record, or takes the name from it.
  Record& set_id(std::optional<std::string> id);

  /// The fields in their order. Valid until the record changes.
  const std::vector<Field>& fields() const noexcept { return fields_.get(); }
  /// How many fields there are.
  std::size_t size() const noexcept { return fields().size(); }
  /// True without fields.
  bool empty() const noexcept { return fields().empty(); }
  /// True if there is such a field, be it null.
  bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// The value of that field, or nullptr if there is no such field. Valid until the record changes.
  const Value* find(std::string_view name) const noexcept;
  /// The value of that field, or null if there is none. Valid until the record changes.
  const Value& operator[](std::string_view name) const noexcept;
  /// Sets the field, adding it at the end if it is new.
  Record& set(std::string_view name, Value value);
  /// Adds a field that is known to be new, without looking for it. REQUIRES: !contains(name)
  Record& append(std::string name, Value value);
  /// True if there was such a field.
  bool remove(std::string_view name);
  /// Sets each field of `other` here; its id, metadata and version are left alone.
  Record& merge(const Record& other);

  /// Free-form data about the record, kept by stores whose layout has room for it. An object.
  const std::optional<Json>& metadata() const noexcept { return header_.get().metadata; }
  /// Sets the metadata, or removes it. REQUIRES: it is an object.
  Record& set_metadata(std::optional<Json> metadata);

  /// The version under which a store gave the record out.
  const std::optional<Version>& version() const noexcept { return version_; }
  /// Sets the version, as stores do with what they give out.
  Record& set_version(std::optional<Version> version) noexcept;

  /// Makes room for so many fields.
  void reserve(std::size_t fields) { fields_.own().reserve(fields); }
  /// Removes all fields; id, metadata and version stay.
  void clear_fields() noexcept { fields_.reset(); }

  /// Equal ids, and equal values under equal names whatever the order of the fields; a null field equals a
  /// missing one. Metadata and version do not count.
  friend bool operator==(const Record& left, const Record& right) noexcept { return equal(left, right); }

 private:
  struct Header {
    std::optional<std::string> id;
    std::optional<Json> metadata;
  };
  static bool equal(const Record& left, const Record& right) noexcept;

  detail::CopyOnWrite<std::vector<Field>> fields_;
  detail::CopyOnWrite<Header> header_;
  // Apart from the header: a store gives each copy that it keeps a version of its own.
  std::optional<Version> version_;
};

}  // namespace dataknobs
