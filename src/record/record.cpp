// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/record.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/repeated_name.hpp"

namespace dataknobs {

namespace {

void check_unique(const std::vector<Field>& fields) {
  const auto twice =
      repeated_name(fields, [](const Field& field) -> std::string_view { return field.name(); });
  if (!twice) return;
  Error(ErrorCode::serialization, fmt::format("the field '{}' occurs twice in the record", *twice))
      .field_path(*twice)
      .raise();
}

// Every field of `left` that is not null is in `right`, with the same value.
bool is_within(const Record& left, const Record& right) noexcept {
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Field& field = left.fields()[i];
    if (field.value().is_null()) continue;
    bool same_place = i < right.size() && right.fields()[i].name() == field.name();
    const Value* other = same_place ? &right.fields()[i].value() : right.find(field.name());
    if (other == nullptr || *other != field.value()) return false;
  }
  return true;
}

std::size_t count_present(const Record& record) noexcept {
  return static_cast<std::size_t>(std::count_if(record.fields().begin(), record.fields().end(),
                                                [](const Field& field) { return !field.value().is_null(); }));
}

}  // namespace

Record::Record(std::initializer_list<Field> fields) : Record(std::vector<Field>(fields)) {}

Record::Record(std::vector<Field> fields) {
  check_unique(fields);
  if (!fields.empty()) fields_ = detail::CopyOnWrite(std::move(fields));
}

Record& Record::set_id(std::optional<std::string> id) {
  if (id || this->id()) header_.own().id = std::move(id);
  return *this;
}

const Value* Record::find(std::string_view name) const noexcept {
  for (const Field& field : fields()) {
    if (field.name() == name) return &field.value();
  }
  return nullptr;
}

const Value& Record::operator[](std::string_view name) const noexcept {
  static const Value null;
  const Value* value = find(name);
  return value == nullptr ? null : *value;
}

Record& Record::set(std::string_view name, Value value) {
  std::vector<Field>& fields = fields_.own();
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name() == name; });
  if (found != fields.end()) {
    found->value() = std::move(value);
  } else {
    fields.emplace_back(std::string(name), std::move(value));
  }
  return *this;
}

Record& Record::append(std::string name, Value value) {
  fields_.own().emplace_back(std::move(name), std::move(value));
  return *this;
}

bool Record::remove(std::string_view name) {
  if (!contains(name)) return false;
  std::erase_if(fields_.own(), [&](const Field& field) { return field.name() == name; });
  return true;
}

Record& Record::merge(const Record& other) {
  if (this == &other) return *this;
  if (empty()) {
    fields_ = other.fields_;
    return *this;
  }
  for (const Field& field : other.fields()) set(field.name(), field.value());
  return *this;
}

Record& Record::set_metadata(std::optional<Json> metadata) {
  if (metadata || this->metadata()) header_.own().metadata = std::move(metadata);
  return *this;
}

Record& Record::set_version(std::optional<Version> version) noexcept {
  version_ = std::move(version);
  return *this;
}

bool Record::equal(const Record& left, const Record& right) noexcept {
  if (left.id() != right.id()) return false;
  return count_present(left) == count_present(right) && is_within(left, right);
}

}  // namespace dataknobs
