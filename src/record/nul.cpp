// SPDX-License-Identifier: Apache-2.0
#include "record/nul.hpp"

namespace dataknobs {

bool may_hold_nul(std::string_view json) noexcept {
  return json.find("\\u0000") != std::string_view::npos;
}

bool find_nul(const Value& value, std::vector<Path::Step>& steps) {
  if (const auto* text = value.get_if<std::string>()) return text->find('\0') != std::string::npos;
  const Json* json = value.get_if<Json>();
  if (json == nullptr) return false;
  if (json->is_array()) {
    for (std::size_t i = 0; i < json->array().size(); ++i) {
      steps.emplace_back(static_cast<std::uint32_t>(i));
      if (find_nul(json->array()[i], steps)) return true;
      steps.pop_back();
    }
    return false;
  }
  for (const auto& [name, child] : json->object()) {
    steps.emplace_back(name);
    if (name.find('\0') != std::string::npos || find_nul(child, steps)) return true;
    steps.pop_back();
  }
  return false;
}

}  // namespace dataknobs
