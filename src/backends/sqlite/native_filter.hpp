// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparisons of a column with literals in SQLite's own operators, where these are exactly right whatever
/// the cells hold.
///
/// SQLite orders numbers below texts below blobs, so a range ends where the next storage class begins: the
/// least text is
/// '' and the least blob x''. A literal is never converted by a column's affinity: text beside a numeric
/// column, and everything beside a view's, stands beside +column, which has none.

#include <optional>

#include <dataknobs/expression.hpp>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/sql.hpp"

namespace dataknobs::sqlite {

/// A condition, or one that is wider and needs dk_match beside it.
struct NativeCondition {
  Sql sql;
  bool exact = true;
};

/// Nothing where SQLite's operators do not help. REQUIRES: a resolved comparison.
std::optional<NativeCondition> native_condition(const Expression& leaf, const TableDataset& dataset);

/// The same for the id of a document.
std::optional<Sql> native_id_condition(const Expression& leaf, const TableDataset& dataset);

}  // namespace dataknobs::sqlite
