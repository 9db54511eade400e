// SPDX-License-Identifier: Apache-2.0
/// \file
/// Searches of records in memory, through the blocking API. Prints the processor seconds of one search as JSON: the
/// median of many of each, by its name.
///
///     search_contest COUNT

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <dataknobs/dataknobs.hpp>

namespace {

using namespace dataknobs;

constexpr std::int64_t kBatch = 10'000;
constexpr int kTimes = 21;

struct Search {
  const char* name;
  const char* query;
  std::size_t found;
};

// The same in bench/peers/pandas_search.py.
constexpr Search kSearches[] = {
    {"range and text", "age between 30 and 39 and city = 'city 17' order by score desc limit 10", 10},
    {"sort alone", "order by score limit 10", 10},
    {"text pattern", "name like '%99999%' limit 10", 10},
    {"two ranges or a text", "(score < 100 or score > 499900) and not city = 'city 3' order by name limit 10",
     10},
};

Record make_record(std::int64_t number) {
  const std::string text = std::to_string(number);
  return Record{{"name", "person " + text},
                {"age", number * 7919 % 100},
                {"city", "city " + std::to_string(number * 104'729 % 50)},
                {"score", static_cast<double>(number * 15'485'863 % 1'000'003) * 0.5},
                {"active", number % 2 == 0},
                {"email", "person" + text + "@example.org"}};
}

// Of this process alone: what else runs on the machine counts for no side.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median_seconds(sync::Database& database, const Search& search) {
  const Query query = Query::parse(search.query);
  std::vector<double> seconds;
  for (int time = 0; time < kTimes; ++time) {
    const double begin = processor_seconds();
    const std::size_t found = database.search(query).size();
    seconds.push_back(processor_seconds() - begin);
    if (found == search.found) continue;
    std::fprintf(stderr, "search_contest: %zu records of %s\n", found, search.query);
    std::exit(1);
  }
  std::nth_element(seconds.begin(), seconds.begin() + kTimes / 2, seconds.end());
  return seconds[kTimes / 2];
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) return 2;
  const std::int64_t count = std::atoll(arguments[1]);
  sync::Database database("memory:");
  for (std::int64_t first = 0; first < count; first += kBatch) {
    std::vector<Record> records;
    for (std::int64_t number = first; number < std::min(first + kBatch, count); ++number) {
      records.push_back(make_record(number));
    }
    database.create_batch(records);
  }
  std::printf("{");
  const char* separator = "";
  for (const Search& search : kSearches) {
    std::printf("%s\"%s\": %.9f", separator, search.name, median_seconds(database, search));
    separator = ", ";
  }
  std::printf("}\n");
  return 0;
}
