// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <dataknobs/error.hpp>
#include <dataknobs/value.hpp>

#include "record/json.hpp"
#include "record/json_compare.hpp"
#include "record/number.hpp"
#include "record/repeated_name.hpp"

namespace dataknobs {

struct Json::Node {
  Node() = default;
  Node(std::variant<Object, Array> parts, std::uint32_t levels) : content(std::move(parts)), depth(levels) {}
  std::variant<Object, Array> content;
  std::uint32_t depth = 1;
};

bool is_json_leaf(ValueType type) noexcept {
  switch (type) {
    case ValueType::null:
    case ValueType::boolean:
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
    case ValueType::string:
    case ValueType::json:
      return true;
    default:
      return false;
  }
}

namespace {

using Member = std::pair<std::string, Value>;

void check_leaf(const Value& value) {
  if (is_json_leaf(value.type())) return;
  Error(ErrorCode::serialization, fmt::format("JSON cannot hold a {} value", to_string(value.type())))
      .hint("convert it to a string or a number first")
      .raise();
}

void check_unique(const Json::Object& members) {
  const auto twice =
      repeated_name(members, [](const Member& member) -> std::string_view { return member.first; });
  if (!twice) return;
  Error(ErrorCode::serialization, fmt::format("the member '{}' occurs twice", *twice)).raise();
}

bool numbers_equal(const Vector& left, const Vector& right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](float one, float other) {
    return number::compare(static_cast<double>(one), static_cast<double>(other)) == 0;
  });
}

bool array_equals_vector(const Json& json, const Vector& vector) noexcept {
  if (!json.is_array() || json.array().size() != vector.size()) return false;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (json.array()[i] != Value(vector[i])) return false;
  }
  return true;
}

std::size_t count_present(const Json::Object& object) noexcept {
  return static_cast<std::size_t>(std::count_if(
      object.begin(), object.end(), [](const Member& member) { return !member.second.is_null(); }));
}

bool objects_equal(const Json::Object& left, const Json::Object& right) {
  // Mostly the members are in the same order; only else is sorting worth it.
  if (left.size() == right.size() &&
      std::equal(left.begin(), left.end(), right.begin(),
                 [](const Member& one, const Member& other) { return one.first == other.first; })) {
    return std::equal(left.begin(), left.end(), right.begin(),
                      [](const Member& one, const Member& other) { return one.second == other.second; });
  }
  if (count_present(left) != count_present(right)) return false;
  auto left_members = sorted_members(left);
  auto right_members = sorted_members(right);
  for (std::size_t i = 0; i < left_members.size(); ++i) {
    if (left_members[i]->first != right_members[i]->first) return false;
    if (left_members[i]->second != right_members[i]->second) return false;
  }
  return true;
}

std::uint32_t depth_above(std::uint32_t deepest) {
  if (deepest >= kMaximumJsonDepth) {
    Error(ErrorCode::serialization, fmt::format("JSON nested deeper than {} levels", kMaximumJsonDepth))
        .raise();
  }
  return deepest + 1;
}

}  // namespace

std::vector<const std::pair<std::string, Value>*> sorted_members(const Json::Object& object) {
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const Member& member : object) {
    if (!member.second.is_null()) members.push_back(&member);
  }
  std::sort(members.begin(), members.end(),
            [](const Member* left, const Member* right) { return left->first < right->first; });
  return members;
}

bool json_equal(const Value& left, const Value& right) noexcept {
  const auto* left_vector = left.get_if<Vector>();
  const auto* right_vector = right.get_if<Vector>();
  if (left_vector != nullptr && right_vector != nullptr) return numbers_equal(*left_vector, *right_vector);
  if (left_vector != nullptr) return array_equals_vector(*right.get_if<Json>(), *left_vector);
  if (right_vector != nullptr) return array_equals_vector(*left.get_if<Json>(), *right_vector);
  const Json& one = *left.get_if<Json>();
  const Json& other = *right.get_if<Json>();
  if (one.is_array() != other.is_array()) return false;
  return one.is_array() ? one.array() == other.array() : objects_equal(one.object(), other.object());
}

Json::Json() {
  static const auto empty = std::make_shared<const Node>();
  node_ = empty;
}

Json::Json(Array elements) {
  for (const Value& element : elements) check_leaf(element);
  *this = JsonAccess::make(std::move(elements));
}

Json::Json(Object members) {
  for (const Member& member : members) check_leaf(member.second);
  check_unique(members);
  *this = JsonAccess::make(std::move(members));
}

Json JsonAccess::make(Json::Array elements) {
  std::uint32_t deepest = 0;
  for (const Value& element : elements) {
    if (const Json* nested = element.get_if<Json>()) deepest = std::max(deepest, nested->node_->depth);
  }
  return Json(std::make_shared<const Json::Node>(std::move(elements), depth_above(deepest)));
}

Json JsonAccess::make(Json::Object members) {
  std::uint32_t deepest = 0;
  for (const Member& member : members) {
    if (const Json* nested = member.second.get_if<Json>()) deepest = std::max(deepest, nested->node_->depth);
  }
  return Json(std::make_shared<const Json::Node>(std::move(members), depth_above(deepest)));
}

bool Json::is_array() const noexcept {
  return node_->content.index() == 1;
}
const Json::Array& Json::array() const noexcept {
  return *std::get_if<Array>(&node_->content);
}
const Json::Object& Json::object() const noexcept {
  return *std::get_if<Object>(&node_->content);
}

const Value* Json::find(std::string_view name) const noexcept {
  const Object* members = std::get_if<Object>(&node_->content);
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

}  // namespace dataknobs
