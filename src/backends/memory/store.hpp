// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The data of a memory store: tables of records with multi-version concurrency. Every commit has a sequence
/// number; a snapshot is such a number, and a record that a snapshot may still see is kept behind its
/// successor. Readers therefore see one moment however long they take, and never hold a lock between two
/// batches.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <dataknobs/record.hpp>

#include "backends/memory/columns.hpp"
#include "backends/memory/table_index.hpp"
#include "database/dataset.hpp"
#include "runtime/signal.hpp"

namespace dataknobs::memory {

using RecordPointer = std::shared_ptr<const Record>;
using Sequence = std::uint64_t;

/// Sees everything that is committed.
inline constexpr Sequence kLatest = UINT64_MAX;

/// What an entry was before its last change.
struct OldVersion {
  RecordPointer record;
  Sequence sequence = 0;
  std::unique_ptr<OldVersion> older;
};

struct Entry {
  std::string id;
  RecordPointer record;  ///< nullptr: removed.
  Sequence sequence = 0;
  std::unique_ptr<OldVersion> older;

  /// The record at that moment, or nullptr.
  const RecordPointer& at(Sequence snapshot) const noexcept;
};

/// Neighbouring slots of a table. Thread safety: as its table.
class Block {
 public:
  static constexpr std::size_t kSlots = 1024;

  const Entry& entry(std::size_t index) const noexcept { return entries_[index]; }
  Entry& entry(std::size_t index) noexcept { return entries_[index]; }
  /// How often its records have changed.
  std::uint64_t changes() const noexcept { return changes_; }
  /// Whether a snapshot sees the records as they are now.
  bool is_as_of(Sequence snapshot) const noexcept { return changed_ <= snapshot; }
  /// A record of it changes in that commit.
  void touch(Sequence sequence) noexcept {
    ++changes_;
    changed_ = sequence;
  }

 private:
  std::array<Entry, kSlots> entries_;
  std::uint64_t changes_ = 0;
  Sequence changed_ = 0;
};

/// Thread safety: guarded by the mutex of its store, shared for const members.
class Table {
 public:
  Table(std::string name, Layout layout, Schema schema, std::vector<std::string> key);

  const std::string& name() const noexcept { return name_; }
  Layout layout() const noexcept { return layout_; }
  const Schema& schema() const noexcept { return schema_; }
  const std::vector<std::string>& key() const noexcept { return key_; }
  /// Columns without a key: its records have no ids; entries are told apart by a row number.
  bool is_keyless() const noexcept { return layout_ == Layout::columns && key_.empty(); }

  const Entry* find(std::string_view id) const;
  /// Slots are stable while a snapshot lives and while nothing is written.
  std::size_t slots() const noexcept { return slots_; }
  const Entry& slot(std::size_t index) const noexcept {
    return block(index / Block::kSlots).entry(index % Block::kSlots);
  }
  /// Slots 0 ... Block::kSlots - 1 are in the first one, and so on.
  const Block& block(std::size_t number) const noexcept { return *blocks_[number]; }
  /// The values of single fields, for scans.
  Columns& columns() const noexcept { return columns_; }
  /// Records at the latest moment.
  std::uint64_t rows() const noexcept { return rows_; }
  Sequence changed() const noexcept { return changed_; }

  /// Makes `record` (nullptr: removal) the latest state of that id. `keep`: some snapshot may see the present
  /// one.
  void apply(std::string_view id, RecordPointer record, Sequence sequence, bool keep);
  /// As `apply` for a new record, with one look into the index. False if there is one of that id.
  bool insert(std::string_view id, RecordPointer record, Sequence sequence, bool keep);
  /// Forgets what no snapshot from `oldest` on can see. True if nothing is left to forget.
  bool forget(Sequence oldest);
  using Indexes = std::vector<std::shared_ptr<const TableIndex>>;
  /// By name.
  Indexes indexes() const;
  bool has_unique_index() const noexcept;
  /// Errors: DuplicateRecordError if there is one of that name, or two records are not unique.
  void add_index(const Index& index);
  void drop_index(const std::string& name);
  /// The unique index in which another record of that moment has the values of this one; nullptr if there is none.
  /// `skips(id)`: that one does not count.
  template <class Skip>
  std::shared_ptr<const TableIndex> find_duplicate(const Record& record, Sequence snapshot,
                                                   Skip&& skips) const;

  /// A new row number of a table without key.
  std::string next_row() { return std::to_string(next_row_++); }

