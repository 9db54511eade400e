// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_session.hpp"

#include <fmt/format.h>

#include "backends/file/folder.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::file {
namespace {

std::optional<Part> part_of(const ScanRequest& request) {
  if (!request.partition()) return std::nullopt;
  const std::optional<Part> part = Part::from_token(request.partition()->token());
  if (!part) {
    Error(ErrorCode::invalid_argument, fmt::format("'{}' is no part of a file", request.partition()->token()))
        .raise();
  }
  return part;
}

/// The state that a dataset was described in.
FileState described_state(const DatasetPointer& dataset) {
  as_file(*dataset);
  FileState state;
  state.base = std::static_pointer_cast<const FileDataset>(dataset);
  state.overlay = state.base->overlay();
  return state;
}

/// What is known of its columns must still be so.
void check_columns(const FileDataset& known, const FileState& state) {
  if (!state.base) {
    Error(ErrorCode::not_found, fmt::format("there is no file {}", known.name())).raise();
  }
  if (known.layout() == Layout::document) return;
  if (known.schema() == state.base->schema() && known.key() == state.base->key()) return;
  Error(ErrorCode::concurrency, fmt::format("the columns of {} have been changed meanwhile", known.name()))
      .hint("open it again")
      .raise();
}

/// A source off the loop, with the range that `plan` took.
class FileReader : public Reader {
 public:
  FileReader(DatasetPointer dataset, std::unique_ptr<Source> source, std::uint64_t offset,
             std::optional<std::uint64_t> limit)
      : dataset_(std::move(dataset)),
        source_(std::move(source)),
        skip_(offset),
        left_(limit.value_or(UINT64_MAX)) {}

  Task<std::optional<Batch>> next(Context&) override {
    auto work = [this] { return take(); };
    co_return co_await offload(work);
  }
  void abandon() noexcept override { left_ = 0; }

 private:
  std::optional<Batch> take() {
    while (left_ > 0) {
      std::optional<Batch> batch = source_->next();
      if (!batch) break;
      const std::uint64_t size = batch->size();
      if (skip_ >= size) {
        skip_ -= size;
        continue;
      }
      const std::uint64_t count = std::min(size - skip_, left_);
      if (skip_ != 0 || count != size) batch = batch->slice(skip_, count);
      skip_ = 0;
      left_ -= count;
      return batch;
    }
    left_ = 0;
    return std::nullopt;
  }

  DatasetPointer dataset_;
  std::unique_ptr<Source> source_;
  std::uint64_t skip_;
  std::uint64_t left_;
};

}  // namespace

/// What a call sees of a file: in a transaction its own changes over what was there when it first looked, in a snapshot
/// what was described, else what is there now.
FileState FileSession::state_of(const DatasetPointer& dataset) {
  const FileDataset& file = as_file(*dataset);
  if (tables_->is_pipe() || mode_ == SessionMode::snapshot) return described_state(dataset);
  if (mode_ == SessionMode::transaction) {
    const FileChanges& changes = changes_of(dataset);
    if (!changes.empty()) return changes.changed_state();
    check_columns(file, changes.state());
    return changes.state();
  }
  FileState state = tables_->table(file.options())->state();
  check_columns(file, state);
  return state;
}

std::unique_ptr<Source> FileSession::source_of(const ScanRequest& request) {
  SourceRequest source;
  source.fields = request.fields();
  source.batch_bytes = static_cast<std::size_t>(request.batch_bytes());
  source.keyed_ids = !request.prefer_columns();
  source.filter = request.filter();
  const std::optional<Part> part = part_of(request);
  // A part is one of the file as it was described.
  return open_state(part ? described_state(request.dataset()) : state_of(request.dataset()), part, source);
}

Task<std::vector<std::optional<Record>>> FileSession::read(Context&, const DatasetPointer& dataset,
                                                           std::span<const std::string> ids) {
  auto work = [&] {
    FileState state = state_of(dataset);
    if (!state.finder) state.finder = std::make_shared<RecordFinder>(state.base, Version());
    const FoundRecords records = state.find(ids);
    std::vector<std::optional<Record>> found(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto record = records.find(ids[i]);
      if (record != records.end()) found[i] = *record->second;
    }
    return found;
  };
  co_return co_await offload(work);
}

Task<std::unique_ptr<Reader>> FileSession::scan(Context&, const ScanRequest& request) {
  auto work = [&] { return source_of(request); };
  std::unique_ptr<Source> source = co_await offload(work);
  co_return std::make_unique<FileReader>(request.dataset(), std::move(source), request.offset(),
                                         request.limit());
}

std::uint64_t FileSession::count_now(const ScanRequest& request) {
  const std::optional<Part> part = part_of(request);
  std::uint64_t rows = 0;
  if (as_file(*request.dataset()).folder()) {
    rows = count_rows(part ? as_file(*request.dataset()) : *state_of(request.dataset()).base, part,
                      request.filter());
  } else if (!part) {
    rows = state_of(request.dataset()).rows();
  } else if (!as_file(*request.dataset()).overlay()) {
    rows = part->rows;
  } else {
    const std::unique_ptr<Source> source = source_of(request);
    while (const std::optional<Batch> batch = source->next()) rows += batch->size();
  }
  rows -= std::min(rows, request.offset());
  return std::min(rows, request.limit().value_or(rows));
}

Task<std::uint64_t> FileSession::count(Context&, const ScanRequest& request) {
  auto work = [&] { return count_now(request); };
  co_return co_await offload(work);
}

Task<std::vector<Partition>> FileSession::partition(Context&, const ScanRequest& request,
                                                    std::size_t wanted) {
  auto work = [&] {
    const FileDataset& dataset = as_file(*request.dataset());
    std::vector<Partition> partitions;
    for (Part part : split_state(described_state(request.dataset()), wanted)) {
      if (dataset.folder()) {
        part.rows = count_rows(dataset, part, request.filter());
        if (part.rows == 0) continue;
      }
      partitions.emplace_back(part.to_token(), dataset.folder() || !dataset.file()->is_temporary());
      const std::uint64_t row_bytes = dataset.parquet() ? dataset.parquet()->row_bytes : 0;
      partitions.back().set_rows(part.rows).set_bytes(dataset.parquet() ? part.rows * row_bytes
                                                                        : part.end - part.begin);
    }
    return partitions;
  };
  co_return co_await offload(work);
}

}  // namespace dataknobs::file
