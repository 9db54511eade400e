// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <dataknobs/testing/harness.hpp>

namespace dataknobs::conformance {
namespace {

class SqlitePlace : public Place {
 public:
  std::string url(std::string_view table) const override {
    return fmt::format("sqlite:{}/conformance.db?table={}", folder_.path(), encoded(table));
  }

 private:
  TemporaryFolder folder_;
};

class SqliteHarness : public Harness {
 public:
  SqliteHarness(const char* name, Layout layout) : Harness(name, "sqlite", layout) {}
  std::unique_ptr<Place> place() const override { return std::make_unique<SqlitePlace>(); }
  bool names_ignore_case() const override { return true; }
};

}  // namespace

std::vector<std::unique_ptr<Harness>> make_harnesses() {
  std::vector<std::unique_ptr<Harness>> harnesses;
  harnesses.push_back(std::make_unique<SqliteHarness>("sqlite_document", Layout::document));
  harnesses.push_back(std::make_unique<SqliteHarness>("sqlite_columns", Layout::columns));
  return harnesses;
}

}  // namespace dataknobs::conformance
