// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A session with an SQLite database: one connection of the pool.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/link.hpp"
#include "database/backend.hpp"

namespace dataknobs::sqlite {

class SqliteSession : public Session {
 public:
  SqliteSession(std::shared_ptr<Store> store, SessionMode mode)
      : link_(std::make_shared<Link>(std::move(store), mode)) {}
  ~SqliteSession() override { link_->abandon(); }

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

  Task<std::unique_ptr<Reader>> native_query(Context& context, const std::string& text,
                                             std::span<const Value> parameters) override;
  Task<void> create_index(Context& context, const DatasetPointer& dataset, const Index& index) override;
  Task<std::vector<Index>> indexes(Context& context, const DatasetPointer& dataset) override;
  Task<void> drop_index(Context& context, const DatasetPointer& dataset, const std::string& name) override;

  Task<void> savepoint(Context& context, const std::string& name) override;
  Task<void> rollback_to(Context& context, const std::string& name) override;
  Task<CommitOutcome> commit(Context& context) override { return link_->commit(context); }
  Task<void> rollback(Context& context) override { return link_->rollback(context); }
  void abandon() noexcept override { link_->abandon(); }

 private:
  template <class Work>
  Task<std::invoke_result_t<Work&>> change(Context& context, Work& work);
  void require_transaction() const;
  std::shared_ptr<Link> link_;
};

/// The dataset as this backend made it. Errors: InvalidArgumentError if it is another's.
std::shared_ptr<const TableDataset> table_pointer(const DatasetPointer& dataset);

/// REQUIRES: the link is open.
std::unique_ptr<Reader> make_reader(std::shared_ptr<Link> link, const ScanRequest& request);
/// For a query in SQL. REQUIRES: the link is open.
Task<std::unique_ptr<Reader>> make_native_reader(Context& context, std::shared_ptr<Link> link,
                                                 std::string text, std::span<const Value> parameters);
/// REQUIRES: the link is open for writing.
std::unique_ptr<Writer> make_writer(std::shared_ptr<Link> link, const WriterOptions& options);

}  // namespace dataknobs::sqlite
