// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/backend.hpp"
#include "database/registry.hpp"

namespace dataknobs {

namespace memory {

namespace {

constexpr const char* kDefaultTable = "records";

OptionDeclaration option(std::string name, std::string description) {
  OptionDeclaration declaration;
  declaration.name = std::move(name);
  declaration.description = std::move(description);
  declaration.of_dataset = true;
  return declaration;
}

class MemoryDriver : public BackendDriver {
 public:
  std::string name() const override { return "memory"; }
  std::string description() const override { return "records in this process; the reference of all stores"; }
  std::vector<OptionDeclaration> options() const override {
    return {option("table", "name of the table; 'records' by default"),
            option("layout", "document or columns; of a new table: document by default"),
            option("key", "key columns, separated by commas; of a new table")};
  }
  std::string example() const override { return "memory:shared?table=people"; }
  const Capabilities& capabilities() const noexcept override { return memory_capabilities(); }

  DatasetOptions dataset(const StoreUrl& url) const override {
    DatasetOptions result = dataset_options(url, options());
    if (result.name().empty()) result.set_name(kDefaultTable);
    return result;
  }

  StoreUrl place(const StoreUrl& url) const override { return {name(), url.path()}; }

  /// `memory:` is a store of its own for whoever opens it; `memory:name` is shared within the process.
  std::shared_ptr<Backend> make(const StoreUrl& url) const override {
    if (url.has_authority()) {
      Error(ErrorCode::configuration, "a memory store has no host")
          .store(url.display())
          .hint("write memory:name")
          .raise();
    }
    const std::string name = url.path().empty() ? "memory:" : "memory:" + url.path();
    return std::make_shared<MemoryBackend>(Store::open(url.path()), name);
  }
};

}  // namespace

}  // namespace memory

std::unique_ptr<BackendDriver> make_memory_driver() {
  return std::make_unique<memory::MemoryDriver>();
}

}  // namespace dataknobs
