// SPDX-License-Identifier: Apache-2.0
//
// Queries.
#include <iterator>

#include <dataknobs/database.hpp>

#include "database/answer_memory.hpp"
#include "database/dataset_order.hpp"
#include "database/keys.hpp"
#include "database/query_run.hpp"
#include "database/state.hpp"
#include "expr/evaluate.hpp"
#include "query/aggregator.hpp"
#include "query/explain.hpp"
#include "query/unmatchable.hpp"

namespace dataknobs {

namespace {

// How many records a removal names at a time.
constexpr std::size_t kChunk = 1000;

using Purpose = QueryRun::Purpose;

Task<Records> search_records(StatePointer state, Query query) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  DatasetPointer dataset = state->known();
  if (!dataset) dataset = co_await require_dataset(*state, context);
  Records records;
  AnswerMemory held(*state);
  QueryRun run(*state->backend, dataset, query);
  run.limit_memory(held);
  co_await run.start(*session, context);
  while (std::optional<Records> batch = co_await run.next(context)) {
    held.add_all(*batch);
    if (records.empty()) {
      records = std::move(*batch);
    } else {
      records.insert(records.end(), std::move_iterator(batch->begin()), std::move_iterator(batch->end()));
    }
  }
  session.done();
  co_return records;
}

Task<std::uint64_t> count_records(StatePointer state, Query query) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  // A sort changes no count, and what cannot be sorted by the store must not keep it from counting.
  Query unsorted = Query::where(query.filter()).hint(query.hint());
  QueryRun run(*state->backend, dataset, unsorted, Purpose::count);
  // A sort by an unknown field is an error all the same.
  if (!query.sort().empty()) static_cast<void>(state->backend->plan(query, *dataset));
  std::uint64_t count = 0;
  if (run.is_taken_whole()) {
    count = co_await session->count(context, run.request());
  } else {
    co_await run.start(*session, context);
    while (const std::optional<Records> batch = co_await run.next(context)) count += batch->size();
  }
  session.done();
  count -= std::min(count, query.offset());
  co_return std::min(count, query.limit().value_or(UINT64_MAX));
}

Task<Records> aggregate_records(StatePointer state, Aggregation aggregation, Query query) {
  if (!query.select().empty()) {
    Error(ErrorCode::query,
          "an aggregation says itself which fields its answer has: select has no place in it")
        .operation("aggregate")
        .store(state->name)
        .raise();
  }
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  const auto id_of = [&](const Record& record) {
    return record.id() ? record.id() : id_of_fields(record, *dataset);
  };
  Aggregator aggregator(std::move(aggregation), field_resolution(*dataset), id_of);
  Query wanted = Query::where(query.filter()).hint(query.hint());
  wanted.select(aggregator.paths());
  QueryRun run(*state->backend, dataset, wanted, wanted.select().empty() ? Purpose::count : Purpose::columns);
  co_await run.start(*session, context);
  while (const std::optional<Batch> batch = co_await run.next_batch(context)) aggregator.add(*batch);
  session.done();
  co_return aggregator.take(query);
}

// As the groups of an aggregation without functions. The query's sort would be of the groups: there is one order here.
Task<std::vector<Value>> distinct_values(StatePointer state, std::string path, Query query) {
  if (query.is_ordered()) {
    Error(ErrorCode::query,
          "distinct values have their own order: sort, limit and offset have no place in it")
        .operation("distinct")
        .store(state->name)
        .hint("aggregate takes them")
        .raise();
  }
  Aggregation aggregation;
  aggregation.by(path);
  const Records groups =
      co_await aggregate_records(std::move(state), std::move(aggregation), std::move(query));
  std::vector<Value> values;
  for (const Record& group : groups) {
    const Value& value = group.fields().front().value();
    if (!value.is_null()) values.push_back(value);
  }
  co_return values;
}

Task<std::vector<std::string>> find_ids(QueryRun& run, Session& session, Context& context) {
  std::vector<std::string> ids;
  co_await run.start(session, context);
  while (const std::optional<Records> batch = co_await run.next(context)) {
    for (const Record& record : *batch) {
      if (record.id()) ids.push_back(*record.id());
    }
  }
  co_return ids;
}

Task<std::uint64_t> remove_ids(const Database::State& state, Session& session, Context& context,
                               const DatasetPointer& dataset, const std::vector<std::string>& ids) {
  std::uint64_t removed = 0;
  for (std::size_t begin = 0; begin < ids.size(); begin += kChunk) {
    const std::span<const std::string> chunk(ids.data() + begin, std::min(kChunk, ids.size() - begin));
    const std::vector<ItemResult> results = co_await session.remove(context, dataset, chunk, {});
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].outcome() == Outcome::written) {
        ++removed;
      } else if (results[i].outcome() != Outcome::missing) {
        item_error(results[i], "remove", chunk[i], state.name, false).raise();
      }
    }
  }
  co_return removed;
}

Task<std::uint64_t> remove_found(StatePointer state, Query query) {
  Context context = state->context();
  SessionLease session(*state);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  QueryRun run(*state->backend, dataset, query, Purpose::ids);
  if (run.is_taken_whole()) {
    if (!session.is_open()) co_await session.open(context);
    const std::uint64_t removed = co_await session->remove_range(context, run.request());
    session.done();
    co_return removed;
  }
  // Found and removed in one transaction, where there are any.
  co_await session.open_transaction(context);
  const std::vector<std::string> ids = co_await find_ids(run, *session, context);
  const std::uint64_t removed = co_await remove_ids(*state, *session, context, dataset, ids);
  co_await session.commit(context);
  co_return removed;
}

