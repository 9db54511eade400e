// SPDX-License-Identifier: Apache-2.0
/// \file
/// Searches with indexes and without, through the blocking API. Prints the processor seconds of each query as JSON.
///
///     index_contest COUNT URL index|scan|all
///
/// Fills the database of that URL with COUNT documents and runs ten queries: over indexes, without any, or by reading
/// all records for each.

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/dataknobs.hpp>

namespace {

using namespace dataknobs;

constexpr std::size_t kBatch = 10'000;
constexpr int kRounds = 5;

Record make_record(std::int64_t number) {
  const std::string text = std::to_string(number);
  const std::string day = std::to_string(101 + number % 28).substr(1);
  const std::string month = std::to_string(101 + number / 28 % 12).substr(1);
  return Record{{"name", "person " + text},
                {"age", number % 100},
                {"city", "city " + std::to_string(number % 997)},
                {"score", static_cast<double>(number) * 0.25},
                {"email", "person" + text + "@example.org"},
                {"born", std::to_string(1900 + number % 120) + "-" + month + "-" + day}};
}

const std::vector<std::string> kFields = {"name", "city", "score", "email", "born"};

std::vector<std::string> queries(std::int64_t count) {
  const std::string some = std::to_string(count / 2);
  return {"email = 'person" + some + "@example.org'",
          "name = 'person " + some + "'",
          "city = 'city 7' and age > 50",
          "score between " + std::to_string(count / 8) + " and " + std::to_string(count / 8 + 5),
          "score > " + std::to_string(count / 4 - 10),
          "name like 'person " + some + "%'",
          "email starts with 'person" + some + "'",
          "city in ('city 1', 'city 2') and not age = 5",
          "born between '1950-03-15' and '1950-03-25'",
          "score = 0.25 or email = 'nobody'"};
}

// Of this process alone: what else runs on the machine counts for no side.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void fill(sync::Database& database, std::int64_t count) {
  std::vector<Record> batch;
  for (std::int64_t number = 0; number < count; ++number) {
    Record record = make_record(number);
    record.set_id(std::to_string(number));
    batch.push_back(std::move(record));
    if (batch.size() < kBatch && number + 1 < count) continue;
    database.create_batch(batch);
    batch.clear();
  }
}

// Of one search; a quick one is repeated.
double seconds_of(sync::Database& database, const std::string& text, bool reads_all) {
  const Query query = reads_all ? Query() : Query::parse(text);
  const int rounds = reads_all ? 1 : kRounds;
  const double begin = processor_seconds();
  for (int round = 0; round < rounds; ++round) {
    std::size_t found = 0;
    database.stream_read(query, [&](const Records& records) { found += records.size(); });
    if (found == 0) {
      std::fprintf(stderr, "index_contest: nothing found by %s\n", text.c_str());
      std::exit(1);
    }
  }
  return (processor_seconds() - begin) / rounds;
}

int run(std::int64_t count, const std::string& url, std::string_view mode) {
  sync::Database database(url);
  fill(database, count);
  if (mode == "index") {
    for (const std::string& field : kFields) database.create_index(Index({field}));
  }
  std::string separator = "[";
  for (const std::string& query : queries(count)) {
    std::printf("%s%.9f", separator.c_str(), seconds_of(database, query, mode == "all"));
    separator = ", ";
  }
  std::puts("]");
  return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) {
    std::fputs("usage: index_contest COUNT URL index|scan|all\n", stderr);
    return 2;
  }
  try {
    return run(std::atoll(arguments[1]), arguments[2], arguments[3]);
  } catch (const Error& error) {
    std::fprintf(stderr, "index_contest: %s\n", error.what());
    return 1;
  }
}
