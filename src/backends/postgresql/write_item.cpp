// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/write_item.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/document.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "database/keys.hpp"
#include "record/excerpt.hpp"
#include "record/nearest.hpp"

namespace dataknobs::postgresql {
namespace {

// No version is equal to it.
constexpr const char* impossible_version = "";

void set_problem(WriteItem& item, std::string_view field, std::string message, std::string_view hint = {}) {
  if (item.problem) return;
  Error error(ErrorCode::validation, std::move(message));
  error.field_path(field);
  if (!hint.empty()) error.hint(hint);
  if (!item.id.empty()) error.record_id(item.id);
  item.problem = error;
}

// Appends a column of the item; false if the type cannot keep the value.
bool add_cell(WriteItem& item, const TableColumn& column, const Value& value) {
  const WireColumn wire = column.wire();
  std::string cell;
  std::optional<std::string> reason = modifier_problem(value, wire);
  if (!reason) reason = append_value(cell, value, column.codec);
  if (reason) {
    set_problem(item, column.name,
                fmt::format("{} does not fit {}: {}", excerpt(to_text(value)), column.type.native, *reason));
    return false;
  }
  item.columns.push_back(&column);
  item.cells.push_back(std::move(cell));
  return true;
}

std::string sized(std::string_view bytes) {
  std::string cell;
  append_big(cell, static_cast<std::int32_t>(bytes.size()));
  cell += bytes;
  return cell;
}

std::string sized_jsonb(const std::optional<std::string>& text) {
  std::string cell;
  if (!text) {
    append_big(cell, std::int32_t{-1});
  } else {
    append_big(cell, static_cast<std::int32_t>(text->size() + 1));
    cell += '\1';
    cell += *text;
  }
  return cell;
}

bool is_key(const Table& table, const std::string& name) {
  return std::find(table.key().begin(), table.key().end(), name) != table.key().end();
}

void set_unknown(WriteItem& item, const Table& table, const std::string& name) {
  std::vector<std::string_view> names;
  for (const TableColumn& column : table.columns()) names.push_back(column.name);
  const auto nearest = nearest_name(name, names);
  set_problem(item, name,
              fmt::format("the {} {} has no column '{}'", table.native_kind(), table.name(), name),
              nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string());
}

// The key by the record's id, else by its fields. Nothing if neither says it.
std::optional<std::vector<Value>> key_of(WriteItem& item, const Table& table, const Record& record) {
  std::optional<std::string> by_fields;
  try {
    by_fields = id_of_fields(record, table);
  } catch (const Error& error) {
    item.problem = error;
    return {};
  }
  if (!record.id() && !by_fields) return {};
  item.id = record.id() ? *record.id() : *by_fields;
  const std::optional<std::vector<Value>> key = id_to_key(item.id, key_types(table));
  if (!key) {
    set_problem(item, table.key().front(), "the id cannot be a key of the table");
    return {};
  }
  if (by_fields && *by_fields != key_to_id(*key)) {
    set_problem(item, table.key().front(), "the key of a record cannot be changed",
                "remove the record and create it under the new key");
  }
  return key;
}

}  // namespace

WriteItem document_item(const Table& table, const Record& record) {
  WriteItem item;
  DocumentRow row;
  try {
    row = document_row(record);
  } catch (const Error& error) {
    item.problem = error;
    item.id = record.id().value_or("");
    return item;
  }
  item.id = row.id;
  for (const char* name : {"id", "data", "metadata", "types", "version"}) {
    item.columns.push_back(table.find_column(name));
  }
  item.cells.push_back(sized(row.id));
  item.cells.push_back(sized_jsonb(row.data));
  item.cells.push_back(sized_jsonb(row.metadata));
  item.cells.push_back(sized_jsonb(row.types));
  std::string version;
  append_big(version, row.version);
  item.cells.push_back(sized(version));
  item.new_version = std::to_string(row.version);
  return item;
}

WriteItem columns_item(const Table& table, const Record& record, bool may_make_key) {
  WriteItem item;
  const std::optional<std::vector<Value>> key = key_of(item, table, record);
  if (key) {
    const std::vector<const TableColumn*> columns = table.key_columns();
    for (std::size_t i = 0; i < columns.size(); ++i) add_cell(item, *columns[i], (*key)[i]);
  } else if (!may_make_key) {
    set_problem(item, table.key().front(), "the record has no key", "give each key column a value");
  }
  if (record.metadata()) {
    set_problem(item, "metadata", "a table's columns have no room for metadata", "use layout=document");
  }
  for (const Field& field : record.fields()) {
    const TableColumn* column = table.find_column(field.name());
    if (column == nullptr) {
      set_unknown(item, table, field.name());
    } else if (!column->computed && !is_key(table, field.name())) {
      add_cell(item, *column, field.value());
    }
  }
  return item;
}

WriteItem removal_item(const Table& table, const std::string& id) {
  WriteItem item;
  item.id = id;
  item.action = WriteAction::remove;
  std::optional<std::vector<Value>> key;
  if (table.layout() == Layout::document) {
    key = std::vector<Value>{Value(id)};
  } else {
    key = id_to_key(id, key_types(table));
  }
  const std::vector<const TableColumn*> columns = table.key_columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!key || !add_cell(item, *columns[i], (*key)[i])) {
      // An id that cannot be a key is the id of no record: no statement needs to look.
      item.columns.clear();
      item.problem.reset();
      break;
    }
  }
  return item;
}

void set_condition(WriteItem& item, WriteMode mode, const Precondition* precondition) {
  const Existence existence = precondition != nullptr ? precondition->existence() : Existence::any;
  if (precondition != nullptr) item.expected = precondition->version();
  switch (mode) {
    case WriteMode::insert:
      item.action = WriteAction::insert;
      if (existence == Existence::present || item.expected) {
        item.action = WriteAction::update;
        item.expected = impossible_version;
      }
      break;
    case WriteMode::upsert:
      item.action = WriteAction::upsert;
      if (existence == Existence::absent) item.action = WriteAction::insert;
      if (existence == Existence::present || item.expected) item.action = WriteAction::update;
      break;
    case WriteMode::update:
    case WriteMode::patch:
      item.action = WriteAction::update;
      if (existence == Existence::absent) item.expected = impossible_version;
      break;
  }
}

}  // namespace dataknobs::postgresql
