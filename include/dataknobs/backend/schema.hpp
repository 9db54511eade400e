// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a store knows of its fields: the columns of a table or file, or nothing in a document layout.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/value.hpp>

namespace dataknobs {

/// The type of a column: a class of values and what a store adds to it.
class FieldType {
 public:
  FieldType(ValueType kind = ValueType::null) noexcept : kind_(kind) {}

  /// The class of its values. ValueType::null means "any": a column without a type of its own.
  ValueType kind() const noexcept { return kind_; }
  bool is_any() const noexcept { return kind_ == ValueType::null; }

  /// What the values are to the store beyond their class: "uuid", "inet", "interval", "enum", "naive" (a
  /// datetime without time zone), "json" ...; empty where the class says all. A copy back restores it.
  const std::string& logical() const noexcept { return logical_; }
  /// The store's own name of the type, for people and for tables of the same store: "numeric(10,2)",
  /// "varchar(20)".
  const std::string& native() const noexcept { return native_; }
  /// Of a decimal: total digits and digits behind the point, where they are fixed.
  const std::optional<std::int32_t>& precision() const noexcept { return precision_; }
  const std::optional<std::int32_t>& scale() const noexcept { return scale_; }
  /// Of an integer or float: bits of storage (8, 16, 32, 64), 64 unless said otherwise. A value outside does
  /// not fit.
  std::int32_t width() const noexcept { return width_; }
  /// Of a string: the greatest number of code points, where there is one.
  const std::optional<std::int32_t>& length() const noexcept { return length_; }

  FieldType& set_logical(std::string logical) { return logical_ = std::move(logical), *this; }
  FieldType& set_native(std::string native) { return native_ = std::move(native), *this; }
  FieldType& set_precision(std::optional<std::int32_t> precision, std::optional<std::int32_t> scale) {
    return precision_ = precision, scale_ = scale, *this;
  }
  FieldType& set_width(std::int32_t bits) { return width_ = bits, *this; }
  FieldType& set_length(std::optional<std::int32_t> length) { return length_ = length, *this; }

  /// Equal but for the native name.
  bool operator==(const FieldType& other) const noexcept;
  /// "integer", "decimal(10,2)", "string uuid" ...
  std::string to_string() const;

 private:
  ValueType kind_;
  std::string logical_;
  std::string native_;
  std::optional<std::int32_t> precision_;
  std::optional<std::int32_t> scale_;
  std::int32_t width_ = 64;
  std::optional<std::int32_t> length_;
};

/// A column of a table or file.
class FieldDescription {
 public:
  FieldDescription(std::string name, FieldType type, bool nullable = true)
      : name_(std::move(name)), type_(std::move(type)), nullable_(nullable) {}
  const std::string& name() const noexcept { return name_; }
  const FieldType& type() const noexcept { return type_; }
  bool nullable() const noexcept { return nullable_; }
  /// The store computes it (a generated or identity column): it is read, and never written.
  bool generated() const noexcept { return generated_; }
  FieldDescription& set_generated(bool generated) { return generated_ = generated, *this; }
  /// The store has a value for it where a new record gives none.
  bool has_default() const noexcept { return has_default_; }
  FieldDescription& set_has_default(bool has_default) { return has_default_ = has_default, *this; }
  bool operator==(const FieldDescription&) const = default;

 private:
  std::string name_;
  FieldType type_;
  bool nullable_;
  bool generated_ = false;
  bool has_default_ = false;
};

/// Columns in their order. Names are unique (an error where a store has equal ones).
class Schema {
 public:
  Schema() = default;
  /// Errors: SerializationError which names both places of an equal name.
  explicit Schema(std::vector<FieldDescription> fields);
  const std::vector<FieldDescription>& fields() const noexcept { return fields_; }
  std::size_t size() const noexcept { return fields_.size(); }
  bool empty() const noexcept { return fields_.empty(); }
  const FieldDescription* find(std::string_view name) const noexcept;
  std::optional<std::size_t> index_of(std::string_view name) const noexcept;
  bool operator==(const Schema&) const = default;

 private:
  std::vector<FieldDescription> fields_;
};

}  // namespace dataknobs
