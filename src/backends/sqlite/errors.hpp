// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// SQLite's result codes as errors of dataknobs: the one place where they are translated.

#include <string>
#include <string_view>

#include <dataknobs/error.hpp>

struct sqlite3;

namespace dataknobs::sqlite {

/// What SQLite said. Apart from the connection, so that the translation is a function of values.
struct NativeError {
  int code = 0;          ///< The extended result code; 0 is SQLITE_OK.
  int system_error = 0;  ///< errno of the failed system call, 0 if there was none.
  std::string text;
};

/// The error of the last failed call on that connection (which may be null if it could not be made).
NativeError last_error(sqlite3* handle, int code);

/// `file`: the database's path, for people.
Error translate(const NativeError& native, std::string_view file);

/// True if the statement, not the store, is at fault: a constraint, a value that does not fit. The
/// transaction goes on.
bool is_refusal(const Error& error) noexcept;

/// The columns named by "UNIQUE constraint failed: t.a, t.b"; "a" or "a, b". Empty if there are none.
std::string constraint_columns(std::string_view text);

}  // namespace dataknobs::sqlite
