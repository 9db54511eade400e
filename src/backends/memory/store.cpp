// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/store.hpp"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/error.hpp>

namespace dataknobs::memory {

namespace {

const RecordPointer kNoRecord;

std::uint64_t next_store_number() {
  static std::atomic<std::uint64_t> number = 0;
  return ++number;
}

}  // namespace

const RecordPointer& Entry::at(Sequence snapshot) const noexcept {
  if (sequence <= snapshot) return record;
  for (const OldVersion* version = older.get(); version != nullptr; version = version->older.get()) {
    if (version->sequence <= snapshot) return version->record;
  }
  return kNoRecord;
}

Table::Table(std::string name, Layout layout, Schema schema, std::vector<std::string> key)
    : name_(std::move(name)), layout_(layout), schema_(std::move(schema)), key_(std::move(key)) {}

std::size_t Table::IdHash::operator()(std::string_view id) const noexcept {
  return XXH3_64bits(id.data(), id.size());
}

const Entry* Table::find(std::string_view id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &slot(found->second);
}

std::size_t Table::new_slot() {
  if (!free_.empty()) {
    const std::size_t index = free_.back();
    free_.pop_back();
    return index;
  }
  if (slots_ == blocks_.size() * Block::kSlots) blocks_.push_back(std::make_unique<Block>());
  return slots_++;
}

void Table::add_keys(const RecordPointer& record, std::size_t slot) {
  if (!record) return;
  for (const std::shared_ptr<TableIndex>& index : indexes_) index->add(*record, slot);
}

void Table::remove_keys(const RecordPointer& record, std::size_t slot) {
  if (!record) return;
  const Entry& entry = this->slot(slot);
  for (const std::shared_ptr<TableIndex>& index : indexes_) {
    const std::string key = index->key_of(*record);
    bool kept = entry.record && index->key_of(*entry.record) == key;
    for (const OldVersion* version = entry.older.get(); version != nullptr && !kept;
         version = version->older.get()) {
      kept = version->record && index->key_of(*version->record) == key;
    }
    if (!kept) index->remove(key, slot);
  }
}

void Table::free_slot(std::size_t index) {
  Entry& entry = mutable_slot(index);
  index_.erase(std::string_view(entry.id));
  entry = Entry();
  free_.push_back(index);
}

void Table::apply(std::string_view id, RecordPointer record, Sequence sequence, bool keep) {
  changed_ = sequence;
  const auto found = index_.find(id);
  if (found == index_.end()) {
    if (record) insert(id, std::move(record), sequence, keep);
    return;
  }
  const std::size_t index = found->second;
  Entry& entry = mutable_slot(index);
  block_of(index).touch(sequence);
  if (entry.record && !record) --rows_;
  if (!entry.record && record) ++rows_;
  add_keys(record, index);
  if (!keep && !record) {
    const RecordPointer gone = std::move(entry.record);
    entry.record.reset();
    remove_keys(gone, index);
    free_slot(index);
    return;
  }
  if (keep) {
    const bool known = entry.older != nullptr;
    entry.older =
        std::make_unique<OldVersion>(std::move(entry.record), entry.sequence, std::move(entry.older));
    if (!known) outdated_.push_back(index);
  }
  const RecordPointer gone = std::exchange(entry.record, std::move(record));
  if (!keep) remove_keys(gone, index);
  entry.sequence = sequence;
}

bool Table::insert(std::string_view id, RecordPointer record, Sequence sequence, bool keep) {
  const std::size_t index = new_slot();
  Entry& entry = mutable_slot(index);
  entry.id = id;
  const auto [found, inserted] = index_.emplace(std::string_view(entry.id), index);
  if (!inserted) {
    entry.id.clear();
    free_.push_back(index);
    if (slot(found->second).record) return false;
    apply(id, std::move(record), sequence, keep);  // A snapshot kept what was removed.
    return true;
  }
  block_of(index).touch(sequence);
  entry.record = std::move(record);
  entry.sequence = sequence;
  changed_ = sequence;
  ++rows_;
  add_keys(entry.record, index);
  return true;
}

bool Table::forget(Sequence oldest) {
  std::erase_if(outdated_, [&](std::size_t index) {
    Entry& entry = mutable_slot(index);
    // The newest version that the oldest snapshot sees is the last one of use.
    if (entry.sequence <= oldest) {
      forget_versions(std::move(entry.older), index);
      if (!entry.record) free_slot(index);
      return true;
    }
    for (OldVersion* version = entry.older.get(); version != nullptr; version = version->older.get()) {
      if (version->sequence <= oldest) forget_versions(std::move(version->older), index);
    }
    return false;
  });
  return outdated_.empty();
}

void Table::forget_versions(std::unique_ptr<OldVersion> versions, std::size_t slot) {
  if (indexes_.empty()) return;
  for (const OldVersion* version = versions.get(); version != nullptr; version = version->older.get()) {
    remove_keys(version->record, slot);
  }
}

Table::Indexes Table::indexes() const {
  Indexes result(indexes_.begin(), indexes_.end());
  std::sort(result.begin(), result.end(), [](const auto& left, const auto& right) {
    return left->definition().name() < right->definition().name();
  });
  return result;
}

bool Table::has_unique_index() const noexcept {
  return std::any_of(indexes_.begin(), indexes_.end(),
                     [](const auto& index) { return index->definition().unique(); });
}

void Table::add_index(const Index& index) {
  for (const std::shared_ptr<TableIndex>& other : indexes_) {
    if (other->definition().name() != index.name()) continue;
    Error(ErrorCode::duplicate_record, fmt::format("there is an index {} already", index.name())).raise();
  }
  const FieldResolution fields = layout_ == Layout::document ? FieldResolution::document()
                                 : schema_.empty()           ? FieldResolution::columns()
                                                             : FieldResolution::columns(schema_);
  auto made = std::make_shared<TableIndex>(index, fields);
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < slots_; ++i) {
    const Entry& entry = slot(i);
    if (entry.record) made->add(*entry.record, i);
    for (const OldVersion* version = entry.older.get(); version != nullptr; version = version->older.get()) {
      if (version->record) made->add(*version->record, i);
    }
    if (!index.unique() || !entry.record) continue;
    std::optional<std::string> key = made->unique_key_of(*entry.record);
    if (!key || seen.insert(std::move(*key)).second) continue;
    const std::string names = fmt::format("{}", fmt::join(index.fields(), ", "));
    Error(ErrorCode::duplicate_record,
          fmt::format("some records have the same value of {}: the index {} cannot be unique", names,
                      index.name()))
        .field_path(names)
        .hint("find them by counting groups (aggregate), or make the index without unique")
        .raise();
  }
  indexes_.push_back(std::move(made));
}

