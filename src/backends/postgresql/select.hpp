// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The SELECT of a scan: which columns travel, and the conditions. Pure.

#include <optional>
#include <string>
#include <vector>

#include "backends/postgresql/table.hpp"
#include "database/backend.hpp"

namespace dataknobs::postgresql {

inline constexpr const char* wire_encoding = "postgresql-binary-copy";

/// What a scan's statement gives.
struct Selection {
  std::string statement;
  /// In the order of the statement. Document layout: id, data, metadata, types, version.
  std::vector<WireColumn> columns;
  /// Positions of the key columns, where ids are wanted.
  std::vector<std::size_t> key;
  /// A last column with the version, of type text, follows `columns`.
  bool has_version = false;
  /// Set if the bytes may pass through untouched.
  std::optional<std::string> fingerprint;
};

/// `with_ids`: records are wanted rather than columns, so ids and versions come along.
Selection select_records(const Table& table, const ScanRequest& request);

/// ` where ...`, ` order by ...` and ` limit ...`, as far as the request has them.
std::string where_clause(const Table& table, const ScanRequest& request);
std::string range_clause(const Table& table, const ScanRequest& request);

/// Expression for the version token of a row.
std::string version_expression(const Table& table);

/// The columns that wire bytes of that fingerprint hold, each with the type of the sending side.
struct WireFingerprint {
  std::vector<TableColumn> columns;
  static std::string make(const std::vector<const TableColumn*>& columns);
  /// Nothing if it is not of this form.
  static std::optional<WireFingerprint> parse(const std::string& text);
};

/// Conditions of the partitions of a scan, as text tokens.
std::string key_partition_token(const std::optional<std::string>& from, const std::optional<std::string>& to);
std::string block_partition_token(std::uint64_t from, std::optional<std::uint64_t> to);
std::string whole_partition_token();
/// The condition; empty for the whole. Errors: InvalidArgumentError if the token is not one of this table.
std::string partition_condition(const Table& table, const Partition& partition);

}  // namespace dataknobs::postgresql
