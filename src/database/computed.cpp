// SPDX-License-Identifier: Apache-2.0
#include "database/computed.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "record/excerpt.hpp"

namespace dataknobs {

bool gives_computed(const Record& record, const Schema& schema) noexcept {
  return std::any_of(schema.fields().begin(), schema.fields().end(), [&](const FieldDescription& column) {
    return column.generated() && !record[column.name()].is_null();
  });
}

std::optional<Error> find_computed_change(const Record& given, const Record& stored, const Schema& schema) {
  for (const FieldDescription& column : schema.fields()) {
    const Value& value = given[column.name()];
    const Value& computed = stored[column.name()];
    if (!column.generated() || value.is_null() || value == computed) continue;
    return Error(ErrorCode::validation, fmt::format("{} is given, but the store computes this column as {}",
                                                    excerpt(to_text(value)), excerpt(to_text(computed))))
        .field_path(column.name())
        .hint("leave the field out");
  }
  return std::nullopt;
}

}  // namespace dataknobs
