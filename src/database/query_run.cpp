// SPDX-License-Identifier: Apache-2.0
#include "database/query_run.hpp"

#include <algorithm>

#include "database/dataset_order.hpp"
#include "expr/evaluate_columns.hpp"

namespace dataknobs {

namespace {

void add_root(std::vector<std::string>& names, const Path& path, const FieldResolution& fields) {
  append_field_names(names, Expression::path(path), fields);
}

// Root names of the fields that are needed, or all (empty). A scan that needs no field at all asks for its key, or for
// whatever the store likes to give.
std::vector<std::string> needed_fields(const Query& query, const PushDown& plan, const Dataset& dataset,
                                       QueryRun::Purpose purpose) {
  const FieldResolution fields = field_resolution(dataset);
  std::vector<std::string> names;
  const bool selects = purpose != QueryRun::Purpose::count && purpose != QueryRun::Purpose::ids;
  if (selects) {
    if (query.select().empty()) return names;
    for (const Path& path : query.select()) add_root(names, path, fields);
  }
  append_field_names(names, plan.residual(), fields);
  if (query.is_ordered() && !plan.range_taken() && !plan.sort_taken()) {
    for (const SortKey& key : query.sort()) add_root(names, key.path(), fields);
    // Without a key records that are equal in the sort are told apart by all their fields.
    if (dataset.layout() == Layout::columns && dataset.key().empty() && !dataset.positional_ids()) return {};
  }
  for (const std::string& column : dataset.key()) {
    if (std::find(names.begin(), names.end(), column) == names.end()) names.push_back(column);
  }
  if (names.empty() && !dataset.schema().empty()) names.push_back(dataset.schema().fields().front().name());
  return names;
}

}  // namespace

QueryRun::QueryRun(const Backend& backend, DatasetPointer dataset, const Query& query, Purpose purpose)
    : dataset_(std::move(dataset)),
      query_(query),
      push_down_(backend.plan(query, *dataset_)),
      request_(dataset_),
      projection_(purpose == Purpose::values ? std::vector<Path>() : query.select(),
                  field_resolution(*dataset_)) {
  const FieldResolution fields = field_resolution(*dataset_);
  const bool ranged = query.limit() || query.offset() != 0;
  request_.set_filter(push_down_.taken()).set_hint(query.hint());
  if (push_down_.sort_taken()) request_.set_sort(query.sort());
  if (push_down_.range_taken()) request_.set_range(query.limit(), query.offset());
  if (!push_down_.is_exact()) residual_.emplace(push_down_.residual(), fields);
  sorts_here_ = query.is_ordered() && !(push_down_.sort_taken() && (!ranged || push_down_.range_taken()));
  whole_ = push_down_.is_exact() && !sorts_here_;
  request_.set_fields(needed_fields(query, push_down_, *dataset_, purpose));
  request_.set_prefer_columns(purpose == Purpose::columns);
}

Task<void> QueryRun::start(Session& session, Context& context) {
  reader_ = co_await session.scan(context, request_);
}

void QueryRun::filter(std::vector<Record>& rows) const {
  if (!residual_) return;
  std::erase_if(rows, [&](const Record& record) { return !residual_->matches(record); });
}

Projection::Projection(const std::vector<Path>& select, const FieldResolution& fields) {
  for (const Path& path : select) {
    const bool whole_field = path.steps().size() == 1 && !path.is_metadata();
    select_.emplace_back(whole_field ? path.root() : path.to_string(), PathReader(path, fields), whole_field);
  }
}

void Projection::apply(std::vector<Record>& rows) const {
  if (select_.empty()) return;
  Value scratch;
  for (Record& row : rows) {
    Record selected;
    selected.reserve(select_.size());
    for (const Selection& selection : select_) {
      // The id is kept anyway, and a field that is missing stays missing.
      if (selection.path.is_id() || (selection.whole_field && !row.contains(selection.name))) continue;
      selected.set(selection.name, selection.path.read(row, scratch));
    }
    selected.set_id(row.id()).set_metadata(row.metadata()).set_version(row.version());
    row = std::move(selected);
  }
}

// Everything the scan gives, sorted and cut; of a limited query never more than limit + offset records at a time.
Task<std::vector<Record>> QueryRun::collect(Context& context) {
  const RecordOrder order(query_.sort(), field_resolution(*dataset_), id_order(*dataset_));
  TopRecords top(order, query_.limit(), query_.offset());
  while (std::optional<Batch> batch = co_await reader_->next(context)) {
    std::vector<Record> rows = std::move(*batch).take_rows();
    filter(rows);
    memory_.count(rows);
    for (Record& row : rows) top.add(std::move(row));
    memory_.check_sorted(top.size());
  }
  co_return top.take();
}

Task<std::optional<std::vector<Record>>> QueryRun::next(Context& context) {
  std::optional<std::vector<Record>> result;
  if (sorts_here_) {
    if (collected_) co_return result;
    collected_ = true;
    std::vector<Record> rows = co_await collect(context);
    projection_.apply(rows);
    if (!rows.empty()) result = std::move(rows);
    co_return result;
  }
  while (std::optional<Batch> batch = co_await reader_->next(context)) {
    std::vector<Record> rows = std::move(*batch).take_rows();
    filter(rows);
    if (rows.empty()) continue;
    projection_.apply(rows);
    result = std::move(rows);
    co_return result;
  }
  co_return result;
}

Task<std::optional<Batch>> QueryRun::next_batch(Context& context) {
  std::optional<Batch> batch = co_await reader_->next(context);
  if (batch && residual_) batch = dataknobs::filter(*residual_, *batch);
  co_return batch;
}

void QueryRun::abandon() noexcept {
  if (reader_) reader_->abandon();
}

}  // namespace dataknobs
