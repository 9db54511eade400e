// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/writer.hpp"

#include <algorithm>
#include <atomic>

#include <arrow/api.h>
#include <fmt/format.h>

#include "backends/postgresql/document.hpp"
#include "backends/postgresql/errors.hpp"
#include "backends/postgresql/sql.hpp"
#include "record/nearest.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr std::size_t buffer_bytes = 256U * 1024U;

std::string next_stage_name() {
  static std::atomic<std::uint64_t> number = 0;
  return fmt::format("pg_temp.dataknobs_stage_{}", ++number);
}

const TableColumn& writable_column(const Table& table, const std::string& name) {
  if (const TableColumn* column = table.find_column(name)) return *column;
  std::vector<std::string_view> names;
  for (const TableColumn& column : table.columns()) names.push_back(column.name);
  Error error(ErrorCode::validation, fmt::format("the table {} has no column '{}'", table.name(), name));
  error.field_path(name);
  if (const auto nearest = nearest_name(name, names)) error.hint(fmt::format("did you mean '{}'?", *nearest));
  error.raise();
}

// The key columns of records whose fields do not name them, out of their ids.
std::vector<Column> columns_of_ids(const Table& table, const arrow::StringArray& ids) {
  std::vector<FieldType> types;
  std::vector<ColumnBuilder> builders;
  for (const TableColumn* column : table.key_columns()) {
    types.push_back(field_type_of(column->type));
    builders.emplace_back(types.back());
  }
  for (std::int64_t row = 0; row < ids.length(); ++row) {
    const std::string id = ids.IsNull(row) ? std::string() : ids.GetString(row);
    const std::optional<std::vector<Value>> key = id_to_key(id, types);
    if (ids.IsNull(row) || !key) {
      Error(ErrorCode::validation, "the id cannot be a key of the table").record_id(id).raise();
    }
    for (std::size_t i = 0; i < builders.size(); ++i) builders[i].append((*key)[i]);
  }
  std::vector<Column> columns;
  for (ColumnBuilder& builder : builders) columns.push_back(builder.finish());
  return columns;
}

}  // namespace

CopyWriter::CopyWriter(std::shared_ptr<Conversation> conversation, const WriterOptions& options)
    : conversation_(std::move(conversation)), dataset_(options.dataset()), mode_(options.mode()) {}

Task<std::unique_ptr<Writer>> CopyWriter::open(Context& context, std::shared_ptr<Conversation> conversation,
                                               const WriterOptions& options) {
  const Table& table = table_of(options.dataset());
  if (options.mode() != WriteMode::insert && table.key_columns().empty()) {
    Error(ErrorCode::unsupported, "the table has no key").hint("name its key columns with key=").raise();
  }
  if (options.mode() == WriteMode::patch && table.layout() == Layout::document) {
    Error(ErrorCode::unsupported, "documents are not patched in bulk").hint("use update").raise();
  }
  co_await conversation->ready(context);
  std::unique_ptr<CopyWriter> writer(new CopyWriter(std::move(conversation), options));
  co_await writer->begin(context);
  co_return writer;
}

Task<void> CopyWriter::begin(Context& context) {
  if (conversation_->mode() == SessionMode::autocommit) {
    const std::string statement = "begin";
    co_await conversation_->connection().execute(context, statement);
    own_transaction_ = true;
  }
  begun_ = true;
  conversation_->set_streaming(true);
}

Task<void> CopyWriter::write(Context& context, const Batch& batch) {
  if (done_ || conversation_->ended()) Error(ErrorCode::invalid_argument, "the writer is done").raise();
  std::vector<const TableColumn*> takers_of_wire;
  if (batch.wire() != nullptr) takers_of_wire = takers(*batch.wire());
  if (!takers_of_wire.empty()) {
    co_await write_wire(context, *batch.wire(), takers_of_wire);
  } else if (table().layout() == Layout::document) {
    co_await write_documents(context, batch);
  } else if (!batch.empty()) {
    std::vector<Column> keys;
    std::vector<WireColumn> wire;
    std::vector<const Column*> sources;
    std::vector<const TableColumn*> wanted = targets(batch, sources);
    const auto key = table().key_columns();
    const bool has_key = std::any_of(key.begin(), key.end(), [&](const TableColumn* column) {
      return std::find(wanted.begin(), wanted.end(), column) != wanted.end();
    });
    std::shared_ptr<arrow::Array> ids = batch.ids();
    if (!has_key && !ids && batch.has_rows()) ids = ids_of_rows(batch.rows());
    if (!key.empty() && !has_key && ids) {
      keys = columns_of_ids(table(), static_cast<const arrow::StringArray&>(*ids));
      wanted.insert(wanted.begin(), key.begin(), key.end());
      for (std::size_t i = keys.size(); i-- > 0;) sources.insert(sources.begin(), &keys[i]);
    }
    co_await use_columns(context, wanted);
    for (const TableColumn* column : wanted) wire.push_back(column->wire());
    co_await write_columns(context, wire, sources, static_cast<std::int64_t>(batch.size()));
  }
}

