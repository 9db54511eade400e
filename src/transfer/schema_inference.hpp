// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The fields of records whose store does not declare them: found by reading all of them once.

#include <set>
#include <string>
#include <vector>

#include "record/batch.hpp"
#include "transfer/progress_meter.hpp"
#include "transfer/source_scan.hpp"

namespace dataknobs {

/// Collects the fields of batches. Pure.
class SchemaInference {
 public:
  void add(const Batch& batch);
  /// Fields in the order in which they were first seen. A field whose values have no common type is "any".
  Schema finish() const;
  /// Those of which some text holds the character U+0000.
  const std::set<std::string>& fields_with_nul() const noexcept { return fields_with_nul_; }

 private:
  std::vector<FieldDescription> fields_;
  std::vector<bool> undecided_;  ///< Only nulls so far.
  std::set<std::string> fields_with_nul_;
};

/// The type of a column that takes values of both.
FieldType common_type(const FieldType& left, const FieldType& right);

/// Of all records of the scan.
Task<SchemaInference> infer_schema(Backend& backend, const SourceScan& scan, ProgressMeter& meter);

}  // namespace dataknobs
