// SPDX-License-Identifier: Apache-2.0
/// \file
/// Creates, reads and searches records of six fields, through the blocking API on the memory store, or in a bare
/// std::unordered_map as the limit. Prints processor seconds per operation as JSON.
///
///     memory_contest dataknobs|map COUNT

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <dataknobs/dataknobs.hpp>

namespace {

using namespace dataknobs;

struct Person {
  std::string name;
  std::int64_t age;
  std::string city;
  double score;
  bool active;
  std::string email;
};

Person make_person(std::int64_t number) {
  const std::string text = std::to_string(number);
  return {"person " + text,
          number % 100,
          "city " + std::to_string(number % 50),
          static_cast<double>(number) * 0.5,
          number % 2 == 0,
          "person" + text + "@example.org"};
}

Record make_record(std::int64_t number) {
  Person person = make_person(number);
  return Record{{"name", person.name},   {"age", person.age},       {"city", person.city},
                {"score", person.score}, {"active", person.active}, {"email", person.email}};
}

// Of this process alone: what else runs on the machine counts for no side.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Work>
double seconds_per_operation(Work work, std::int64_t operations) {
  const double begin = processor_seconds();
  work();
  return (processor_seconds() - begin) / static_cast<double>(operations);
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "memory_contest: %s\n", what);
  std::exit(1);
}

void print(double create, double read, double search) {
  std::printf("{\"create\": %.12f, \"read\": %.12f, \"search\": %.12f}\n", create, read, search);
}

void run_dataknobs(std::int64_t count) {
  sync::Database database("memory:");
  std::vector<Record> records;
  for (std::int64_t number = 0; number < count; ++number) records.push_back(make_record(number));
  const double create = seconds_per_operation(
      [&] {
        for (Record& record : records) database.create(record);
      },
      count);
  const double read = seconds_per_operation(
      [&] {
        for (const Record& record : records)
          require(database.read(*record.id()).has_value(), "a record is missing");
      },
      count);
  const Query query = Query::where(field("age") >= 90);
  const double search = seconds_per_operation(
      [&] { require(database.search(query).size() == static_cast<std::size_t>(count / 10), "wrong answer"); },
      1);
  print(create, read, search);
}

void run_map(std::int64_t count) {
  std::unordered_map<std::string, Person> map;
  std::vector<Person> people;
  for (std::int64_t number = 0; number < count; ++number) people.push_back(make_person(number));
  std::vector<std::string> ids;
  const double create = seconds_per_operation(
      [&] {
        for (std::size_t number = 0; number < people.size(); ++number) {
          ids.push_back("00000000-0000-7000-8000-" + std::to_string(100'000'000'000 + number));
          map.emplace(ids.back(), people[number]);
        }
      },
      count);
  std::size_t length = 0;
  const double read = seconds_per_operation(
      [&] {
        for (const std::string& id : ids) {
          const Person copy = map.at(id);
          length += copy.name.size();
        }
      },
      count);
  std::vector<Person> found;
  const double search = seconds_per_operation(
      [&] {
        for (const auto& [id, person] : map) {
          if (person.age >= 90) found.push_back(person);
        }
      },
      1);
  require(found.size() == static_cast<std::size_t>(count / 10) && length > 0, "wrong answer");
  print(create, read, search);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 3) return 2;
  const std::int64_t count = std::atoll(arguments[2]);
  if (std::string_view(arguments[1]) == "dataknobs") {
    run_dataknobs(count);
  } else {
    run_map(count);
  }
  return 0;
}