// `preconditions`: one for each record, or none.
Task<std::uint64_t> patch_chunk(const Database::State& state, Session& session, Context& context,
                                const DatasetPointer& dataset, std::span<Record> records,
                                std::span<const Precondition> preconditions) {
  if (dataset->layout() == Layout::columns) {
    for (Record& record : records) reconcile_key(record, *dataset);
  }
  WriteRequest request(dataset, WriteMode::patch, records);
  request.set_preconditions(preconditions);
  const std::vector<ItemResult> results = co_await session.write(context, request);
  std::uint64_t changed = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Outcome outcome = results[i].outcome();
    if (outcome == Outcome::written || outcome == Outcome::unchanged) {
      ++changed;
    } else if (outcome != Outcome::missing) {
      item_error(results[i], "update", records[i].id().value_or(""), state.name, !preconditions.empty())
          .raise();
    }
  }
  co_return changed;
}

Task<std::uint64_t> patch_ids(const Database::State& state, Session& session, Context& context,
                              const DatasetPointer& dataset, const std::vector<std::string>& ids,
                              const Record& changes) {
  std::uint64_t changed = 0;
  for (std::size_t begin = 0; begin < ids.size(); begin += kChunk) {
    std::vector<Record> records(std::min(kChunk, ids.size() - begin), changes);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].set_id(ids[begin + i]);
    const std::span<const Precondition> preconditions;
    changed += co_await patch_chunk(state, session, context, dataset, records, preconditions);
  }
  co_return changed;
}

Task<std::uint64_t> update_found(StatePointer state, Query query, Record changes) {
  if (changes.id()) {
    Error(ErrorCode::invalid_argument, "the changes have an id, and would make one record of all")
        .operation("update")
        .store(state->name)
        .record_id(*changes.id())
        .raise();
  }
  Context context = state->context();
  SessionLease session(*state);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  QueryRun run(*state->backend, dataset, query, Purpose::ids);
  co_await session.open_transaction(context);
  const std::vector<std::string> ids = co_await find_ids(run, *session, context);
  const std::uint64_t changed = co_await patch_ids(*state, *session, context, dataset, ids, changes);
  co_await session.commit(context);
  co_return changed;
}

// New values of a record's fields, and the version that they were computed from.
class Computation {
 public:
  Computation(const Changes& changes, const Dataset& dataset) {
    for (const auto& [name, value] : changes.fields())
      fields_.emplace_back(name, ValueEvaluator(value, field_resolution(dataset)));
  }

  void add(const Record& record) {
    if (!record.id()) return;
    Record& patch = patches_.emplace_back();
    patch.set_id(record.id());
    for (const auto& [name, value] : fields_) patch.set(name, value.evaluate_strictly(record));
    preconditions_.emplace_back(record.version() ? Existence::present : Existence::any, record.version());
  }

  std::span<Record> patches() noexcept { return patches_; }
  std::span<const Precondition> preconditions() const noexcept { return preconditions_; }

 private:
  std::vector<std::pair<std::string, ValueEvaluator>> fields_;
  std::vector<Record> patches_;
  std::vector<Precondition> preconditions_;
};

Task<std::uint64_t> update_computed(StatePointer state, Query query, Changes changes) {
  Context context = state->context();
  SessionLease session(*state);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  Computation computation(changes, *dataset);
  query.select({});
  QueryRun run(*state->backend, dataset, query, Purpose::records);
  co_await session.open_transaction(context);
  co_await run.start(*session, context);
  while (const std::optional<Records> batch = co_await run.next(context)) {
    for (const Record& record : *batch) computation.add(record);
  }
  std::uint64_t changed = 0;
  const std::size_t size = computation.patches().size();
  for (std::size_t begin = 0; begin < size; begin += kChunk) {
    const std::size_t count = std::min(kChunk, size - begin);
    const std::span<Record> records = computation.patches().subspan(begin, count);
    const std::span<const Precondition> preconditions = computation.preconditions().subspan(begin, count);
    changed += co_await patch_chunk(*state, *session, context, dataset, records, preconditions);
  }
  co_await session.commit(context);
  co_return changed;
}

Task<std::string> explain_query(StatePointer state, Query query) {
  Context context = state->context();
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  const QueryRun run(*state->backend, dataset, query);
  std::string native = co_await state->backend->explain(context, run.request());
  std::vector<std::string> warnings;
  if (dataset->layout() == Layout::columns)
    warnings = unmatchable_literals(query.filter(), dataset->schema());
  co_return Explanation(query, run.push_down(), std::move(native), warnings).to_string();
}

}  // namespace

Task<Records> Database::search(Query query) {
  return search_records(state_, std::move(query));
}
Task<Records> Database::all() {
  return search_records(state_, Query());
}
Task<std::uint64_t> Database::count(Query query) {
  return count_records(state_, std::move(query));
}
Task<Records> Database::aggregate(Aggregation aggregation, Query query) {
  return aggregate_records(state_, std::move(aggregation), std::move(query));
}
Task<std::vector<Value>> Database::distinct(std::string path, Query query) {
  return distinct_values(state_, std::move(path), std::move(query));
}
Task<std::uint64_t> Database::update_where(Query query, Record changes) {
  return update_found(state_, std::move(query), std::move(changes));
}
Task<std::uint64_t> Database::update_where(Query query, Changes changes) {
  return update_computed(state_, std::move(query), std::move(changes));
}
Task<std::uint64_t> Database::remove_where(Query query) {
  return remove_found(state_, std::move(query));
}
Task<std::uint64_t> Database::clear() {
  return remove_found(state_, Query());
}
Task<std::string> Database::explain(Query query) {
  return explain_query(state_, std::move(query));
}

}  // namespace dataknobs
