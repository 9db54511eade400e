// SPDX-License-Identifier: Apache-2.0
//
// The part of FileSession that changes records of files.
#include <unistd.h>

#include <fmt/format.h>

#include "backends/file/file_session.hpp"
#include "backends/file/folder.hpp"
#include "database/uuid.hpp"
#include "database/write_rules.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::file {
namespace {

/// A new file is loaded as a whole, if nobody has made it meanwhile.
bool is_new(const FileDataset& dataset) {
  return dataset.shape() && !is_there(dataset.file_options());
}

/// The bulk load of a file that is there: each batch goes in as a whole or, with an error that names the record, not at
/// all.
class ChangeWriter : public Writer {
 public:
  /// Lifetime: the session outlives it.
  ChangeWriter(FileSession& session, const WriterOptions& options)
      : session_(session), dataset_(options.dataset()), mode_(options.mode()) {}

  Task<void> write(Context&, const Batch& batch) override {
    auto work = [&] {
      const std::vector<Record>& rows = batch.rows();
      const std::vector<ItemResult> results = session_.write_now(dataset_, mode_, rows, {}, true);
      require_written(results, rows);
      written_ += rows.size();
    };
    co_await offload(work);
  }
  Task<std::uint64_t> finish(Context&) override { co_return written_; }
  void abandon() noexcept override {}

 private:
  FileSession& session_;
  DatasetPointer dataset_;
  WriteMode mode_;
  std::uint64_t written_ = 0;
};

}  // namespace

FileChanges& FileSession::changes_of(const DatasetPointer& dataset) {
  if (done_) Error(ErrorCode::invalid_argument, "the transaction has ended").raise();
  const FileDataset& file = as_file(*dataset);
  const std::string path = real_path(file.name());
  auto found = changed_.find(path);
  if (found == changed_.end()) {
    FileChanges changes(tables_->table(file.options())->state());
    found = changed_.emplace(path, Changed{dataset, std::move(changes)}).first;
  }
  return found->second.changes;
}

void FileSession::change(const DatasetPointer& dataset, const std::function<void(FileChanges&)>& decide) {
  const FileDataset& file = as_file(*dataset);
  if (mode_ == SessionMode::snapshot) Error(ErrorCode::unsupported, "a snapshot is read only").raise();
  if (file.file_options().is_folder) raise_folder_is_whole(file);
  if (mode_ == SessionMode::autocommit) {
    tables_->table(file.options())->change(file, decide);
    return;
  }
  decide(changes_of(dataset));
}

std::vector<ItemResult> FileSession::write_now(const DatasetPointer& dataset, WriteMode mode,
                                               std::span<const Record> records,
                                               std::span<const Precondition> preconditions,
                                               bool all_or_nothing) {
  std::vector<ItemResult> results;
  change(dataset, [&](FileChanges& changes) {
    const FileDataset& file = changes.state().base ? *changes.state().base : as_file(*dataset);
    results = write_records(changes, file, mode, records, preconditions, all_or_nothing);
  });
  return results;
}

Task<std::vector<ItemResult>> FileSession::write(Context&, const WriteRequest& request) {
  auto work = [&] {
    return write_now(request.dataset(), request.mode(), request.records(), request.preconditions(),
                     request.all_or_nothing());
  };
  co_return co_await offload(work);
}

Task<std::vector<ItemResult>> FileSession::remove(Context&, const DatasetPointer& dataset,
                                                  std::span<const std::string> ids,
                                                  std::span<const Precondition> preconditions) {
  auto work = [&] {
    std::vector<ItemResult> results;
    change(dataset, [&](FileChanges& changes) { results = remove_records(changes, ids, preconditions); });
    return results;
  };
  co_return co_await offload(work);
}

Task<std::unique_ptr<Writer>> FileSession::writer(Context&, const WriterOptions& options) {
  auto work = [&]() -> std::unique_ptr<Writer> {
    if (mode_ == SessionMode::snapshot) Error(ErrorCode::unsupported, "a snapshot cannot be written").raise();
    if (!is_new(as_file(*options.dataset()))) return std::make_unique<ChangeWriter>(*this, options);
    if (options.mode() == WriteMode::insert) return load_writer(options);
    Error(ErrorCode::unsupported, "a new file is loaded as a whole: no record of it is replaced")
        .hint("insert, into a file that is not there yet")
        .raise();
  };
  co_return co_await offload(work);
}

