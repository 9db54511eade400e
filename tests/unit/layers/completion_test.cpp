// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "unit/layers/narrow_store.hpp"

namespace dataknobs {
namespace {

using test::LayeredTable;
using test::NarrowBackend;
using test::run_task;

TEST(Completion, CapabilitiesSayWhatIsEmulated) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.point_reads = narrow->narrowed.counting = Support::absent;
  narrow->narrowed.filters = narrow->narrowed.sorting = Support::absent;
  const std::shared_ptr<Backend> complete = with_completion(narrow);
  EXPECT_EQ(complete->capabilities().filters, Support::emulated);
  EXPECT_EQ(complete->capabilities().sorting, Support::emulated);
  EXPECT_EQ(complete->capabilities().point_reads, Support::emulated);
  EXPECT_EQ(complete->capabilities().counting, Support::emulated);
  EXPECT_EQ(complete->capabilities().bulk_writes, Support::native);
  narrow->narrowed.scans = Support::absent;
  EXPECT_EQ(with_completion(narrow)->capabilities().counting, Support::absent);
}

TEST(Completion, ReadsByScanAreByPosition) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.point_reads = Support::absent;
  LayeredTable table(narrow);
  table.fill(50);
  const std::unique_ptr<Session> session = table.session();
  const std::vector<std::string> ids{"r7", "none", "r3", "r7"};
  const std::vector<std::optional<Record>> found = run_task(session->read(table.context, table.dataset, ids));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ((*found[0])["number"], Value(7));
  EXPECT_FALSE(found[1].has_value());
  EXPECT_EQ((*found[2])["number"], Value(3));
  EXPECT_EQ((*found[3])["number"], Value(7));
}

TEST(Completion, CountsByScan) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.counting = Support::absent;
  LayeredTable table(narrow);
  table.fill(20);
  const std::unique_ptr<Session> session = table.session();
  ScanRequest request(table.dataset);
  EXPECT_EQ(run_task(session->count(table.context, request)), 20U);
  request.set_filter(Query::parse("number < 5").filter());
  EXPECT_EQ(run_task(session->count(table.context, request)), 5U);
  request.set_range(3, 4);
  EXPECT_EQ(run_task(session->count(table.context, request)), 1U);
}

TEST(Completion, RemovesByScanAndIds) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.range_removal = Support::absent;
  LayeredTable table(narrow);
  table.fill(2500);
  const std::unique_ptr<Session> session = table.session();
  ScanRequest request(table.dataset);
  request.set_filter(Query::parse("number >= 100").filter());
  EXPECT_EQ(run_task(session->remove_range(table.context, request)), 2400U);
  EXPECT_EQ(run_task(session->count(table.context, ScanRequest(table.dataset))), 100U);
}

TEST(Completion, LoadsBySingleWrites) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.bulk_writes = Support::absent;
  LayeredTable table(narrow);
  std::vector<Record> rows;
  for (int i = 0; i < 2001; ++i) {
    rows.emplace_back(Record{{"number", i}});
    rows.back().set_id("r" + std::to_string(i));
  }
  const std::unique_ptr<Session> session = table.session();
  const WriterOptions options(table.dataset, WriteMode::insert);
  const std::unique_ptr<Writer> writer = run_task(session->writer(table.context, options));
  const Batch batch = Batch::from_rows(rows);
  run_task(writer->write(table.context, batch));
  EXPECT_EQ(run_task(writer->finish(table.context)), 2001U);
  EXPECT_EQ((*table.read("r2000"))["number"], Value(2000));
}

TEST(Completion, ALoadNamesTheRecordThatIsThereAlready) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.bulk_writes = Support::absent;
  LayeredTable table(narrow);
  table.fill(3);
  const std::unique_ptr<Session> session = table.session();
  const WriterOptions options(table.dataset, WriteMode::insert);
  const std::unique_ptr<Writer> writer = run_task(session->writer(table.context, options));
  std::vector<Record> rows(1, Record{{"number", 1}});
  rows[0].set_id("r2");
  const Batch batch = Batch::from_rows(rows);
  const Error error = test::error_of([&] { run_task(writer->write(table.context, batch)); });
  EXPECT_EQ(error.code(), ErrorCode::duplicate_record);
  EXPECT_EQ(error.record_id(), "r2");
}

