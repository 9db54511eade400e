// SPDX-License-Identifier: Apache-2.0
#include "backends/file/encoder.hpp"

#include <arrow/array.h>
#include <fmt/format.h>

#include "backends/file/document_format.hpp"
#include "backends/file/type_json.hpp"
#include "record/excerpt.hpp"
#include "record/json.hpp"

namespace dataknobs::file {

std::string Shape::to_json() const {
  Json::Array names;
  for (const std::string& name : key) names.emplace_back(name);
  Json::Object object;
  object.emplace_back("format", std::string(file::to_string(options.format)));
  object.emplace_back("compression", std::string(file::to_string(options.compression)));
  object.emplace_back("delimiter", std::string(1, options.dialect.delimiter));
  object.emplace_back("quote", std::string(1, options.dialect.quote));
  object.emplace_back("key", Json(std::move(names)));
  object.emplace_back("columns", schema_to_json(schema));
  if (options.is_folder) object.emplace_back("partition", names_to_json(options.partition));
  return dataknobs::to_json(Value(Json(std::move(object))));
}

std::unique_ptr<Encoder> make_encoder(const Shape& shape) {
  switch (shape.options.format) {
    case Format::csv:
    case Format::tsv:
      return make_csv_encoder(shape);
    case Format::ndjson:
    case Format::json:
      return make_document_encoder(shape);
    case Format::parquet:
      return make_parquet_encoder(shape);
  }
  Error(ErrorCode::internal, "no encoder for the format").raise();
}

std::string shown(const Value& value) {
  return excerpt(to_text(value));
}

void name_record(Error& error, const Batch& batch, std::int64_t row, const std::vector<std::string>& key) {
  const Record& record = batch.rows()[static_cast<std::size_t>(row)];
  const std::optional<std::string> id = record.id() ? record.id() : id_of_members(record, key);
  if (id) error.record_id(*id);
}

void raise_misfit(const Batch& batch, std::int64_t row, const std::vector<std::string>& key,
                  const FieldDescription& field, const Value& value, std::string_view why) {
  Error error(ErrorCode::serialization,
              fmt::format("the {} {} does not fit the column '{}' of type {}{}", to_string(value.type()),
                          shown(value), field.name(), field.type().to_string(), why));
  error.field_path(field.name());
  name_record(error, batch, row, key);
  error.raise();
}

Batch with_key_column(const Batch& batch, const std::vector<std::string>& key) {
  if (key.size() != 1) return batch;
  if (batch.has_columns()) {
    if (batch.schema().find(key[0]) != nullptr || !batch.ids()) return batch;
    std::vector<FieldDescription> fields = batch.schema().fields();
    std::vector<Column> columns = batch.columns();
    fields.insert(fields.begin(), FieldDescription(key[0], ValueType::string));
    columns.insert(columns.begin(), Column(ValueType::string, batch.ids()));
    return Batch::from_columns(Schema(std::move(fields)), std::move(columns), batch.ids());
  }
  const auto lacks_key = [&](const Record& record) { return record.id() && !record.contains(key[0]); };
  if (std::none_of(batch.rows().begin(), batch.rows().end(), lacks_key)) return batch;
  std::vector<Record> records = batch.rows();
  for (Record& record : records) {
    if (lacks_key(record)) record.append(key[0], *record.id());
  }
  return Batch::from_rows(std::move(records));
}

void refuse_metadata(const Batch& batch, std::string_view format) {
  if (!batch.has_rows()) return;
  for (const Record& record : batch.rows()) {
    if (!record.metadata() || (record.metadata()->is_object() && record.metadata()->object().empty()))
      continue;
    Error error(ErrorCode::unsupported, fmt::format("a {} has no room for metadata", format));
    if (record.id()) error.record_id(*record.id());
    error.hint("write NDJSON or JSON").raise();
  }
}

}  // namespace dataknobs::file
