// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dataknobs/value.hpp>

namespace dataknobs {

/// Greatest depth of nested arrays and objects, parsed or built: it bounds every recursion over them.
constexpr std::uint32_t kMaximumJsonDepth = 512;

/// Makes a Json of parts which are known to be right: unique names, leaves that JSON has, a bounded depth.
struct JsonAccess {
  static Json make(Json::Array elements);
  static Json make(Json::Object members);
};

/// Deep equality: members in any order, null members dropped, numbers by value, a vector as the array of its
/// numbers. REQUIRES: both are json or vector.
bool json_equal(const Value& left, const Value& right) noexcept;

/// Members that are not null, by the bytes of their names.
std::vector<const std::pair<std::string, Value>*> sorted_members(const Json::Object& object);

}  // namespace dataknobs
