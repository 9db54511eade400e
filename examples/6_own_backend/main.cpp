// SPDX-License-Identifier: Apache-2.0
//
// A program that uses the store like any other.
#include <cstdio>

#include <dataknobs/dataknobs.hpp>

#include "shelf.hpp"

using namespace dataknobs;

int main() {
  register_backend(shelf::make_driver());
  sync::Database novels("shelf:books?table=novels");
  novels.create(Record{{"title", "Emma"}, {"year", 1815}});
  novels.create(Record{{"title", "Persuasion"}, {"year", 1817}});
  novels.create(Record{{"title", "Dracula"}, {"year", 1897}});
  for (const Record& novel : novels.search(Query::parse("year < 1850 order by year desc"))) {
    std::printf("%s\n", novel["title"].get<std::string>().c_str());
  }
  const CopyReport report = sync::copy("shelf:books?table=novels", "memory:copy?table=novels");
  std::printf("%llu copied\n", static_cast<unsigned long long>(report.written));
}
