// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "backends/sqlite/index.hpp"
#include "backends/sqlite/record_store.hpp"
#include "backends/sqlite/row_versions.hpp"
#include "backends/sqlite/scan_sql.hpp"
#include "backends/sqlite/state.hpp"
#include "database/write_rules.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::string_view kBatchSavepoint = "SAVEPOINT dataknobs_batch";
constexpr std::string_view kReleaseBatch = "RELEASE dataknobs_batch";
constexpr std::string_view kUndoBatch = "ROLLBACK TO dataknobs_batch";

void require_writable(const TableDataset& dataset) {
  if (!dataset.read_only()) return;
  Error(ErrorCode::unsupported,
        fmt::format("the {} {} can only be read", dataset.native_kind(), dataset.name()))
      .hint(dataset.is_view ? "write to the tables behind it" : "leave mode=ro out")
      .raise();
}

[[noreturn]] void raise_no_database(const Settings& settings) {
  Error(ErrorCode::not_found, fmt::format("there is no database file {}", settings.path())).raise();
}

// Runs the items; with all_or_nothing a failed one takes back the others.
template <class Item>
std::vector<ItemResult> run_items(Connection& connection, std::size_t count, bool all_or_nothing,
                                  Item&& item) {
  std::vector<ItemResult> results;
  results.reserve(count);
  if (all_or_nothing) connection.execute(kBatchSavepoint);
  bool failed = false;
  for (std::size_t i = 0; i < count; ++i) {
    results.push_back(item(i));
    failed |= results.back().outcome() != Outcome::written;
  }
  if (!all_or_nothing) return results;
  if (failed) {
    connection.execute(kUndoBatch);
    for (ItemResult& result : results) {
      if (result.outcome() == Outcome::written) result = ItemResult(Outcome::unchanged);
    }
  }
  connection.execute(kReleaseBatch);
  return results;
}

std::vector<ItemResult> write_items(Connection& connection, const WriteRequest& request) {
  const std::unique_ptr<RecordStore> store = make_record_store(connection, table_pointer(request.dataset()));
  std::vector<std::optional<std::string>> ids;
  for (const Record& record : request.records()) ids.push_back(record.id());
  std::vector<ItemResult> results =
      run_items(connection, ids.size(), request.all_or_nothing(), [&](std::size_t i) {
        return store->write(request.mode(), request.records()[i],
                            precondition_of(request.preconditions(), i));
      });
  // What was not written has not got an id either.
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].outcome() != Outcome::written) request.records()[i].set_id(ids[i]);
  }
  return results;
}

std::int64_t run_statement(Connection& connection, const Sql& sql) {
  Statement statement = connection.prepare(sql.text());
  sql.bind(statement);
  std::int64_t result = 0;
  while (statement.step()) result = statement.integer(0);
  return result;
}

}  // namespace

std::shared_ptr<const TableDataset> table_pointer(const DatasetPointer& dataset) {
  auto table = std::dynamic_pointer_cast<const TableDataset>(dataset);
  if (!table) Error(ErrorCode::invalid_argument, "the dataset is not one of an SQLite store").raise();
  return table;
}

// Outside a transaction of the session, a write is one of its own.
template <class Work>
Task<std::invoke_result_t<Work&>> SqliteSession::change(Context& context, Work& work) {
  co_await link_->open_for_write(context);
  class Right {
   public:
    explicit Right(Link& link) : link_(link) {}
    ~Right() { link_.end_write(); }
    Right(const Right&) = delete;
    Right& operator=(const Right&) = delete;

   private:
    Link& link_;
  };
  const Right right(*link_);
  auto whole = [&] {
    if (link_->mode() != SessionMode::autocommit) return work();
    return in_write_transaction(link_->connection(), work);
  };
  co_return co_await link_->run(context, whole);
}

Task<std::vector<std::optional<Record>>> SqliteSession::read(Context& context, const DatasetPointer& dataset,
                                                             std::span<const std::string> ids) {
  std::vector<std::optional<Record>> records(ids.size());
  if (!co_await link_->open(context)) co_return records;
  auto work = [&] {
    const std::unique_ptr<RecordStore> store = make_record_store(link_->connection(), table_pointer(dataset));
    for (std::size_t i = 0; i < ids.size(); ++i) records[i] = store->read(ids[i]);
  };
  co_await link_->run(context, work);
  co_return records;
}

Task<std::unique_ptr<Reader>> SqliteSession::scan(Context& context, const ScanRequest& request) {
  const bool exists = co_await link_->open(context);
  if (!exists) raise_no_database(link_->settings());
  co_return make_reader(link_, request);
}

Task<std::uint64_t> SqliteSession::count(Context& context, const ScanRequest& request) {
  if (!co_await link_->open(context)) co_return 0;
  auto work = [&] {
    return static_cast<std::uint64_t>(
        run_statement(link_->connection(), count_sql(request, *table_pointer(request.dataset()))));
  };
  co_return co_await link_->run(context, work);
}

Task<std::vector<ItemResult>> SqliteSession::write(Context& context, const WriteRequest& request) {
  require_writable(*table_pointer(request.dataset()));
  auto work = [&] { return write_items(link_->connection(), request); };
  co_return co_await change(context, work);
}

Task<std::unique_ptr<Writer>> SqliteSession::writer(Context& context, const WriterOptions& options) {
  require_writable(*table_pointer(options.dataset()));
  co_await link_->open_for_write(context);
  co_return make_writer(link_, options);
}