std::shared_ptr<arrow::Array> CopyWriter::ids_of_rows(const std::vector<Record>& records) {
  const bool all = std::all_of(records.begin(), records.end(),
                               [](const Record& record) { return record.id().has_value(); });
  if (!all) return nullptr;
  arrow::StringBuilder builder;
  for (const Record& record : records) {
    if (!builder.Append(*record.id()).ok()) return nullptr;
  }
  return builder.Finish().ValueOr(nullptr);
}

std::vector<const TableColumn*> CopyWriter::targets(const Batch& batch,
                                                    std::vector<const Column*>& sources) const {
  std::vector<const TableColumn*> result;
  for (std::size_t i = 0; i < batch.schema().size(); ++i) {
    const TableColumn& column = writable_column(table(), batch.schema().fields()[i].name());
    if (column.computed) continue;
    result.push_back(&column);
    sources.push_back(&batch.columns()[i]);
  }
  return result;
}

// The columns that take the bytes as they are; none where a value has to be checked or converted, as columns are.
std::vector<const TableColumn*> CopyWriter::takers(const WireBytes& wire) const {
  if (wire.encoding != wire_encoding || table().layout() != Layout::columns) return {};
  const std::optional<WireFingerprint> fingerprint = WireFingerprint::parse(wire.fingerprint);
  if (!fingerprint) return {};
  std::vector<const TableColumn*> result;
  for (const TableColumn& given : fingerprint->columns) {
    const TableColumn& column = writable_column(table(), given.name);
    const bool same_modifier = column.type.modifier == given.type.modifier || column.type.modifier < 0;
    if (column.computed || column.type.oid != given.type.oid || !same_modifier) return {};
    result.push_back(&column);
  }
  return result;
}

Task<void> CopyWriter::write_wire(Context& context, const WireBytes& wire,
                                  const std::vector<const TableColumn*>& wanted) {
  co_await use_columns(context, wanted);
  const std::vector<std::size_t> places = key_places();
  std::vector<WireColumn> key;
  for (const std::size_t place : places) key.push_back(wanted[place]->wire());
  std::string cells = places.empty() ? std::string() : select_cells(wire, places);
  sent_.add(wire.rows.size(), std::move(key), std::move(cells));
  co_await conversation_->connection().copy_in_bytes(context, wire.bytes);
}

Task<void> CopyWriter::write_columns(Context& context, const std::vector<WireColumn>& targets,
                                     const std::vector<const Column*>& columns, std::int64_t rows) {
  std::vector<ColumnEncoder> encoders;
  for (std::size_t i = 0; i < targets.size(); ++i) encoders.emplace_back(targets[i], columns[i]);
  // Some rows at a time, so that the buffer stays small whatever the batch is.
  constexpr std::int64_t step = 64;
  for (std::int64_t row = 0; row < rows; row += step) {
    const std::int64_t end = std::min(row + step, rows);
    try {
      encode_rows(buffer_, encoders, row, end);
    } catch (const Error&) {
      raise_for_record(encoders, columns, row, end);
    }
    if (buffer_.size() < buffer_bytes) continue;
    co_await conversation_->connection().copy_in_bytes(context, buffer_);
    buffer_.clear();
  }
  sent_.add(static_cast<std::uint64_t>(rows), sent_key(columns));
  co_await conversation_->connection().copy_in_bytes(context, buffer_);
  buffer_.clear();
}

std::vector<std::size_t> CopyWriter::key_places() const {
  std::vector<std::size_t> places;
  for (const TableColumn* column : table().key_columns()) {
    const auto at = std::find(columns_.begin(), columns_.end(), column);
    if (at == columns_.end()) return {};
    places.push_back(static_cast<std::size_t>(at - columns_.begin()));
  }
  return places;
}

std::vector<Column> CopyWriter::sent_key(const std::vector<const Column*>& columns) const {
  std::vector<Column> key;
  for (const std::size_t place : key_places()) key.push_back(*columns[place]);
  return key;
}

