// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/scan_sql.hpp"

#include <limits>

#include <fmt/format.h>

#include "backends/sqlite/key.hpp"
#include "backends/sqlite/translate.hpp"

namespace dataknobs::sqlite {

namespace {

std::string table_sql(const ScanRequest& request, const TableDataset& dataset) {
  return fmt::format("main.{} AS t{}", sql_name(dataset.name()),
                     request.hint().empty() ? std::string() : " INDEXED BY " + sql_name(request.hint()));
}

Sql where_sql(const ScanRequest& request, const TableDataset& dataset) {
  std::vector<Sql> parts;
  if (!request.filter().is_always_true()) parts.push_back(translate_filter(request.filter(), dataset));
  if (request.partition()) {
    Sql partition = partition_condition(*request.partition(), dataset);
    if (!partition.text().empty()) parts.push_back(std::move(partition));
  }
  Sql sql;
  if (!parts.empty()) sql << " WHERE " << joined(parts, " AND ");
  return sql;
}

bool has_range(const ScanRequest& request) noexcept {
  return request.limit().has_value() || request.offset() != 0;
}

std::int64_t clamp(std::uint64_t value) noexcept {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(value, kLargest));
}

Sql range_sql(const ScanRequest& request) {
  Sql sql;
  if (!has_range(request)) return sql;
  sql << " LIMIT ";
  sql.value(request.limit() ? clamp(*request.limit()) : -1);
  sql << " OFFSET ";
  return sql.value(clamp(request.offset()));
}

bool has_id(const TableDataset& dataset) noexcept {
  return dataset.layout() == Layout::document || !dataset.key_columns.empty();
}

Sql tail_sql(const ScanRequest& request, const TableDataset& dataset) {
  Sql sql = where_sql(request, dataset);
  if (!request.sort().empty() || (has_range(request) && has_id(dataset))) {
    sql << " ORDER BY " << translate_order(request.sort(), dataset);
  }
  return sql << range_sql(request);
}

}  // namespace

Sql select_sql(const ScanRequest& request, const TableDataset& dataset, std::string_view list) {
  Sql sql(fmt::format("SELECT {} FROM {}", list, table_sql(request, dataset)));
  return sql << tail_sql(request, dataset);
}

Sql count_sql(const ScanRequest& request, const TableDataset& dataset) {
  Sql sql;
  if (!has_range(request)) {
    sql << fmt::format("SELECT count(*) FROM {}", table_sql(request, dataset));
    return sql << where_sql(request, dataset);
  }
  // How many there are does not depend on their order.
  sql << fmt::format("SELECT count(*) FROM (SELECT 1 FROM {}", table_sql(request, dataset));
  return sql << where_sql(request, dataset) << range_sql(request) << ")";
}

Sql delete_sql(const ScanRequest& request, const TableDataset& dataset) {
  Sql sql(fmt::format("DELETE FROM {}", table_sql(request, dataset)));
  if (!has_range(request)) return sql << where_sql(request, dataset);
  std::string identity = dataset.rowid.empty() ? std::string() : "t." + dataset.rowid;
  if (identity.empty()) {
    for (const std::size_t position : dataset.key_columns) {
      identity += (identity.empty() ? "" : ", ") + column_sql(dataset.columns[position]);
    }
  }
  if (identity.empty()) raise_no_key(dataset);
  sql << fmt::format(" WHERE ({0}) IN (SELECT {0} FROM {1}", identity, table_sql(request, dataset));
  return sql << tail_sql(request, dataset) << ")";
}

}  // namespace dataknobs::sqlite
