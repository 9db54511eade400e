// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// TransferPlan: what a copy does, decided before the first record moves. Pure: made from descriptions of
/// both sides.

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <dataknobs/transfer.hpp>

#include "database/backend.hpp"
#include "record/canonical.hpp"

namespace dataknobs {

/// Where the ids of records in a target of documents come from.
enum class IdOrigin : std::uint8_t {
  columns,  ///< The target has columns: its key columns say it all.
  kept,     ///< The source's records have ids.
  key,      ///< The text of the source's key columns.
  hashed,   ///< Made of run, chunk and position.
};

/// What becomes of a field in a columns target.
class FieldMapping {
 public:
  FieldMapping(std::string source, FieldType source_type, std::string target, TypeMapping mapping)
      : source_(std::move(source)),
        source_type_(std::move(source_type)),
        target_(std::move(target)),
        mapping_(std::move(mapping)) {}
  const std::string& source() const noexcept { return source_; }
  const FieldType& source_type() const noexcept { return source_type_; }
  const std::string& target() const noexcept { return target_; }
  const FieldType& target_type() const noexcept { return mapping_.type(); }
  Exactness exactness() const noexcept { return mapping_.exactness(); }
  const std::string& note() const noexcept { return mapping_.note(); }

 private:
  std::string source_;
  FieldType source_type_;
  std::string target_;
  TypeMapping mapping_;
};

/// One side of a copy as it was found.
class PlanSide {
 public:
  PlanSide(const Backend& backend, DatasetOptions options, DatasetPointer dataset)
      : backend_(&backend), options_(std::move(options)), dataset_(std::move(dataset)) {}
  const Backend& backend() const noexcept { return *backend_; }
  const DatasetOptions& options() const noexcept { return options_; }
  /// Nothing if it does not exist yet (a target).
  const DatasetPointer& dataset() const noexcept { return dataset_; }
  /// Changes when somebody else changes the content; empty where nothing says so.
  const std::string& fingerprint() const noexcept { return fingerprint_; }
  PlanSide& set_fingerprint(std::string fingerprint) { return fingerprint_ = std::move(fingerprint), *this; }
  /// Fields in which U+0000 was seen, where all values were read to find their types.
  const std::set<std::string>& fields_with_nul() const noexcept { return fields_with_nul_; }
  PlanSide& set_fields_with_nul(std::set<std::string> names) {
    return fields_with_nul_ = std::move(names), *this;
  }

 private:
  const Backend* backend_;
  DatasetOptions options_;
  DatasetPointer dataset_;
  std::string fingerprint_;
  std::set<std::string> fields_with_nul_;
};

/// What the conversion of values met on its way, for the report.
/// Thread safety: all of it.
class ConversionNotes {
 public:
  void add_json_null(const std::string& field) {
    const std::lock_guard lock(mutex_);
    json_nulls_.insert(field);
  }
  /// Fields in which a null of JSON became the only null of the target.
  std::set<std::string> json_nulls() const {
    const std::lock_guard lock(mutex_);
    return json_nulls_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> json_nulls_;
};

class TransferPlan {
 public:
  TransferPlan() = default;
  CopyPlan view;  ///< The same for people; its problems are why the copy is refused.
  Layout target_layout = Layout::columns;
  std::vector<FieldMapping> fields;  ///< Empty for documents.
  Schema target_schema;              ///< Of the batches that are written; empty for documents.
  std::vector<std::string> key;      ///< Key columns of the source that make the ids of documents.
  IdOrigin ids = IdOrigin::columns;
  bool id_column = false;  ///< The ids of documents become the column `id`.
  bool drops_metadata =
      false;  ///< Columns have no room for the metadata of records, and the caller accepts that.
  std::optional<CreateRequest> creation;
  /// Fields left out of the proof, because their conversion may lose something.
  std::vector<std::string> uncounted;
  /// Columns of the source that tell the null of JSON from their own, which the target does not.
  std::vector<std::string> one_null;
  /// The zone of times without one, where the target's field has one; empty: UTC.
  std::string timezone;
  bool strict = false;  ///< The caller takes what is worth a warning for an error.
  std::shared_ptr<ConversionNotes> notes = std::make_shared<ConversionNotes>();
  /// Columns pass through as they are, in the same order and of the same native types.
  bool identical = false;
  /// The id of a record counts as field `id` in digests (copies of documents).
  bool id_counts = false;
};

/// The schema of a source whose fields are not declared is passed as `schema` once it is known.
/// `chunks`: about how many parts the source will be split into.
TransferPlan make_plan(const PlanSide& source, const Schema& schema, const PlanSide& target,
                       const CopyOptions& options);

/// The name of a run: equal for commands that copy the same. `source` and `target`: their identities.
std::string run_id_of(const std::string& source, const std::string& target, const CopyOptions& options);

/// 32 hexadecimal digits of a text.
std::string text_hash(std::string_view text);

}  // namespace dataknobs