// One of these rows cannot be encoded: the error of it, with the id of its record.
void CopyWriter::raise_for_record(const std::vector<ColumnEncoder>& encoders,
                                  const std::vector<const Column*>& columns, std::int64_t begin,
                                  std::int64_t end) const {
  std::int64_t row = begin;
  std::string scratch;
  try {
    for (; row < end; ++row) encode_rows(scratch, encoders, row, row + 1);
  } catch (const Error& error) {
    SentKeys keys;
    keys.add(static_cast<std::uint64_t>(end), sent_key(columns));
    Error named = error;
    const std::uint64_t number = static_cast<std::uint64_t>(row) + 1;
    const std::optional<std::string> id = keys.id_of(number);
    named.record_id(id ? *id : fmt::format("number {} of those written", sent_.rows() + number));
    named.raise();
  }
  Error(ErrorCode::internal, "a row was refused once and taken then").raise();
}

Task<void> CopyWriter::write_documents(Context& context, const Batch& batch) {
  std::vector<const TableColumn*> wanted;
  for (const char* name : {"id", "data", "metadata", "types", "version"})
    wanted.push_back(table().find_column(name));
  co_await use_columns(context, wanted);
  for (std::uint64_t offset = 0; offset < batch.size(); offset += kRecordsAtOnce) {
    const Batch part = batch.slice(offset, kRecordsAtOnce);
    std::vector<Column> key;
    if (const auto ids = ids_of_rows(part.rows())) key.emplace_back(ValueType::string, ids);
    sent_.add(part.size(), std::move(key));
    for (const Record& record : part.rows()) {
      append_document_row(buffer_, document_row(record));
      if (buffer_.size() < buffer_bytes) continue;
      co_await conversation_->connection().copy_in_bytes(context, buffer_);
      buffer_.clear();
    }
  }
  co_await conversation_->connection().copy_in_bytes(context, buffer_);
  buffer_.clear();
}

Task<void> CopyWriter::use_columns(Context& context, const std::vector<const TableColumn*>& columns) {
  if (copying_ && columns == columns_) co_return;
  if (copying_) {
    co_await end_copy(context);
    if (staged_) co_await merge(context);
  }
  columns_ = columns;
  // Where no COPY goes, an insert may.
  staged_ = mode_ != WriteMode::insert || !table().takes_copy() ||
            std::any_of(columns.begin(), columns.end(),
                        [](const TableColumn* column) { return travels_as_text(column->codec); });
  std::string list;
  std::string definitions;
  for (const TableColumn* column : columns) {
    if (!list.empty()) list += ", ";
    if (!definitions.empty()) definitions += ", ";
    list += column->sql();
    definitions += column->sql() + " " + std::string(parameter_type_name(column->codec));
  }
  target_ = table().sql_name();
  if (staged_) {
    target_ = next_stage_name();
    const std::string create = "create temporary table " + target_.substr(8) + " (" + definitions + ")";
    co_await conversation_->connection().execute(context, create);
  }
  const std::string statement = "copy " + target_ + " (" + list + ") from stdin (format binary)";
  co_await conversation_->connection().copy_in(context, statement);
  copying_ = true;
  sent_.begin();
  co_await conversation_->connection().copy_in_bytes(context, copy_header());
}

Task<void> CopyWriter::end_copy(Context& context) {
  copying_ = false;
  co_await conversation_->connection().copy_in_bytes(context, copy_trailer());
  try {
    const std::uint64_t copied = co_await conversation_->connection().copy_in_end(context);
    // Of staged rows those of equal keys become one: only an insert keeps their number.
    if (!staged_ || mode_ != WriteMode::insert) loaded_ += copied;
  } catch (const Error& error) {
    raise_for_record(error);
  }
}

// The error with the id of its record, as far as the server lets us know: by the line, else by the key that it quotes.
void CopyWriter::raise_for_record(const Error& error) const {
  Error named = error;
  const std::string& text = error.native_text();
  const std::vector<const TableColumn*> key = table().key_columns();
  const std::optional<std::uint64_t> line = line_of_copy(text, table().name());
  if (const auto id = line ? sent_.id_of(*line) : std::nullopt) {
    named.record_id(*id);
  } else if (key.size() == 1 && text.find("(" + key.front()->name + ")=(") != std::string::npos) {
    named.record_id(id_of_unique_detail(text));
  }
  named.raise();
}

// What a record that replaces another one says nothing of.
std::vector<const TableColumn*> CopyWriter::columns_not_given() const {
  const std::vector<const TableColumn*> key = table().key_columns();
  const auto among = [](const std::vector<const TableColumn*>& columns, const TableColumn& column) {
    return std::find(columns.begin(), columns.end(), &column) != columns.end();
  };
  std::vector<const TableColumn*> rest;
  for (const TableColumn& column : table().columns()) {
    if (!column.computed && !among(key, column) && !among(columns_, column)) rest.push_back(&column);
  }
  return rest;
}

