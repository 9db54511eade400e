// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>

#include "database/write_rules.hpp"
#include "layers/forward.hpp"
#include "layers/layers.hpp"

namespace dataknobs {

namespace {

// How many records a removal names, or a bulk load writes, at a time.
constexpr std::size_t kChunk = 1000;
// A patch that meets a writer in between tries again this often.
constexpr int kPatchAttempts = 10;

bool is_absent(Support support) {
  return support == Support::absent;
}
bool is_present(Support support) {
  return support != Support::absent;
}

Capabilities complete(Capabilities capabilities) {
  const auto emulate = [](Support& wanted, bool possible) {
    if (is_absent(wanted) && possible) wanted = Support::emulated;
  };
  emulate(capabilities.point_reads, is_present(capabilities.scans));
  // The planner leaves to the layers above what the store does not take.
  emulate(capabilities.filters, is_present(capabilities.scans));
  emulate(capabilities.sorting, is_present(capabilities.scans));
  emulate(capabilities.counting, is_present(capabilities.scans));
  emulate(capabilities.partitions, is_present(capabilities.scans));
  emulate(capabilities.range_removal, is_present(capabilities.scans) && is_present(capabilities.writes));
  emulate(capabilities.bulk_writes, is_present(capabilities.writes));
  emulate(capabilities.patches, is_present(capabilities.point_reads) && is_present(capabilities.writes));
  return capabilities;
}

// A bulk load by single writes.
class ChunkWriter : public Writer {
 public:
  ChunkWriter(Session& session, const WriterOptions& options)
      : session_(session), dataset_(options.dataset()), mode_(options.mode()) {}

  Task<void> write(Context& context, const Batch& batch) override {
    std::vector<Record> rows = batch.rows();
    for (std::size_t begin = 0; begin < rows.size(); begin += kChunk) {
      const std::span<Record> chunk(rows.data() + begin, std::min(kChunk, rows.size() - begin));
      const WriteRequest request(dataset_, mode_, chunk);
      const std::vector<ItemResult> results = co_await session_.write(context, request);
      require_written(results, chunk);
      written_ += chunk.size();
    }
  }
  Task<std::uint64_t> finish(Context&) override { co_return written_; }
  void abandon() noexcept override {}

 private:
  Session& session_;
  DatasetPointer dataset_;
  WriteMode mode_;
  std::uint64_t written_ = 0;
};

class CompletedSession : public ForwardingSession {
 public:
  CompletedSession(std::unique_ptr<Session> inner, const Capabilities& native)
      : ForwardingSession(std::move(inner)), native_(native) {}

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    if (is_present(native_.point_reads)) return inner().read(context, dataset, ids);
    return read_by_scan(context, dataset, ids);
  }
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override {
    if (is_present(native_.counting)) return inner().count(context, request);
    return count_by_scan(context, request);
  }
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override {
    const bool emulated = request.mode() == WriteMode::patch && is_absent(native_.patches);
    if (!emulated) return inner().write(context, request);
    return patch_by_update(context, request);
  }
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override {
    if (is_present(native_.bulk_writes)) return inner().writer(context, options);
    return chunk_writer(options);
  }
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override {
    if (is_present(native_.range_removal)) return inner().remove_range(context, request);
    return remove_by_ids(context, request);
  }
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override {
    if (is_present(native_.partitions)) return inner().partition(context, request, wanted);
    return one_partition(request);
  }
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override {
    if (is_present(native_.partitions) || !request.partition()) return inner().scan(context, request);
    return scan_whole(context, request);
  }

 private:
  Task<std::vector<std::optional<Record>>> read_by_scan(Context& context, const DatasetPointer& dataset,
                                                        std::span<const std::string> ids) {
    std::vector<std::optional<Record>> result(ids.size());
    std::unordered_map<std::string_view, std::vector<std::size_t>> wanted;
    for (std::size_t i = 0; i < ids.size(); ++i) wanted[ids[i]].push_back(i);
    const ScanRequest request(dataset);
    const std::unique_ptr<Reader> reader = co_await inner().scan(context, request);
    while (!wanted.empty()) {
      const std::optional<Batch> batch = co_await reader->next(context);
      if (!batch) co_return result;
      for (const Record& record : batch->rows()) {
        const auto found = record.id() ? wanted.find(*record.id()) : wanted.end();
        if (found == wanted.end()) continue;
        for (const std::size_t position : found->second) result[position] = record;
        wanted.erase(found);
      }
    }
    reader->abandon();
    co_return result;
  }

