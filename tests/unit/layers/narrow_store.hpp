// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A memory store that can do only what a test leaves it, for tests of the layers above it.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "backends/memory/backend.hpp"
#include "layers/forward.hpp"
#include "layers/layers.hpp"
#include "support/error_of.hpp"
#include "support/run_task.hpp"

namespace dataknobs::test {

/// Refuses each call that its capabilities leave out, so that a test sees when a layer makes one all the same.
class NarrowSession : public ForwardingSession {
 public:
  NarrowSession(std::unique_ptr<Session> inner, const Capabilities& capabilities,
                std::function<void()>& before_write)
      : ForwardingSession(std::move(inner)), capabilities_(capabilities), before_write_(before_write) {}

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    require(capabilities_.point_reads, "read");
    return inner().read(context, dataset, ids);
  }
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override {
    require(capabilities_.counting, "count");
    return inner().count(context, request);
  }
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override {
    require(capabilities_.writes, "write");
    if (request.mode() == WriteMode::patch) require(capabilities_.patches, "patch");
    if (before_write_) before_write_();
    return inner().write(context, request);
  }
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override {
    require(capabilities_.bulk_writes, "writer");
    return inner().writer(context, options);
  }
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override {
    require(capabilities_.range_removal, "remove_range");
    return inner().remove_range(context, request);
  }
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override {
    require(capabilities_.partitions, "partition");
    return inner().partition(context, request, wanted);
  }
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override {
    if (request.partition()) require(capabilities_.partitions, "scan of a partition");
    return inner().scan(context, request);
  }

 private:
  static void require(Support support, const char* call) {
    if (support == Support::absent) Error(ErrorCode::internal, std::string("absent: ") + call).raise();
  }
  const Capabilities& capabilities_;
  std::function<void()>& before_write_;
};

class NarrowBackend : public ForwardingBackend {
 public:
  /// Has all that the memory store has; tests take away.
  NarrowBackend()
      : ForwardingBackend(
            std::make_shared<memory::MemoryBackend>(memory::Store::open(next_name()), "memory:narrow")),
        narrowed(memory::memory_capabilities()) {}

  const Capabilities& capabilities() const noexcept override { return narrowed; }
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
    std::unique_ptr<Session> session = co_await inner().session(context, mode);
    std::unique_ptr<Session> wrapped =
        std::make_unique<NarrowSession>(std::move(session), narrowed, before_write);
    co_return wrapped;
  }

  Capabilities narrowed;
  /// Called before each write reaches the store.
  std::function<void()> before_write;

 private:
  static std::string next_name() {
    static std::atomic<int> number = 0;
    return "narrow" + std::to_string(++number);
  }
};

/// A table of documents in a narrow store, seen through all layers.
class LayeredTable {
 public:
  explicit LayeredTable(std::shared_ptr<NarrowBackend> narrow)
      : narrow_(std::move(narrow)), layered_(with_layers(narrow_)) {
    // The table is made below the layers: what the test takes away is not needed for it.
    const std::unique_ptr<Session> direct = run_task(narrow_->session(context, SessionMode::autocommit));
    const CreateRequest request(DatasetOptions("people"), Layout::document);
    dataset = run_task(direct->create_dataset(context, request));
  }

  Backend& layered() { return *layered_; }
  NarrowBackend& narrow() { return *narrow_; }
  std::unique_ptr<Session> session(SessionMode mode = SessionMode::autocommit) {
    return run_task(layered_->session(context, mode));
  }
  /// As somebody beside the layers would.
  ItemResult write_directly(Record record, WriteMode mode = WriteMode::upsert) {
    const std::unique_ptr<Session> direct =
        run_task(std::make_shared<Direct>(narrow_)->session(context, SessionMode::autocommit));
    std::vector<Record> records{std::move(record)};
    const WriteRequest request(dataset, mode, records);
    return run_task(direct->write(context, request)).front();
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      Record record{{"number", i}};
      record.set_id("r" + std::to_string(i));
      write_directly(std::move(record), WriteMode::insert);
    }
  }
  std::optional<Record> read(const std::string& id) {
    const std::vector<std::string> ids{id};
    const std::unique_ptr<Session> session = this->session();
    return run_task(session->read(context, dataset, ids)).front();
  }

  Context context;
  DatasetPointer dataset;

 private:
  // Past the narrowing too.
  class Direct : public ForwardingBackend {
   public:
    explicit Direct(std::shared_ptr<NarrowBackend> narrow)
        : ForwardingBackend(narrow), narrow_(std::move(narrow)) {}
    Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
      return narrow_->ForwardingBackend::session(context, mode);
    }

   private:
    std::shared_ptr<NarrowBackend> narrow_;
  };

  std::shared_ptr<NarrowBackend> narrow_;
  std::shared_ptr<Backend> layered_;
};

}  // namespace dataknobs::test
