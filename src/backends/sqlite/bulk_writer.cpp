// SPDX-License-Identifier: Apache-2.0
//
// Loads batches with one prepared statement. Outside a transaction of the session the whole load is one: what
// was not finished is not there.
#include <algorithm>

#include <arrow/api.h>
#include <fmt/format.h>

#include "backends/sqlite/bulk_columns.hpp"
#include "backends/sqlite/key.hpp"
#include "backends/sqlite/record_store.hpp"
#include "backends/sqlite/row_versions.hpp"
#include "backends/sqlite/session.hpp"
#include "backends/sqlite/table_row.hpp"
#include "database/keys.hpp"

namespace dataknobs::sqlite {

namespace {

class SqliteWriter : public Writer {
 public:
  SqliteWriter(std::shared_ptr<Link> link, const WriterOptions& options)
      : link_(std::move(link)), dataset_(table_pointer(options.dataset())), mode_(options.mode()) {}
  ~SqliteWriter() override { abandon(); }

  Task<void> write(Context& context, const Batch& batch) override;
  Task<std::uint64_t> finish(Context& context) override;
  void abandon() noexcept override;

 private:
  struct Load {
    std::vector<std::unique_ptr<CellSource>> sources;
    std::string sql;
  };

  bool is_own() const noexcept { return link_->mode() == SessionMode::autocommit; }
  void load(const Batch& batch);
  void load_columns(const Batch& batch);
  void load_rows(const Batch& batch);
  void load_record(Record record);
  bool takes_columns(const Batch& batch) const;
  Load prepare(const Batch& batch) const;
  std::string conflict_clause(const std::vector<std::string>& names) const;
  [[noreturn]] void raise_at(const Error& error, const Batch& batch, std::int64_t row) const;
  void end() noexcept;

  std::shared_ptr<Link> link_;
  std::shared_ptr<const TableDataset> dataset_;
  WriteMode mode_;
  std::unique_ptr<RecordStore> store_;
  bool begun_ = false;
  bool counted_ = false;
  std::uint64_t written_ = 0;
};

Task<void> SqliteWriter::write(Context& context, const Batch& batch) {
  auto work = [&] {
    if (is_own() && !begun_) link_->connection().execute("BEGIN IMMEDIATE");
    begun_ = true;
    load(batch);
  };
  co_await link_->run(context, work);
}

Task<std::uint64_t> SqliteWriter::finish(Context& context) {
  if (is_own() && begun_) {
    auto work = [this] { link_->connection().execute("COMMIT"); };
    co_await link_->run(context, work);
  }
  begun_ = false;
  end();
  co_return written_;
}

void SqliteWriter::load(const Batch& batch) {
  if (takes_columns(batch)) {
    load_columns(batch);
  } else {
    load_rows(batch);
  }
}

// By columns, unless single records matter: their ids are apart, a default stands in for what they lack, or
// they change records that are there.
bool SqliteWriter::takes_columns(const Batch& batch) const {
  if (dataset_->layout() != Layout::columns || !batch.has_columns()) return false;
  if (mode_ != WriteMode::insert && (mode_ != WriteMode::upsert || !dataset_->key_is_unique)) return false;
  for (const std::string& name : dataset_->key()) {
    if (!batch.schema().find(name) && (batch.ids() != nullptr || !dataset_->generates_ids())) return false;
  }
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    const TableColumn* column = dataset_->find_column(batch.schema().fields()[i].name());
    if (column != nullptr && column->has_default && !batch.columns()[i].missing().empty()) return false;
  }
  return true;
}

std::string SqliteWriter::conflict_clause(const std::vector<std::string>& names) const {
  if (mode_ != WriteMode::upsert || dataset_->key().empty()) return {};
  std::string replacements;
  for (const TableColumn& column : dataset_->columns) {
    const auto& key = dataset_->key();
    if (column.generated || std::find(key.begin(), key.end(), column.name) != key.end()) continue;
    const bool given = std::find(names.begin(), names.end(), column.name) != names.end();
    const std::string name = sql_name(column.name);
    replacements += fmt::format("{}{} = {}", replacements.empty() ? "" : ", ", name,
                                given || column.has_default ? "excluded." + name : std::string("NULL"));
  }
  return fmt::format(" ON CONFLICT ({}) DO {}", key_list(*dataset_),
                     replacements.empty() ? "NOTHING" : "UPDATE SET " + replacements);
}

SqliteWriter::Load SqliteWriter::prepare(const Batch& batch) const {
  Load load;
  std::vector<std::string> names;
  std::string list;
  std::string marks;
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    const std::string& name = batch.schema().fields()[i].name();
    const TableColumn* column = dataset_->find_column(name);
    if (column == nullptr) raise_unknown_field(*dataset_, name);
    if (column->generated) continue;
    load.sources.push_back(make_cell_source(batch.columns()[i], *column));
    names.push_back(name);
    list += (list.empty() ? "" : ", ") + sql_name(name);
    marks += marks.empty() ? "?" : ", ?";
  }
  const std::string table = "main." + sql_name(dataset_->name());
  load.sql = list.empty() ? fmt::format("INSERT INTO {} DEFAULT VALUES", table)
                          : fmt::format("INSERT INTO {} ({}) VALUES ({}){}", table, list, marks,
                                        conflict_clause(names));
  return load;
}

