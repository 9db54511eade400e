// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// SourceScan: how the records of a dataset are read for a copy or a comparison: what the store takes of the
/// condition, what is checked here, and which fields are kept.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/query.hpp>

#include "database/backend.hpp"
#include "expr/evaluate.hpp"

namespace dataknobs {

/// A session to read from: each of its scans sees the same state, where the store has snapshots.
Task<std::unique_ptr<Session>> reading_session(Context& context, Backend& backend);

/// Made once; const afterwards and shared by all readers.
class SourceScan {
 public:
  /// `also`: fields that the scan must give beside the selected ones (the key of a comparison).
  /// Errors: QueryError for a field that does not exist.
  SourceScan(const Backend& backend, DatasetPointer dataset, const Expression& where,
             std::vector<std::string> select, std::optional<std::uint64_t> limit,
             const std::vector<std::string>& also = {});

  const DatasetPointer& dataset() const noexcept { return dataset_; }
  /// The whole scan, for partitions and readers.
  const ScanRequest& request() const noexcept { return request_; }
  /// The store answers all of the condition.
  bool is_exact() const noexcept { return push_down_.is_exact(); }
  const PushDown& push_down() const noexcept { return push_down_; }
  /// The selected fields; none: all.
  const std::vector<std::string>& fields() const noexcept { return fields_; }
  /// The fields that a scan gives, as far as the dataset declares them.
  const Schema& schema() const noexcept { return schema_; }
  bool has_limit() const noexcept { return limit_.has_value(); }

  /// Opens `request`, which is `request()` with another partition, batch size or the like. Where the store does not
  /// know which are the first records by id, they are found here.
  /// Lifetime: scan and session outlive the reader.
  Task<std::unique_ptr<Reader>> open(Context& context, Session& session, const ScanRequest& request) const;

  /// Of a batch that the store gave: the records that match, with the fields that are wanted.
  Batch refine(const Batch& batch) const { return project(filter(batch)); }
  /// Only the first, or only the second.
  Batch filter(const Batch& batch) const;
  Batch project(const Batch& batch) const;
  /// Of a record that was read otherwise: the whole condition.
  bool matches(const Record& record) const { return condition_.matches(record); }

 private:
  const Backend* backend_;
  DatasetPointer dataset_;
  Expression where_;
  std::vector<std::string> fields_;
  std::optional<std::uint64_t> limit_;
  PushDown push_down_;
  Evaluator residual_;
  Evaluator condition_;
  ScanRequest request_;
  Schema schema_;
};

}  // namespace dataknobs