 private:
  Block& block_of(std::size_t slot) noexcept { return *blocks_[slot / Block::kSlots]; }
  Entry& mutable_slot(std::size_t index) noexcept { return block_of(index).entry(index % Block::kSlots); }
  std::size_t new_slot();
  void free_slot(std::size_t index);
  void add_keys(const RecordPointer& record, std::size_t slot);
  void forget_versions(std::unique_ptr<OldVersion> versions, std::size_t slot);
  /// Of a version that is gone: those that no other version of the slot has.
  void remove_keys(const RecordPointer& record, std::size_t slot);

  const std::string name_;
  const Layout layout_;
  const Schema schema_;
  const std::vector<std::string> key_;
  struct IdHash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view id) const noexcept;
  };
  // The keys are views into the entries, which never move.
  boost::unordered_flat_map<std::string_view, std::size_t, IdHash> index_;
  std::vector<std::shared_ptr<TableIndex>> indexes_;
  mutable Columns columns_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t slots_ = 0;
  std::vector<std::size_t> free_;
  std::vector<std::size_t> outdated_;  // Slots with old versions or removals that a snapshot kept.
  std::uint64_t rows_ = 0;
  Sequence changed_ = 0;
  std::atomic<std::uint64_t> next_row_ = 1;
};

template <class Skip>
std::shared_ptr<const TableIndex> Table::find_duplicate(const Record& record, Sequence snapshot,
                                                        Skip&& skips) const {
  std::vector<std::size_t> slots;
  for (const std::shared_ptr<TableIndex>& index : indexes_) {
    if (!index->definition().unique()) continue;
    const std::optional<std::string> key = index->unique_key_of(record);
    if (!key) continue;
    index->find(*key, slots);
    for (const std::size_t place : slots) {
      const Entry& entry = slot(place);
      const RecordPointer& other = entry.at(snapshot);
      if (other && !skips(entry.id) && index->key_of(*other) == *key) return index;
    }
  }
  return nullptr;
}

class Store;

/// Keeps a moment visible while it lives.
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<Store> store);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();
  Sequence sequence() const noexcept { return sequence_; }

 private:
  std::shared_ptr<Store> store_;
  Sequence sequence_;
};

/// dataknobs' own state, with the locks of transactions that wrote it.
class StateTable {
 public:
  using Owner = const void*;
  struct Lock {
    Owner owner = nullptr;
    std::vector<std::shared_ptr<Signal>> waiting;
  };
  std::map<std::string, std::string> values;
  std::map<std::string, Lock> locks;
  std::map<Owner, Owner> waits_for;  ///< To see a circle of waiters before it closes.
};

/// A store: named ones live as long as the process, others as long as somebody uses them.
class Store : public std::enable_shared_from_this<Store> {
 public:
  Store();
  /// The store of that name within this process; with an empty name a new one.
  static std::shared_ptr<Store> open(const std::string& name);

  /// Guards everything below.
  std::shared_mutex& mutex() const noexcept { return mutex_; }

  std::shared_ptr<Table> find_table(const std::string& name) const;
  /// False if there is a table of that name already.
  bool add_table(const std::shared_ptr<Table>& table);
  std::vector<std::string> table_names() const;

  Sequence committed() const noexcept { return committed_; }
  /// REQUIRES: the mutex is held exclusively until `finish_commit`.
  Sequence begin_commit() const noexcept { return committed_ + 1; }
  void finish_commit() noexcept { ++committed_; }
  /// Whether records that are replaced now must be kept for a snapshot.
  bool keeps_versions() const noexcept { return snapshot_count_.load(std::memory_order_relaxed) != 0; }

  StateTable& state() noexcept { return state_; }
  const StateTable& state() const noexcept { return state_; }

  /// A token that no record of this process ever had.
  static Version next_version();
  /// Tells stores of this process apart.
  std::uint64_t number() const noexcept { return number_; }

 private:
  friend class Snapshot;
  Sequence take_snapshot();
  void drop_snapshot(Sequence sequence);

  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Table>> tables_;
  Sequence committed_ = 0;
  StateTable state_;
  const std::uint64_t number_;

  std::mutex snapshot_mutex_;
  std::multiset<Sequence> snapshots_;
  std::atomic<std::size_t> snapshot_count_ = 0;
};

/// A dataset of a memory store.
class MemoryDataset final : public Dataset {
 public:
  MemoryDataset(DatasetOptions options, std::shared_ptr<Table> table);
  const std::shared_ptr<Table>& table() const noexcept { return table_; }

 private:
  std::shared_ptr<Table> table_;
};

}  // namespace dataknobs::memory
