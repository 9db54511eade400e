// SPDX-License-Identifier: Apache-2.0
//
// Runs the examples of docs/semantics.md and the cases of tests/cases/semantics.
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "conformance/cases.hpp"

namespace dataknobs::conformance {
namespace {

int find_library(dl_phdr_info* library, std::size_t, void* path) {
  if (std::string_view(library->dlpi_name).find("/libdataknobs.so") == std::string_view::npos) return 0;
  *static_cast<std::string*>(path) = library->dlpi_name;
  return 1;
}

/// A file or folder of the suite: of the sources, or beside the installed library.
std::string path_of(const std::string& in_sources, const std::string& installed) {
  if (const char* folder = std::getenv("DATAKNOBS_SOURCE_DIR")) return folder + ("/" + in_sources);
  std::string library;
  ::dl_iterate_phdr(find_library, &library);
  for (std::filesystem::path folder = library; folder.has_relative_path(); folder = folder.parent_path()) {
    std::filesystem::path path = folder / "share/dataknobs/conformance" / installed;
    if (std::filesystem::exists(path)) return path;
  }
  throw std::runtime_error("there is no " + installed +
                           ": DATAKNOBS_SOURCE_DIR names the folder of the sources");
}

/// A batch of several is one where the store has transactions.
bool needs_transactions(const Case& example) {
  return std::any_of(example.statements.begin(), example.statements.end(),
                     [](const Statement& statement) { return statement.verb == "batch"; });
}

void run_all(ConformanceTest& test, const std::vector<Case>& cases) {
  const bool transactions = test.harness().capabilities().transactions != Support::absent;
  int number = 0;
  for (const Case& example : cases) {
    if (!transactions && needs_transactions(example)) continue;
    run_case(test, example, "case_" + std::to_string(++number));
  }
}

CONFORMANCE_TEST(filters, examples_of_the_semantics_page_hold, &Capabilities::writes) {
  std::vector<Case> cases = cases_of_page(path_of("docs/semantics.md", "semantics.md"));
  EXPECT_GE(cases.size(), 30U);
  run_all(*this, cases);
}

CONFORMANCE_TEST(filters, cases_hold, &Capabilities::writes) {
  std::vector<Case> cases = cases_of_folder(path_of("tests/cases/semantics", "semantics"));
  EXPECT_GE(cases.size(), 10U);
  run_all(*this, cases);
}

}  // namespace
}  // namespace dataknobs::conformance
