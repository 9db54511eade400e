// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/filter.hpp"

#include <dataknobs/error.hpp>

#include "backends/postgresql/table.hpp"

namespace dataknobs::postgresql {

std::string filter_sql(const Table&, const Expression&) {
  Error(ErrorCode::internal, "a filter was not planned for this table").raise();
}

std::string order_sql(const Table& table, const std::vector<SortKey>& sort) {
  if (!sort.empty()) Error(ErrorCode::internal, "a sort was not planned for this table").raise();
  return table.layout() == Layout::document ? "id collate \"C\"" : "";
}

}  // namespace dataknobs::postgresql
