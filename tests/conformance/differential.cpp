// SPDX-License-Identifier: Apache-2.0
#include "conformance/differential.hpp"

#include <algorithm>
#include <atomic>

#include <fmt/format.h>

#include "conformance/cases.hpp"
#include "conformance/naive.hpp"

namespace dataknobs::conformance {
namespace {

constexpr const char* kTable = "random";

void sort_by_id(std::vector<Record>& records) {
  std::sort(records.begin(), records.end(),
            [](const Record& left, const Record& right) { return left.id() < right.id(); });
}

std::string listed(const std::vector<Record>& records) {
  return fmt::format("{} records: {}", records.size(), fmt::join(ConformanceTest::ids(records), " "));
}

}  // namespace

Differential::Differential(ConformanceTest& test)
    : test_(test), world_(test.harness().document() ? World::document() : World::columns(types())) {
  if (test.harness().document()) {
    world_.set_metadata(test.harness().capabilities().metadata != Support::absent &&
                        !test.harness().read_only());
  }
  static std::atomic<unsigned> number{0};
  judge_ = test_.run(Database::open(fmt::format("memory:judge_{}", ++number)));
  test_.run(judge_->create(Record()));
  if (!test_.harness().read_only()) probe();
}

std::vector<ValueType> Differential::types() const {
  if (test_.harness().read_only()) return test_.harness().column_types();
  std::vector<ValueType> types;
  std::shared_ptr<Backend> backend = test_.backend();
  for (int at = 1; at <= static_cast<int>(ValueType::vector); ++at) {
    auto type = static_cast<ValueType>(at);
    Exactness exactness = backend->map_type(FieldType(type)).exactness();
    if (exactness != Exactness::lossy && exactness != Exactness::impossible) types.push_back(type);
  }
  return types;
}

// Leaves out values that the store refuses; that it refuses no others is a test of its own.
void Differential::probe() {
  Columns columns;
  for (const World::FieldSpec& field : world_.fields()) columns.emplace_back(field.name, field.type);
  store_ = test_.database(columns, kTable);
  std::vector<Value> refused;
  for (World::FieldSpec& field : world_.fields()) {
    std::erase_if(field.values, [&](const Value& value) {
      if (!test_.harness().may_refuse(value)) return false;
      Record probe;
      probe.set(field.name, value);
      try {
        std::string id = test_.run(store_->create(probe));
        test_.run(store_->remove(id));
        return false;
      } catch (const Error&) {
        return true;
      }
    });
  }
  dataset_ = test_.describe(kTable);
}

void Differential::fill(std::vector<Record> records) {
  records_ = std::move(records);
  if (test_.harness().read_only()) {
    Columns columns;
    for (const World::FieldSpec& field : world_.fields()) columns.emplace_back(field.name, field.type);
    std::string table = fmt::format("{}{}", kTable, ++made_);
    store_ = test_.load(columns, records_, table);
    dataset_ = test_.describe(table);
    records_ = test_.run(store_->all());
  } else {
    test_.run(store_->clear());
    std::vector<Record> copies = records_;
    test_.run(store_->create_batch(copies));
  }
  test_.run(judge_->clear());
  std::vector<Record> copies = records_;
  test_.run(judge_->create_batch(copies));
}

void Differential::make_indexes() {
  std::string before;
  std::size_t made = 0;
  for (const World::FieldSpec& field : world_.fields()) {
    const std::string name = Path::of_field(field.name).to_string();
    std::vector<Index> wanted = {Index({name})};
    if (!before.empty()) wanted.push_back(Index({before, name}));
    wanted.push_back(Index({name}).kind(IndexKind::hash).name("a first " + name));
    for (const Index& index : wanted) {
      try {
        test_.run(store_->create_index(index));
        ++made;
      } catch (const UnsupportedError&) {  // A name or a type that the store cannot index.
      }
    }
    before = name;
  }
  EXPECT_GE(made, world_.fields().size());
}

std::vector<Record> Differential::judged(const Query& query) {
  if (test_.harness().scheme() != "memory") return test_.run(judge_->search(query));
  std::vector<Record> answer = naive::answer(query, records_);
  return answer;
}

std::optional<std::string> Differential::difference(const Query& query) {
  std::vector<Record> answer;
  std::vector<Record> wanted;
  try {
    wanted = judged(query);
  } catch (const std::exception& error) {
    return fmt::format("the judge failed: {}", error.what());
  }
  try {
    answer = test_.run(store_->search(query));
  } catch (const std::exception& error) {
    return fmt::format("the store failed: {}", error.what());
  }
  if (!query.is_ordered()) {
    sort_by_id(answer);
    sort_by_id(wanted);
  }
  if (ConformanceTest::ids(answer) != ConformanceTest::ids(wanted)) {
    return fmt::format("the store gives {}\nexpected {}", listed(answer), listed(wanted));
  }
  for (std::size_t at = 0; at < answer.size(); ++at) {
    Record left = answer[at];
    Record right = wanted[at];
    if (!test_.harness().document()) {
      left.remove("id");
      right.remove("id");
    }
    if (!(left == right)) {
      return fmt::format("the store gives {}\nexpected {}", to_line(left), to_line(right));
    }
  }
  return {};
}

std::optional<std::string> Differential::count_difference(const Query& query) {
  std::uint64_t wanted = judged(query).size();
  std::uint64_t count = 0;
  try {
    count = test_.run(store_->count(query));
  } catch (const std::exception& error) {
    return fmt::format("the store failed to count: {}", error.what());
  }
  if (count == wanted) return {};
  return fmt::format("the store counts {}\nexpected {}", count, wanted);
}

bool Differential::planned_exactly(const Query& query) {
  return test_.backend()->plan(query, *dataset_).is_exact();
}

}  // namespace dataknobs::conformance
