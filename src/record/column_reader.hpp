// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Fast access to the cells of a column, its Arrow array resolved once.

#include <arrow/api.h>

#include "record/batch.hpp"

namespace dataknobs {

/// Throws the error of a failed Arrow call: out of memory, or more than 2 GiB of text in one array.
void check_arrow(const arrow::Status& status);

/// Reads the cells of a column, which must outlive it.
class ColumnReader {
 public:
  explicit ColumnReader(const Column& column);

  ValueType kind() const noexcept { return kind_; }
  std::int64_t size() const noexcept { return size_; }
  bool has_nulls() const noexcept { return validity_ != nullptr; }
  /// False where the array has no value: null, missing or an exception.
  bool is_valid(std::int64_t row) const noexcept {
    std::int64_t bit = row + offset_;
    return kind_ != ValueType::null &&
           (validity_ == nullptr || (validity_[bit >> 3] >> (static_cast<unsigned>(bit) & 7U) & 1U) != 0);
  }

  // REQUIRES: is_valid(row), and the column is of that kind.
  bool boolean(std::int64_t row) const noexcept {
    std::int64_t bit = row + offset_;
    return (bits_[bit >> 3] >> (static_cast<unsigned>(bit) & 7U) & 1U) != 0;
  }
  std::int64_t integer(std::int64_t row) const noexcept { return integers_[row]; }
  std::int32_t days(std::int64_t row) const noexcept { return days_[row]; }
  double floating(std::int64_t row) const noexcept { return doubles_[row]; }
  std::string_view text(std::int64_t row) const noexcept {
    return {text_ + offsets_[row], static_cast<std::size_t>(offsets_[row + 1] - offsets_[row])};
  }

  /// The value in that row, exceptions included; null where it is null or missing.
  Value value(std::int64_t row) const;

 private:
  Value stored_value(std::int64_t row) const;

  const Column& column_;
  ValueType kind_;
  std::int64_t size_ = 0;
  std::int64_t offset_ = 0;
  const std::uint8_t* validity_ = nullptr;
  const std::uint8_t* bits_ = nullptr;
  const std::int64_t* integers_ = nullptr;
  const std::int32_t* days_ = nullptr;
  const double* doubles_ = nullptr;
  const std::int32_t* offsets_ = nullptr;
  const char* text_ = "";
};

/// The value of a cell of text in a column of that kind. Errors: SerializationError if the text is not of the
/// kind.
Value value_from_text(ValueType kind, std::string_view text);

}  // namespace dataknobs
