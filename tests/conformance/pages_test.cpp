// SPDX-License-Identifier: Apache-2.0
//
// The pages of a search together are the search, whatever it is sorted by.
#include <fmt/format.h>

#include "conformance/common.hpp"
#include "conformance/differential.hpp"

namespace dataknobs::conformance {
namespace {

using Ids = std::vector<std::string>;

Ids paged(ConformanceTest& test, Database& database, const Query& query) {
  Ids all;
  RecordPage page;
  do {
    page = test.run(database.search_page(query, page.next));
    EXPECT_LE(page.records.size(), *query.limit());
    const Ids ids = ConformanceTest::ids(page.records);
    all.insert(all.end(), ids.begin(), ids.end());
    EXPECT_FALSE(page.records.empty() && !page.next.empty());
  } while (!page.next.empty());
  return all;
}

// The sort and filter of a query, in pages of that size.
Query pages_of(const Query& query, std::int64_t size) {
  Query pages = Query::where(query.filter());
  for (const SortKey& key : query.sort()) pages.sort(key.path().to_string(), key.descending());
  return std::move(pages).limit(size);
}

CONFORMANCE_TEST(sorting, pages_share_out_any_sorted_answer) {
  Differential differential(*this);
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Generator generator(differential.world(), seed);
    differential.fill(generator.records(40));
    for (std::int64_t at = 0; at < 20; ++at) {
      const Query pages = pages_of(generator.query(differential.records()), 1 + at % 9);
      const Query whole = pages_of(pages, 1'000'000);
      SCOPED_TRACE(fmt::format("seed {}: {}", seed, pages.to_string()));
      try {
        EXPECT_EQ(paged(*this, differential.store(), pages), ids(run(differential.store().search(whole))));
        ++compared;
      } catch (const Error& error) {
        // A page that ends at a list or an object says so; others go on.
        EXPECT_EQ(error.code(), ErrorCode::unsupported) << error.what();
        EXPECT_NE(error.message().find("pages cannot go on after a"), std::string::npos) << error.what();
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(compared, 150U);
}

CONFORMANCE_TEST(sorting, a_page_keeps_its_place_while_records_come_and_go, Need::writable) {
  Database db = load(kPeople, people(10));
  const Query query = Query().sort("age", true).limit(4);
  RecordPage page = run(db.search_page(query));
  EXPECT_EQ(ids(page.records), (Ids{"p00009", "p00008", "p00007", "p00006"}));
  Record newest = person("q", "new", 99);
  run(db.create(newest));
  run(db.remove("p00006"));
  run(db.remove("p00004"));
  page = run(db.search_page(query, page.next));
  EXPECT_EQ(ids(page.records), (Ids{"p00005", "p00003", "p00002", "p00001"}));
  page = run(db.search_page(Query(query).limit(7), page.next));
  EXPECT_EQ(ids(page.records), (Ids{"p00000"}));
  EXPECT_EQ(page.next, "");
}

CONFORMANCE_TEST(sorting, a_page_has_the_selected_fields_alone) {
  Database db = load(kPeople, people(5));
  const Query query = Query().sort("age").select({Path::parse("name")}).limit(2);
  const RecordPage first = run(db.search_page(query));
  const RecordPage second = run(db.search_page(query, first.next));
  ASSERT_EQ(second.records.size(), 2U);
  EXPECT_EQ(second.records[0].size(), 1U);
  EXPECT_EQ(second.records[0]["name"], Value("name 2"));
}

CONFORMANCE_TEST(sorting, a_token_is_of_one_query) {
  Database db = load(kPeople, people(5));
  const std::string token = run(db.search_page(Query().sort("age").limit(2))).next;
  EXPECT_EQ(error_of(db.search_page(Query().sort("name").limit(2), token)).code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(db.search_page(Query().sort("age").limit(2), token.substr(4))).code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(db.search_page(Query().sort("age").limit(2), "x y")).code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(db.search_page(Query().sort("age"))).code(), ErrorCode::query);
  EXPECT_EQ(error_of(db.search_page(Query().limit(2).offset(1))).code(), ErrorCode::query);
}

}  // namespace
}  // namespace dataknobs::conformance
