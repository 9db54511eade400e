// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a write does to a record, wherever it goes: into the table at once, or into the changes of a
/// transaction.

#include <span>
#include <vector>

#include "backends/memory/overlay.hpp"
#include "backends/memory/store.hpp"
#include "database/backend.hpp"
#include "database/write_rules.hpp"

namespace dataknobs::memory {

/// Where writes go. REQUIRES: the lock of the store is held, exclusively for a TableTarget.
class Target {
 public:
  virtual ~Target() = default;
  virtual RecordPointer find(const std::string& id) const = 0;
  /// nullptr removes.
  virtual void put(const std::string& id, RecordPointer record) = 0;
  virtual bool has_unique_index() const noexcept = 0;
  /// The unique index in which another record has the values of this one; nullptr if there is none.
  virtual std::shared_ptr<const TableIndex> find_duplicate(const std::string& id,
                                                           const Record& record) const = 0;
  /// False if there is one of that id.
  virtual bool insert(const std::string& id, RecordPointer record) {
    if (find(id)) return false;
    put(id, std::move(record));
    return true;
  }
};

class TableTarget : public Target {
 public:
  TableTarget(Table& table, Sequence sequence, bool keep) : table_(table), sequence_(sequence), keep_(keep) {}
  RecordPointer find(const std::string& id) const override {
    const Entry* entry = table_.find(id);
    return entry == nullptr ? nullptr : entry->record;
  }
  void put(const std::string& id, RecordPointer record) override {
    table_.apply(id, std::move(record), sequence_, keep_);
  }
  bool has_unique_index() const noexcept override { return table_.has_unique_index(); }
  std::shared_ptr<const TableIndex> find_duplicate(const std::string& id,
                                                   const Record& record) const override {
    return table_.find_duplicate(record, kLatest, [&](const std::string& other) { return other == id; });
  }
  bool insert(const std::string& id, RecordPointer record) override {
    return table_.insert(id, std::move(record), sequence_, keep_);
  }

 private:
  Table& table_;
  Sequence sequence_;
  bool keep_;
};

class OverlayTarget : public Target {
 public:
  explicit OverlayTarget(Overlay& overlay) : overlay_(overlay) {}
  RecordPointer find(const std::string& id) const override { return overlay_.find(id); }
  void put(const std::string& id, RecordPointer record) override { overlay_.put(id, std::move(record)); }
  bool has_unique_index() const noexcept override { return overlay_.table()->has_unique_index(); }
  std::shared_ptr<const TableIndex> find_duplicate(const std::string& id,
                                                   const Record& record) const override {
    return overlay_.find_duplicate(id, record);
  }

 private:
  Overlay& overlay_;
};

/// A copy of the record, ready to be stored: with its id, as the columns want it, under a new version. Or
/// what is wrong with it. Needs no lock. (A patch is prepared when it meets its record.)
class PreparedRecord {
 public:
  PreparedRecord(const Record& record, const MemoryDataset& dataset, WriteMode mode);
  /// REQUIRES: no error.
  const std::string& id() const noexcept { return record_->id() ? *record_->id() : row_; }
  const std::shared_ptr<Record>& record() const noexcept { return record_; }
  const std::shared_ptr<const Error>& error() const noexcept { return error_; }

 private:
  std::string row_;  // Where records have no ids.
  std::shared_ptr<Record> record_;
  std::shared_ptr<const Error> error_;
};

/// For a record that is not unique.
Error duplicate_error(const Index& index);

ItemResult write_record(Target& target, const MemoryDataset& dataset, WriteMode mode,
                        const PreparedRecord& prepared, const Precondition& precondition);
ItemResult remove_record(Target& target, const std::string& id, const Precondition& precondition);

}  // namespace dataknobs::memory
