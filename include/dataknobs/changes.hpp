// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Changes: new values for fields, computed from each record as it was.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs {

/// What an update gives to fields: `Changes().set("price", field("price") * 1.1)`, or the text
/// `price = price * 1.1, name = upper(name), note = null`. All are computed from the record as it was before.
///
/// Where a computation has no result although nothing in it is null (a division by zero, a text that is no number), the
/// update is an error, unlike a filter.
///
/// ```cpp
/// Changes raise = Changes().set("price", field("price") * 1.1).set("checked", true);
/// std::uint64_t changed = co_await shops.update_where(Query::parse("price > 0"), raise);
/// ```
/// Thread safety: as for a standard container.
class Changes {
 public:
  Changes() = default;
  /// Parses `price = price * 1.1, note = null`. Errors: QueryError with position.
  static Changes parse(std::string_view text);

  /// Gives a field of that literal name a value. Errors: QueryError if it has one already.
  Changes& set(std::string field, const Operand& value) &;
  Changes&& set(std::string field, const Operand& value) && {
    return std::move(set(std::move(field), value));
  }

  /// The fields by their names, each with its new value.
  const std::vector<std::pair<std::string, Expression>>& fields() const noexcept { return fields_; }
  /// The text, which parses back to them.
  std::string to_string() const;

 private:
  std::vector<std::pair<std::string, Expression>> fields_;
};

}  // namespace dataknobs
