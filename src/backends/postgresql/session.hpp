// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Session over a leased connection.

#include <memory>

#include "backends/postgresql/conversation.hpp"
#include "backends/postgresql/table.hpp"

namespace dataknobs::postgresql {

class PostgresqlSession : public Session {
 public:
  explicit PostgresqlSession(std::shared_ptr<Conversation> conversation)
      : conversation_(std::move(conversation)) {}
  ~PostgresqlSession() override { abandon(); }

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
  Task<void> savepoint(Context& context, const std::string& name) override;
  Task<void> rollback_to(Context& context, const std::string& name) override;
  Task<CommitOutcome> commit(Context& context) override;
  Task<void> rollback(Context& context) override;
  void abandon() noexcept override;

 private:
  /// Runs a statement that reads state; nothing if there is no state table yet.
  Task<std::optional<Result>> query_state(Context& context, const std::string& statement,
                                          const Parameters& parameters);
  Task<void> make_state_table(Context& context);
  Task<std::vector<Partition>> key_partitions(Context& context, const Table& table, std::size_t wanted);

  std::shared_ptr<Conversation> conversation_;
};

/// The records of these ids, by position. REQUIRES: the table has a key.
Task<std::vector<std::optional<Record>>> read_records(Context& context, Connection& connection,
                                                      const DatasetPointer& dataset,
                                                      std::span<const std::string> ids);

}  // namespace dataknobs::postgresql
