// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/reader.hpp"

#include <arrow/api.h>

#include "backends/postgresql/document.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {
namespace {

std::string_view text_of(const Cell& cell) {
  return {cell.data, static_cast<std::size_t>(std::max(cell.size, 0))};
}

// jsonb travels as a version byte and the text.
std::string_view jsonb_of(const Cell& cell) {
  const std::string_view bytes = text_of(cell);
  if (bytes.empty() || bytes[0] != 1) Error(ErrorCode::serialization, "a jsonb of another version").raise();
  return bytes.substr(1);
}

Schema schema_of(const std::vector<WireColumn>& columns) {
  std::vector<FieldDescription> fields;
  for (const WireColumn& column : columns) fields.emplace_back(column.name, column.type);
  return Schema(std::move(fields));
}

// What makes columns of the rows of a scan, whoever asks for them and when.
WireDecoder decoder_of(const std::vector<WireColumn>& columns, const std::vector<std::string>& key) {
  return [columns, key, schema = schema_of(columns)](std::string_view rows, std::uint64_t count) {
    std::vector<Column> decoded = decode_rows(columns, rows, count);
    // A text key is its own id at no cost; other ids are left to who wants them.
    std::shared_ptr<arrow::Array> ids;
    const std::optional<std::size_t> place = key.size() == 1 ? schema.index_of(key.front()) : std::nullopt;
    if (place && decoded[*place].type().kind() == ValueType::string &&
        decoded[*place].array()->null_count() == 0) {
      ids = decoded[*place].array();
    }
    return Batch::from_columns(schema, std::move(decoded), std::move(ids));
  };
}

}  // namespace

Record document_record(const Cell* cells) {
  enum : std::size_t { id, data, metadata, types, version };
  std::optional<std::string_view> noted;
  if (cells[types].size >= 0) noted = jsonb_of(cells[types]);
  Record record = record_of_document(jsonb_of(cells[data]), noted);
  record.set_id(std::string(text_of(cells[id])));
  if (cells[metadata].size >= 0) {
    const Value value = parse_json(jsonb_of(cells[metadata]));
    if (const Json* json = value.get_if<Json>()) record.set_metadata(*json);
  }
  if (cells[version].size == 8)
    record.set_version(std::to_string(load_big<std::int64_t>(cells[version].data)));
  return record;
}

std::shared_ptr<arrow::Array> ids_of_keys(const std::vector<const Column*>& key, std::int64_t rows) {
  // A key that is text already is the id.
  if (key.size() == 1 && key[0]->type().kind() == ValueType::string && key[0]->exceptions().empty() &&
      key[0]->array()->null_count() == 0) {
    return key[0]->array();
  }
  arrow::StringBuilder builder;
  std::vector<Value> values(key.size());
  arrow::Status status = builder.Reserve(rows);
  for (std::int64_t row = 0; status.ok() && row < rows; ++row) {
    bool null = false;
    for (std::size_t i = 0; i < key.size(); ++i) {
      values[i] = key[i]->value(row);
      null = null || values[i].is_null();
    }
    // Columns named by key= may hold nulls: such a row has no id.
    status = null ? builder.AppendNull() : builder.Append(key_to_id(values));
  }
  std::shared_ptr<arrow::Array> ids;
  if (status.ok()) status = builder.Finish(&ids);
  if (!status.ok()) Error(ErrorCode::resource, "ids cannot be made: " + status.message()).raise();
  return ids;
}

std::vector<Record> column_records(const Selection& selection, const std::vector<Cell>& cells) {
  const std::size_t stride = selection.columns.size() + (selection.has_version ? 1 : 0);
  const std::size_t rows = cells.size() / stride;
  std::vector<Column> columns;
  for (std::size_t i = 0; i < selection.columns.size(); ++i) {
    columns.push_back(decode_column(selection.columns[i], cells.data() + i, stride, rows));
  }
  std::shared_ptr<arrow::Array> ids;
  if (!selection.key.empty()) {
    std::vector<const Column*> key;
    for (const std::size_t position : selection.key) key.push_back(&columns[position]);
    ids = ids_of_keys(key, static_cast<std::int64_t>(rows));
  }
  Batch batch = Batch::from_columns(schema_of(selection.columns), std::move(columns), std::move(ids));
  std::vector<Record> records = std::move(batch).take_rows();
  for (std::size_t row = 0; selection.has_version && row < rows; ++row) {
    records[row].set_version(std::string(text_of(cells[row * stride + stride - 1])));
  }
  return records;
}

