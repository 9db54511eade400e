// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_session.hpp"

#include <fmt/format.h>

#include "runtime/offload.hpp"

namespace dataknobs::file {
namespace {

[[noreturn]] void raise_unsupported(std::string_view what) {
  Error(ErrorCode::unsupported, fmt::format("the file store cannot {}", what))
      .hint("files are read and written as a whole")
      .raise();
}

std::optional<Part> part_of(const ScanRequest& request) {
  if (!request.partition()) return std::nullopt;
  const std::optional<Part> part = Part::from_token(request.partition()->token());
  if (!part) {
    Error(ErrorCode::invalid_argument, fmt::format("'{}' is no part of a file", request.partition()->token()))
        .raise();
  }
  return part;
}

std::unique_ptr<Source> source_of(const ScanRequest& request) {
  const FileDataset& dataset = as_file(*request.dataset());
  SourceRequest source;
  source.fields = request.fields();
  source.batch_bytes = static_cast<std::size_t>(request.batch_bytes());
  source.keyed_ids = !request.prefer_columns();
  return open_source(dataset, part_of(request), source);
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

Task<std::vector<std::optional<Record>>> FileSession::read(Context&, const DatasetPointer& dataset,
                                                           std::span<const std::string> ids) {
  auto work = [&] {
    std::unordered_map<std::string_view, std::vector<std::size_t>> wanted;
    for (std::size_t i = 0; i < ids.size(); ++i) wanted[ids[i]].push_back(i);
    std::vector<std::optional<Record>> found(ids.size());
    const std::unique_ptr<Source> source = open_source(as_file(*dataset), std::nullopt, SourceRequest());
    while (!wanted.empty()) {
      const std::optional<Batch> batch = source->next();
      if (!batch) break;
      for (const Record& record : batch->rows()) {
        const auto hit = record.id() ? wanted.find(*record.id()) : wanted.end();
        if (hit == wanted.end()) continue;
        for (const std::size_t place : hit->second) found[place] = record;
        wanted.erase(hit);
      }
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

Task<std::uint64_t> FileSession::count(Context&, const ScanRequest& request) {
  auto work = [&] {
    std::uint64_t rows = 0;
    const FileDataset& dataset = as_file(*request.dataset());
    if (const std::optional<Part> part = part_of(request)) {
      rows = part->rows;
    } else {
      rows = whole_file(dataset).rows;
    }
    rows -= std::min(rows, request.offset());
    return std::min(rows, request.limit().value_or(rows));
  };
  co_return co_await offload(work);
}

Task<std::vector<ItemResult>> FileSession::write(Context&, const WriteRequest&) {
  raise_unsupported("write single records");
}

Task<std::vector<ItemResult>> FileSession::remove(Context&, const DatasetPointer&,
                                                  std::span<const std::string>,
                                                  std::span<const Precondition>) {
  raise_unsupported("remove records");
}

Task<std::vector<Partition>> FileSession::partition(Context&, const ScanRequest& request,
                                                    std::size_t wanted) {
  auto work = [&] {
    const FileDataset& dataset = as_file(*request.dataset());
    std::vector<Partition> partitions;
    for (const Part& part : split_file(dataset, wanted)) {
      partitions.emplace_back(part.to_token(), !dataset.file()->is_temporary());
      const std::uint64_t row_bytes = dataset.parquet() ? dataset.parquet()->row_bytes : 0;
      partitions.back().set_rows(part.rows).set_bytes(dataset.parquet() ? part.rows * row_bytes
                                                                        : part.end - part.begin);
    }
    return partitions;
  };
  co_return co_await offload(work);
}

Task<void> FileSession::savepoint(Context&, const std::string&) {
  raise_unsupported("set savepoints");
}

Task<void> FileSession::rollback_to(Context&, const std::string&) {
  raise_unsupported("set savepoints");
}

}  // namespace dataknobs::file
