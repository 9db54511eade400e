// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/backend.hpp"

#include <fmt/format.h>

#include "backends/memory/scan.hpp"
#include "backends/memory/session.hpp"
#include "database/dataset_order.hpp"
#include "query/planner.hpp"

namespace dataknobs::memory {

const Capabilities& memory_capabilities() noexcept {
  static const Capabilities capabilities = [] {
    Capabilities result;
    result.point_reads = Support::native;
    result.scans = Support::native;
    result.filters = Support::native;
    result.sorting = Support::native;
    result.counting = Support::native;
    result.writes = Support::native;
    result.bulk_writes = Support::native;
    result.range_removal = Support::native;
    result.conditional_writes = Support::native;
    result.metadata = Support::native;
    result.transactions = Support::native;
    result.savepoints = Support::native;
    result.snapshots = Support::native;
    result.partitions = Support::native;
    result.state = Support::native;
    result.dataset_creation = Support::native;
    result.indexes = Support::native;
    result.hints = Support::native;
    result.light_sessions = true;
    return result;
  }();
  return capabilities;
}

namespace {

// Every comparison is answered by the evaluator itself.
class TakesAll : public Translator {
 public:
  Translation translate(const Expression&, bool) const override { return {Bound::exact, {}}; }
  bool sorts(const std::vector<SortKey>&) const override { return true; }
  bool cuts() const override { return true; }
};

}  // namespace

Task<DatasetPointer> MemoryBackend::describe(Context&, const DatasetOptions& options, bool) {
  const std::shared_lock lock(store_->mutex());
  const std::shared_ptr<Table> table = store_->find_table(options.name());
  if (!table) co_return nullptr;
  if (options.layout() && *options.layout() != table->layout()) {
    Error(ErrorCode::configuration, fmt::format("the table '{}' has another layout", options.name()))
        .hint(table->layout() == Layout::columns ? "it is layout=columns" : "it is layout=document")
        .raise();
  }
  if (!options.key().empty() && options.key() != table->key()) {
    Error(ErrorCode::configuration, fmt::format("the table '{}' has another key", options.name()))
        .hint(fmt::format("its key is '{}'", fmt::join(table->key(), ",")))
        .raise();
  }
  auto dataset = std::make_shared<MemoryDataset>(options, table);
  dataset->set_rows(table->rows(), true);
  dataset->set_fingerprint(fmt::format("{}:{}", store_->number(), table->changed()));
  co_return dataset;
}

Task<std::vector<std::string>> MemoryBackend::list(Context&) {
  const std::shared_lock lock(store_->mutex());
  co_return store_->table_names();
}

PushDown MemoryBackend::plan(const Query& query, const Dataset& dataset) const {
  // Everything is taken. Compiling says what is wrong with the filter, planning what is wrong with the rest.
  const Evaluator filter(query.filter(), field_resolution(dataset));
  return dataknobs::plan(query, field_resolution(dataset), TakesAll());
}

Task<std::string> MemoryBackend::explain(Context&, const ScanRequest& request) {
  const Scan scan(request, kLatest, nullptr);
  const std::shared_lock lock(store_->mutex());
  co_return scan.plan();
}

std::vector<std::string> MemoryBackend::creation_statements(const CreateRequest&) const {
  return {};
}

TypeMapping MemoryBackend::map_type(const FieldType& type) const {
  return {type, Exactness::exact};
}

Task<std::unique_ptr<Session>> MemoryBackend::session(Context&, SessionMode mode) {
  std::unique_ptr<Session> session = std::make_unique<MemorySession>(store_, mode);
  co_return session;
}

Task<void> MemoryBackend::close(Context&) {
  co_return;
}

}  // namespace dataknobs::memory
