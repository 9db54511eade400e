// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "unit/layers/narrow_store.hpp"

namespace dataknobs {
namespace {

using test::error_of;
using test::LayeredTable;
using test::NarrowBackend;
using test::run_task;

// What is absent and cannot be emulated is refused before anything happens.
class CapabilityCheck : public ::testing::Test {
 protected:
  LayeredTable& table() {
    if (!table_) table_.emplace(narrow_);
    return *table_;
  }
  Error write_error(WriteMode mode, Record record, std::vector<Precondition> conditions = {}) {
    return error_of([&] {
      std::vector<Record> records{std::move(record)};
      WriteRequest request(table().dataset, mode, records);
      request.set_preconditions(conditions);
      const std::unique_ptr<Session> session = table().session();
      run_task(session->write(table().context, request));
    });
  }

  std::shared_ptr<NarrowBackend> narrow_ = std::make_shared<NarrowBackend>();

 private:
  std::optional<LayeredTable> table_;
};

TEST_F(CapabilityCheck, WritesAreRefused) {
  narrow_->narrowed.writes = Support::absent;
  const Error error = write_error(WriteMode::upsert, Record{{"a", 1}});
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_EQ(error.store(), "memory:narrow");
  EXPECT_FALSE(error.hint().empty());
  EXPECT_EQ(run_task(table().session()->count(table().context, ScanRequest(table().dataset))), 0U);
}

TEST_F(CapabilityCheck, VersionsAreRefusedAndNothingIsWritten) {
  narrow_->narrowed.conditional_writes = Support::absent;
  Record record{{"a", 1}};
  record.set_id("x");
  const Error error =
      write_error(WriteMode::upsert, std::move(record), {Precondition(Existence::any, Version("1"))});
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_FALSE(table().read("x").has_value());
}

TEST_F(CapabilityCheck, TransactionsAndSnapshotsAreRefused) {
  narrow_->narrowed.transactions = narrow_->narrowed.snapshots = Support::absent;
  EXPECT_EQ(error_of([&] { table().session(SessionMode::transaction); }).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of([&] { table().session(SessionMode::snapshot); }).code(), ErrorCode::unsupported);
  EXPECT_NO_THROW(table().session(SessionMode::autocommit));
}

TEST_F(CapabilityCheck, ASnapshotIsReadOnly) {
  const std::unique_ptr<Session> session = table().session(SessionMode::snapshot);
  std::vector<Record> records{Record{{"a", 1}}};
  records[0].set_id("x");
  const WriteRequest request(table().dataset, WriteMode::insert, records);
  const std::vector<std::string> ids{"x"};
  Context& context = table().context;
  const DatasetPointer& dataset = table().dataset;
  EXPECT_EQ(error_of([&] { run_task(session->write(context, request)); }).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of([&] { run_task(session->remove(context, dataset, ids, {})); }).code(),
            ErrorCode::unsupported);
  EXPECT_EQ(error_of([&] { run_task(session->remove_range(context, ScanRequest(dataset))); }).code(),
            ErrorCode::unsupported);
  const WriterOptions options(dataset, WriteMode::insert);
  EXPECT_EQ(error_of([&] { run_task(session->writer(context, options)); }).code(), ErrorCode::unsupported);
}

TEST_F(CapabilityCheck, StateSavepointsAndPartsAreRefusedWhereAbsent) {
  narrow_->narrowed.state = narrow_->narrowed.savepoints = narrow_->narrowed.dataset_creation =
      Support::absent;
  const std::unique_ptr<Session> session = table().session(SessionMode::transaction);
  Context& context = table().context;
  const std::string key = "k";
  EXPECT_EQ(error_of([&] { run_task(session->get_state(context, key)); }).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of([&] { run_task(session->list_state(context, key)); }).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of([&] { run_task(session->savepoint(context, key)); }).code(), ErrorCode::unsupported);
  const CreateRequest request(DatasetOptions("other"), Layout::document);
  EXPECT_EQ(error_of([&] { run_task(session->create_dataset(context, request)); }).code(),
            ErrorCode::unsupported);
  EXPECT_EQ(run_task(table().layered().list(context)), std::vector<std::string>{"people"});
}

}  // namespace
}  // namespace dataknobs
