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
  void put(const std::string& id, RecordPointer record) { changes_.insert_or_assign(id, std::move(record)); }

  /// Takes a `put` back: `before` is what the change was, or nothing if there was none.
  void restore(const std::string& id, std::optional<RecordPointer> before) {
    if (before) {
      changes_.insert_or_assign(id, std::move(*before));
    } else {
      changes_.erase(id);
    }
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
  std::shared_ptr<Table> table_;
  Sequence snapshot_;
  std::unordered_map<std::string, RecordPointer> changes_;
};

}  // namespace dataknobs::memory
