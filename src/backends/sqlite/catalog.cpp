// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/catalog.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "backends/sqlite/creation.hpp"
#include "record/nearest.hpp"

namespace dataknobs::sqlite {

namespace {

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() &&
         sqlite3_strnicmp(left.data(), right.data(), static_cast<int>(left.size())) == 0;
}

// A row of PRAGMA table_list.
struct TableEntry {
  std::string name;
  std::string kind;
  bool without_rowid = false;
  bool strict = false;
};

std::optional<TableEntry> find_table(Connection& connection, const std::string& name) {
  Statement statement = connection.prepare(
      "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE "
      "NOCASE");
  statement.bind(1, std::string_view(name));
  if (!statement.step()) return std::nullopt;
  TableEntry entry;
  entry.name = statement.text(0);
  entry.kind = statement.text(1);
  entry.without_rowid = statement.integer(2) != 0;
  entry.strict = statement.integer(3) != 0;
  return entry;
}

std::string schema_text(Connection& connection, const std::string& name) {
  Statement statement = connection.prepare(
      "SELECT sql FROM main.sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')");
  statement.bind(1, std::string_view(name));
  return statement.step() ? statement.text(0) : std::string();
}

// A row of PRAGMA table_xinfo.
struct ColumnEntry {
  TableColumn column;
  bool not_null = false;
  std::int64_t key_position = 0;
};

std::vector<ColumnEntry> read_columns(Connection& connection, const TableEntry& table) {
  std::vector<ColumnEntry> result;
  Statement statement = connection.prepare(
      "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, 'main')");
  statement.bind(1, std::string_view(table.name));
  while (statement.step()) {
    const std::int64_t hidden = statement.integer(5);
    if (hidden == 1) continue;  // A hidden column of a virtual table: an argument rather than data.
    ColumnEntry entry;
    TableColumn& column = entry.column;
    column.name = statement.text(0);
    const std::string declared = statement.text(1);
    column.type = type_of_declared(declared);
    column.affinity = affinity_of(declared);
    column.one_class = table.strict && !equal_ignoring_case(declared, "ANY");
    if (table.strict && !column.one_class) column.affinity = Affinity::blob;
    column.has_default = !statement.column(3).is_null();
    column.generated = hidden >= 2;
    entry.not_null = statement.integer(2) != 0;
    entry.key_position = statement.integer(4);
    const char* collation = nullptr;
    const int code =
        sqlite3_table_column_metadata(connection.handle(), "main", table.name.c_str(), column.name.c_str(),
                                      nullptr, &collation, nullptr, nullptr, nullptr);
    column.binary_collation = connection.is_utf8() && code == SQLITE_OK && collation != nullptr &&
                              equal_ignoring_case(collation, "BINARY");
    result.push_back(std::move(entry));
  }
  return result;
}

std::string free_rowid_name(const std::vector<TableColumn>& columns) {
  for (std::string_view name : {"rowid", "_rowid_", "oid"}) {
    const auto shadows = [&](const TableColumn& column) { return equal_ignoring_case(column.name, name); };
    if (std::none_of(columns.begin(), columns.end(), shadows)) return std::string(name);
  }
  return {};
}

// Whether some full unique index has exactly the key's columns.
bool has_unique_index(Connection& connection, const TableDataset& dataset) {
  std::vector<std::string> wanted;
  for (const std::size_t position : dataset.key_columns) wanted.push_back(dataset.columns[position].name);
  std::sort(wanted.begin(), wanted.end());
  Statement indexes = connection.prepare(
      "SELECT name FROM pragma_index_list(?1, 'main') WHERE \"unique\" <> 0 AND partial = 0");
  indexes.bind(1, std::string_view(dataset.name()));
  while (indexes.step()) {
    const std::string index = indexes.text(0);
    Statement columns = connection.prepare(
        "SELECT name FROM pragma_index_xinfo(?1, 'main') WHERE key <> 0 AND coll = 'BINARY' COLLATE NOCASE");
    columns.bind(1, std::string_view(index));
    std::vector<std::string> found;
    while (columns.step()) found.push_back(columns.text(0));
    std::sort(found.begin(), found.end());
    const std::int64_t key_size = connection.query_integer(fmt::format(
        "SELECT count(*) FROM pragma_index_xinfo({}, 'main') WHERE key <> 0", text_literal(index)));
    if (found == wanted && key_size == static_cast<std::int64_t>(wanted.size())) return true;
  }
  return false;
}

std::size_t key_column(const TableDataset& dataset, const std::string& name) {
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < dataset.columns.size(); ++i) {
    if (dataset.columns[i].name == name) return i;
    known.push_back(dataset.columns[i].name);
  }
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  Error(ErrorCode::configuration,
        fmt::format("the key column '{}' is not a column of {}", name, dataset.name()))
      .field_path(name)
      .hint(nearest ? fmt::format("did you mean '{}'?", *nearest)
                    : fmt::format("its columns are {}", fmt::join(known, ", ")))
      .raise();
}

