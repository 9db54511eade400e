// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What names mean in a store: the step between a parsed expression and its evaluation or translation.

#include <string>
#include <vector>

#include <dataknobs/backend/schema.hpp>
#include <dataknobs/expression.hpp>

namespace dataknobs {

/// How the names of fields are to be understood. In a document layout `id` is the record's id, a string; in a
/// columns layout it is a column like others. `metadata` is the record's metadata in both. Lifetime: the
/// schema must outlive the resolution.
class FieldResolution {
 public:
  static FieldResolution document() noexcept { return {true, nullptr}; }
  /// Columns that are not known beforehand: any name may occur.
  static FieldResolution columns() noexcept { return {false, nullptr}; }
  /// These columns alone: any other name is an error, and a literal adapts to a column of UUIDs.
  static FieldResolution columns(const Schema& schema) noexcept { return {false, &schema}; }

  bool is_document() const noexcept { return is_document_; }
  /// nullptr where any name may occur.
  const Schema* schema() const noexcept { return schema_; }

 private:
  FieldResolution(bool is_document, const Schema* schema) noexcept
      : is_document_(is_document), schema_(schema) {}
  bool is_document_;
  const Schema* schema_;
};

/// The same expression with its literals adapted to what is known of the fields before any value is seen: a
/// number compared with a document's `id` by `=`, `!=`, `in` or `not in` becomes its text; a string compared
/// with a column of UUIDs becomes the canonical form, or an empty JSON object (a value of another class) if
/// it is no UUID. `literal in (...)` and `literal between ...` become comparisons of pairs. Literals beside
/// columns of datetimes, dates, times and binary stay strings: these adapt value by value. Errors: QueryError
/// "unknown field" with the nearest known name.
Expression resolve(const Expression& expression, const FieldResolution& fields);

/// Errors: as resolve.
void check_field(const Path& path, const FieldResolution& fields);

/// True if any path of it is the record's id (in that resolution) or its metadata.
bool uses_id_or_metadata(const Expression& expression, const FieldResolution& fields) noexcept;

/// Appends the root name of each field the expression reads, each once; without id (in that resolution) and
/// metadata.
void append_field_names(std::vector<std::string>& names, const Expression& expression,
                        const FieldResolution& fields);

}  // namespace dataknobs