Task<std::vector<ItemResult>> SqliteSession::remove(Context& context, const DatasetPointer& dataset,
                                                    std::span<const std::string> ids,
                                                    std::span<const Precondition> preconditions) {
  const std::shared_ptr<const TableDataset> table = table_pointer(dataset);
  require_writable(*table);
  auto work = [&] {
    const std::unique_ptr<RecordStore> store = make_record_store(link_->connection(), table);
    return run_items(link_->connection(), ids.size(), false,
                     [&](std::size_t i) { return store->remove(ids[i], precondition_of(preconditions, i)); });
  };
  co_return co_await change(context, work);
}

Task<std::uint64_t> SqliteSession::remove_range(Context& context, const ScanRequest& request) {
  const std::shared_ptr<const TableDataset> table = table_pointer(request.dataset());
  require_writable(*table);
  auto work = [&] {
    run_statement(link_->connection(), delete_sql(request, *table));
    const auto removed = static_cast<std::uint64_t>(link_->connection().changes());
    if (removed != 0 && table->layout() == Layout::columns) {
      RowVersions(link_->connection(), *table).count_change_of_all();
    }
    return removed;
  };
  co_return co_await change(context, work);
}

Task<std::vector<Partition>> SqliteSession::partition(Context& context, const ScanRequest& request,
                                                      std::size_t wanted) {
  const std::shared_ptr<const TableDataset> table = table_pointer(request.dataset());
  const bool exists = co_await link_->open(context);
  if (!exists) raise_no_database(link_->settings());
  auto work = [&] { return make_partitions(link_->connection(), *table, std::max<std::size_t>(wanted, 1)); };
  co_return co_await link_->run(context, work);
}

Task<std::optional<std::string>> SqliteSession::get_state(Context& context, const std::string& key) {
  if (!co_await link_->open(context)) co_return std::nullopt;
  auto work = [&] { return sqlite::get_state(link_->connection(), key); };
  co_return co_await link_->run(context, work);
}

Task<bool> SqliteSession::put_state(Context& context, const std::string& key, const std::string& value,
                                    Existence existence, const std::optional<std::string>& expected) {
  auto work = [&] { return sqlite::put_state(link_->connection(), key, value, existence, expected); };
  co_return co_await change(context, work);
}

Task<void> SqliteSession::remove_state(Context& context, const std::string& prefix) {
  auto work = [&] {
    sqlite::remove_state(link_->connection(), prefix);
    return true;
  };
  co_await change(context, work);
}

Task<std::vector<std::pair<std::string, std::string>>> SqliteSession::list_state(Context& context,
                                                                                 const std::string& prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  if (!co_await link_->open(context)) co_return found;
  auto work = [&] { found = sqlite::list_state(link_->connection(), prefix); };
  co_await link_->run(context, work);
  co_return found;
}

Task<DatasetPointer> SqliteSession::create_dataset(Context& context, const CreateRequest& request) {
  const std::vector<std::string> statements = creation_statements(request);
  auto work = [&]() -> DatasetPointer {
    Connection& connection = link_->connection();
    if (describe_table(connection, DatasetOptions(request.options()).set_layout(std::nullopt).set_key({}),
                       false)) {
      Error(ErrorCode::duplicate_record, fmt::format("there is a table {} already", request.options().name()))
          .raise();
    }
    for (const std::string& statement : statements) connection.execute(statement);
    return describe_table(connection, request.options(), false);
  };
  co_return co_await change(context, work);
}

Task<void> SqliteSession::publish(Context&, const DatasetPointer&) {
  co_return;  // What was committed is seen.
}

Task<std::unique_ptr<Reader>> SqliteSession::native_query(Context& context, const std::string& text,
                                                          std::span<const Value> parameters) {
  const bool exists = co_await link_->open(context);
  if (!exists) raise_no_database(link_->settings());
  co_return co_await make_native_reader(context, link_, text, parameters);
}

Task<void> SqliteSession::create_index(Context& context, const DatasetPointer& dataset, const Index& index) {
  const std::shared_ptr<const TableDataset> table = table_pointer(dataset);
  auto work = [&] {
    make_index(link_->connection(), index, *table);
    return true;
  };
  co_await change(context, work);
}

Task<std::vector<Index>> SqliteSession::indexes(Context& context, const DatasetPointer& dataset) {
  const std::shared_ptr<const TableDataset> table = table_pointer(dataset);
  std::vector<Index> found;
  if (!co_await link_->open(context)) co_return found;
  auto work = [&] { found = list_indexes(link_->connection(), *table); };
  co_await link_->run(context, work);
  co_return found;
}

Task<void> SqliteSession::drop_index(Context& context, const DatasetPointer&, const std::string& name) {
  auto work = [&] {
    link_->connection().execute("DROP INDEX main." + sql_name(name));
    return true;
  };
  co_await change(context, work);
}

void SqliteSession::require_transaction() const {
  if (link_->mode() == SessionMode::transaction) return;
  Error(ErrorCode::invalid_argument, "savepoints need a transaction").raise();
}

Task<void> SqliteSession::savepoint(Context& context, const std::string& name) {
  require_transaction();
  co_await link_->open_for_write(context);
  auto work = [&] { link_->connection().execute("SAVEPOINT " + sql_name(name)); };
  co_await link_->run(context, work);
}

Task<void> SqliteSession::rollback_to(Context& context, const std::string& name) {
  require_transaction();
  co_await link_->open_for_write(context);
  auto work = [&] { link_->connection().execute("ROLLBACK TO " + sql_name(name)); };
  co_await link_->run(context, work);
}

}  // namespace dataknobs::sqlite
