// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/session.hpp"

#include <fmt/format.h>

#include "backends/memory/reader.hpp"
#include "backends/memory/write.hpp"
#include "backends/memory/writer.hpp"
#include "record/nearest.hpp"

namespace dataknobs::memory {

MemorySession::MemorySession(std::shared_ptr<Store> store, SessionMode mode)
    : store_(std::move(store)), mode_(mode) {
  if (mode_ != SessionMode::autocommit) snapshot_ = std::make_unique<Snapshot>(store_);
}

MemorySession::~MemorySession() {
  abandon();
}

void MemorySession::require_open() const {
  if (ended_) Error(ErrorCode::invalid_argument, "the transaction has ended").raise();
}

void MemorySession::require_writable() const {
  require_open();
  if (mode_ == SessionMode::snapshot) Error(ErrorCode::unsupported, "a snapshot is read only").raise();
}

const Overlay* MemorySession::find_overlay(const MemoryDataset& dataset) const {
  const auto found = changes_.overlays.find(dataset.table().get());
  return found == changes_.overlays.end() ? nullptr : &found->second;
}

Overlay& MemorySession::overlay(const MemoryDataset& dataset) {
  return changes_.overlays.try_emplace(dataset.table().get(), dataset.table(), sees()).first->second;
}

// Runs `work` on where this session's writes go, under the lock that needs.
template <class Work>
auto MemorySession::with_target(const MemoryDataset& dataset, Work&& work) {
  if (in_transaction()) {
    OverlayTarget target(overlay(dataset));
    const std::shared_lock lock(store_->mutex());
    return work(target);
  }
  const std::unique_lock lock(store_->mutex());
  TableTarget target(*dataset.table(), store_->begin_commit(), store_->keeps_versions());
  auto result = work(target);
  store_->finish_commit();
  return result;
}

Task<std::vector<std::optional<Record>>> MemorySession::read(Context&, const DatasetPointer& dataset,
                                                             std::span<const std::string> ids) {
  require_open();
  const MemoryDataset& source = memory_dataset(dataset);
  const Overlay* own = find_overlay(source);
  std::vector<std::optional<Record>> records(ids.size());
  const std::shared_lock lock(store_->mutex());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    // Copies share their fields, so that this is quick enough to do under the lock.
    if (own != nullptr) {
      if (const RecordPointer record = own->find(ids[i])) records[i] = *record;
    } else if (const Entry* entry = source.table()->find(ids[i])) {
      if (const RecordPointer& record = entry->at(sees())) records[i] = *record;
    }
  }
  co_return records;
}

Task<std::unique_ptr<Reader>> MemorySession::scan(Context&, const ScanRequest& request) {
  require_open();
  std::unique_ptr<Snapshot> snapshot;
  if (!snapshot_) snapshot = std::make_unique<Snapshot>(store_);
  const Sequence moment = snapshot ? snapshot->sequence() : sees();
  Scan scan(request, moment, find_overlay(memory_dataset(request.dataset())));
  std::unique_ptr<Reader> reader =
      std::make_unique<MemoryReader>(store_, std::move(scan), request, std::move(snapshot));
  co_return reader;
}

Task<std::uint64_t> MemorySession::count(Context&, const ScanRequest& request) {
  require_open();
  const Scan scan(request, sees(), find_overlay(memory_dataset(request.dataset())));
  const std::shared_lock lock(store_->mutex());
  co_return scan.count();
}

Task<std::vector<ItemResult>> MemorySession::write(Context&, const WriteRequest& request) {
  require_writable();
  const MemoryDataset& dataset = memory_dataset(request.dataset());
  co_return write_records(dataset, request.mode(), request.records(), request.preconditions(),
                          request.all_or_nothing());
}

std::vector<ItemResult> MemorySession::write_records(const MemoryDataset& dataset, WriteMode mode,
                                                     std::span<const Record> records,
                                                     std::span<const Precondition> preconditions,
                                                     bool all_or_nothing) {
  std::vector<ItemResult> results;
  if (records.size() == 1) {
    const PreparedRecord prepared(records.front(), dataset, mode);
    results.push_back(with_target(dataset, [&](Target& target) {
      return write_record(target, dataset, mode, prepared, precondition_of(preconditions, 0));
    }));
    return results;
  }
  if (in_transaction()) {
    return write_batch(overlay(dataset), dataset, mode, records, preconditions, all_or_nothing);
  }
  // Outside a transaction the batch is one: the changes are collected first and applied as a whole.
  const std::unique_lock lock(store_->mutex());
  Overlay batch(dataset.table(), kLatest);
  results = write_batch(batch, dataset, mode, records, preconditions, all_or_nothing);
  batch.apply(store_->begin_commit(), store_->keeps_versions());
  store_->finish_commit();
  return results;
}