void Table::drop_index(const std::string& name) {
  std::erase_if(indexes_, [&](const auto& index) { return index->definition().name() == name; });
}

Snapshot::Snapshot(std::shared_ptr<Store> store)
    : store_(std::move(store)), sequence_(store_->take_snapshot()) {}
Snapshot::~Snapshot() {
  store_->drop_snapshot(sequence_);
}

Store::Store() : number_(next_store_number()) {}

std::shared_ptr<Store> Store::open(const std::string& name) {
  if (name.empty()) return std::make_shared<Store>();
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Store>> stores;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Store>& store = stores[name];
  if (!store) store = std::make_shared<Store>();
  return store;
}

std::shared_ptr<Table> Store::find_table(const std::string& name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

bool Store::add_table(const std::shared_ptr<Table>& table) {
  return tables_.emplace(table->name(), table).second;
}

std::vector<std::string> Store::table_names() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

Version Store::next_version() {
  static std::atomic<std::uint64_t> last = 0;
  const std::uint64_t number = last.fetch_add(1, std::memory_order_relaxed) + 1;
  char text[20];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

// The shared lock keeps commits away: a snapshot is registered before the next one looks whether there is
// any.
Sequence Store::take_snapshot() {
  const std::shared_lock lock(mutex_);
  const std::lock_guard guard(snapshot_mutex_);
  snapshots_.insert(committed_);
  snapshot_count_.store(snapshots_.size(), std::memory_order_relaxed);
  return committed_;
}

void Store::drop_snapshot(Sequence sequence) {
  const std::unique_lock lock(mutex_);
  const std::lock_guard guard(snapshot_mutex_);
  snapshots_.erase(snapshots_.find(sequence));
  snapshot_count_.store(snapshots_.size(), std::memory_order_relaxed);
  const Sequence oldest = snapshots_.empty() ? kLatest : *snapshots_.begin();
  for (const auto& [name, table] : tables_) table->forget(oldest);
}

MemoryDataset::MemoryDataset(DatasetOptions options, std::shared_ptr<Table> table)
    : Dataset(std::move(options), table->layout()), table_(std::move(table)) {
  set_schema(table_->schema());
  set_key(table_->key());
  set_has_metadata(layout() == Layout::document);
  set_native_kind("table");
}

}  // namespace dataknobs::memory