// The column that is the row number itself: a primary key without an index of its own (INTEGER PRIMARY KEY).
std::optional<std::size_t> find_rowid_column(Connection& connection, const TableDataset& dataset,
                                             const std::vector<ColumnEntry>& entries) {
  if (dataset.is_view || dataset.without_rowid) return std::nullopt;
  std::vector<std::size_t> primary;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].key_position > 0) primary.push_back(i);
  }
  if (primary.size() != 1) return std::nullopt;
  const std::int64_t indexes = connection.query_integer(
      fmt::format("SELECT count(*) FROM pragma_index_list({}, 'main') WHERE origin = 'pk'",
                  text_literal(dataset.name())));
  return indexes == 0 ? std::optional(primary.front()) : std::nullopt;
}

// The key: what the URL says, else the primary key.
void set_key(Connection& connection, TableDataset& dataset, const std::vector<ColumnEntry>& entries,
             std::optional<std::size_t> rowid_column) {
  if (!dataset.options().key().empty()) {
    for (const std::string& name : dataset.options().key())
      dataset.key_columns.push_back(key_column(dataset, name));
  } else {
    std::vector<std::pair<std::int64_t, std::size_t>> primary;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].key_position > 0) primary.emplace_back(entries[i].key_position, i);
    }
    std::sort(primary.begin(), primary.end());
    for (const auto& [order, position] : primary) dataset.key_columns.push_back(position);
  }
  std::vector<std::string> names;
  bool binary = true;
  for (const std::size_t position : dataset.key_columns) {
    names.push_back(dataset.columns[position].name);
    binary = binary && dataset.columns[position].binary_collation;
  }
  dataset.set_key(names);
  if (dataset.is_view || names.empty()) return;
  const bool is_rowid = names.size() == 1 && rowid_column == dataset.key_columns.front();
  dataset.set_generates_ids(is_rowid);
  dataset.key_is_unique = is_rowid || (binary && has_unique_index(connection, dataset));
}

void set_columns(Connection& connection, TableDataset& dataset, const TableEntry& table) {
  const std::vector<ColumnEntry> entries = read_columns(connection, table);
  const std::optional<std::size_t> rowid_column = find_rowid_column(connection, dataset, entries);
  std::vector<FieldDescription> fields;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const TableColumn& column = entries[i].column;
    dataset.columns.push_back(column);
    dataset.columns.back().one_class |= rowid_column == i;
    FieldDescription field(column.name, column.type, !entries[i].not_null && rowid_column != i);
    field.set_generated(column.generated).set_has_default(column.has_default);
    fields.push_back(std::move(field));
    dataset.may_change_writes |= column.generated || column.has_default;
  }
  dataset.set_schema(Schema(std::move(fields)));
  set_key(connection, dataset, entries, rowid_column);
  if (!dataset.is_view && !dataset.without_rowid) dataset.rowid = free_rowid_name(dataset.columns);
}

