// SPDX-License-Identifier: Apache-2.0
//
// A program of somebody else: both APIs, a copy into a Parquet file, and a store that it does not link.
#include <dataknobs/dataknobs.hpp>

#include <cstdio>
#include <fstream>
#include <string>

using namespace dataknobs;

namespace {

Task<void> search_people() {
  Database people = co_await Database::open("sqlite:app.db?table=people");
  Record cy{{"id", 3}, {"name", "Cy"}, {"age", 40}};
  co_await people.create(cy);
  Query adults = Query::where(field("age") >= 18 && field("name").like("A%"));
  for (const Record& record : co_await people.search(adults)) {
    std::printf("%s is %s\n", record["name"].get<std::string>().c_str(), to_text(record["age"]).c_str());
  }
}

void copy_people(const char* source, const char* target) {
  const CopyReport report = sync::copy(source, target);
  std::printf("%llu copied\n", static_cast<unsigned long long>(report.written));
}

}  // namespace

int main() {
  std::ofstream("people.csv") << "id,name,age\n1,Ada,36\n2,Bob,17\n";
  copy_people("people.csv?key=id", "sqlite:app.db?table=people");
  run(search_people());
  copy_people("sqlite:app.db?table=people", "people.parquet");
  sync::Database file("people.parquet");
  std::printf("%llu in the file\n", static_cast<unsigned long long>(file.count()));
  try {
    sync::Database missing("postgresql://localhost/app?table=people");
    missing.count();
  } catch (const ConfigurationError& error) {
    std::printf("%s\n", error.what());
  }
}
