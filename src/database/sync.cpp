// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/sync.hpp>

#include <atomic>

#include "database/runner.hpp"

namespace dataknobs::sync {

std::size_t Runner::next_place() noexcept {
  static std::atomic<std::size_t> next = 0;
  return next++;
}

void Runner::finish(const AnyWorker& worker) {
  loop_.restart();
  while (worker.busy()) loop_.run_one();
}

Database::Database(std::string_view url) : runner_(std::make_unique<Runner>()) {
  database_.emplace(runner_->run(dataknobs::Database::open(url)));
}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&& other) noexcept {
  // The database ends before the loop that it was used on.
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
std::uint64_t Database::count(const Query& query) {
  return runner_->run(database_->count(query));
}
std::uint64_t Database::remove_where(const Query& query) {
  return runner_->run(database_->remove_where(query));
}
std::uint64_t Database::clear() {
  return runner_->run(database_->clear());
}
void Database::stream_read(const Query& query, const std::function<void(Records)>& consume) {
  RecordStream stream = runner_->run(database_->stream_read(query));
  while (std::optional<Records> records = runner_->run(stream.next())) consume(std::move(*records));
}
std::string Database::explain(const Query& query) {
  return runner_->run(database_->explain(query));
}
std::string Database::name() const {
  return database_->name();
}

}  // namespace dataknobs::sync
