// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Keyset pages: the condition that a record comes after another one in an order.

#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/value.hpp>

#include "expr/resolve.hpp"

namespace dataknobs {

/// One key of an order, and the value that a record has there.
class KeysetPoint {
 public:
  KeysetPoint(Path path, bool descending, Value value)
      : path_(std::move(path)), descending_(descending), value_(std::move(value)) {}
  const Path& path() const noexcept { return path_; }
  bool descending() const noexcept { return descending_; }
  const Value& value() const noexcept { return value_; }

 private:
  Path path_;
  bool descending_;
  Value value_;
};

/// True of the records that come after one with these values, in the order of sorts: nulls last in both directions,
/// then by class and value. The last point tells all records apart.
/// Errors: UnsupportedError for a JSON object, a list or a vector, which have an order and no `<`.
Expression after(const std::vector<KeysetPoint>& points, const FieldResolution& fields);

}  // namespace dataknobs
