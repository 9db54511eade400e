// SPDX-License-Identifier: Apache-2.0
//
// Records of a table in the columns layout.
#include <fmt/format.h>

#include "backends/sqlite/codec.hpp"
#include "backends/sqlite/key.hpp"
#include "backends/sqlite/record_store.hpp"
#include "backends/sqlite/row_versions.hpp"
#include "backends/sqlite/rows.hpp"
#include "backends/sqlite/table_row.hpp"
#include "backends/sqlite/translate.hpp"
#include "database/computed.hpp"
#include "database/keys.hpp"
#include "database/write_rules.hpp"

namespace dataknobs::sqlite {

namespace {

class TableStore : public RecordStore {
 public:
  TableStore(Connection& connection, std::shared_ptr<const TableDataset> dataset)
      : connection_(connection),
        dataset_(std::move(dataset)),
        table_("main." + sql_name(dataset_->name())),
        shape_(dataset_, {}),
        key_shape_(dataset_, dataset_->key()),
        versions_(connection, *dataset_) {}

  std::optional<Record> read(const std::string& id) override;
  ItemResult write(WriteMode mode, Record& record, const Precondition& precondition) override;
  ItemResult remove(const std::string& id, const Precondition& precondition) override;

 private:
  std::optional<Record> read_key(const Sql& key);
  std::optional<std::vector<Value>> find_odd_key(const std::string& id);
  std::optional<std::string> id_at(const Sql& key);
  ItemResult write_row(WriteMode mode, Record& record, const Precondition& precondition);
  ItemResult write_checked(WriteMode mode, Record& record, const Precondition& precondition);
  bool exists(const Sql& key);
  ItemResult write_prepared(WriteMode mode, Record& record, const Record& given,
                            const Precondition& precondition);
  ItemResult insert_new(Record& record);
  bool insert(const TableRow& row, bool skip_existing);
  // Whether there was one.
  bool upsert(const TableRow& row, const Sql& key);
  bool update(const TableRow& row, const Sql& key, bool whole);
  Outcome put(WriteMode mode, const TableRow& row, const Sql& key, const std::vector<Value>& values);
  Version version_after(const Record& record, const TableRow& row, const Sql& key);
  std::int64_t run(const Sql& sql);
  std::int64_t run_on_one(const Sql& sql, const Sql& key);

