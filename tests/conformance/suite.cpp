// SPDX-License-Identifier: Apache-2.0
//
// Registers the tests for the harnesses of the program, and notes their outcomes for the support table.
//
//   <program> --describe     prints, tab separated: "store" name layout, "capability" store name support,
//                            "test" store capability name
#include "conformance/suite.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "database/registry.hpp"

namespace dataknobs::conformance {
namespace {

struct TestEntry {
  std::string capability;
  std::string name;
  std::vector<Need> needs;
  const char* file;
  int line;
  MakeTest make;
};

std::vector<TestEntry>& entries() {
  static std::vector<TestEntry> all;
  return all;
}

constexpr std::pair<const char*, Support Capabilities::*> kCapabilities[] = {
    {"point_reads", &Capabilities::point_reads},
    {"scans", &Capabilities::scans},
    {"filters", &Capabilities::filters},
    {"sorting", &Capabilities::sorting},
    {"counting", &Capabilities::counting},
    {"writes", &Capabilities::writes},
    {"patches", &Capabilities::patches},
    {"bulk_writes", &Capabilities::bulk_writes},
    {"range_removal", &Capabilities::range_removal},
    {"conditional_writes", &Capabilities::conditional_writes},
    {"metadata", &Capabilities::metadata},
    {"transactions", &Capabilities::transactions},
    {"savepoints", &Capabilities::savepoints},
    {"snapshots", &Capabilities::snapshots},
    {"partitions", &Capabilities::partitions},
    {"state", &Capabilities::state},
    {"dataset_creation", &Capabilities::dataset_creation},
    {"indexes", &Capabilities::indexes},
    {"hints", &Capabilities::hints},
    {"native_queries", &Capabilities::native_queries},
};

const char* name_of(Support support) {
  switch (support) {
    case Support::absent:
      return "absent";
    case Support::emulated:
      return "emulated";
    case Support::native:
      return "native";
  }
  return "?";
}

bool chosen(const TestEntry& entry, const Harness& harness) {
  return std::all_of(entry.needs.begin(), entry.needs.end(),
                     [&](const Need& need) { return need.met(harness); });
}

/// Appends each outcome to a file of its own process, where the run asks for it.
class OutcomeWriter : public testing::EmptyTestEventListener {
 public:
  explicit OutcomeWriter(std::string folder) : folder_(std::move(folder)) {}
  void OnTestEnd(const testing::TestInfo& test) override {
    std::string suite = test.test_suite_name();
    std::size_t slash = suite.find('/');
    if (slash == std::string::npos) return;
    std::filesystem::create_directories(folder_);
    std::ofstream out(fmt::format("{}/{}", folder_, ::getpid()), std::ios::app);
    out << suite.substr(0, slash) << '\t' << suite.substr(slash + 1) << '\t' << test.name() << '\t'
        << (test.result()->Passed() ? "passed" : "failed") << '\n';
  }

