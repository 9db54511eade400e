// SPDX-License-Identifier: Apache-2.0
//
// 1: Records, and a store that lives in memory. The blocking API, without a loop. Other stores differ in the URL alone:
// "sqlite:app.db?table=people", "postgresql://localhost/app?table=people", "people.ndjson".
#include <cstdio>
#include <string>

#include <dataknobs/sync.hpp>

using namespace dataknobs;

namespace {

void show(const Record& record) {
  std::printf("%s: %s, %s\n", record.id()->c_str(), to_text(record["name"]).c_str(),
              to_text(record["age"]).c_str());
}

void write_and_read(sync::Database& people) {
  // A record is an ordered set of named values. Its id is given, or made by `create`.
  Record ada{{"name", "Ada"}, {"age", 36}};
  ada.set_id("ada");
  people.create(ada);
  Record grace{{"name", "Grace"}, {"age", 85}, {"languages", Json(Json::Array{"COBOL", "FLOW-MATIC"})}};
  const std::string made = people.create(grace);
  std::printf("an id was made: %s\n", made == grace.id() ? "yes" : "no");

  // A missing record is no error.
  if (!people.read("nobody")) std::printf("nobody is not there\n");

  // patch merges, update replaces, upsert does either.
  people.patch("ada", Record{{"age", 37}});
  show(*people.read("ada"));
  people.update("ada", Record{{"name", "Ada Lovelace"}, {"age", 37}});
  show(*people.read("ada"));
  Record alan{{"name", "Alan"}, {"age", 41}};
  alan.set_id("alan");
  people.upsert(alan);
}

}  // namespace

int main() {
  sync::Database people("memory:");
  write_and_read(people);

  for (const Record& record : people.search(Query::parse("age < 80 order by name"))) show(record);
  std::printf("%llu people\n", static_cast<unsigned long long>(people.count()));

  // An error says what, where, and what to do.
  try {
    Record again{{"name", "Eve"}};
    again.set_id("ada");
    people.create(again);
  } catch (const DuplicateRecordError& error) {
    std::printf("%s (%s)\n", error.message().c_str(), error.hint().c_str());
  }

  std::printf("removed: %d\n", people.remove("alan"));
  return 0;
}

// It prints:
//   an id was made: yes
//   nobody is not there
//   ada: Ada, 37
//   ada: Ada Lovelace, 37
//   ada: Ada Lovelace, 37
//   alan: Alan, 41
//   3 people
//   there is a record of that id already (use update or upsert to replace it)
//   removed: 1
