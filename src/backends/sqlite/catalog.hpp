// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What the database's catalog says of a table or view, and how new tables are declared.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/sqlite/column_type.hpp"
#include "backends/sqlite/connection.hpp"
#include "database/backend.hpp"

namespace dataknobs::sqlite {

/// A column as SQLite has it. Its place is that of the schema's field.
struct TableColumn {
  std::string name;
  FieldType type;
  Affinity affinity = Affinity::blob;
  /// Its own comparisons are by bytes (BINARY), so an index on it can serve ours.
  bool binary_collation = true;
  bool generated = false;
  bool has_default = false;
  /// It holds values of its declared class alone: the row number, and the typed columns of a STRICT table.
  bool one_class = false;
};

/// A table or view. Immutable and shared.
class TableDataset : public Dataset {
 public:
  TableDataset(DatasetOptions options, Layout layout) : Dataset(std::move(options), layout) {}

  /// Columns layout: as in schema(). Document layout: empty.
  std::vector<TableColumn> columns;
  /// Positions in `columns` of the key's columns.
  std::vector<std::size_t> key_columns;
  /// The name under which the row number can be asked for ("rowid"); empty where there is none (views,
  /// WITHOUT ROWID).
  std::string rowid;
  bool is_view = false;
  bool without_rowid = false;
  /// A unique index guards the key, and compares it as we do.
  bool key_is_unique = false;
  /// What is written may read back changed or extended: triggers, generated columns, defaults.
  bool may_change_writes = false;
  /// Text compares by code point in SQLite's BINARY collation.
  bool utf8 = true;

  const TableColumn* find_column(std::string_view field) const noexcept;
  std::vector<FieldType> key_types() const;
};

/// Equal for names that are the same to SQLite, which ignores the case of ASCII letters, and of no others.
std::string folded_name(std::string name);

/// The dataset as a TableDataset. REQUIRES: this backend made it.
const TableDataset& table_of(const Dataset& dataset);

/// For a URL without table=, which names those that there are.
[[noreturn]] void raise_no_table(const std::vector<std::string>& tables);

/// Nothing if there is no such table or view. `exact` counts rows.
/// Errors: ConfigurationError if the options do not suit the table.
std::shared_ptr<const TableDataset> describe_table(Connection& connection, const DatasetOptions& options,
                                                   bool exact);

/// Names of tables and views, without those of SQLite and dataknobs themselves.
std::vector<std::string> list_tables(Connection& connection);

/// The statements that make a table. Pure. Errors: ConfigurationError on names that SQLite takes for equal.
std::vector<std::string> creation_statements(const CreateRequest& request);

/// Changes when the file's content may have changed; empty for a database in memory.
std::string file_fingerprint(Connection& connection);

}  // namespace dataknobs::sqlite