void set_size(Connection& connection, TableDataset& dataset, bool exact) {
  const std::string table = sql_name(dataset.name());
  const std::int64_t bytes =
      connection.query_integer("PRAGMA page_count") * connection.query_integer("PRAGMA page_size");
  dataset.set_bytes(static_cast<std::uint64_t>(bytes));
  if (exact) {
    const std::int64_t rows = connection.query_integer(fmt::format("SELECT count(*) FROM main.{}", table));
    dataset.set_rows(static_cast<std::uint64_t>(rows), true);
  } else if (!dataset.rowid.empty()) {
    // Row numbers mostly have no gaps; where they do, no row takes less than four bytes.
    const std::int64_t rows = connection.query_integer(fmt::format(
        "SELECT coalesce((SELECT max({0}) FROM main.{1}) - (SELECT min({0}) FROM main.{1}) + 1, 0)",
        dataset.rowid, table));
    dataset.set_rows(static_cast<std::uint64_t>(std::clamp<std::int64_t>(rows, 0, bytes / 4)), false);
  }
}

Layout layout_of(const DatasetOptions& options, const std::string& sql) {
  const bool own = sql.find(kDocumentMarker) != std::string::npos;
  if (!options.layout()) return own ? Layout::document : Layout::columns;
  if (*options.layout() == Layout::document && !own) {
    Error(ErrorCode::configuration,
          fmt::format("the table {} has columns of its own: it holds no documents", options.name()))
        .hint("leave layout= out, or say layout=columns")
        .raise();
  }
  return *options.layout();
}

void check_format(const std::string& name, const std::string& sql) {
  const std::size_t marker = sql.find(kDocumentMarker);
  if (marker == std::string::npos) return;
  const std::string_view version = std::string_view(sql).substr(marker + kDocumentMarker.size());
  if (version.starts_with(fmt::format("{} ", kDocumentFormat))) return;
  Error(ErrorCode::unsupported,
        fmt::format("the documents of table {} are in a format that this version does not know", name))
      .hint(
          "use the version of dataknobs that wrote it, or a newer one; layout=columns shows the raw columns")
      .raise();
}

}  // namespace

const TableColumn* TableDataset::find_column(std::string_view field) const noexcept {
  const std::optional<std::size_t> index = schema().index_of(field);
  return index ? &columns[*index] : nullptr;
}

std::vector<FieldType> TableDataset::key_types() const {
  std::vector<FieldType> types;
  for (const std::size_t position : key_columns) types.push_back(columns[position].type);
  return types;
}

std::string folded_name(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

const TableDataset& table_of(const Dataset& dataset) {
  return dynamic_cast<const TableDataset&>(dataset);
}

void raise_no_table(const std::vector<std::string>& tables) {
  Error(ErrorCode::configuration, "the URL names no table")
      .hint(tables.empty() ? std::string("say table=NAME")
                           : fmt::format("say table=NAME; there are {}", fmt::join(tables, ", ")))
      .raise();
}

std::shared_ptr<const TableDataset> describe_table(Connection& connection, const DatasetOptions& options,
                                                   bool exact) {
  if (options.name().empty()) raise_no_table(list_tables(connection));
  const std::optional<TableEntry> table = find_table(connection, options.name());
  if (!table) return nullptr;
  const std::string sql = schema_text(connection, table->name);
  const Layout layout = layout_of(options, sql);
  auto dataset = std::make_shared<TableDataset>(options, layout);
  dataset->is_view = table->kind == "view" || table->kind == "virtual";
  dataset->without_rowid = table->without_rowid;
  dataset->utf8 = connection.is_utf8();
  dataset->set_native_kind(table->kind == "view"      ? "view"
                           : table->kind == "virtual" ? "virtual table"
                                                      : "table");
  dataset->set_read_only(dataset->is_view || connection.settings().read_only());
  if (layout == Layout::document) {
    check_format(table->name, sql);
    dataset->set_has_metadata(true);
    dataset->rowid = "rowid";
    dataset->key_is_unique = true;
  } else {
    set_columns(connection, *dataset, *table);
    Statement triggers = connection.prepare(
        "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE");
    triggers.bind(1, std::string_view(table->name));
    dataset->may_change_writes |= triggers.step();
  }
  set_size(connection, *dataset, exact);
  dataset->set_fingerprint(file_fingerprint(connection));
  return dataset;
}

std::vector<std::string> list_tables(Connection& connection) {
  Statement statement = connection.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual')"
      " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'dataknobs\\_%' ESCAPE '\\' ORDER BY "
      "name");
  std::vector<std::string> names;
  while (statement.step()) names.push_back(statement.text(0));
  return names;
}

}  // namespace dataknobs::sqlite
