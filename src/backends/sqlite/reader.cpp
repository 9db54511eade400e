// SPDX-License-Identifier: Apache-2.0
//
// Gives the rows of a scan, batch by batch. Between two batches its statement stays open: with a write-ahead
// log it sees one moment of the database and holds nobody up.
#include "backends/sqlite/cursor_reader.hpp"
#include "backends/sqlite/row_versions.hpp"
#include "backends/sqlite/rows.hpp"
#include "backends/sqlite/scan_sql.hpp"
#include "backends/sqlite/session.hpp"

namespace dataknobs::sqlite {

namespace {

class SqliteReader : public CursorReader {
 public:
  SqliteReader(std::shared_ptr<Link> link, const ScanRequest& request)
      : CursorReader(std::move(link)),
        shape_(table_pointer(request.dataset()), request.fields()),
        sql_(select_sql(request, shape_.dataset(), shape_.select_list())),
        batch_bytes_(request.batch_bytes()) {
    if (request.prefer_columns() && request.dataset()->layout() == Layout::columns &&
        !shape_.positions().empty()) {
      columns_.emplace(shape_);
    }
  }
  ~SqliteReader() override { abandon(); }

 private:
  std::optional<Batch> fill() override;
  Batch fill_rows();
  Batch fill_columns();
  void begin();

  RowShape shape_;
  Sql sql_;
  std::uint64_t batch_bytes_;
  std::optional<ColumnCollector> columns_;
  std::optional<RowVersions> versions_;
  bool has_row_ = false;
};

void SqliteReader::begin() {
  open(link().connection().prepare(sql_.text()));
  if (shape_.dataset().layout() == Layout::columns && shape_.is_whole()) {
    versions_.emplace(link().connection(), shape_.dataset());
  }
  sql_.bind(statement());
  has_row_ = statement().step();
}

std::optional<Batch> SqliteReader::fill() {
  if (!statement()) begin();
  Batch batch = columns_ ? fill_columns() : fill_rows();
  if (!has_row_) end();
  if (batch.empty()) return std::nullopt;
  return batch;
}

Batch SqliteReader::fill_rows() {
  std::vector<Record> rows;
  std::uint64_t bytes = 0;
  while (has_row_ && (rows.empty() || bytes < batch_bytes_)) {
    bytes += shape_.size_of(statement());
    Record record = shape_.record(statement());
    if (versions_) record.set_version(versions_->of(record));
    rows.push_back(std::move(record));
    has_row_ = statement().step();
  }
  return Batch::from_rows(std::move(rows));
}

Batch SqliteReader::fill_columns() {
  std::uint64_t bytes = 0;
  while (has_row_ && (columns_->rows() == 0 || bytes < batch_bytes_)) {
    bytes += columns_->append(statement());
    has_row_ = statement().step();
  }
  return columns_->finish();
}

}  // namespace

std::unique_ptr<Reader> make_reader(std::shared_ptr<Link> link, const ScanRequest& request) {
  return std::make_unique<SqliteReader>(std::move(link), request);
}

}  // namespace dataknobs::sqlite