CopyReader::CopyReader(std::shared_ptr<Conversation> conversation, DatasetPointer dataset,
                       Selection selection, std::uint64_t batch_bytes)
    : conversation_(std::move(conversation)),
      dataset_(std::move(dataset)),
      selection_(std::move(selection)),
      decoder_(decoder_of(selection_.columns, dataset_->key())),
      batch_bytes_(std::max<std::uint64_t>(batch_bytes, 1)) {}

Task<std::unique_ptr<Reader>> CopyReader::open(Context& context, std::shared_ptr<Conversation> conversation,
                                               DatasetPointer dataset, const ScanRequest& request) {
  Connection* connection = co_await conversation->ready(context);
  Selection selection = select_records(table_of(dataset), request);
  const std::string statement = "copy (" + selection.statement + ") to stdout (format binary)";
  co_await connection->copy_out(context, statement);
  conversation->set_streaming(true);
  std::unique_ptr<Reader> reader(new CopyReader(std::move(conversation), std::move(dataset),
                                                std::move(selection), request.batch_bytes()));
  co_return reader;
}

Task<std::optional<Batch>> CopyReader::next(Context& context) {
  if (done_) co_return std::nullopt;
  if (conversation_->ended())
    Error(ErrorCode::invalid_argument, "the session of this reader is over").raise();
  std::string bytes;
  std::vector<std::uint32_t> rows;
  // One byte more than wanted at most is a row more: a row larger than the batch passes alone.
  bytes.reserve(batch_bytes_ + batch_bytes_ / 8);
  const bool more = co_await conversation_->connection().copy_out_rows(context, bytes, rows, batch_bytes_);
  if (!more) {
    done_ = true;
    conversation_->set_streaming(false);
  }
  if (!started_ && !bytes.empty()) {
    started_ = true;
    const std::size_t header = bytes.size() - strip_copy_header(bytes).size();
    bytes.erase(0, header);
    // It came with the first row.
    for (std::size_t i = 1; i < rows.size(); ++i) rows[i] -= static_cast<std::uint32_t>(header);
    // An empty answer is one message: header and trailer.
    if (rows.size() == 1 && bytes == copy_trailer()) bytes.clear();
  }
  if (bytes.empty()) co_return std::nullopt;
  if (selection_.fingerprint) co_return wire_batch(std::move(bytes), std::move(rows));
  co_return make_batch(bytes, rows.size());
}

Batch CopyReader::wire_batch(std::string bytes, std::vector<std::uint32_t> rows) const {
  WireBytes wire;
  wire.encoding = wire_encoding;
  wire.fingerprint = *selection_.fingerprint;
  wire.bytes = std::move(bytes);
  wire.rows = std::move(rows);
  return Batch::from_wire(std::move(wire), decoder_);
}

Batch CopyReader::make_batch(const std::string& bytes, std::uint64_t rows) const {
  const Table& table = table_of(dataset_);
  if (table.layout() == Layout::document) {
    const std::size_t stride = selection_.columns.size();
    const std::vector<Cell> cells = split_rows(bytes, stride);
    std::vector<Record> records;
    records.reserve(rows);
    for (std::size_t at = 0; at < cells.size(); at += stride) records.push_back(document_record(&cells[at]));
    return Batch::from_rows(std::move(records));
  }
  if (!selection_.key.empty() || selection_.has_version) {
    const std::size_t stride = selection_.columns.size() + (selection_.has_version ? 1 : 0);
    return Batch::from_rows(column_records(selection_, split_rows(bytes, stride)));
  }
  return decoder_(bytes, rows);
}

void CopyReader::abandon() noexcept {
  if (done_ || !conversation_) return;
  done_ = true;
  conversation_->set_streaming(false);
  conversation_->set_abandoned();
}

}  // namespace dataknobs::postgresql
