// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/sync.hpp>

#include <atomic>
#include <utility>

#include "database/runner.hpp"
#include "database/state.hpp"

namespace dataknobs::sync {

std::size_t Runner::next_place() noexcept {
  static std::atomic<std::size_t> next = 0;
  return next++;
}

void Runner::finish(const AnyWorker& worker) {
  loop_.restart();
  while (worker.busy()) loop_.run_one();
}

Database::Database(std::string_view url) : runner_(std::make_shared<Runner>()) {
  database_.emplace(runner_->run(dataknobs::Database::open(url)));
}
Database::Database(const Config& config, std::string_view name) : runner_(std::make_shared<Runner>()) {
  database_.emplace(runner_->run(config.open(std::string(name))));
}
Database::Database(std::shared_ptr<Runner> runner, dataknobs::Database database)
    : runner_(std::move(runner)), database_(std::move(database)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&& other) noexcept {
  database_ = std::move(other.database_);
  runner_ = std::move(other.runner_);
  return *this;
}
Database::~Database() = default;

std::string Database::create(Record& record) {
  return runner_->run(database_->create(record));
}
std::string Database::create(Record&& record) {
  return runner_->run(database_->create(record));
}
std::optional<Record> Database::read(const std::string& id) {
  return runner_->run(database_->read(id));
}
bool Database::update(const std::string& id, Record record, WriteOptions options) {
  return runner_->run(database_->update(id, std::move(record), std::move(options)));
}
bool Database::patch(const std::string& id, Record changes, WriteOptions options) {
  return runner_->run(database_->patch(id, std::move(changes), std::move(options)));
}
std::string Database::upsert(Record& record, WriteOptions options) {
  return runner_->run(database_->upsert(record, std::move(options)));
}
std::string Database::upsert(Record&& record, WriteOptions options) {
  return runner_->run(database_->upsert(record, std::move(options)));
}
bool Database::remove(const std::string& id, WriteOptions options) {
  return runner_->run(database_->remove(id, std::move(options)));
}
std::pair<Record, bool> Database::get_or_create(Record record) {
  return runner_->run(database_->get_or_create(std::move(record)));
}
bool Database::exists(const std::string& id) {
  return runner_->run(database_->exists(id));
}
std::optional<Version> Database::get_version(const std::string& id) {
  return runner_->run(database_->get_version(id));
}

std::vector<WriteItem> Database::create_batch(std::span<Record> records) {
  return runner_->run(database_->create_batch(records));
}
std::vector<std::optional<Record>> Database::read_batch(std::vector<std::string> ids) {
  return runner_->run(database_->read_batch(std::move(ids)));
}
std::vector<WriteItem> Database::update_batch(std::span<Record> records) {
  return runner_->run(database_->update_batch(records));
}
std::vector<WriteItem> Database::upsert_batch(std::span<Record> records) {
  return runner_->run(database_->upsert_batch(records));
}
std::vector<WriteItem> Database::remove_batch(std::vector<std::string> ids) {
  return runner_->run(database_->remove_batch(std::move(ids)));
}

Records Database::search(const Query& query) {
  return runner_->run(database_->search(query));
}
Records Database::all() {
  return runner_->run(database_->all());
}
RecordPage Database::search_page(const Query& query, const std::string& token) {
  return runner_->run(database_->search_page(query, token));
}
std::uint64_t Database::count(const Query& query) {
  return runner_->run(database_->count(query));
}
Records Database::aggregate(Aggregation aggregation, const Query& query) {
  return runner_->run(database_->aggregate(std::move(aggregation), query));
}
std::vector<Value> Database::distinct(const std::string& path, const Query& query) {
  return runner_->run(database_->distinct(path, query));
}
std::uint64_t Database::update_where(const Query& query, Record changes) {
  return runner_->run(database_->update_where(query, std::move(changes)));
}
std::uint64_t Database::update_where(const Query& query, Changes changes) {
  return runner_->run(database_->update_where(query, std::move(changes)));
}
std::uint64_t Database::remove_where(const Query& query) {
  return runner_->run(database_->remove_where(query));
}
std::uint64_t Database::clear() {
  return runner_->run(database_->clear());
}
void Database::stream_read(const Query& query, const std::function<void(Records)>& consume,
                           StreamConfig config) {
  RecordStream stream = runner_->run(database_->stream_read(query, std::move(config)));
  while (std::optional<Records> records = runner_->run(stream.next())) consume(std::move(*records));
}
void Database::stream_transform(const Query& query, RecordTransform transform,
                                const std::function<void(Records)>& consume, StreamConfig config) {
  RecordStream stream =
      runner_->run(database_->stream_transform(query, std::move(transform), std::move(config)));
  while (std::optional<Records> records = runner_->run(stream.next())) consume(std::move(*records));
}
StreamResult Database::stream_write(const std::function<std::optional<Records>()>& source,
                                    StreamConfig config) {
  auto next = [&source]() -> Task<std::optional<Records>> { co_return source(); };
  return runner_->run(database_->stream_write(next, std::move(config)));
}
std::string Database::explain(const Query& query) {
  return runner_->run(database_->explain(query));
}
Records Database::native_query(const std::string& text, std::vector<Value> parameters) {
  RecordStream stream = runner_->run(database_->native_query(text, std::move(parameters)));
  Records all;
  while (std::optional<Records> records = runner_->run(stream.next())) {
    all.insert(all.end(), std::move_iterator(records->begin()), std::move_iterator(records->end()));
  }
  return all;
}
std::string Database::create_index(Index index) {
  return runner_->run(database_->create_index(std::move(index)));
}
std::vector<Index> Database::indexes() {
  return runner_->run(database_->indexes());
}
void Database::drop_index(const std::string& name) {
  runner_->run(database_->drop_index(name));
}
Database Database::with_timeout(std::chrono::milliseconds timeout) const {
  return {runner_, database_->with_timeout(timeout)};
}
Database Database::with_memory(std::uint64_t bytes) const {
  return {runner_, database_->with_memory(bytes)};
}
std::string Database::name() const {
  return database_->name();
}
void Database::close() {
  runner_->run(database_->close());
}

Transaction::Transaction(std::shared_ptr<Runner> runner, dataknobs::Transaction transaction)
    : runner_(std::move(runner)), transaction_(std::move(transaction)) {}
Transaction::Transaction(Transaction&& other) noexcept
    : runner_(std::move(other.runner_)), transaction_(std::exchange(other.transaction_, std::nullopt)) {}
Transaction& Transaction::operator=(Transaction&& other) noexcept {
  abandon();
  transaction_ = std::exchange(other.transaction_, std::nullopt);
  runner_ = std::move(other.runner_);
  return *this;
}
Transaction::~Transaction() {
  abandon();
}
// Nothing runs on the loop after this: a session that is only dropped would keep its locks until the next call.
void Transaction::abandon() noexcept {
  if (!transaction_ || transaction_->state().ended) return;
  try {
    rollback();
  } catch (const std::exception&) {  // The connection is lost, and the transaction with it.
  }
}
Database Transaction::in(const Database& database) const {
  return {runner_, transaction_->in(*database.database_)};
}
void Transaction::commit() {
  runner_->run(transaction_->commit());
}
void Transaction::rollback() {
  runner_->run(transaction_->rollback());
}

Store::Store(std::string_view url) : runner_(std::make_shared<Runner>()) {
  store_.emplace(runner_->run(dataknobs::Store::open(url)));
}
Store::Store(const Config& config, std::string_view name) : runner_(std::make_shared<Runner>()) {
  store_.emplace(runner_->run(config.open_store(std::string(name))));
}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&& other) noexcept {
  store_ = std::move(other.store_);
  runner_ = std::move(other.runner_);
  return *this;
}
Store::~Store() = default;
std::vector<std::string> Store::list() {
  return runner_->run(store_->list());
}
Database Store::database(std::string_view name) const {
  return {runner_, store_->database(name)};
}
Transaction Store::begin() {
  return {runner_, runner_->run(store_->begin())};
}
void Store::transact(const std::function<void(Transaction&)>& work) {
  TransactionAttempts attempts;
  while (true) {
    Transaction transaction = begin();
    try {
      work(transaction);
      transaction.commit();
      return;
    } catch (...) {
      attempts.fail();
    }
    runner_->run(attempts.settle(*transaction.transaction_));
  }
}
std::string Store::name() const {
  return store_->name();
}
void Store::close() {
  runner_->run(store_->close());
}

}  // namespace dataknobs::sync