std::uint64_t FileSession::remove_all(const ScanRequest& request) {
  std::uint64_t removed = 0;
  change(request.dataset(), [&](FileChanges& changes) {
    std::vector<std::string> ids;
    const FileState state = changes.changed_state();
    if (state.base || state.overlay) {
      const std::unique_ptr<Source> source = open_state(state, std::nullopt, SourceRequest());
      while (const std::optional<Batch> batch = source->next()) {
        for (const Record& record : batch->rows()) ids.push_back(*record.id());
      }
    }
    removed = ids.size();
    remove_records(changes, ids, {});
  });
  return removed;
}

Task<std::uint64_t> FileSession::remove_range(Context&, const ScanRequest& request) {
  auto work = [&] {
    const FileDataset& dataset = as_file(*request.dataset());
    if (!request.filter().is_always_true() || request.limit() || request.offset() != 0) {
      Error(ErrorCode::unsupported, "of a file only all records can be removed at once").raise();
    }
    if (!is_new(dataset)) return remove_all(request);
    const std::shared_ptr<StagedLoad> load = load_of(dataset, StagedLoad::Start::clear);
    const std::uint64_t rows = load->all_rows();
    load->clear(*dataset.shape());
    if (mode_ != SessionMode::transaction) {
      commit_now();
      drop();
    }
    return rows;
  };
  co_return co_await offload(work);
}

/// Makes what the transaction changed in a file durable, if nobody else has changed the same records since.
void FileSession::commit_file(const Changed& changed, const JointCommit* joint) {
  const FileChanges& own = changed.changes;
  const FileDataset& file = as_file(*changed.dataset);
  const auto add = [&](FileChanges& latest) {
    if (const std::optional<std::string> id = own.find_conflict(latest.state())) {
      Error(ErrorCode::concurrency, "somebody else has changed the record since the transaction began")
          .record_id(*id)
          .retryable(true)
          .hint("run the transaction again")
          .raise();
    }
    latest.add(own);
  };
  tables_->table(file.options())->change(file, add, joint);
}

/// One after the other, in the order of their paths, each waiting for the rest: so all are locked when the state of the
/// store is written, which is the moment of the commit.
void FileSession::commit_jointly(const std::vector<const Changed*>& files) {
  const JointMark mark{make_uuid(), log().store()};
  bool confirmed = true;
  const std::function<void(std::size_t)> commit_from = [&](std::size_t at) {
    if (at == files.size()) return commit_state(mark.commit);
    const JointCommit joint{mark, [&, at] { commit_from(at + 1); }, &confirmed};
    commit_file(*files[at], &joint);
  };
  commit_from(0);
  if (!confirmed) return;
  try {
    log().apply([&](const StateValues&) {
      StateChange change;
      change.removes = {commit_key(mark.commit)};
      return change;
    });
  } catch (const Error&) {
    return;  // An entry that nobody asks for any more.
  }
}

void FileSession::commit_now() {
  std::vector<const Changed*> files;
  for (const auto& [path, changed] : changed_) {
    if (!changed.changes.empty()) files.push_back(&changed);
  }
  const bool has_state = !loads_.empty() || !pending_.empty();
  if (files.size() + (has_state ? 1 : 0) > 1) {
    commit_jointly(files);
  } else if (has_state) {
    commit_state(std::nullopt);
  } else if (!files.empty()) {
    commit_file(*files.front(), nullptr);
  }
}

namespace {

[[noreturn]] void raise_no_savepoints() {
  Error(ErrorCode::unsupported, "the file store cannot set savepoints").raise();
}

}  // namespace

Task<void> FileSession::savepoint(Context&, const std::string&) {
  raise_no_savepoints();
}

Task<void> FileSession::rollback_to(Context&, const std::string&) {
  raise_no_savepoints();
}

}  // namespace dataknobs::file
