// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Overlay: changes to one table that are not committed yet, over a moment of it.

#include <string>
#include <unordered_map>

#include "backends/memory/store.hpp"

namespace dataknobs::memory {

/// Thread safety: none; it belongs to a session. What reads the table needs the store's lock, shared at
/// least.
class Overlay {
 public:
  Overlay(std::shared_ptr<Table> table, Sequence snapshot) : table_(std::move(table)), snapshot_(snapshot) {}

  const std::shared_ptr<Table>& table() const noexcept { return table_; }
  Sequence snapshot() const noexcept { return snapshot_; }
  /// By id; nullptr: removed.
  const std::unordered_map<std::string, RecordPointer>& changes() const noexcept { return changes_; }

  /// The record as this overlay has it, or nullptr.
  RecordPointer find(const std::string& id) const {
    const auto changed = changes_.find(id);
    if (changed != changes_.end()) return changed->second;
    const Entry* entry = table_->find(id);
    return entry == nullptr ? nullptr : entry->at(snapshot_);
  }
  void put(const std::string& id, RecordPointer record) {
    replace_keys(id, record);
    changes_.insert_or_assign(id, std::move(record));
  }

  /// Takes a `put` back: `before` is what the change was, or nothing if there was none.
  void restore(const std::string& id, std::optional<RecordPointer> before) {
    replace_keys(id, before.value_or(nullptr));
    if (before) {
      changes_.insert_or_assign(id, std::move(*before));
    } else {
      changes_.erase(id);
    }
  }

  /// The unique index in which another record, as this overlay has them, has the values of this one.
  std::shared_ptr<const TableIndex> find_duplicate(const std::string& id, const Record& record) const {
    for (const auto& index : table_->indexes()) {
      if (!index->definition().unique()) continue;
      const std::optional<std::string> key = unique_key(*index, record);
      const auto own = key ? unique_keys_.find(*key) : unique_keys_.end();
      if (own != unique_keys_.end() && own->second != id) return index;
    }
    return table_->find_duplicate(
        record, snapshot_, [&](const std::string& other) { return other == id || changes_.contains(other); });
  }
  /// The same once more of all changes, over what is committed by now. REQUIRES: the lock.
  std::shared_ptr<const TableIndex> find_late_duplicate() const {
    if (!table_->has_unique_index()) return nullptr;
    Overlay now(table_, kLatest);
    now.changes_ = changes_;
    for (const auto& [id, record] : changes_) {
      if (!record) continue;
      if (auto index = now.find_duplicate(id, *record)) return index;
      now.add_keys(id, *record);
    }
    return nullptr;
  }

  /// The id of a record that somebody else changed since the snapshot, or nullptr. REQUIRES: the lock.
  const std::string* find_conflict() const {
    for (const auto& [id, record] : changes_) {
      const Entry* entry = table_->find(id);
      if (entry != nullptr && entry->sequence > snapshot_) return &id;
    }
    return nullptr;
  }
  /// REQUIRES: the lock, exclusively.
  void apply(Sequence sequence, bool keep) {
    for (auto& [id, record] : changes_) table_->apply(id, std::move(record), sequence, keep);
    changes_.clear();
  }

 private:
  static std::optional<std::string> unique_key(const TableIndex& index, const Record& record) {
    std::optional<std::string> key = index.unique_key_of(record);
    if (key) *key += std::to_string(index.number());
    return key;
  }
  void add_keys(const std::string& id, const Record& record) {
    for (const auto& index : table_->indexes()) {
      if (!index->definition().unique()) continue;
      if (std::optional<std::string> key = unique_key(*index, record))
        unique_keys_.insert_or_assign(std::move(*key), id);
    }
  }
  void replace_keys(const std::string& id, const RecordPointer& record) {
    if (!table_->has_unique_index()) return;
    const auto before = changes_.find(id);
    if (before != changes_.end() && before->second) {
      for (const auto& index : table_->indexes()) {
        if (!index->definition().unique()) continue;
        if (const std::optional<std::string> key = unique_key(*index, *before->second))
          unique_keys_.erase(*key);
      }
    }
    if (record) add_keys(id, *record);
  }

  std::shared_ptr<Table> table_;
  Sequence snapshot_;
  std::unordered_map<std::string, RecordPointer> changes_;
  std::unordered_map<std::string, std::string> unique_keys_;  // Of the changes, to their ids.
};

}  // namespace dataknobs::memory