// The one statement that moves the staged rows into the table. Of rows with equal keys the last one counts.
std::string CopyWriter::merge_statement() const {
  std::vector<std::string> names;
  std::vector<std::string> values;
  std::vector<std::string> updates;
  std::vector<std::string> key;
  std::vector<std::string> matches;
  for (const TableColumn* column : table().key_columns()) {
    key.push_back(column->sql());
    matches.push_back(fmt::format("t.{0} = s.{0}", column->sql()));
  }
  const bool updating = mode_ == WriteMode::update || mode_ == WriteMode::patch;
  for (const TableColumn* column : columns_) {
    const std::string name = column->sql();
    names.push_back(name);
    values.push_back(travels_as_text(column->codec) ? column->from_text(name) + " as " + name : name);
    const bool in_key = std::find(key.begin(), key.end(), name) != key.end();
    if (!in_key) updates.push_back(fmt::format("{0} = {1}.{0}", name, updating ? "s" : "excluded"));
  }
  if (table().layout() == Layout::document) {
    updates.push_back("updated_at = now()");
  } else if (mode_ != WriteMode::patch) {
    for (const TableColumn* column : columns_not_given()) updates.push_back(column->sql() + " = default");
  }
  if (mode_ == WriteMode::insert) {
    return fmt::format("insert into {} ({}) overriding system value select {} from {}", table().sql_name(),
                       fmt::join(names, ", "), fmt::join(values, ", "), target_);
  }
  const std::string latest = fmt::format("select distinct on ({0}) {1} from {2} order by {0}, ctid desc",
                                         fmt::join(key, ", "), fmt::join(values, ", "), target_);
  if (updating) {
    return fmt::format("update {} t set {} from ({}) s where {}", table().sql_name(),
                       fmt::join(updates, ", "), latest, fmt::join(matches, " and "));
  }
  return fmt::format(
      "insert into {} ({}) overriding system value select {} from ({}) s on conflict ({}) do {}",
      table().sql_name(), fmt::join(names, ", "), fmt::join(names, ", "), latest, fmt::join(key, ", "),
      updates.empty() ? "nothing" : fmt::format("update set {}", fmt::join(updates, ", ")));
}

Task<void> CopyWriter::merge(Context& context) {
  Connection& connection = conversation_->connection();
  if (mode_ == WriteMode::update || mode_ == WriteMode::patch) co_await require_all(context);
  const std::string statement = merge_statement();
  const Parameters none;
  try {
    const Result merged = co_await connection.query_once(context, statement, none);
    if (mode_ == WriteMode::insert) loaded_ += merged.affected();
  } catch (const Error& error) {
    raise_for_record(error);
  }
  const std::string drop = "drop table " + target_;
  co_await connection.execute(context, drop);
}

// An update of a record that is not there ends the load.
Task<void> CopyWriter::require_all(Context& context) {
  std::vector<std::string> matches;
  std::vector<std::string> key;
  for (const TableColumn* column : table().key_columns()) {
    const std::string cast = travels_as_text(column->codec) ? "::" + cast_name(column->type) : "";
    matches.push_back(fmt::format("t.{0} = s.{0}{1}", column->sql(), cast));
    key.push_back(fmt::format("s.{}::text", column->sql()));
  }
  const std::string statement =
      fmt::format("select {} from {} s where not exists (select from {} t where {}) limit 1",
                  fmt::join(key, " || ', ' || "), target_, table().sql_name(), fmt::join(matches, " and "));
  const Result missing = co_await conversation_->connection().query(context, statement);
  if (missing.rows() != 0) {
    Error(ErrorCode::not_found, "there is no such record to update").record_id(missing.text(0, 0)).raise();
  }
}

Task<std::uint64_t> CopyWriter::finish(Context& context) {
  if (done_ || conversation_->ended()) Error(ErrorCode::invalid_argument, "the writer is done").raise();
  if (copying_) {
    co_await end_copy(context);
    if (staged_) co_await merge(context);
  }
  if (own_transaction_) {
    const std::string statement = "commit";
    co_await conversation_->connection().execute(context, statement);
  }
  done_ = true;
  conversation_->set_streaming(false);
  co_return loaded_;
}

void CopyWriter::abandon() noexcept {
  if (done_ || !begun_) return;
  done_ = true;
  conversation_->set_streaming(false);
  conversation_->set_abandoned();
}

}  // namespace dataknobs::postgresql
