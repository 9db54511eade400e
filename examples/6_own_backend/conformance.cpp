// SPDX-License-Identifier: Apache-2.0
//
// Runs the suite that every store passes against this one.
#include <atomic>

#include <dataknobs/backend/registry.hpp>
#include <dataknobs/testing/harness.hpp>

#include "shelf.hpp"

namespace dataknobs::conformance {
namespace {

class ShelfPlace : public Place {
 public:
  std::string url(std::string_view table) const override {
    return "shelf:place_" + std::to_string(number_) + "?table=" + encoded(table);
  }

 private:
  static inline std::atomic<unsigned> made{0};
  unsigned number_ = ++made;
};

class ShelfHarness : public Harness {
 public:
  ShelfHarness() : Harness("shelf", "shelf", Layout::document) {}
  std::unique_ptr<Place> place() const override { return std::make_unique<ShelfPlace>(); }
};

}  // namespace

std::vector<std::unique_ptr<Harness>> make_harnesses() {
  register_backend(shelf::make_driver());
  std::vector<std::unique_ptr<Harness>> harnesses;
  harnesses.push_back(std::make_unique<ShelfHarness>());
  return harnesses;
}

}  // namespace dataknobs::conformance
