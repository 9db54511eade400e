// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// QueryRun: a query over one dataset, the store's part and ours together. The store scans what it has taken; what it
/// gives is filtered, sorted, cut and projected here as far as the store has not done so.

#include <memory>
#include <optional>
#include <vector>

#include <dataknobs/query.hpp>

#include "database/answer_memory.hpp"
#include "database/backend.hpp"
#include "expr/evaluate.hpp"
#include "query/order.hpp"

namespace dataknobs {

/// The fields that a query selects of its records.
class Projection {
 public:
  /// Errors: QueryError on an unknown field (where the fields are known).
  Projection(const std::vector<Path>& select, const FieldResolution& fields);
  void apply(std::vector<Record>& rows) const;

 private:
  struct Selection {
    Selection(std::string field, PathReader reader, bool whole)
        : name(std::move(field)), path(std::move(reader)), whole_field(whole) {}
    std::string name;
    PathReader path;
    bool whole_field;
  };
  std::vector<Selection> select_;
};

class QueryRun {
 public:
  /// What the records are for: some answers need fewer fields.
  enum class Purpose : std::uint8_t {
    records,
    values,   ///< The selected fields are read, and records are given as the store gives them.
    columns,  ///< The same, as columns where the store has them (`next_batch`).
    count,
    ids,
  };

  /// Pure. Errors: QueryError on what is wrong with the query.
  QueryRun(const Backend& backend, DatasetPointer dataset, const Query& query,
           Purpose purpose = Purpose::records);
  QueryRun(const QueryRun&) = delete;
  QueryRun& operator=(const QueryRun&) = delete;

  const PushDown& push_down() const noexcept { return push_down_; }
  const ScanRequest& request() const noexcept { return request_; }
  /// The scan gives the answer as it is, but for the projection.
  bool is_taken_whole() const noexcept { return whole_; }

  /// What `next` may hold at once of an answer that is sorted here. Errors then: ResourceError.
  void limit_memory(const AnswerMemory& memory) { memory_ = memory; }

  /// REQUIRES: the session outlives the run; called once.
  Task<void> start(Session& session, Context& context);
  /// The next records, never empty; nothing at the end. REQUIRES: started.
  Task<std::optional<std::vector<Record>>> next(Context& context);
  /// The same, with the rows that match. REQUIRES: of the purpose `columns`, and nothing to be sorted.
  Task<std::optional<Batch>> next_batch(Context& context);
  void abandon() noexcept;

 private:
  void filter(std::vector<Record>& rows) const;
  Task<std::vector<Record>> collect(Context& context);

  DatasetPointer dataset_;
  Query query_;
  PushDown push_down_;
  ScanRequest request_;
  bool whole_ = false;
  bool sorts_here_ = false;
  AnswerMemory memory_;
  std::optional<Evaluator> residual_;
  Projection projection_;
  std::unique_ptr<Reader> reader_;
  bool collected_ = false;
};

}  // namespace dataknobs
