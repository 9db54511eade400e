// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/rows.hpp"

#include <algorithm>

#include <arrow/api.h>
#include <fmt/format.h>

#include "backends/sqlite/codec.hpp"
#include "backends/sqlite/translate.hpp"
#include "database/keys.hpp"
#include "record/json.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::string_view kDocumentColumns = "t.id, t.data, t.types, t.metadata, t.version";

[[noreturn]] void raise_in_document(const Error& error, const Cell& id, std::string_view column) {
  Error located = error;
  located.record_id(id.bytes()).field_path(column).raise();
}

}  // namespace

RowShape::RowShape(std::shared_ptr<const TableDataset> dataset, const std::vector<std::string>& fields)
    : dataset_(std::move(dataset)) {
  if (document()) {
    select_list_ = kDocumentColumns;
    return;
  }
  for (std::size_t i = 0; i < dataset_->columns.size(); ++i) {
    const bool is_key = std::find(dataset_->key_columns.begin(), dataset_->key_columns.end(), i) !=
                        dataset_->key_columns.end();
    const bool wanted = fields.empty() || is_key ||
                        std::find(fields.begin(), fields.end(), dataset_->columns[i].name) != fields.end();
    if (!wanted) {
      whole_ = false;
      continue;
    }
    positions_.push_back(i);
    if (!select_list_.empty()) select_list_ += ", ";
    select_list_ += column_sql(dataset_->columns[i]);
  }
  // Records of which nothing is wanted are still counted.
  if (select_list_.empty()) select_list_ = "1";
}

Schema RowShape::schema() const {
  std::vector<FieldDescription> fields;
  for (const std::size_t position : positions_) fields.push_back(dataset_->schema().fields()[position]);
  return Schema(std::move(fields));
}

Record RowShape::document_record(const Statement& statement) const {
  const Cell id = statement.column(0);
  const Cell types = statement.column(2);
  const Cell metadata = statement.column(3);
  Record record;
  try {
    const std::optional<std::string_view> types_text =
        types.is_text() ? std::optional(types.bytes()) : std::nullopt;
    record = from_document(statement.column(1).bytes(), types_text);
  } catch (const SerializationError& error) {
    raise_in_document(error, id, "data");
  }
  record.set_id(std::string(id.bytes()));
  record.set_version(std::to_string(statement.integer(4)));
  if (metadata.is_text()) {
    try {
      record.set_metadata(Json(parse_json_object(metadata.bytes())));
    } catch (const SerializationError& error) {
      raise_in_document(error, id, "metadata");
    }
  }
  return record;
}

void RowShape::set_id(Record& record) const {
  std::vector<Value> key;
  for (const std::size_t position : dataset_->key_columns) {
    key.push_back(record[dataset_->columns[position].name]);
  }
  // SQLite allows nulls in most primary keys: such a row is read, but has no id.
  if (std::optional<std::string> id = id_of_key(key)) record.set_id(std::move(id));
}

Record RowShape::record(const Statement& statement) const {
  if (document()) return document_record(statement);
  Record record;
  record.reserve(positions_.size());
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    const TableColumn& column = dataset_->columns[positions_[i]];
    try {
      record.append(column.name, decode(statement.column(static_cast<int>(i)), column.type));
    } catch (const SerializationError& error) {
      Error located = error;
      set_id(record);
      if (record.id()) located.record_id(*record.id());
      located.field_path(column.name).raise();
    }
  }
  set_id(record);
  return record;
}

std::uint64_t RowShape::size_of(const Statement& statement) const {
  constexpr std::uint64_t kRecord = 64;
  constexpr std::uint64_t kField = 64;
  std::uint64_t size = kRecord;
  for (int i = 0; i < width(); ++i) size += kField + statement.column(i).bytes().size();
  return size;
}

ColumnCollector::ColumnCollector(const RowShape& shape) : shape_(shape) {
  for (const std::size_t position : shape.positions())
    builders_.emplace_back(shape.dataset().columns[position].type);
}

std::uint64_t ColumnCollector::append_cell(std::size_t index, const Cell& cell) {
  ColumnBuilder& builder = builders_[index];
  const FieldType& type = shape_.dataset().columns[shape_.positions()[index]].type;
  if (cell.is_null()) {
    builder.append_null();
    return 1;
  }
  if (is_plain(type.kind(), cell.storage())) {
    switch (cell.storage()) {
      case Cell::Storage::integer:
        builder.append_integer(cell.integer());
        return 8;
      case Cell::Storage::real:
        builder.append_floating(cell.real());
        return 8;
      case Cell::Storage::text:
        if (find_invalid_utf8(cell.bytes())) break;  // decode says where.
        builder.append_text(cell.bytes());
        return 4 + cell.bytes().size();
      default:
        builder.append_text(cell.bytes());
        return 4 + cell.bytes().size();
    }
  }
  builder.append(decode(cell, type));
  return 8 + cell.bytes().size();
}

std::uint64_t ColumnCollector::append(const Statement& statement) {
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < builders_.size(); ++i) {
    try {
      size += append_cell(i, statement.column(static_cast<int>(i)));
    } catch (const SerializationError& error) {
      Error located = error;
      // The row as a record says its id.
      try {
        shape_.record(statement);
      } catch (const Error& with_id) {
        located.record_id(with_id.record_id());
      }
      located.field_path(shape_.dataset().columns[shape_.positions()[i]].name).raise();
    }
  }
  ++rows_;
  return size;
}

Batch ColumnCollector::finish() {
  std::vector<Column> columns;
  for (ColumnBuilder& builder : builders_) columns.push_back(builder.finish());
  rows_ = 0;
  return Batch::from_columns(shape_.schema(), std::move(columns));
}

}  // namespace dataknobs::sqlite
