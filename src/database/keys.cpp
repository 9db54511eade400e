// SPDX-License-Identifier: Apache-2.0
#include "database/keys.hpp"

#include <fmt/format.h>

namespace dataknobs {

namespace {

bool is_number_type(ValueType type) {
  return type == ValueType::integer || type == ValueType::floating || type == ValueType::decimal;
}

// A key value in the form that its column gives it: 7.0 in a column of integers is 7, and so is its text.
Value as_key(const Value& value, const FieldType& type, const std::string& field) {
  const bool fits = type.is_any() || value.type() == type.kind();
  if (fits && type.logical() == "uuid") {
    if (std::optional<std::string> uuid = parse_uuid(value.get<std::string>())) return std::move(*uuid);
  } else if (fits) {
    return value;
  } else if (value.is_number() && is_number_type(type.kind())) {
    const std::string text = key_to_id({value});
    if (std::optional<std::vector<Value>> key = id_to_key(text, {type}); key && key->front() == value) {
      return std::move(key->front());
    }
    if (const double* number = value.get_if<double>();
        number != nullptr && type.kind() == ValueType::integer) {
      const std::optional<std::int64_t> integer = Decimal::from_double(*number).to_int64();
      if (integer) return *integer;
    }
    if (const Decimal* number = value.get_if<Decimal>();
        number != nullptr && type.kind() == ValueType::integer) {
      if (const std::optional<std::int64_t> integer = number->to_int64()) return *integer;
    }
  }
  Error(ErrorCode::serialization, fmt::format("'{}' ({}) is no value of a key of type {}", to_text(value),
                                              to_string(value.type()), type.to_string()))
      .field_path(field)
      .raise();
}

FieldType type_of(const Dataset& dataset, const std::string& column) {
  const FieldDescription* field = dataset.schema().find(column);
  return field == nullptr ? FieldType() : field->type();
}

// Sets the key fields that the record does not have from its id.
void fill_fields(Record& record, const Dataset& dataset) {
  const std::optional<std::vector<Value>> key = id_to_key(*record.id(), key_types(dataset));
  if (!key) {
    Error(ErrorCode::serialization,
          fmt::format("the id is not the text of the key ({})", fmt::join(dataset.key(), ", ")))
        .record_id(*record.id())
        .hint(dataset.key().size() == 1 ? "give the value of the key column as text"
                                        : "give a JSON array with one element for each key column")
        .raise();
  }
  for (std::size_t i = 0; i < key->size(); ++i) {
    const std::string& column = dataset.key()[i];
    const Value& present = record[column];
    if (present.is_null() || as_key(present, type_of(dataset, column), column) == (*key)[i]) {
      record.set(column, (*key)[i]);
    } else {
      Error(ErrorCode::serialization,
            fmt::format("the key field is '{}', which is not what the id says", to_text(present)))
          .record_id(*record.id())
          .field_path(column)
          .hint("a key cannot be changed: remove the record and create another")
          .raise();
    }
  }
}

}  // namespace

std::vector<FieldType> key_types(const Dataset& dataset) {
  std::vector<FieldType> types;
  types.reserve(dataset.key().size());
  for (const std::string& column : dataset.key()) types.push_back(type_of(dataset, column));
  return types;
}

bool has_key(const Dataset& dataset) noexcept {
  return dataset.layout() == Layout::document ? !dataset.positional_ids() : !dataset.key().empty();
}

std::optional<std::string> id_of_key(const std::vector<Value>& key) {
  const bool has_null =
      std::any_of(key.begin(), key.end(), [](const Value& value) { return value.is_null(); });
  if (key.empty() || has_null) return std::nullopt;
  return key_to_id(key);
}

std::optional<std::string> id_of_fields(const Record& record, const Dataset& dataset) {
  if (dataset.layout() == Layout::document) {
    const Value& id = record["id"];
    if (const std::string* text = id.get_if<std::string>()) return *text;
    if (const std::int64_t* number = id.get_if<std::int64_t>()) return std::to_string(*number);
    return std::nullopt;
  }
  if (dataset.key().empty()) return std::nullopt;
  std::vector<Value> key;
  key.reserve(dataset.key().size());
  for (const std::string& column : dataset.key()) {
    const Value& value = record[column];
    if (value.is_null()) return std::nullopt;
    key.push_back(as_key(value, type_of(dataset, column), column));
  }
  return key_to_id(key);
}

void reconcile_key(Record& record, const Dataset& dataset) {
  if (dataset.layout() == Layout::columns && !dataset.key().empty() && record.id()) {
    fill_fields(record, dataset);
    return;
  }
  if (record.id()) return;
  if (std::optional<std::string> id = id_of_fields(record, dataset)) record.set_id(std::move(id));
}

}  // namespace dataknobs