 private:
  std::string folder_;
};

void describe_all(const std::vector<std::unique_ptr<Harness>>& harnesses) {
  for (const auto& harness : harnesses) {
    fmt::print("store\t{}\t{}\t{}\n", harness->name(), harness->scheme(),
               harness->document() ? "document" : "columns");
    for (const auto& [name, member] : kCapabilities) {
      fmt::print("capability\t{}\t{}\t{}\n", harness->name(), name, name_of(harness->capabilities().*member));
    }
    for (const TestEntry& entry : entries()) {
      if (chosen(entry, *harness))
        fmt::print("test\t{}\t{}\t{}\n", harness->name(), entry.capability, entry.name);
    }
  }
}

void register_all(const std::vector<std::unique_ptr<Harness>>& harnesses) {
  // gtest keeps the tests of a suite together only if they come one after the other.
  std::stable_sort(entries().begin(), entries().end(), [](const TestEntry& left, const TestEntry& right) {
    return left.capability < right.capability;
  });
  for (const auto& harness : harnesses) {
    for (const TestEntry& entry : entries()) {
      if (!chosen(entry, *harness)) continue;
      std::string suite = harness->name() + "/" + entry.capability;
      const Harness* shared = harness.get();
      MakeTest make = entry.make;
      testing::RegisterTest(suite.c_str(), entry.name.c_str(), nullptr, nullptr, entry.file, entry.line,
                            [shared, make]() -> ConformanceTest* {
                              ConformanceTest* test = make();
                              test->set_harness(*shared);
                              return test;
                            });
    }
  }
}

}  // namespace

// Those of the store with the layers above it; nothing is opened before the first call.
const Capabilities& Harness::capabilities() const {
  if (!backend_) backend_ = open_backend(StoreUrl::parse(Registry::instance().find(scheme_).example()));
  return backend_->capabilities();
}

bool Need::met(const Harness& harness) const {
  if (capability_ != nullptr) {
    bool writing = capability_ == &Capabilities::writes || capability_ == &Capabilities::bulk_writes ||
                   capability_ == &Capabilities::dataset_creation;
    return harness.capabilities().*capability_ != Support::absent && !(writing && harness.read_only());
  }
  switch (kind_) {
    case document:
      return harness.document();
    case columns:
      return !harness.document();
    case writable:
      return !harness.read_only();
    case shared_by_url:
      return harness.shared_by_url();
  }
  return false;
}

bool add_test(std::string capability, std::string name, Support Capabilities::* counted,
              std::vector<Need> needs, const char* file, int line, MakeTest make) {
  needs.insert(needs.begin(), Need(counted));
  entries().push_back(
      {std::move(capability), std::move(name), std::move(needs), file, line, std::move(make)});
  return true;
}

void ConformanceTest::SetUp() {
  place_ = harness().place();
  backend_ = open_backend(StoreUrl::parse(url()));
}

void ConformanceTest::TearDown() {
  if (backend_) run(backend_->close(context_));
  backend_.reset();
  // A place cannot be removed while a transaction that was given up holds it.
  loop_.finish_all();
  place_.reset();
}

DatasetPointer ConformanceTest::describe(std::string_view table) {
  return run(backend_->describe(context_, dataset_of(url(table)), false));
}

void ConformanceTest::make(const CreateRequest& request) {
  std::unique_ptr<Session> making = session(SessionMode::autocommit);
  const DatasetPointer made = run(making->create_dataset(context_, request));
  if (harness().capabilities().publishes) run(making->publish(context_, made));
}

Database ConformanceTest::database(const Columns& columns, std::string_view table) {
  if (!harness().read_only()) {
    CreateRequest request(dataset_of(url(table)), harness().layout());
    if (!harness().document()) request.set_schema(schema_of(columns)).set_key({"id"});
    make(request);
  }
  return run(Database::open(url(table)));
}

Database ConformanceTest::load(const Columns& columns, std::vector<Record> records, std::string_view table) {
  if (harness().read_only()) {
    place_->make(table, records, schema_of(columns));
    return run(Database::open(url(table)));
  }
  Database made = database(columns, table);
  run(made.create_batch(records));
  return made;
}

Record ConformanceTest::plain(Record record) const {
  if (!harness().document() || harness().read_only()) record.remove("id");
  return record;
}

std::vector<Record> ConformanceTest::plain(std::vector<Record> records) const {
  for (Record& record : records) record = plain(std::move(record));
  return records;
}

std::vector<std::string> ConformanceTest::ids(const std::vector<Record>& records) {
  std::vector<std::string> result;
  result.reserve(records.size());
  for (const Record& record : records) result.push_back(record.id().value_or("(no id)"));
  return result;
}

std::vector<std::string> ConformanceTest::sorted_ids(const std::vector<Record>& records) {
  std::vector<std::string> result = ids(records);
  std::sort(result.begin(), result.end());
  return result;
}

Record record(std::string id, std::vector<Field> fields) {
  Record made(std::move(fields));
  made.set_id(std::move(id));
  return made;
}

Schema schema_of(const Columns& columns) {
  std::vector<FieldDescription> fields;
  fields.emplace_back("id", FieldType(ValueType::string), false);
  for (const auto& [name, type] : columns) fields.emplace_back(name, FieldType(type));
  return Schema(std::move(fields));
}

DatasetOptions dataset_of(const std::string& url) {
  StoreUrl parsed = StoreUrl::parse(url);
  return Registry::instance().find(parsed.scheme()).dataset(parsed);
}

}  // namespace dataknobs::conformance

int main(int argc, char** argv) {
  using namespace dataknobs::conformance;
  testing::InitGoogleTest(&argc, argv);
  std::vector<std::unique_ptr<Harness>> harnesses = make_harnesses();
  if (argc > 1 && std::string_view(argv[1]) == "--describe") {
    describe_all(harnesses);
    return 0;
  }
  register_all(harnesses);
  if (const char* folder = std::getenv("DATAKNOBS_CONFORMANCE_OUTCOMES")) {
    testing::UnitTest::GetInstance()->listeners().Append(new OutcomeWriter(folder));
  }
  return RUN_ALL_TESTS();
}