  Task<std::uint64_t> count_by_scan(Context& context, const ScanRequest& request) {
    std::uint64_t count = 0;
    const std::unique_ptr<Reader> reader = co_await inner().scan(context, request);
    while (const std::optional<Batch> batch = co_await reader->next(context)) count += batch->size();
    co_return count;
  }

  Task<std::unique_ptr<Writer>> chunk_writer(const WriterOptions& options) {
    std::unique_ptr<Writer> writer = std::make_unique<ChunkWriter>(*this, options);
    co_return writer;
  }

  // The scan ends before the removals begin: a session does one thing at a time.
  Task<std::uint64_t> remove_by_ids(Context& context, const ScanRequest& request) {
    std::vector<std::string> ids;
    const std::unique_ptr<Reader> reader = co_await inner().scan(context, request);
    while (const std::optional<Batch> batch = co_await reader->next(context)) {
      for (const Record& record : batch->rows()) {
        if (record.id()) ids.push_back(*record.id());
      }
    }
    std::uint64_t removed = 0;
    for (std::size_t begin = 0; begin < ids.size(); begin += kChunk) {
      const std::span<const std::string> chunk(ids.data() + begin, std::min(kChunk, ids.size() - begin));
      const std::vector<ItemResult> results = co_await inner().remove(context, request.dataset(), chunk, {});
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i].outcome() == Outcome::written) ++removed;
        if (!results[i].error()) continue;
        Error error = *results[i].error();
        error.record_id(chunk[i]).raise();
      }
    }
    co_return removed;
  }

  Task<std::vector<ItemResult>> patch_by_update(Context& context, const WriteRequest& request) {
    std::vector<ItemResult> results;
    for (std::size_t i = 0; i < request.records().size(); ++i) {
      const bool conditional = !request.preconditions().empty();
      const Precondition precondition = conditional ? request.preconditions()[i] : Precondition();
      ItemResult result(Outcome::conflict);
      // Without a version of the caller's the record that was read must still be there when it is written.
      for (int attempt = 0; attempt < kPatchAttempts && result.outcome() == Outcome::conflict; ++attempt) {
        result = co_await patch_one(context, request.dataset(), request.records()[i], precondition);
        if (precondition.version()) break;
      }
      results.push_back(std::move(result));
    }
    co_return results;
  }

  Task<ItemResult> patch_one(Context& context, const DatasetPointer& dataset, const Record& changes,
                             const Precondition& precondition) {
    const std::vector<std::string> ids{changes.id().value_or("")};
    std::vector<std::optional<Record>> present = co_await read(context, dataset, ids);
    if (!present.front()) co_return ItemResult(Outcome::missing);
    if (precondition.version() && present.front()->version() != precondition.version()) {
      co_return ItemResult(Outcome::conflict);
    }
    std::vector<Record> merged;
    merged.push_back(std::move(*present.front()));
    merge_patch(merged.front(), changes);
    std::vector<Precondition> conditions;
    if (is_present(native_.conditional_writes))
      conditions.emplace_back(Existence::present, merged.front().version());
    WriteRequest request(dataset, WriteMode::update, merged);
    request.set_preconditions(conditions);
    std::vector<ItemResult> results = co_await inner().write(context, request);
    co_return std::move(results.front());
  }

  Task<std::vector<Partition>> one_partition(const ScanRequest&) {
    std::vector<Partition> parts;
    parts.emplace_back("all", true);
    co_return parts;
  }

  Task<std::unique_ptr<Reader>> scan_whole(Context& context, const ScanRequest& request) {
    ScanRequest whole = request;
    whole.set_partition(std::nullopt);
    co_return co_await inner().scan(context, whole);
  }

  const Capabilities native_;
};

class CompletedBackend : public ForwardingBackend {
 public:
  explicit CompletedBackend(std::shared_ptr<Backend> inner)
      : ForwardingBackend(std::move(inner)),
        capabilities_(complete(ForwardingBackend::inner().capabilities())) {}

  const Capabilities& capabilities() const noexcept override { return capabilities_; }
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
    std::unique_ptr<Session> session = co_await inner().session(context, mode);
    std::unique_ptr<Session> wrapped =
        std::make_unique<CompletedSession>(std::move(session), inner().capabilities());
    co_return wrapped;
  }

 private:
  const Capabilities capabilities_;
};

}  // namespace

std::shared_ptr<Backend> with_completion(std::shared_ptr<Backend> inner) {
  return std::make_shared<CompletedBackend>(std::move(inner));
}

}  // namespace dataknobs
