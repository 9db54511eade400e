// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A memory store as its sessions see it, and what a query finds by the letter: for tests of its indexes and columns.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends/memory/backend.hpp"
#include "backends/memory/session.hpp"
#include "database/dataset_order.hpp"
#include "expr/evaluate.hpp"
#include "query/order.hpp"
#include "support/run_task.hpp"

namespace dataknobs::memory {

using test::run_task;

/// A table `t` of documents.
class World {
 public:
  World()
      : store_(std::make_shared<Store>()),
        backend_(store_, "memory:"),
        writer_(store_, SessionMode::autocommit) {
    dataset_ =
        run_task(writer_.create_dataset(context_, CreateRequest(DatasetOptions("t"), Layout::document)));
  }
  void make_index(const Index& index) { run_task(writer_.create_index(context_, dataset_, index)); }
  void put(const std::string& id, Record record) {
    record.set_id(id);
    std::vector<Record> records{std::move(record)};
    run_task(writer_.write(context_, WriteRequest(dataset_, WriteMode::upsert, records)));
  }
  void remove(const std::string& id) {
    const std::vector<std::string> ids{id};
    run_task(writer_.remove(context_, dataset_, ids, {}));
  }
  std::unique_ptr<Session> session(SessionMode mode) { return run_task(backend_.session(context_, mode)); }
  std::vector<Record> scan(Session& session, const Query& query) {
    ScanRequest request(dataset_);
    request.set_filter(query.filter()).set_sort(query.sort()).set_range(query.limit(), query.offset());
    const std::unique_ptr<Reader> reader = run_task(session.scan(context_, request));
    std::vector<Record> records;
    while (std::optional<Batch> batch = run_task(reader->next(context_))) {
      records.insert(records.end(), batch->rows().begin(), batch->rows().end());
    }
    return records;
  }
  Outcome insert(Session& session, const std::string& id, Record record) {
    record.set_id(id);
    std::vector<Record> records{std::move(record)};
    return run_task(session.write(context_, WriteRequest(dataset_, WriteMode::insert, records)))
        .front()
        .outcome();
  }
  CommitOutcome commit(Session& session) { return run_task(session.commit(context_)); }
  std::string plan(const Query& query) {
    ScanRequest request(dataset_);
    request.set_filter(query.filter()).set_sort(query.sort()).set_range(query.limit(), query.offset());
    request.set_hint(query.hint());
    return run_task(backend_.explain(context_, request));
  }

 private:
  Context context_;
  std::shared_ptr<memory::Store> store_;
  MemoryBackend backend_;
  MemorySession writer_;
  DatasetPointer dataset_;
};

inline std::vector<std::string> ids_of(const std::vector<Record>& records) {
  std::vector<std::string> ids;
  for (const Record& record : records) ids.push_back(*record.id());
  return ids;
}

/// The ids of what the query finds among these records.
inline std::vector<std::string> expected(const std::vector<Record>& all, const Query& query) {
  const FieldResolution fields = FieldResolution::document();
  const Evaluator evaluator(query.filter(), fields);
  std::vector<Record> found;
  for (const Record& record : all) {
    if (evaluator.matches(record)) found.push_back(record);
  }
  const RecordOrder order(query.sort(), fields, IdOrder::text());
  sort_records(found, order);
  cut_records(found, query.limit(), query.offset());
  return ids_of(found);
}

}  // namespace dataknobs::memory
