// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include <fmt/format.h>

#include <dataknobs/testing/harness.hpp>

namespace dataknobs::conformance {
namespace {

class MemoryPlace : public Place {
 public:
  std::string url(std::string_view table) const override {
    return fmt::format("memory:conformance_{}?table={}", number_, encoded(table));
  }

 private:
  static inline std::atomic<unsigned> made{0};
  unsigned number_ = ++made;
};

class MemoryHarness : public Harness {
 public:
  MemoryHarness(const char* name, Layout layout) : Harness(name, "memory", layout) {}
  std::unique_ptr<Place> place() const override { return std::make_unique<MemoryPlace>(); }
};

}  // namespace

std::vector<std::unique_ptr<Harness>> make_harnesses() {
  std::vector<std::unique_ptr<Harness>> harnesses;
  harnesses.push_back(std::make_unique<MemoryHarness>("memory_document", Layout::document));
  harnesses.push_back(std::make_unique<MemoryHarness>("memory_columns", Layout::columns));
  return harnesses;
}

}  // namespace dataknobs::conformance
