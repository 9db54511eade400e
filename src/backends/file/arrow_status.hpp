// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Arrow's statuses as our errors.

#include <arrow/result.h>
#include <arrow/status.h>

#include <dataknobs/error.hpp>

namespace dataknobs::file {

inline void check(const arrow::Status& status) {
  if (status.ok()) return;
  const bool memory = status.IsOutOfMemory();
  Error(memory ? ErrorCode::resource : ErrorCode::serialization, status.message())
      .native(status.CodeAsString(), status.message())
      .raise();
}

template <class T>
T take(arrow::Result<T> result) {
  check(result.status());
  return std::move(result).ValueUnsafe();
}

}  // namespace dataknobs::file