// In a transaction the table is only read, and the caller of autocommit holds the lock.
std::vector<ItemResult> MemorySession::write_batch(Overlay& overlay, const MemoryDataset& dataset,
                                                   WriteMode mode, std::span<const Record> records,
                                                   std::span<const Precondition> preconditions,
                                                   bool all_or_nothing) {
  std::shared_lock<std::shared_mutex> lock;
  if (in_transaction()) lock = std::shared_lock(store_->mutex());
  // What the batch replaces in the overlay, to take it back if an item fails.
  std::vector<std::pair<std::string, std::optional<RecordPointer>>> undo;
  class UndoTarget : public OverlayTarget {
   public:
    UndoTarget(Overlay& changes, decltype(undo)& log)
        : OverlayTarget(changes), changes_(changes), log_(log) {}
    void put(const std::string& id, RecordPointer record) override {
      const auto present = changes_.changes().find(id);
      std::optional<RecordPointer> before;
      if (present != changes_.changes().end()) before = present->second;
      log_.emplace_back(id, std::move(before));
      OverlayTarget::put(id, std::move(record));
    }

   private:
    Overlay& changes_;
    decltype(undo)& log_;
  };
  UndoTarget target(overlay, undo);
  std::vector<ItemResult> results;
  results.reserve(records.size());
  bool failed = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const PreparedRecord prepared(records[i], dataset, mode);
    results.push_back(write_record(target, dataset, mode, prepared, precondition_of(preconditions, i)));
    failed = failed || results.back().outcome() != Outcome::written;
  }
  if (failed && all_or_nothing) {
    for (auto change = undo.rbegin(); change != undo.rend(); ++change) {
      overlay.restore(change->first, std::move(change->second));
    }
    for (ItemResult& result : results) {
      if (result.outcome() == Outcome::written) result = ItemResult(Outcome::unchanged);
    }
  }
  return results;
}

Task<std::unique_ptr<Writer>> MemorySession::writer(Context&, const WriterOptions& options) {
  require_writable();
  memory_dataset(options.dataset());
  std::unique_ptr<Writer> writer = std::make_unique<MemoryWriter>(*this, options);
  co_return writer;
}

Task<std::vector<ItemResult>> MemorySession::remove(Context&, const DatasetPointer& dataset,
                                                    std::span<const std::string> ids,
                                                    std::span<const Precondition> preconditions) {
  require_writable();
  co_return with_target(memory_dataset(dataset), [&](Target& target) {
    std::vector<ItemResult> results;
    results.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      results.push_back(remove_record(target, ids[i], precondition_of(preconditions, i)));
    }
    return results;
  });
}

Task<std::uint64_t> MemorySession::remove_range(Context&, const ScanRequest& request) {
  require_writable();
  const MemoryDataset& dataset = memory_dataset(request.dataset());
  const Scan scan(request, sees(), find_overlay(dataset));
  // Found and removed under one lock: nothing changes in between.
  co_return with_target(dataset, [&](Target& target) {
    const std::vector<std::string> ids = scan.collect_ids();
    for (const std::string& id : ids) target.put(id, nullptr);
    return static_cast<std::uint64_t>(ids.size());
  });
}

Task<std::vector<Partition>> MemorySession::partition(Context&, const ScanRequest& request,
                                                      std::size_t wanted) {
  require_open();
  const Table& table = *memory_dataset(request.dataset()).table();
  const std::shared_lock lock(store_->mutex());
  const std::size_t slots = table.slots();
  const std::size_t parts = std::max<std::size_t>(1, std::min(wanted, slots));
  std::vector<Partition> result;
  for (std::size_t i = 0; i < parts; ++i) {
    const bool last = i + 1 == parts;
    const SlotRange range(slots * i / parts, last ? SIZE_MAX : slots * (i + 1) / parts, last);
    Partition part(range.to_string(), true);
    part.set_rows(table.rows() / parts);
    result.push_back(std::move(part));
  }
  co_return result;
}

Task<DatasetPointer> MemorySession::create_dataset(Context&, const CreateRequest& request) {
  require_writable();
  auto table =
      std::make_shared<Table>(request.options().name(), request.layout(), request.schema(), request.key());
  for (const std::string& column : table->key()) {
    if (table->schema().find(column) == nullptr) {
      Error(ErrorCode::invalid_argument, fmt::format("the key column '{}' is not a column", column)).raise();
    }
  }
  bool added = false;
  {
    const std::unique_lock lock(store_->mutex());
    if (in_transaction()) {
      added = store_->find_table(table->name()) == nullptr &&
              changes_.created.emplace(table->name(), table).second;
    } else {
      added = store_->add_table(table);
    }
  }
  if (!added) {
    Error(ErrorCode::duplicate_record, fmt::format("there is a table '{}' already", table->name())).raise();
  }
  DatasetPointer dataset = std::make_shared<MemoryDataset>(request.options(), std::move(table));
  co_return dataset;
}

void MemorySession::require_autocommit() const {
  require_writable();
  if (!in_transaction()) return;
  Error(ErrorCode::unsupported, "a memory store changes its indexes outside of transactions only")
      .hint("do it before the transaction begins")
      .raise();
}

Task<void> MemorySession::create_index(Context&, const DatasetPointer& dataset, const Index& index) {
  require_autocommit();
  const std::shared_ptr<Table>& table = memory_dataset(dataset).table();
  const std::unique_lock lock(store_->mutex());
  table->add_index(index);
  co_return;
}

Task<std::vector<Index>> MemorySession::indexes(Context&, const DatasetPointer& dataset) {
  require_open();
  const std::shared_lock lock(store_->mutex());
  std::vector<Index> found;
  for (const auto& index : memory_dataset(dataset).table()->indexes()) found.push_back(index->definition());
  co_return found;
}

Task<void> MemorySession::drop_index(Context&, const DatasetPointer& dataset, const std::string& name) {
  require_autocommit();
  const std::shared_ptr<Table>& table = memory_dataset(dataset).table();
  const std::unique_lock lock(store_->mutex());
  table->drop_index(name);
  co_return;
}

Task<void> MemorySession::publish(Context&, const DatasetPointer&) {
  co_return;
}

}  // namespace dataknobs::memory
