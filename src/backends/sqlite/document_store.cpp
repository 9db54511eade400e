// SPDX-License-Identifier: Apache-2.0
//
// Records of a document table.
#include <fmt/format.h>

#include "backends/sqlite/creation.hpp"
#include "backends/sqlite/record_store.hpp"
#include "backends/sqlite/rows.hpp"
#include "database/write_rules.hpp"
#include "record/json.hpp"

namespace dataknobs::sqlite {

namespace {

class DocumentStore : public RecordStore {
 public:
  DocumentStore(Connection& connection, std::shared_ptr<const TableDataset> dataset)
      : connection_(connection),
        dataset_(std::move(dataset)),
        table_("main." + sql_name(dataset_->name())),
        shape_(dataset_, {}),
        insert_(fmt::format("INSERT INTO {} (data, metadata, types, version, id) VALUES (?, ?, ?, ?, ?)",
                            table_)),
        update_(fmt::format("UPDATE {} SET data = ?, metadata = ?, types = ?, version = ? WHERE id = ?",
                            table_)) {}

  std::optional<Record> read(const std::string& id) override;
  ItemResult write(WriteMode mode, Record& record, const Precondition& precondition) override;
  ItemResult remove(const std::string& id, const Precondition& precondition) override;

 private:
  std::optional<Version> find_version(const std::string& id);
  ItemResult put(WriteMode mode, const Record& record);
  ItemResult patch(const Record& changes);
  std::int64_t next_version();