void SqliteWriter::load_columns(const Batch& batch) {
  const Load load = prepare(batch);
  if (mode_ == WriteMode::upsert && !counted_) {
    RowVersions(link_->connection(), *dataset_).count_change_of_all();
    counted_ = true;
  }
  Statement statement = link_->connection().prepare(load.sql);
  const auto rows = static_cast<std::int64_t>(batch.size());
  std::int64_t row = 0;
  try {
    for (; row < rows; ++row) {
      int parameter = 0;
      for (const std::unique_ptr<CellSource>& source : load.sources)
        statement.bind(++parameter, source->cell(row));
      statement.step();
      statement.reset();
      ++written_;
    }
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    raise_at(error, batch, row);
  }
}

void SqliteWriter::raise_at(const Error& error, const Batch& batch, std::int64_t row) const {
  Error located = error;
  const Batch one = batch.slice(static_cast<std::uint64_t>(row), 1);
  const Record& record = one.rows().front();
  std::vector<Value> key;
  for (const std::string& name : dataset_->key()) key.push_back(record[name]);
  // An id of the record may be its position in another store.
  std::optional<std::string> id = id_of_key(key);
  if (!id) id = record.id();
  if (id) located.record_id(*id);
  located.raise();
}

void SqliteWriter::load_rows(const Batch& batch) {
  if (!store_) store_ = make_record_store(link_->connection(), dataset_);
  for (std::uint64_t offset = 0; offset < batch.size(); offset += kRecordsAtOnce) {
    const Batch part = batch.slice(offset, kRecordsAtOnce);
    for (const Record& record : part.rows()) load_record(record);
  }
}

void SqliteWriter::load_record(Record record) {
  const Precondition any;
  const ItemResult result = store_->write(mode_, record, any);
  if (result.error()) result.error()->raise();
  const std::string id = record.id().value_or("");
  if (result.outcome() == Outcome::conflict) {
    Error(ErrorCode::duplicate_record, "a record with that id exists already").record_id(id).raise();
  }
  if (result.outcome() != Outcome::written) {
    Error(ErrorCode::not_found, "there is no record with that id").record_id(id).raise();
  }
  ++written_;
}

void SqliteWriter::end() noexcept {
  store_.reset();
  if (!link_) return;
  link_->end_write();
  link_.reset();
}

void SqliteWriter::abandon() noexcept {
  if (!link_) return;
  if (is_own() && begun_) link_->undo();
  begun_ = false;
  end();
}

}  // namespace

std::unique_ptr<Writer> make_writer(std::shared_ptr<Link> link, const WriterOptions& options) {
  return std::make_unique<SqliteWriter>(std::move(link), options);
}

}  // namespace dataknobs::sqlite
