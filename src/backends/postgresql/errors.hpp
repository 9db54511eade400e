// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The one place where PostgreSQL's errors become dataknobs::Error.

#include <string>
#include <string_view>

#include <dataknobs/error.hpp>

namespace dataknobs::postgresql {

/// What the server says of a failure: the fields of an ErrorResponse.
struct ServerReport {
  std::string sqlstate;  ///< Empty: libpq's own failure, in `message`.
  std::string severity;  ///< Not translated: "ERROR", "FATAL", "PANIC".
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;
  std::string schema;
  std::string table;
  std::string column;
  std::string constraint;
};

/// The error for a failed statement. Pure.
Error to_error(const ServerReport& report);

/// The error for a connection that was not made; libpq gives only text there. Pure.
Error to_connect_error(std::string_view text);

/// The id named in the detail of a broken unique constraint, "Key (id)=(5) already exists."; empty if there is none.
std::string id_of_unique_detail(std::string_view detail);

}  // namespace dataknobs::postgresql
