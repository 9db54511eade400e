// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Binds the rows of a batch of Arrow columns to the parameters of an INSERT, without a Value per cell.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/codec.hpp"
#include "record/batch.hpp"

namespace dataknobs::sqlite {

/// One column on its way into a parameter.
class CellSource {
 public:
  virtual ~CellSource() = default;
  /// The cell is valid until the next call. Errors: SerializationError (field, value, type) if the value does
  /// not fit.
  virtual Cell cell(std::int64_t row) = 0;
};

/// The fastest way for these types that keeps every value. Lifetime: the column and the target outlive it.
std::unique_ptr<CellSource> make_cell_source(const Column& column, const TableColumn& target);

}  // namespace dataknobs::sqlite