TEST(Completion, PartitionsAreOne) {
  const auto narrow = std::make_shared<NarrowBackend>();
  narrow->narrowed.partitions = Support::absent;
  LayeredTable table(narrow);
  table.fill(10);
  const std::unique_ptr<Session> session = table.session();
  ScanRequest request(table.dataset);
  const std::vector<Partition> parts = run_task(session->partition(table.context, request, 8));
  ASSERT_EQ(parts.size(), 1U);
  request.set_partition(parts.front());
  const std::unique_ptr<Reader> reader = run_task(session->scan(table.context, request));
  std::size_t rows = 0;
  while (const std::optional<Batch> batch = run_task(reader->next(table.context))) rows += batch->size();
  EXPECT_EQ(rows, 10U);
}

class Patches : public ::testing::Test {
 protected:
  void SetUp() override {
    narrow_->narrowed.patches = Support::absent;
    table_.emplace(narrow_);
    Record record{{"a", 1}, {"b", 2}};
    record.set_id("x");
    table_->write_directly(std::move(record), WriteMode::insert);
  }
  ItemResult patch(const std::string& id, Record changes, std::vector<Precondition> conditions = {}) {
    changes.set_id(id);
    std::vector<Record> records{std::move(changes)};
    WriteRequest request(table_->dataset, WriteMode::patch, records);
    request.set_preconditions(conditions);
    const std::unique_ptr<Session> session = table_->session();
    return run_task(session->write(table_->context, request)).front();
  }

  std::shared_ptr<NarrowBackend> narrow_ = std::make_shared<NarrowBackend>();
  std::optional<LayeredTable> table_;
};

TEST_F(Patches, MergeIntoWhatIsThere) {
  EXPECT_EQ(patch("x", Record{{"b", 3}, {"c", 4}}).outcome(), Outcome::written);
  const std::optional<Record> record = table_->read("x");
  EXPECT_EQ((*record)["a"], Value(1));
  EXPECT_EQ((*record)["b"], Value(3));
  EXPECT_EQ((*record)["c"], Value(4));
  EXPECT_EQ(patch("none", Record{{"b", 3}}).outcome(), Outcome::missing);
}

TEST_F(Patches, OfAnotherVersionAreAConflict) {
  const std::optional<Version> version = table_->read("x")->version();
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(patch("x", Record{{"b", 3}}, {Precondition(Existence::any, version)}).outcome(),
            Outcome::written);
  EXPECT_EQ(patch("x", Record{{"b", 4}}, {Precondition(Existence::any, version)}).outcome(),
            Outcome::conflict);
  EXPECT_EQ((*table_->read("x"))["b"], Value(3));
}

// Between its read and its write somebody else changes the record: nothing of either change is lost.
TEST_F(Patches, MeetAWriterInBetween) {
  int times = 3;
  narrow_->before_write = [&] {
    if (times-- <= 0) return;
    Record other{{"a", 100 + times}, {"b", 2}};
    other.set_id("x");
    table_->write_directly(std::move(other), WriteMode::update);
  };
  EXPECT_EQ(patch("x", Record{{"b", 3}}).outcome(), Outcome::written);
  const std::optional<Record> record = table_->read("x");
  EXPECT_EQ((*record)["a"], Value(100));
  EXPECT_EQ((*record)["b"], Value(3));
}

TEST_F(Patches, GiveUpWhereWritersNeverRest) {
  int number = 0;
  narrow_->before_write = [&] {
    Record other{{"a", ++number}};
    other.set_id("x");
    table_->write_directly(std::move(other), WriteMode::update);
  };
  EXPECT_EQ(patch("x", Record{{"b", 3}}).outcome(), Outcome::conflict);
  EXPECT_EQ(number, 10);
}

}  // namespace
}  // namespace dataknobs
