// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The error of a call that must fail.

#include <dataknobs/error.hpp>

namespace dataknobs::test {

/// What the call throws; an internal error that says so if nothing.
template <class Call>
Error error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::internal, "nothing was thrown");
}

}  // namespace dataknobs::test