  Connection& connection_;
  std::shared_ptr<const TableDataset> dataset_;
  std::string table_;
  RowShape shape_;
  std::string insert_;
  std::string update_;
  // Versions taken and not given out yet.
  std::int64_t next_version_ = 1;
  std::int64_t last_version_ = 0;
};

constexpr std::string_view kSkipExisting = " ON CONFLICT (id) DO NOTHING";
constexpr std::string_view kReplaceExisting =
    " ON CONFLICT (id) DO UPDATE SET data = excluded.data, metadata = excluded.metadata, types = "
    "excluded.types,"
    " version = excluded.version";

std::string metadata_text(const Record& record) {
  return record.metadata() ? to_json(Value(*record.metadata())) : std::string();
}

std::optional<Record> DocumentStore::read(const std::string& id) {
  Statement statement =
      connection_.prepare(fmt::format("SELECT {} FROM {} AS t WHERE t.id = ?", shape_.select_list(), table_));
  statement.bind(1, std::string_view(id));
  if (!statement.step()) return std::nullopt;
  return shape_.record(statement);
}

std::optional<Version> DocumentStore::find_version(const std::string& id) {
  Statement statement = connection_.prepare(fmt::format("SELECT version FROM {} WHERE id = ?", table_));
  statement.bind(1, std::string_view(id));
  if (!statement.step()) return std::nullopt;
  return std::to_string(statement.integer(0));
}

std::int64_t DocumentStore::next_version() {
  constexpr std::uint64_t kBlock = 32;
  if (next_version_ > last_version_) {
    last_version_ = take_versions(connection_, dataset_->name(), kBlock);
    next_version_ = last_version_ - static_cast<std::int64_t>(kBlock) + 1;
  }
  return next_version_++;
}

ItemResult DocumentStore::put(WriteMode mode, const Record& record) {
  const Document document = to_document(record);
  const std::string metadata = metadata_text(record);
  std::string sql = update_;
  if (mode == WriteMode::insert) sql = insert_ + std::string(kSkipExisting);
  if (mode == WriteMode::upsert) sql = insert_ + std::string(kReplaceExisting);
  const std::int64_t version = next_version();
  Statement statement = connection_.prepare(sql);
  statement.bind(1, std::string_view(document.data));
  statement.bind(2, record.metadata() ? Cell::of_text(metadata) : Cell());
  statement.bind(3, document.types ? Cell::of_text(*document.types) : Cell());
  statement.bind(4, version);
  statement.bind(5, std::string_view(*record.id()));
  statement.run();
  if (connection_.changes() == 0) {
    return ItemResult(mode == WriteMode::insert ? Outcome::conflict : Outcome::missing);
  }
  return ItemResult(Outcome::written, std::to_string(version));
}

ItemResult DocumentStore::patch(const Record& changes) {
  std::optional<Record> record = read(*changes.id());
  if (!record) return ItemResult(Outcome::missing);
  merge_patch(*record, changes);
  return put(WriteMode::update, *record);
}

ItemResult DocumentStore::write(WriteMode mode, Record& record, const Precondition& precondition) {
  try {
    if (!record.id()) Error(ErrorCode::serialization, "the record has no id").raise();
    if (precondition.existence() != Existence::any || precondition.version()) {
      const std::optional<Version> version = find_version(*record.id());
      if (const auto outcome = check_precondition(mode, precondition, version.has_value(), version)) {
        return ItemResult(*outcome);
      }
    }
    return mode == WriteMode::patch ? patch(record) : put(mode, record);
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    Error located = error;
    if (record.id()) located.record_id(*record.id());
    return rejected(located);
  }
}

ItemResult DocumentStore::remove(const std::string& id, const Precondition& precondition) {
  if (precondition.existence() == Existence::absent || precondition.version()) {
    const std::optional<Version> version = find_version(id);
    if (!version) return ItemResult(Outcome::missing);
    if (precondition.existence() == Existence::absent) return ItemResult(Outcome::conflict);
    if (version != precondition.version()) return ItemResult(Outcome::conflict);
  }
  Statement statement = connection_.prepare(fmt::format("DELETE FROM {} WHERE id = ?", table_));
  statement.bind(1, std::string_view(id));
  statement.run();
  return ItemResult(connection_.changes() == 0 ? Outcome::missing : Outcome::written);
}

}  // namespace

std::unique_ptr<RecordStore> make_table_store(Connection& connection,
                                              std::shared_ptr<const TableDataset> dataset);

std::unique_ptr<RecordStore> make_record_store(Connection& connection,
                                               std::shared_ptr<const TableDataset> dataset) {
  if (dataset->layout() == Layout::columns) return make_table_store(connection, std::move(dataset));
  return std::make_unique<DocumentStore>(connection, std::move(dataset));
}

std::int64_t take_versions(Connection& connection, const std::string& table, std::uint64_t count) {
  const auto step = static_cast<std::int64_t>(count);
  connection.execute(kVersionTable);
  const auto update = [&]() -> std::optional<std::int64_t> {
    Statement statement = connection.prepare(
        "UPDATE main.dataknobs_versions SET last = last + ?1 WHERE name = lower(?2) RETURNING last");
    statement.bind(1, step);
    statement.bind(2, std::string_view(table));
    std::optional<std::int64_t> last;
    while (statement.step()) last = statement.integer(0);
    return last;
  };
  if (const std::optional<std::int64_t> last = update()) return *last;
  // A table whose counter was lost goes on after the greatest version that it still has.
  Statement insert =
      connection.prepare(fmt::format("INSERT INTO main.dataknobs_versions (name, last) SELECT lower(?1), "
                                     "coalesce(max(version), 0) FROM main.{}",
                                     sql_name(table)));
  insert.bind(1, std::string_view(table));
  insert.run();
  return update().value();
}

std::optional<Outcome> check_precondition(WriteMode mode, const Precondition& precondition, bool exists,
                                          const std::optional<Version>& version) {
  const bool replaces_only = mode == WriteMode::update || mode == WriteMode::patch;
  if (!exists && (replaces_only || precondition.existence() == Existence::present)) return Outcome::missing;
  if (exists && (mode == WriteMode::insert || precondition.existence() == Existence::absent))
    return Outcome::conflict;
  if (precondition.version() && (!exists || version != precondition.version())) return Outcome::conflict;
  return std::nullopt;
}

}  // namespace dataknobs::sqlite
