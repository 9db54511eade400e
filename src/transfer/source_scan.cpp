// SPDX-License-Identifier: Apache-2.0
#include "transfer/source_scan.hpp"

#include <algorithm>

#include <dataknobs/error.hpp>

#include "database/query_run.hpp"
#include "expr/evaluate_columns.hpp"

namespace dataknobs {

namespace {

Query make_query(const Expression& where, std::optional<std::uint64_t> limit) {
  Query query;
  query.filter(where);
  if (limit) query.limit(static_cast<std::int64_t>(*limit));
  return query;
}

FieldResolution resolution_of(const Dataset& dataset) {
  if (dataset.layout() == Layout::document) return FieldResolution::document();
  return FieldResolution::columns(dataset.schema());
}

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

// The error names the store too: a copy and a comparison have two.
void check_names(const std::vector<std::string>& names, const FieldResolution& resolution,
                 const Backend& backend) {
  try {
    for (const std::string& name : names) check_field(Path::of_field(name), resolution);
  } catch (const Error& error) {
    Error named = error;
    named.store(backend.display_name()).raise();
  }
}

// The first records by id of a query, where the store cannot tell: they are sorted here.
class FirstRecords : public Reader {
 public:
  FirstRecords(const Backend& backend, DatasetPointer dataset, const Query& query)
      : run_(backend, std::move(dataset), query) {}
  Task<void> start(Context& context, Session& session) { co_await run_.start(session, context); }

  Task<std::optional<Batch>> next(Context& context) override {
    std::optional<std::vector<Record>> rows = co_await run_.next(context);
    if (!rows) co_return std::nullopt;
    co_return Batch::from_rows(std::move(*rows));
  }
  void abandon() noexcept override { run_.abandon(); }

 private:
  QueryRun run_;
};

}  // namespace

Task<std::unique_ptr<Session>> reading_session(Context& context, Backend& backend) {
  const bool snapshots = backend.capabilities().snapshots != Support::absent;
  return backend.session(context, snapshots ? SessionMode::snapshot : SessionMode::autocommit);
}

Task<std::unique_ptr<Reader>> SourceScan::open(Context& context, Session& session,
                                               const ScanRequest& request) const {
  if (!limit_ || push_down_.range_taken()) co_return co_await session.scan(context, request);
  auto reader = std::make_unique<FirstRecords>(*backend_, dataset_, make_query(where_, limit_));
  co_await reader->start(context, session);
  co_return reader;
}

SourceScan::SourceScan(const Backend& backend, DatasetPointer dataset, const Expression& where,
                       std::vector<std::string> select, std::optional<std::uint64_t> limit,
                       const std::vector<std::string>& also)
    : backend_(&backend),
      dataset_(std::move(dataset)),
      where_(where),
      fields_(std::move(select)),
      limit_(limit),
      push_down_(backend.plan(make_query(where, limit), *dataset_)),
      residual_(push_down_.residual(), resolution_of(*dataset_)),
      condition_(where, resolution_of(*dataset_)),
      request_(dataset_) {
  const FieldResolution resolution = resolution_of(*dataset_);
  check_names(fields_, resolution, backend);
  check_names(also, resolution, backend);
  if (!fields_.empty()) {
    std::vector<std::string> wanted;
    for (const std::string& name : fields_) {
      if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) {
        Error(ErrorCode::query, "the field '" + name + "' is selected twice").field_path(name).raise();
      }
      wanted.push_back(name);
    }
    append_field_names(wanted, push_down_.residual(), resolution);
    for (const std::string& name : dataset_->key()) add_name(wanted, name);
    for (const std::string& name : also) add_name(wanted, name);
    request_.set_fields(std::move(wanted));
  }
  request_.set_filter(push_down_.taken());
  if (push_down_.range_taken()) request_.set_range(limit_, 0);
  if (fields_.empty()) {
    schema_ = dataset_->schema();
  } else if (dataset_->layout() == Layout::columns) {
    std::vector<FieldDescription> described;
    for (const std::string& name : fields_) described.push_back(*dataset_->schema().find(name));
    schema_ = Schema(std::move(described));
  }
}

Batch SourceScan::filter(const Batch& batch) const {
  return dataknobs::filter(residual_, batch);
}

Batch SourceScan::project(const Batch& batch) const {
  if (fields_.empty()) return batch;
  if (batch.has_columns()) {
    std::vector<FieldDescription> described;
    std::vector<Column> columns;
    for (const std::string& name : fields_) {
      const auto index = batch.schema().index_of(name);
      if (!index) continue;
      described.push_back(batch.schema().fields()[*index]);
      columns.push_back(batch.columns()[*index]);
    }
    return Batch::from_columns(Schema(std::move(described)), std::move(columns), batch.ids());
  }
  std::vector<Record> rows;
  rows.reserve(batch.size());
  for (const Record& record : batch.rows()) {
    Record picked;
    picked.set_id(record.id()).set_metadata(record.metadata());
    for (const std::string& name : fields_) {
      if (const Value* value = record.find(name)) picked.append(name, *value);
    }
    rows.push_back(std::move(picked));
  }
  return Batch::from_rows(std::move(rows));
}

}  // namespace dataknobs