  Connection& connection_;
  std::shared_ptr<const TableDataset> dataset_;
  std::string table_;
  RowShape shape_;
  RowShape key_shape_;
  RowVersions versions_;
};

std::int64_t TableStore::run(const Sql& sql) {
  Statement statement = connection_.prepare(sql.text());
  sql.bind(statement);
  statement.run();
  return connection_.changes();
}

// A key that no index guards may name several rows: none of them is meant.
std::int64_t TableStore::run_on_one(const Sql& sql, const Sql& key) {
  if (!dataset_->key_is_unique) {
    Sql query(fmt::format("SELECT 1 FROM {} AS t WHERE ", table_));
    query << key << " LIMIT 2";
    Statement statement = connection_.prepare(query.text());
    query.bind(statement);
    if (statement.step() && statement.step()) {
      Error(ErrorCode::validation, "the key names more than one row")
          .hint("name columns that are unique together, with key=")
          .raise();
    }
  }
  return run(sql);
}

std::optional<Record> TableStore::read_key(const Sql& key) {
  Sql query(fmt::format("SELECT {} FROM {} AS t WHERE ", shape_.select_list(), table_));
  query << key << " LIMIT 1";
  Statement statement = connection_.prepare(query.text());
  query.bind(statement);
  if (!statement.step()) return std::nullopt;
  Record record = shape_.record(statement);
  record.set_version(versions_.of(record));
  return record;
}

// The key of the row that has this id, where its values are not of the declared classes.
std::optional<std::vector<Value>> TableStore::find_odd_key(const std::string& id) {
  const std::optional<Sql> condition = odd_key_condition(*dataset_, id);
  if (!condition) return std::nullopt;
  Sql query(fmt::format("SELECT {} FROM {} AS t WHERE ", key_shape_.select_list(), table_));
  query << *condition;
  Statement statement = connection_.prepare(query.text());
  query.bind(statement);
  while (statement.step()) {
    const Record record = key_shape_.record(statement);
    if (record.id() != id) continue;
    std::vector<Value> key;
    for (const std::string& name : dataset_->key()) key.push_back(record[name]);
    return key;
  }
  return std::nullopt;
}

// A number may be written in several ways (1.5 and 1.50), so the row found by its declared class may have another id:
// it is meant if no row has this one.
std::optional<Record> TableStore::read(const std::string& id) {
  std::optional<Record> record;
  if (const auto key = id_to_key(id, dataset_->key_types())) {
    record = read_key(key_condition(*dataset_, *key));
    if (record && record->id() == id) return record;
  }
  if (const auto odd = find_odd_key(id)) return read_key(stored_key_condition(*dataset_, *odd));
  return record;
}

bool TableStore::exists(const Sql& key) {
  Sql query(fmt::format("SELECT 1 FROM {} AS t WHERE ", table_));
  query << key << " LIMIT 1";
  Statement statement = connection_.prepare(query.text());
  query.bind(statement);
  return statement.step();
}

std::optional<std::string> TableStore::id_at(const Sql& key) {
  Sql query(fmt::format("SELECT {} FROM {} AS t WHERE ", key_shape_.select_list(), table_));
  query << key << " LIMIT 1";
  Statement statement = connection_.prepare(query.text());
  query.bind(statement);
  return statement.step() ? key_shape_.record(statement).id() : std::nullopt;
}

bool TableStore::insert(const TableRow& row, bool skip_existing) {
  Sql sql = row.insert_sql(table_);
  if (skip_existing) sql << " ON CONFLICT (" << key_list(*dataset_) << ") DO NOTHING";
  return run(sql) != 0;
}

bool TableStore::update(const TableRow& row, const Sql& key, bool whole) {
  Sql sql = row.update_sql(table_, whole);
  if (sql.text().empty()) return exists(key);
  sql << " WHERE " << key;
  return run_on_one(sql, key) != 0;
}

bool TableStore::upsert(const TableRow& row, const Sql& key) {
  if (!dataset_->key_is_unique) {
    if (update(row, key, true)) return true;
    insert(row, false);
    return false;
  }
  const bool replaces = exists(key);
  const std::string replacements = row.replacements();
  Sql sql = row.insert_sql(table_);
  sql << " ON CONFLICT (" << key_list(*dataset_) << ") DO ";
  sql << (replacements.empty() ? "NOTHING" : "UPDATE SET " + replacements);
  run(sql);
  return replaces;
}

// What is replaced is counted, so that its version does not come back with its content.
Outcome TableStore::put(WriteMode mode, const TableRow& row, const Sql& key,
                        const std::vector<Value>& values) {
  bool replaces = false;
  switch (mode) {
    case WriteMode::insert:
      if (!dataset_->key_is_unique && exists(key)) return Outcome::conflict;
      if (!insert(row, dataset_->key_is_unique)) return Outcome::conflict;
      break;
    case WriteMode::upsert:
      replaces = upsert(row, key);
      break;
    case WriteMode::update:
    case WriteMode::patch:
      replaces = update(row, key, mode == WriteMode::update);
      if (!replaces) return Outcome::missing;
      break;
  }
  if (replaces) versions_.count_change(values);
  return Outcome::written;
}

Version TableStore::version_after(const Record& record, const TableRow& row, const Sql& key) {
  if (!dataset_->may_change_writes && row.is_whole()) return versions_.of(record);
  const std::optional<Record> stored = read_key(key);
  return stored ? *stored->version() : versions_.of(record);
}

// The table's row number becomes the id.
ItemResult TableStore::insert_new(Record& record) {
  Record stored = record;
  const TableRow row(*dataset_, stored);
  insert(row, false);
  const std::int64_t number = connection_.last_insert_rowid();
  stored.set(dataset_->key().front(), Value(number));
  record.set_id(std::to_string(number));
  const Sql key = key_condition(*dataset_, {Value(number)});
  const TableRow whole(*dataset_, stored);
  return ItemResult(Outcome::written, version_after(stored, whole, key));
}

ItemResult TableStore::write_prepared(WriteMode mode, Record& record, const Record& given,
                                      const Precondition& precondition) {
  std::vector<Value> values;
  for (const std::string& name : dataset_->key()) values.push_back(record[name]);
  const Sql key = key_condition(*dataset_, values);
  if (precondition.existence() != Existence::any || precondition.version()) {
    const std::optional<Record> present = read_key(key);
    const std::optional<Version> version = present ? present->version() : std::nullopt;
    if (const auto outcome = check_precondition(mode, precondition, present.has_value(), version)) {
      return ItemResult(*outcome);
    }
  }
  const TableRow row(*dataset_, mode == WriteMode::patch ? given : record);
  const Outcome outcome = put(mode, row, key, values);
  if (outcome != Outcome::written) return ItemResult(outcome);
  if (mode == WriteMode::patch) return ItemResult(outcome, read_key(key).value().version());
  return ItemResult(Outcome::written, version_after(record, row, key));
}

// What the record says of computed columns must be what the row then has; else the row is not written.
ItemResult TableStore::write_checked(WriteMode mode, Record& record, const Precondition& precondition) {
  connection_.execute("SAVEPOINT dataknobs_row");
  ItemResult result = write_row(mode, record, precondition);
  if (result.outcome() == Outcome::written) {
    const std::optional<Record> stored = record.id() ? read(*record.id()) : std::nullopt;
    std::optional<Error> change;
    if (stored) change = find_computed_change(record, *stored, dataset_->schema());
    if (change) {
      connection_.execute("ROLLBACK TO dataknobs_row");
      result = rejected(change->record_id(*record.id()));
    }
  }
  connection_.execute("RELEASE dataknobs_row");
  return result;
}

ItemResult TableStore::write(WriteMode mode, Record& record, const Precondition& precondition) {
  const bool checked = !dataset_->key().empty() && gives_computed(record, dataset_->schema());
  return checked ? write_checked(mode, record, precondition) : write_row(mode, record, precondition);
}

ItemResult TableStore::write_row(WriteMode mode, Record& record, const Precondition& precondition) {
  try {
    if (record.metadata()) {
      Error(ErrorCode::unsupported, fmt::format("the table {} has no room for metadata", dataset_->name()))
          .hint("leave the metadata out, or use layout=document")
          .raise();
    }
    const bool inserts = mode == WriteMode::insert || mode == WriteMode::upsert;
    if (dataset_->key().empty()) {
      if (mode != WriteMode::insert || gives_computed(record, dataset_->schema())) raise_no_key(*dataset_);
      insert(TableRow(*dataset_, record), false);
      return ItemResult(Outcome::written);
    }
    Record prepared = record;
    reconcile_key(prepared, *dataset_);
    if (!prepared.id()) {
      if (inserts && dataset_->generates_ids()) return insert_new(record);
      Error(ErrorCode::serialization, "the record has no id")
          .hint("set an id, or the fields of the key")
          .raise();
    }
    if (!record.id()) record.set_id(prepared.id());
    return write_prepared(mode, prepared, record, precondition);
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    Error located = error;
    if (record.id()) located.record_id(*record.id());
    return rejected(located);
  }
}

ItemResult TableStore::remove(const std::string& id, const Precondition& precondition) {
  if (dataset_->key().empty()) raise_no_key(*dataset_);
  std::optional<std::vector<Value>> values = id_to_key(id, dataset_->key_types());
  Sql key = values ? key_condition(*dataset_, *values) : Sql();
  const std::optional<std::string> found = values ? id_at(key) : std::nullopt;
  if (found != id) {
    if (std::optional<std::vector<Value>> odd = find_odd_key(id)) {
      key = stored_key_condition(*dataset_, *odd);
      values = std::move(odd);
    } else if (!found) {
      return ItemResult(Outcome::missing);
    }
  }
  try {
    if (precondition.existence() == Existence::absent || precondition.version()) {
      const std::optional<Record> present = read_key(key);
      if (!present) return ItemResult(Outcome::missing);
      if (precondition.existence() == Existence::absent) return ItemResult(Outcome::conflict);
      if (present->version() != precondition.version()) return ItemResult(Outcome::conflict);
    }
    Sql sql(fmt::format("DELETE FROM {} AS t WHERE ", table_));
    sql << key;
    if (run_on_one(sql, key) == 0) return ItemResult(Outcome::missing);
    versions_.count_change(*values);
    return ItemResult(Outcome::written);
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    Error located = error;
    return rejected(located.record_id(id));
  }
}

}  // namespace

std::unique_ptr<RecordStore> make_table_store(Connection& connection,
                                              std::shared_ptr<const TableDataset> dataset) {
  return std::make_unique<TableStore>(connection, std::move(dataset));
}

}  // namespace dataknobs::sqlite
