// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// BatchConverter: turns the batches of a source into those that the target takes, checking each value that
/// may not fit. Pure; runs on an offload thread.

#include <cstdint>
#include <string>
#include <vector>

#include "record/batch.hpp"
#include "transfer/plan.hpp"

namespace dataknobs {

/// Thread safety: const; one converter may serve several threads.
class BatchConverter {
 public:
  /// `run_id` is what hashed ids are made of.
  BatchConverter(const TransferPlan& plan, std::string run_id);

  /// The batch for the target. `chunk` and `ordinal` tell where its first record stands.
  /// Errors: ValidationError with record id, field, value and type for a value that does not fit.
  Batch convert(const Batch& source, std::uint64_t chunk, std::uint64_t ordinal) const;

  /// What a message calls a record of a batch from either side of the conversion: by its id, else by its position.
  std::string name_of(const Batch& batch, std::int64_t row, std::uint64_t ordinal) const;

 private:
  Batch to_columns(const Batch& source, std::uint64_t ordinal) const;
  Batch to_documents(const Batch& source, std::uint64_t chunk, std::uint64_t ordinal) const;
  void note_json_nulls(const Batch& source, std::uint64_t ordinal) const;
  void refuse_metadata(const Batch& source) const;
  Batch documents_to_columns(const Batch& source) const;
  Column convert_column(const Column& column, const FieldMapping& field, const Batch& source,
                        std::uint64_t ordinal) const;
  Column convert_times(const Column& column, const FieldMapping& field, const Batch& source,
                       std::uint64_t ordinal) const;

  TransferPlan plan_;
  std::string run_id_;
  bool as_is_ = false;  ///< Nothing is renamed, converted or checked.
};

/// Rows whose value lies beyond the limits of the type (width, precision, length); the column is of the
/// type's kind. The first such row, or -1.
std::int64_t first_misfit(const Column& column, const FieldType& type);

}  // namespace dataknobs
