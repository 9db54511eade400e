// SPDX-License-Identifier: Apache-2.0
#include "record/schema.hpp"

#include <unordered_map>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

namespace dataknobs {

bool FieldType::operator==(const FieldType& other) const noexcept {
  return kind_ == other.kind_ && logical_ == other.logical_ && precision_ == other.precision_ &&
         scale_ == other.scale_ && width_ == other.width_ && length_ == other.length_;
}

std::string FieldType::to_string() const {
  std::string out(is_any() ? std::string_view("any") : dataknobs::to_string(kind_));
  if (precision_) {
    out += scale_ ? fmt::format("({},{})", *precision_, *scale_) : fmt::format("({})", *precision_);
  } else if (width_ != 64) {
    out += fmt::format("({})", width_);
  } else if (length_) {
    out += fmt::format("({})", *length_);
  }
  if (!logical_.empty()) out += ' ' + logical_;
  return out;
}

Schema::Schema(std::vector<FieldDescription> fields) : fields_(std::move(fields)) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    auto [place, is_new] = places.emplace(fields_[i].name(), i);
    if (is_new) continue;
    Error(ErrorCode::serialization,
          fmt::format("columns {} and {} are both named '{}'", place->second + 1, i + 1, fields_[i].name()))
        .field_path(fields_[i].name())
        .hint("rename one of them")
        .raise();
  }
}

const FieldDescription* Schema::find(std::string_view name) const noexcept {
  std::optional<std::size_t> index = index_of(name);
  return index ? &fields_[*index] : nullptr;
}

std::optional<std::size_t> Schema::index_of(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name() == name) return i;
  }
  return std::nullopt;
}

}  // namespace dataknobs
