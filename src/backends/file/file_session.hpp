// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The Session of files.

#include <string>

#include "backends/file/file_dataset.hpp"
#include "backends/file/file_tables.hpp"
#include "backends/file/load.hpp"
#include "database/backend.hpp"
#include "database/local_state.hpp"

namespace dataknobs::file {

class FileSession : public Session {
 public:
  /// `log`: nullptr for a pipe, which keeps no state.
  FileSession(SessionMode mode, std::shared_ptr<FileTables> tables, std::shared_ptr<StateLog> log);
  ~FileSession() override;

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

  /// Writes all or, with `all_or_nothing`, none. Blocking.
  std::vector<ItemResult> write_now(const DatasetPointer& dataset, WriteMode mode,
                                    std::span<const Record> records,
                                    std::span<const Precondition> preconditions, bool all_or_nothing);

 private:
  using Pending = std::map<std::string, std::optional<std::string>, std::less<>>;

  /// What a transaction changes in a file.
  struct Changed {
    DatasetPointer dataset;
    FileChanges changes;
  };

  FileState state_of(const DatasetPointer& dataset);
  std::unique_ptr<Source> source_of(const ScanRequest& request);
  std::uint64_t count_now(const ScanRequest& request);
  FileChanges& changes_of(const DatasetPointer& dataset);
  void change(const DatasetPointer& dataset, const std::function<void(FileChanges&)>& decide);
  std::uint64_t remove_all(const ScanRequest& request);
  std::unique_ptr<Writer> load_writer(const WriterOptions& options);
  void commit_file(const Changed& changed, const JointCommit* joint);
  void commit_jointly(const std::vector<const Changed*>& files);
  void commit_state(const std::optional<std::string>& joint_commit);

  StateLog& log() const;
  std::optional<std::string> seen(const StateValues& values, const std::string& key) const;
  void change_state(const std::string& key, std::optional<std::string> value, const StateValues& values);
  std::shared_ptr<StagedLoad> load_of(const FileDataset& dataset, StagedLoad::Start start);
  void publish_now(const FileDataset& dataset);
  void commit_now();
  void drop() noexcept;

  SessionMode mode_;
  std::shared_ptr<FileTables> tables_;
  std::shared_ptr<StateLog> log_;
  std::map<std::string, Changed> changed_;  ///< By path.
  Pending pending_;                         ///< What the transaction puts; nothing: removes.
  Pending expected_;                        ///< What the log held when the transaction first changed it.
  std::map<std::string, std::shared_ptr<StagedLoad>> loads_;
  bool done_ = false;
};

}  // namespace dataknobs::file
