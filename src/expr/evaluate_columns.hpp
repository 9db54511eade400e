// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A filter over a batch: column by column where it has columns, with the answer that its records would give.

#include <vector>

#include "expr/evaluate.hpp"
#include "record/batch.hpp"

namespace dataknobs {

/// One bit per row: true where the filter matches. It does not convert the batch: rows are evaluated as rows,
/// columns as columns.
std::vector<bool> evaluate(const Evaluator& evaluator, const Batch& batch);

/// The rows that match; the batch itself where all do.
Batch filter(const Evaluator& evaluator, const Batch& batch);

}  // namespace dataknobs
