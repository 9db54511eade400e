// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A session of the memory store. A transaction sees the moment of its begin with its own changes over it
/// (snapshot isolation); where somebody else changed a record that it changes too, its commit fails and
/// nothing of it is seen. Keys of the state are locked by the transaction that wrote them, until its end:
/// others wait.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/memory/overlay.hpp"
#include "backends/memory/scan.hpp"
#include "backends/memory/store.hpp"
#include "database/backend.hpp"

namespace dataknobs::memory {

class MemorySession : public Session {
 public:
  MemorySession(std::shared_ptr<Store> store, SessionMode mode);
  ~MemorySession() override;

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override;
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override;
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override;
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override;
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override;
  Task<std::vector<ItemResult>> remove(Context& context, const DatasetPointer& dataset,
                                       std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) override;
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override;
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override;

  Task<std::optional<std::string>> get_state(Context& context, const std::string& key) override;
  Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                       Existence existence, const std::optional<std::string>& expected) override;
  Task<void> remove_state(Context& context, const std::string& prefix) override;
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                    const std::string& prefix) override;

  Task<DatasetPointer> create_dataset(Context& context, const CreateRequest& request) override;
  Task<void> publish(Context& context, const DatasetPointer& dataset) override;

  Task<void> create_index(Context& context, const DatasetPointer& dataset, const Index& index) override;
  Task<std::vector<Index>> indexes(Context& context, const DatasetPointer& dataset) override;
  Task<void> drop_index(Context& context, const DatasetPointer& dataset, const std::string& name) override;

  Task<void> savepoint(Context& context, const std::string& name) override;
  Task<void> rollback_to(Context& context, const std::string& name) override;
  Task<CommitOutcome> commit(Context& context) override;
  Task<void> rollback(Context& context) override;
  void abandon() noexcept override;

  /// Writes all or, with `all_or_nothing`, none.
  std::vector<ItemResult> write_records(const MemoryDataset& dataset, WriteMode mode,
                                        std::span<const Record> records,
                                        std::span<const Precondition> preconditions, bool all_or_nothing);

 private:
  using StateChanges = std::map<std::string, std::optional<std::string>>;
  using Overlays = std::map<const Table*, Overlay>;
  struct Changes {
    Overlays overlays;
    StateChanges state;
    std::map<std::string, std::shared_ptr<Table>> created;
  };

  bool in_transaction() const noexcept { return mode_ == SessionMode::transaction; }
  Sequence sees() const noexcept { return snapshot_ ? snapshot_->sequence() : kLatest; }
  void require_writable() const;
  void require_open() const;
  void require_autocommit() const;
  const Overlay* find_overlay(const MemoryDataset& dataset) const;
  Overlay& overlay(const MemoryDataset& dataset);
  template <class Work>
  auto with_target(const MemoryDataset& dataset, Work&& work);
  std::vector<ItemResult> write_batch(Overlay& overlay, const MemoryDataset& dataset, WriteMode mode,
                                      std::span<const Record> records,
                                      std::span<const Precondition> preconditions, bool all_or_nothing);

  class StateLocks;
  Task<void> lock_state(Context& context, const std::string& key);
  bool try_lock_state(const std::string& key, const std::shared_ptr<Signal>& signal);
  std::optional<std::string> state_value(const std::string& key) const;
  void set_state(const std::string& key, std::optional<std::string> value);
  std::map<std::string, std::string> visible_state(const std::string& prefix) const;
  void unlock_state() noexcept;

  void end() noexcept;

  std::shared_ptr<Store> store_;
  const SessionMode mode_;
  bool ended_ = false;
  std::unique_ptr<Snapshot> snapshot_;
  Changes changes_;
  std::vector<std::pair<std::string, Changes>> savepoints_;
  std::vector<std::string> locked_;
};

}  // namespace dataknobs::memory
