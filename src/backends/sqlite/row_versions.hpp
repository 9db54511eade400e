// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Versions of records in a table that has no room for them. A digest of the content alone would come back with the
/// content, so the changes made here are counted beside it, in tables of our own: by record where one is replaced or
/// removed, for all records of the table where many are at once. Whatever another program writes changes the digest.

#include <optional>
#include <vector>

#include "backends/sqlite/catalog.hpp"

namespace dataknobs::sqlite {

/// Lifetime: connection and dataset outlive it; it lives for one read or one write.
class RowVersions {
 public:
  RowVersions(Connection& connection, const TableDataset& dataset)
      : connection_(connection), dataset_(dataset) {}

  /// The version of a whole record, as the transaction that is open now sees it.
  Version of(const Record& record);
  /// REQUIRES: in a transaction that writes.
  void count_change(const std::vector<Value>& key);
  void count_change_of_all();

 private:
  bool has_tables();
  void make_tables();

  Connection& connection_;
  const TableDataset& dataset_;
  std::optional<bool> has_tables_;
};

}  // namespace dataknobs::sqlite
