// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Table: a table or view as its catalog describes it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/task.hpp>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/wire_type.hpp"
#include "database/dataset.hpp"

namespace dataknobs {
class Context;
}

namespace dataknobs::postgresql {

class Connection;

/// A column, as only PostgreSQL knows it.
struct TableColumn {
  std::string name;
  CatalogType type;
  Codec codec = Codec::text;
  bool nullable = true;
  bool computed = false;         ///< Generated, or an identity that is always the server's: never written.
  bool always_identity = false;  ///< A key that is GENERATED ALWAYS AS IDENTITY.
  bool has_default = false;      ///< A default, or an identity.
  bool deterministic = true;     ///< Its collation compares equal only what has equal bytes.

  WireColumn wire() const;
  /// The name, quoted.
  std::string sql() const;
  /// An expression for the value as text, or the column itself where its binary format is understood.
  std::string selected() const;
  /// An expression for the value that travels as that text: an error where the column's own length, scale or precision
  /// would change it.
  std::string from_text(std::string_view text) const;
};

class Table : public Dataset {
 public:
  Table(DatasetOptions options, Layout layout) : Dataset(std::move(options), layout) {}

  /// Schema and name, quoted.
  const std::string& sql_name() const noexcept { return sql_name_; }
  /// Document layout: the seven columns.
  const std::vector<TableColumn>& columns() const noexcept { return columns_; }
  const TableColumn* find_column(std::string_view name) const noexcept;
  /// The columns of the key; the id column in a document layout.
  std::vector<const TableColumn*> key_columns() const;
  /// Rows have xmin and ctid of their own.
  bool has_row_versions() const noexcept { return has_row_versions_; }
  /// Number of 8 KiB blocks, for ranges of ctid; 0 where there are none.
  std::uint64_t blocks() const noexcept { return blocks_; }
  /// COPY may write to it: it is no view, and no row security is in force.
  bool takes_copy() const noexcept { return takes_copy_; }
  /// The database keeps text as UTF-8, so collation "C" orders by code point.
  bool utf8() const noexcept { return utf8_; }
  Table& set_columns(std::vector<TableColumn> columns) { return columns_ = std::move(columns), *this; }
  Table& set_utf8(bool utf8) { return utf8_ = utf8, *this; }

 private:
  friend class TableReader;
  std::string sql_name_;
  std::vector<TableColumn> columns_;
  bool has_row_versions_ = false;
  bool takes_copy_ = true;
  std::uint64_t blocks_ = 0;
  bool utf8_ = true;
};

using TablePointer = std::shared_ptr<const Table>;

/// The table of a dataset that this backend made.
const Table& table_of(const DatasetPointer& dataset);

/// Reads the catalog, in one query. Nothing if there is no such table.
/// Errors: ConfigurationError for a key= or layout= that does not fit.
Task<DatasetPointer> read_table(Context& context, Connection& connection, const DatasetOptions& options,
                                bool exact);

/// Names of the tables and views of the schema, or else of those that the search path finds.
/// Errors: NotFoundError if there is no such schema, with the nearest one.
Task<std::vector<std::string>> list_tables(Context& context, Connection& connection,
                                           const std::optional<std::string>& schema);

/// Schema and table, as a new table of these options would be made or the present one is found.
Task<std::string> identity_of(Context& context, Connection& connection, const DatasetOptions& options);

/// The first schema of the search path that is not the one of dataknobs' own state (a role named dataknobs has it in
/// its path, as its own); nothing if there is no other.
Task<std::optional<std::string>> schema_for_new_tables(Context& context, Connection& connection);

Task<bool> has_schema(Context& context, Connection& connection, const std::string& schema);

/// The option schema=, or nothing.
std::optional<std::string> schema_option(const DatasetOptions& options);

}  // namespace dataknobs::postgresql
