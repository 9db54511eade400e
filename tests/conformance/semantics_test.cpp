// SPDX-License-Identifier: Apache-2.0
//
// Runs the examples of docs/semantics.md and the cases of tests/cases/semantics.
#include <cstdlib>

#include "conformance/cases.hpp"

namespace dataknobs::conformance {
namespace {

std::string source_folder() {
  const char* folder = std::getenv("DATAKNOBS_SOURCE_DIR");
  if (folder == nullptr)
    throw std::runtime_error("DATAKNOBS_SOURCE_DIR is not set: run by ctest or ./dev test");
  return folder;
}

void run_all(ConformanceTest& test, const std::vector<Case>& cases) {
  int number = 0;
  for (const Case& example : cases) run_case(test, example, "case_" + std::to_string(++number));
}

CONFORMANCE_TEST(filters, examples_of_the_semantics_page_hold, &Capabilities::writes) {
  std::vector<Case> cases = cases_of_page(source_folder() + "/docs/semantics.md");
  EXPECT_GE(cases.size(), 30U);
  run_all(*this, cases);
}

CONFORMANCE_TEST(filters, cases_hold, &Capabilities::writes) {
  std::vector<Case> cases = cases_of_folder(source_folder() + "/tests/cases/semantics");
  EXPECT_GE(cases.size(), 10U);
  run_all(*this, cases);
}

}  // namespace
}  // namespace dataknobs::conformance
