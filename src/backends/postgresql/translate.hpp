// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Filters and sorts as SQL, with exactly the reference semantics. Pure.

#include <optional>
#include <string>
#include <vector>

#include "query/planner.hpp"

namespace dataknobs::postgresql {

class Table;

/// What names mean in that table.
FieldResolution resolution(const Table& table);

/// A condition that is true for exactly the rows that the comparison is true for, or nothing. REQUIRES: a resolved
/// comparison.
std::optional<std::string> comparison_sql(const Table& table, const Expression& leaf);

/// A condition that is true for exactly the rows that the filter is true for. Errors: QueryError on unknown fields.
/// REQUIRES: the filter was taken by the planner for that table.
std::string filter_sql(const Table& table, const Expression& filter);

/// True if order_sql sorts as the language does.
bool can_sort(const Table& table, const std::vector<SortKey>& sort);
/// One expression of an order, and "", " desc" or " desc nulls last".
struct OrderKey {
  std::string sql;
  std::string direction;
};
/// The keys, then the id. REQUIRES: can_sort.
std::vector<OrderKey> order_keys(const Table& table, const std::vector<SortKey>& sort);
/// What follows ORDER BY.
std::string order_sql(const std::vector<OrderKey>& keys);

/// Some of the rows, and an order of them that an index on the first column may serve.
struct OrderPart {
  std::string condition;
  std::vector<OrderKey> order;
};
/// Parts that are all rows together, where the order as a whole is one that no index has: nulls are last in both
/// directions, and texts stand among moments. Empty where one order will do.
std::vector<OrderPart> order_parts(const Table& table, const std::vector<SortKey>& sort);

/// What the planner asks.
class PostgresqlTranslator : public Translator {
 public:
  /// REQUIRES: the table outlives it.
  explicit PostgresqlTranslator(const Table& table) : table_(table) {}
  Translation translate(const Expression& leaf, bool under_not) const override;
  bool sorts(const std::vector<SortKey>& keys) const override { return can_sort(table_, keys); }
  bool cuts() const override { return true; }

 private:
  const Table& table_;
};

}  // namespace dataknobs::postgresql
