// SPDX-License-Identifier: Apache-2.0
//
// The differential test: seeded random records and queries on the store and on its judge. Without
// DATAKNOBS_TEST_SEED a normal run is the same every time, and a long one (DATAKNOBS_TEST_LONG=1) is not.
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "conformance/cases.hpp"
#include "conformance/differential.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::conformance {
namespace {

constexpr unsigned kShards = 8;
constexpr std::size_t kRecords = 200;
constexpr std::uint64_t kQueriesPerFill = 500;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Ten times slower, and after other faults, which a part of the queries shows as well.
constexpr std::uint64_t kQueries = 4'000;
#else
constexpr std::uint64_t kQueries = 20'000;
#endif
constexpr std::uint64_t kLongQueries = 1'000'000;
constexpr unsigned kComputed = 6;
// Of a store with filters of its own: how many of the queries without computed operands leave nothing to be filtered
// here.
constexpr double kNativeShare = 0.95;

bool is_long() {
  const char* value = std::getenv("DATAKNOBS_TEST_LONG");
  return value != nullptr && std::string_view(value) != "0" && *value != '\0';
}

std::uint64_t base_seed() {
  if (const char* value = std::getenv("DATAKNOBS_TEST_SEED")) return std::strtoull(value, nullptr, 10);
  return is_long() ? std::random_device{}() : 1;
}

class RandomQueries : public ConformanceTest {
 public:
  RandomQueries(unsigned shard, bool indexed) : shard_(shard), indexed_(indexed) {}

  void TestBody() override {
    InlineOffload inline_offload;
    std::uint64_t base = base_seed();
    std::cout << fmt::format("DATAKNOBS_TEST_SEED={}\n", base);
    std::uint64_t queries = (is_long() ? kLongQueries : kQueries) / kShards;
    Differential differential(*this);
    if (indexed_) differential.make_indexes();
    std::uint64_t plain = 0;
    std::uint64_t exact = 0;
    for (std::uint64_t done = 0; done < queries; done += kQueriesPerFill) {
      std::uint64_t seed = base * 1'000'003 + shard_ * 100'003 + done;
      Generator generator(differential.world(), seed);
      generator.set_computed(kComputed);
      differential.fill(generator.records(kRecords));
      for (std::uint64_t at = 0; at < kQueriesPerFill; ++at) {
        Query query = generator.query(differential.records());
        if (!test::has_call(query.filter())) {
          ++plain;
          exact += differential.planned_exactly(query) ? 1 : 0;
        }
        std::optional<std::string> difference = differential.difference(query);
        if (!difference && at % 4 == 0) difference = differential.count_difference(query);
        if (!difference) continue;
        FAIL() << "seed " << base << ", shard " << shard_ << ", query " << done + at << ": "
               << query.to_string() << "\n"
               << *difference << "\n\nmade small:\n"
               << differential.shrunk(query);
      }
    }
    double share = static_cast<double>(exact) / static_cast<double>(plain);
    std::cout << fmt::format(
        "{} queries, {} of them without computed operands, {:.2f} % of these without residual\n", queries,
        plain, 100 * share);
    const bool is_native = harness().capabilities().filters == Support::native;
    EXPECT_GE(share, is_native ? kNativeShare : 0.0);
  }

 private:
  unsigned shard_;
  bool indexed_;
};

[[maybe_unused]] const bool kAdded = [] {
  for (unsigned shard = 1; shard <= kShards; ++shard) {
    add_test("scans", fmt::format("random_queries_answer_as_the_judge_{}", shard), &Capabilities::scans, {},
             __FILE__, __LINE__, [shard] { return new RandomQueries(shard, false); });
    add_test("indexes", fmt::format("random_queries_answer_the_same_{}", shard), &Capabilities::indexes,
             {Need(Need::writable)}, __FILE__, __LINE__, [shard] { return new RandomQueries(shard, true); });
  }
  return true;
}();

}  // namespace
}  // namespace dataknobs::conformance
