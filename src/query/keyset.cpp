// SPDX-License-Identifier: Apache-2.0
#include "query/keyset.hpp"

#include <fmt/format.h>
#include <dataknobs/error.hpp>

namespace dataknobs {

namespace {

Expression compare(Operator op, const Path& path, Value value) {
  std::vector<Expression> operands{Expression::path(path), Expression::literal(std::move(value))};
  return Expression::make(op, std::move(operands));
}

Expression in(const Path& path, const std::vector<Value>& values) {
  std::vector<Expression> operands{Expression::path(path)};
  for (const Value& value : values) operands.push_back(Expression::literal(value));
  return Expression::make(Operator::in, std::move(operands));
}

// True of the values of one class. A comparison is only ever true within a class.
Expression is_of_class(const Path& path, ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return in(path, {Value(false), Value(true)});
    case ValueType::integer:
      return compare(Operator::greater_equal, path, Value(0)) || compare(Operator::less, path, Value(0));
    case ValueType::string:
      // Beside bytes, '' is their base64.
      return compare(Operator::greater_equal, path, Value("")) && !is_of_class(path, ValueType::binary);
    case ValueType::binary:
      return compare(Operator::greater_equal, path, Value(Binary{}));
    case ValueType::datetime:
      return compare(Operator::greater_equal, path, Value(DateTime::negative_infinity()));
    case ValueType::time:
      return compare(Operator::greater_equal, path, Value(Time{0}));
    default:
      Error(ErrorCode::internal, fmt::format("no condition tells values of type {}", to_string(type)))
          .raise();
  }
}

// The classes that have a `<`, in the order of sorts.
constexpr ValueType kClasses[] = {ValueType::boolean, ValueType::integer,  ValueType::string,
                                  ValueType::binary,  ValueType::datetime, ValueType::time};

ValueType class_of(const KeysetPoint& point) {
  switch (point.value().type()) {
    case ValueType::floating:
    case ValueType::decimal:
      return ValueType::integer;
    case ValueType::date:
      return ValueType::datetime;
    case ValueType::json:
    case ValueType::vector:
      Error(ErrorCode::unsupported, fmt::format("pages cannot go on after a {} in '{}'",
                                                to_string(point.value().type()), point.path().to_string()))
          .field_path(point.path().to_string())
          .hint("sort by another field, or read a stream")
          .raise();
    default:
      return point.value().type();
  }
}

// Of that class, or of one that comes before it.
Expression is_up_to_class(const Path& path, ValueType last, bool inclusive) {
  std::vector<Expression> classes;
  for (const ValueType type : kClasses) {
    if (type == last && !inclusive) break;
    classes.push_back(is_of_class(path, type));
    if (type == last) break;
  }
  return Expression::make(Operator::logical_or, std::move(classes));
}

Expression is_null(const Path& path) {
  return Expression::make(Operator::not_exists, {Expression::path(path)});
}

// The id of a document is a string: no classes to be told apart, and a condition that an index answers.
bool is_document_id(const KeysetPoint& point, const FieldResolution& fields) {
  return fields.is_document() && point.path().is_id();
}

Expression is_equal(const KeysetPoint& point) {
  if (point.value().is_null()) return is_null(point.path());
  // The text of a date equals the date too, which is of another class.
  return compare(Operator::equal, point.path(), point.value()) && is_of_class(point.path(), class_of(point));
}

Expression is_after(const KeysetPoint& point, const FieldResolution& fields) {
  const Path& path = point.path();
  if (is_document_id(point, fields)) {
    return compare(point.descending() ? Operator::less : Operator::greater, path, point.value());
  }
  const ValueType type = class_of(point);
  if (!point.descending()) {
    return compare(Operator::greater, path, point.value()) || !is_up_to_class(path, type, true);
  }
  return (compare(Operator::less, path, point.value()) && is_of_class(path, type)) ||
         is_up_to_class(path, type, false) || is_null(path);
}

}  // namespace

Expression after(const std::vector<KeysetPoint>& points, const FieldResolution& fields) {
  std::vector<Expression> cases;
  Expression equal;
  for (const KeysetPoint& point : points) {
    // Nothing comes after a null but what is equal so far and later in the next key.
    if (!point.value().is_null()) cases.push_back(equal && is_after(point, fields));
    equal = std::move(equal) && is_equal(point);
  }
  return Expression::make(Operator::logical_or, std::move(cases));
}

}  // namespace dataknobs
