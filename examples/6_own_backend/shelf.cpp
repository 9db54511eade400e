// SPDX-License-Identifier: Apache-2.0
//
// docs/adding-a-backend.md explains it step by step.
#include "shelf.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include <dataknobs/backend/planner.hpp>
#include <dataknobs/backend/write_rules.hpp>

namespace shelf {
namespace {

using namespace dataknobs;

using Table = std::map<std::string, Record>;

struct Shelf {
  std::mutex mutex;
  std::map<std::string, Table> tables;
  std::uint64_t writes = 0;
};

std::shared_ptr<Shelf> find_shelf(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Shelf>> shelves;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Shelf>& found = shelves[name];
  if (!found) found = std::make_shared<Shelf>();
  return found;
}

const Capabilities& shelf_capabilities() {
  static const Capabilities capabilities = [] {
    Capabilities result;
    result.point_reads = Support::native;
    result.scans = Support::native;
    result.writes = Support::native;
    result.conditional_writes = Support::native;
    result.metadata = Support::native;
    result.dataset_creation = Support::native;
    result.patches = Support::absent;
    return result;
  }();
  return capabilities;
}

class ShelfReader : public Reader {
 public:
  explicit ShelfReader(std::vector<Record> records) : records_(std::move(records)) {}

  Task<std::optional<Batch>> next(Context&) override {
    const std::size_t count = std::min<std::size_t>(records_.size() - given_, 256);
    std::vector<Record> rows(records_.begin() + static_cast<std::ptrdiff_t>(given_),
                             records_.begin() + static_cast<std::ptrdiff_t>(given_ + count));
    given_ += count;
    std::optional<Batch> batch;
    if (!rows.empty()) batch = Batch::from_rows(std::move(rows));
    co_return batch;
  }
  void abandon() noexcept override { given_ = records_.size(); }

 private:
  std::vector<Record> records_;
  std::size_t given_ = 0;
};

class ShelfSession : public Session {
 public:
  explicit ShelfSession(std::shared_ptr<Shelf> shelf) : shelf_(std::move(shelf)) {}

  Task<std::vector<std::optional<Record>>> read(Context&, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    const std::lock_guard lock(shelf_->mutex);
    const Table& table = shelf_->tables[dataset->name()];
    std::vector<std::optional<Record>> records(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto found = table.find(ids[i]);
      if (found != table.end()) records[i] = found->second;
    }
    co_return records;
  }

  Task<std::unique_ptr<Reader>> scan(Context&, const ScanRequest& request) override {
    const std::lock_guard lock(shelf_->mutex);
    std::vector<Record> records;
    for (const auto& [id, record] : shelf_->tables[request.dataset()->name()]) records.push_back(record);
    std::unique_ptr<Reader> reader = std::make_unique<ShelfReader>(std::move(records));
    co_return reader;
  }

  Task<std::vector<ItemResult>> write(Context&, const WriteRequest& request) override {
    const std::lock_guard lock(shelf_->mutex);
    Table& table = shelf_->tables[request.dataset()->name()];
    std::vector<ItemResult> results;
    for (std::size_t i = 0; i < request.records().size(); ++i) {
      Record record = request.records()[i];
      const std::string id = record.id().value();
      const auto found = table.find(id);
      const Record* existing = found == table.end() ? nullptr : &found->second;
      const Precondition& condition = precondition_of(request.preconditions(), i);
      if (const auto hindrance = write_hindrance(request.mode(), condition, existing)) {
        results.emplace_back(*hindrance);
        continue;
      }
      record.set_version(std::to_string(++shelf_->writes));
      results.emplace_back(Outcome::written, record.version());
      table.insert_or_assign(id, std::move(record));
    }
    co_return results;
  }

  Task<std::vector<ItemResult>> remove(Context&, const DatasetPointer& dataset,
                                       std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) override {
    const std::lock_guard lock(shelf_->mutex);
    Table& table = shelf_->tables[dataset->name()];
    std::vector<ItemResult> results;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto found = table.find(ids[i]);
      const Record* existing = found == table.end() ? nullptr : &found->second;
      const auto hindrance = removal_hindrance(precondition_of(preconditions, i), existing);
      results.emplace_back(hindrance.value_or(Outcome::written));
      if (!hindrance) table.erase(found);
    }
    co_return results;
  }

  Task<DatasetPointer> create_dataset(Context&, const CreateRequest& request) override {
    const std::lock_guard lock(shelf_->mutex);
    const std::string& name = request.options().name();
    if (!shelf_->tables.try_emplace(name).second) {
      Error(ErrorCode::duplicate_record, "there is a table '" + name + "' already").raise();
    }
    auto dataset = std::make_shared<Dataset>(request.options(), Layout::document);
    dataset->set_has_metadata(true).set_native_kind("shelf");
    co_return dataset;
  }

  void abandon() noexcept override {}

 private:
  std::shared_ptr<Shelf> shelf_;
};

class ShelfBackend : public Backend {
 public:
  explicit ShelfBackend(const std::string& name) : name_("shelf:" + name), shelf_(find_shelf(name)) {}

  const Capabilities& capabilities() const noexcept override { return shelf_capabilities(); }
  std::string display_name() const override { return name_; }

  Task<DatasetPointer> describe(Context&, const DatasetOptions& options, bool) override {
    const std::lock_guard lock(shelf_->mutex);
    const auto found = shelf_->tables.find(options.name());
    if (found == shelf_->tables.end()) co_return nullptr;
    auto dataset = std::make_shared<Dataset>(options, Layout::document);
    dataset->set_has_metadata(true).set_native_kind("shelf").set_rows(found->second.size(), true);
    co_return dataset;
  }

  Task<std::vector<std::string>> list(Context&) override {
    const std::lock_guard lock(shelf_->mutex);
    std::vector<std::string> names;
    for (const auto& [name, table] : shelf_->tables) names.push_back(name);
    co_return names;
  }

  PushDown plan(const Query& query, const Dataset& dataset) const override {
    const FieldResolution fields = field_resolution(dataset);
    check_fields(query, fields);
    return PushDown(resolve(query.filter(), fields));
  }

  Layout creation_layout(const DatasetOptions&, Layout) const override { return Layout::document; }

  Task<std::unique_ptr<Session>> session(Context&, SessionMode) override {
    std::unique_ptr<Session> session = std::make_unique<ShelfSession>(shelf_);
    co_return session;
  }

 private:
  std::string name_;
  std::shared_ptr<Shelf> shelf_;
};

class ShelfDriver : public BackendDriver {
 public:
  std::string name() const override { return "shelf"; }
  std::string description() const override { return "shelves of records in this process"; }
  std::vector<OptionDeclaration> options() const override {
    OptionDeclaration table;
    table.name = "table";
    table.description = "name of the table";
    table.of_dataset = true;
    return {table};
  }
  std::string example() const override { return "shelf:books?table=novels"; }
  const Capabilities& capabilities() const noexcept override { return shelf_capabilities(); }
  DatasetOptions dataset(const StoreUrl& url) const override { return dataset_options(url, options()); }
  StoreUrl place(const StoreUrl& url) const override { return {name(), url.path()}; }
  std::shared_ptr<Backend> make(const StoreUrl& url) const override {
    return std::make_shared<ShelfBackend>(url.path());
  }
};

}  // namespace

std::unique_ptr<BackendDriver> make_driver() {
  return std::make_unique<ShelfDriver>();
}

}  // namespace shelf
